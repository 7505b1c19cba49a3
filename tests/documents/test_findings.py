"""However much is wrong with a file: a hundred findings of it, how many more, and a cost that is linear."""

import sys

import pytest

from reconciler.documents import in_full
from tests.documents.projects import project

HEAD = "kind: Offer\nname: a\n"
FILES = {
    "unknown keys": (HEAD + "".join(f"u{n}: 1\n" for n in range(1000)), "and 900 more"),
    "a key again and again": (HEAD + "name: b\n" * 1000, "and 900 more"),
    "tags": (HEAD + "labels:\n" + "".join(f"  u{n}: !x 1\n" for n in range(1000)), "and 900 more"),
    "no names": ("---\nkind: Offer\n" * 1000, "and 900 more"),
    "the same name": ("---\nkind: Offer\nname: a\n" * 1000, "and 899 more"),
    "beyond counting": ("---\nkind: Offer\n" * 3000, "and more than 1,000 more"),
}


@pytest.mark.parametrize("what", FILES)
def test_of_a_file_a_hundred_findings_are_told(what):
    text, more = FILES[what]
    found = [one for one in project(x=text, y="kind: Offer\nnome: y\n").diagnostics if one.mark.file == "x.yaml"]
    assert len(found) == 101
    assert {one.code for one in found[:-1]} != {"D122"}
    assert found[-1].code == "D122"
    assert more in found[-1].summary


def test_the_findings_of_other_files_have_their_own_room():
    found = project(x=FILES["unknown keys"][0], y="kind: Offer\nnome: y\n").diagnostics
    assert {one.code for one in found if one.mark.file == "y.yaml"} == {"D204", "D205"}


def _steps(text):
    """How many lines of our own code run while it is loaded."""
    count = 0

    def step(frame, event, _argument):
        nonlocal count
        count += event == "line"
        return step if "/reconciler/documents/" in frame.f_code.co_filename else None

    in_full._roots.cache_clear()
    before = sys.gettrace()
    sys.settrace(step)
    try:
        project(x=text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "many",
    [
        lambda count: HEAD + "".join(f"u{n}: 1\n" for n in range(count)),
        lambda count: HEAD + "".join(f"u{n % (count // 2)}: 1\n" for n in range(count)),
        lambda count: HEAD + "content:\n  parameters:\n" + "".join(f"    u{n}: {{x: 1}}\n" for n in range(count)),
        lambda count: "---\nkind: Offer\nnome: a\n" * count,
        lambda count: "".join(f"---\nkind: Offer\nname: a{n}\nsettings: t{n}\n" for n in range(count)),
    ],
)
def test_the_cost_is_linear(many):
    """Ten times the file, about ten times the steps."""
    few = _steps(many(400))
    assert _steps(many(4000)) < 13 * few
