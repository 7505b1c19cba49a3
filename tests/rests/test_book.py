"""The book on the disk: what it spares, when it is not believed, and who writes last."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec.structs import replace
from resting_shop import (
    BOOK,
    DEARER,
    NAMES,
    OTHER_TEXT,
    at_rest,
    both,
    copied,
    declare,
    document,
    panel,
    planned,
    shop,
)
from world import World

from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import (
    RESTS_BOOK,
    VALID_BOOK,
    AccountRests,
    Book,
    FilesAtRest,
    read_book,
    write_book,
)

EVERY = set(NAMES)
_LISTENERS: list[list[str]] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and not arguments[2] & getattr(os, "O_DIRECTORY", 0):
        for each in _LISTENERS:
            each.append(str(arguments[0]))


sys.addaudithook(_note)


@contextmanager
def opened_files() -> Iterator[list[str]]:
    """Every file that this process opens meanwhile, as the interpreter itself tells."""
    found: list[str] = []
    _LISTENERS.append(found)
    try:
        yield found
    finally:
        _LISTENERS.remove(found)


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    return at_rest(shop(tmp_path_factory.mktemp("rests") / "shop"))


# --- what it spares ---------------------------------------------------------------------------------------------


def test_files_at_rest_are_not_even_opened(resting: World, tmp_path: Path) -> None:
    """Once their last change lies so far back that another would show in their times; before that they are read.

    One that was edited is read once, for its digest and for what it says.
    """
    made = copied(resting, tmp_path / "shop")
    with opened_files() as files:
        assert planned(made)[1] == set()
    assert {Path(each).stem for each in files if "/offers/" in each} == EVERY
    time.sleep(2.5)
    planned(made)
    declare(made, document("A-2", price="150.00 PLN"))
    with opened_files() as files:
        assert planned(made)[1] == {"A-2"}
    assert [Path(each).stem for each in files if "/offers/" in each] == ["A-2"]


def test_files_that_change_places_are_read(tmp_path: Path) -> None:
    """Folders swap their names: size and times of every path are what they were, and the files are others."""

    def times(file: Path) -> tuple[int, int]:
        return file.stat().st_mtime_ns, file.stat().st_ctime_ns

    files = [tmp_path / folder / "o.yaml" for folder in "ab"]
    for file in files:
        file.parent.mkdir()
        file.write_text("")
    late = time.monotonic() + 3
    with files[0].open("r+b", buffering=0) as first, files[1].open("r+b", buffering=0) as second:
        while times(files[0]) != times(files[1]) or first.tell() == 0:
            for number, file in enumerate((first, second)):
                file.seek(0)
                file.write(b"%d" % number)
            if time.monotonic() > late:
                pytest.skip("this file system gives no two files the same times")
    time.sleep(2.5)
    before = Workspace(tmp_path).stamp("a/o.yaml")
    assert before == Workspace(tmp_path).stamp("a/o.yaml") != ""
    for old, new in (("a", "x"), ("b", "a"), ("x", "b")):
        (tmp_path / old).rename(tmp_path / new)
    assert times(files[0]) == times(files[1])
    assert Workspace(tmp_path).stamp("a/o.yaml") != before


def test_a_list_is_asked_for_and_nothing_else(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    made.forget_requests()
    planned(made)
    asked = [each["url"] for each in made.sent()]
    assert not [each for each in asked if "/sale/product-offers/" in each]
    panel(made, "A-1", OTHER_TEXT)
    made.rest()
    made.forget_requests()
    planned(made)
    assert len([each for each in made.sent() if "/sale/product-offers/" in each["url"]]) == 1


def test_a_book_that_says_the_same_is_not_written_again(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    time.sleep(2.5)
    planned(made)
    before = (made.root / BOOK).stat()
    planned(made)
    assert (made.root / BOOK).stat().st_ino == before.st_ino


# --- when it is not believed ------------------------------------------------------------------------------------


def _edited(change: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    def edited(data: bytes) -> bytes:
        head, _, body = data.partition(b"\n")
        told = orjson.loads(head)
        change(told)
        return orjson.dumps(told) + b"\n" + body

    return edited


def _flipped(place: float) -> Callable[[bytes], bytes]:
    def flipped(data: bytes) -> bytes:
        at = int(len(data) * place)
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return flipped


def _foreign(data: bytes) -> bytes:
    """The head fits the body, and the body is no book."""
    body = b'{"files": 7}'
    head = orjson.loads(data.partition(b"\n")[0]) | {"digest": blake2b(body, digest_size=16).hexdigest()}
    return orjson.dumps(head) + b"\n" + body


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _data: b"",
    "no book": lambda _data: b"a poem\nby somebody else",
    "a list": lambda _data: b"[]\n[]",
    "half of it": lambda data: data[: len(data) // 2],
    "its head": lambda data: data.partition(b"\n")[0],
    "a bit in its head": _flipped(0.01),
    "a bit in the middle": _flipped(0.5),
    "a bit at its end": _flipped(0.99),
    "more": lambda data: data + b" ",
    "no UTF-8": lambda data: data[:-10] + b"\xff" * 10,
    "another program's": _edited(lambda head: head.update(program="another")),
    "another's content": _foreign,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_book_that_is_damaged_is_not_believed_and_made_anew(name: str, resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    file = made.root / BOOK
    file.write_bytes(DAMAGE[name](file.read_bytes()))
    panel(made, "B-1", DEARER)
    assert both(made).parsed == EVERY
    assert planned(made)[1] == {"B-1"}


def test_a_book_of_another_world_is_not_believed(resting: World, tmp_path: Path) -> None:
    """A shop that says the same of another account: its offers bear the same ids, and cost something else."""
    made = copied(resting, tmp_path / "shop")
    panel(made, "B-1", DEARER)
    other = shop(tmp_path / "other")
    for path in (made.root / "offers").rglob("*.yaml"):
        shutil.copy2(path, other.root / path.relative_to(made.root))
    at_rest(other)
    shutil.copy2(other.root / BOOK, made.root / BOOK)
    found = both(made)
    assert [each.key.name for each in found.book.changes] == ["B-1"]
    assert found.parsed == EVERY


def test_an_older_book_believes_no_less_than_it_may(resting: World, tmp_path: Path) -> None:
    """A copy of the folder came back, book included, and the cache has followed the events since."""
    made = copied(resting, tmp_path / "shop")
    old = (made.root / BOOK).read_bytes()
    panel(made, "A-1", OTHER_TEXT)
    made.rest()
    planned(made)
    (made.root / BOOK).write_bytes(old)
    found = both(made)
    assert ([each.key.name for each in found.book.changes], found.parsed) == (["A-1"], {"A-1"})


def test_where_no_book_can_be_written_plans_are_the_same(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    (made.root / BOOK).unlink()
    (made.root / BOOK).mkdir()
    panel(made, "B-1", DEARER)
    for _ in range(2):
        plan, parsed = planned(made)
        assert ([each.key.name for each in plan.changes], parsed) == (["B-1"], EVERY)


def test_it_is_its_owners_alone(resting: World) -> None:
    assert os.stat(resting.root / BOOK).st_mode & 0o777 == 0o600
    assert os.stat(resting.root / f"{BOOK}.lock").st_mode & 0o077 == 0


# --- who writes last --------------------------------------------------------------------------------------------


def empty(events: int, cache: str = "c") -> Book:
    account = AccountRests(site="s", cache=cache, events=events)
    return Book(
        structure="",
        named=frozenset(),
        above=(),
        inherited={},
        files=FilesAtRest(),
        names=frozenset({str(events)}),
        accounts={"main": account},
    )


def written(root: Path) -> Book:
    found = read_book(root, RESTS_BOOK)
    assert found is not None
    return found


def test_whoever_has_seen_later_events_wins(tmp_path: Path) -> None:
    (tmp_path / ".reconcile").mkdir()
    for events, there in ((5, 5), (7, 7), (6, 7), (7, 7), (9, 9)):
        write_book(tmp_path, RESTS_BOOK, empty(events))
        assert written(tmp_path).accounts["main"].events == there


def test_the_events_of_another_cache_are_not_compared(tmp_path: Path) -> None:
    (tmp_path / ".reconcile").mkdir()
    write_book(tmp_path, RESTS_BOOK, empty(9))
    write_book(tmp_path, RESTS_BOOK, empty(1, cache="begun anew"))
    assert written(tmp_path) == empty(1, cache="begun anew")


def test_an_account_that_is_new_or_gone_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".reconcile").mkdir()
    write_book(tmp_path, RESTS_BOOK, empty(9))
    other = replace(empty(1), accounts={"second": AccountRests(site="s", cache="c", events=1)})
    write_book(tmp_path, RESTS_BOOK, other)
    assert written(tmp_path) == other


def test_the_books_are_two(tmp_path: Path) -> None:
    (tmp_path / ".reconcile").mkdir()
    write_book(tmp_path, RESTS_BOOK, empty(9))
    assert read_book(tmp_path, VALID_BOOK) is None


def test_without_a_folder_there_is_no_book(tmp_path: Path) -> None:
    write_book(tmp_path, RESTS_BOOK, empty(9))
    assert read_book(tmp_path, RESTS_BOOK) is None
