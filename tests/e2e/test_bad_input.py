"""Whatever a file holds: a clear error with its place, within seconds, and not one request."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import world
from world import World

from .shell import reconcile

PLACE = re.compile(r"^[\w./-]+:\d+:\d+: error\[D\d{3}\]", re.MULTILINE)
GOOD = "kind: Offer\nname: A\nprice: 55 PLN\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n"
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

FILES: dict[str, dict[str, str | bytes]] = {
    "truncated": {"documents/bad.yaml": 'kind: Offer\nname: "A\n'},
    "cut in a mapping": {"documents/bad.yaml": "kind: Offer\nname: A\nprice: {base: 5 PLN"},
    "50 MB": {"documents/bad.yaml": GOOD.encode() + b"# " + b"x" * 50_000_000},
    "binary": {"documents/bad.yaml": bytes(range(256)) * 40},
    "a picture": {"documents/bad.yaml": b"\x89PNG\r\n\x1a\n" + bytes(200)},
    "UTF-16": {"documents/bad.yaml": GOOD.encode("utf-16")},
    "Latin-2": {"documents/bad.yaml": "kind: Offer\nname: zażółć\n".encode("iso-8859-2")},
    "an alias bomb": {"documents/bad.yaml": BOMB},
    "an anchor that holds itself": {"documents/bad.yaml": "kind: Offer\nname: A\nlabels: &a\n  b: *a\n"},
    "duplicate keys": {"documents/bad.yaml": "kind: Offer\nname: A\nprice: 5 PLN\nprice: 6 PLN\n"},
    "the same offer twice": {"documents/bad.yaml": GOOD, "documents/other.yaml": GOOD},
    "an unknown key": {"documents/bad.yaml": "kind: Offer\nname: A\nprise: 5 PLN\n"},
    "a number for a price": {"documents/bad.yaml": "kind: Offer\nname: A\nprice: 12.90\n"},
    "a negative stock": {"documents/bad.yaml": "kind: Offer\nname: A\nstock: -1\n"},
    "a stock of text": {"documents/bad.yaml": "kind: Offer\nname: A\nstock: siedem\n"},
    "an unknown kind": {"documents/bad.yaml": "kind: Ofer\nname: A\n"},
    "no kind": {"documents/bad.yaml": "name: A\n"},
    "a list": {"documents/bad.yaml": "- a\n- b\n"},
    "an unknown account": {"documents/bad.yaml": "kind: Offer\nname: A\naccount: inne\nprice: 5 PLN\n"},
    "an unknown template": {"documents/bad.yaml": "kind: Offer\nname: A\nsettings: nie-ma\n"},
    "an object of Python": {"documents/bad.yaml": "!!python/object/apply:os.system ['touch owned']\n"},
    "deep nesting": {"documents/bad.yaml": "a: " + "[" * 5000 + "]" * 5000 + "\n"},
    "tabs": {"documents/bad.yaml": "kind: Offer\n\tname: A\n"},
    "a control character": {"documents/bad.yaml": 'kind: Offer\nname: "a\\u0000b"\n'},
    "an escape sequence": {"documents/bad.yaml": 'kind: Offer\nname: "a\\u001b[2Jb"\n'},
    "an image that is not there": {"documents/bad.yaml": "kind: Offer\nname: A\ncontent: {images: [nie.jpg]}\n"},
    "an image outside": {"documents/bad.yaml": "kind: Offer\nname: A\ncontent: {images: [../../etc/passwd]}\n"},
    "a title too short": {"documents/bad.yaml": "kind: Offer\nname: A\ncontent: {title: Kubek}\n"},
    "a tag that is not allowed": {
        "documents/bad.yaml": 'kind: Offer\nname: A\ncontent: {description: "<script>x</script>"}\n'
    },
    "a price of the wrong site": {"documents/bad.yaml": "kind: Offer\nname: A\nprice: {allegro-cz: 5 PLN}\n"},
    "a template that breaks out": {
        "documents/bad.yaml": "kind: Offer\nname: A\ncontent: {description: {template: t.html}}\n",
        "t.html": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    },
    "a template without end": {
        "documents/bad.yaml": "kind: Offer\nname: A\ncontent: {description: {template: t.html}}\n",
        "t.html": "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    },
    "a template that grows": {
        "documents/bad.yaml": "kind: Offer\nname: A\ncontent: {description: {template: t.html}}\n",
        "t.html": "{{ 'x' * 10**10 }}",
    },
    "a template that includes itself": {
        "documents/bad.yaml": "kind: Offer\nname: A\ncontent: {description: {template: t.html}}\n",
        "t.html": "{% include 't.html' %}",
    },
    "half a character": {"documents/bad.yaml": 'kind: Offer\nname: A\ncontent: {title: "Kubek \\ud800"}\n'},
    "half a character in a template": {
        "documents/bad.yaml": "kind: Offer\nname: A\ncontent: {description: {template: t.html}}\n",
        "t.html": "<p>{{ '\\ud800' }}</p>",
    },
    "5 MB of unknown keys": {
        "documents/bad.yaml": "kind: Offer\nname: A\n" + "".join(f"u{number:07}: 1\n" for number in range(350_000))
    },
    "a template with a mistake": {
        "documents/bad.yaml": "kind: Offer\nname: A\ncontent: {description: {template: t.html}}\n",
        "t.html": "<p>\n{% if %}",
    },
    "a broken project file": {"reconcile.yaml": "accounts: {main: {marketplace: allegro\n"},
    "a project without accounts": {"reconcile.yaml": "kind: Project\naccounts: {}\n"},
    "an unknown marketplace": {"reconcile.yaml": "accounts: {main: {marketplace: alegro, environment: simulator, login: sklep}}\n"},
}  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> World:
    """A project in which all is well, and something to do."""
    return World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("B", price="55 PLN")])


def assert_refused(made: World, command: str) -> None:
    """One command: refused with a place, and nothing is written to the marketplace."""
    made.forget_requests()
    done = reconcile(made.root, command, *(("--auto-approve",) if command == "apply" else ()))
    assert done.code == 1, done.said
    assert PLACE.search(done.said), done.said
    assert not made.writes()


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_an_error_with_its_place_and_nothing_is_sent(made: World, case: str) -> None:
    """Each mistake says file, line and column; apply writes nothing; nothing of the file is executed."""
    for path, content in FILES[case].items():
        made.write(path, content)
    assert_refused(made, "apply")
    assert "reconcile.yaml" not in FILES[case] or not made.sent()
    assert not (made.root / "owned").exists()


def test_a_link_out_of_the_project_is_an_error(made: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A symbolic link that leaves the project is refused, as a file, as a folder and as an image."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "x.yaml").write_text(GOOD)
    (made.root / "documents" / "link.yaml").symlink_to(elsewhere / "x.yaml")
    assert_refused(made, "apply")
    (made.root / "documents" / "link.yaml").unlink()
    (made.root / "folder").symlink_to(elsewhere)
    assert_refused(made, "apply")
    (made.root / "folder").unlink()
    (elsewhere / "x.png").write_bytes(b"\x89PNG")
    (made.root / "x.png").symlink_to(elsewhere / "x.png")
    made.write("documents/bad.yaml", "kind: Offer\nname: A\ncontent: {images: [x.png]}\n")
    assert_refused(made, "apply")


def test_links_that_go_in_a_circle_are_an_error(made: World) -> None:
    """A link to itself, and a link to a folder that it lies in, end with an error."""
    (made.root / "documents" / "self.yaml").symlink_to(made.root / "documents" / "self.yaml")
    (made.root / "documents" / "up").symlink_to(made.root)
    assert_refused(made, "apply")


def test_a_pipe_does_not_hang(made: World) -> None:
    """A named pipe with a YAML name is an error, not a wait for ever."""
    import os

    os.mkfifo(made.root / "documents" / "pipe.yaml")
    assert_refused(made, "apply")


def test_all_mistakes_are_told_in_one_go(made: World) -> None:
    """Three bad files are three errors in one run, in reading order."""
    for number in range(3):
        made.write(
            f"documents/bad{number}.yaml", "kind: Offer\nname: A\nstock: siedem\n".replace("A", f"A{number}")
        )
    done = reconcile(made.root, "validate")
    assert done.code == 1
    assert [done.said.index(f"bad{n}.yaml:3:8") for n in range(3)] == sorted(
        done.said.index(f"bad{n}.yaml:3:8") for n in range(3)
    )


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_every_command_refuses_the_same_mistake(made: World, command: str) -> None:
    """What apply refuses, validate and plan refuse too."""
    made.write("documents/bad.yaml", "kind: Offer\nname: A\nprise: 5 PLN\n")
    assert_refused(made, command)


@pytest.mark.parametrize("what", ["document", "template", "image"])
def test_a_file_that_claims_gigabytes_is_not_read(made: World, what: str) -> None:
    """A sparse file of 4 GB; the process may have 1.5 GB at most."""
    documents = {
        "document": "kind: Offer\nname: A\n",
        "template": "kind: Offer\nname: A\ncontent: {description: {template: t.html}}\n",
        "image": "kind: Offer\nname: A\ncontent: {images: [t.html]}\n",
    }
    made.write("documents/bad.yaml", documents[what])
    made.write("t.html", "")
    large = made.root / ("documents/bad.yaml" if what == "document" else "t.html")
    with large.open("r+b") as file:
        file.truncate(2**32)
    assert_refused(made, "plan")


@pytest.mark.parametrize("what", ["pipe", "socket", "folder"])
@pytest.mark.parametrize("field", ["images: [odd]", "description: {template: odd}"])
def test_what_is_no_file_is_no_image_and_no_template(
    made: World, what: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing waits for a writer."""
    import os
    import socket

    odd = made.root / "odd"
    if what == "pipe":
        os.mkfifo(odd)
    elif what == "folder":
        odd.mkdir()
    else:
        monkeypatch.chdir(made.root)  # the whole path is too long for a socket
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("odd")
    made.write("documents/bad.yaml", f"kind: Offer\nname: A\ncontent: {{{field}}}\n")
    assert_refused(made, "plan")


def test_folders_in_folders_without_end_are_an_error(made: World) -> None:
    """3,000 levels: further down than any path can name."""
    import os
    import subprocess

    here = os.open(made.root / "documents", os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    try:
        assert_refused(made, "plan")
    finally:  # Python's own way of removing them is recursive
        subprocess.run(["rm", "-rf", str(made.root / "documents" / "d")], check=True)


@pytest.mark.parametrize(
    ("saved", "said"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nest too deep"),
        (b'{"format_version": 5, "accounts": ' + b"[" * 900 + b"]" * 900 + b"}", "the plan"),
        (b'"\\ud800"', "no format_version"),
        (b"\xff\xfe", "not JSON"),
    ],
)
def test_a_strange_plan_file_is_a_sentence(made: World, saved: bytes, said: str) -> None:
    """Whatever it holds."""
    (made.root / "x.plan").write_bytes(saved)
    done = reconcile(made.root, "apply", "x.plan")
    assert done.code == 1
    assert said in done.err


def test_what_is_no_plan_file_is_a_sentence(made: World) -> None:
    """A pipe that nobody writes to, a device that never ends, a file of gigabytes."""
    import os

    os.mkfifo(made.root / "pipe")
    with (made.root / "large").open("wb") as file:
        file.truncate(2**32)
    for name, said in (("pipe", "a named pipe"), ("/dev/zero", "a device"), ("large", "at most 1,000.0 MB")):
        done = reconcile(made.root, "apply", name)
        assert done.code == 1
        assert said in done.err
