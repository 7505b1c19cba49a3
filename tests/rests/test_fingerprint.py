"""Whether documents have moved on since a plan was made: told by their stamps, and as if all of them had been read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from resting_shop import at_rest, declare, document, path_of, put, shop
from world import World, differences

from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import RESTS_BOOK, read_book
from reconciler.runtime.rests.files import unmoved


def touched(made: World) -> None:
    """Written anew, with what it says already."""
    file = made.root / path_of("A-1")
    file.write_bytes(file.read_bytes())


def edited_in_secret(made: World) -> None:
    """As long as before, and with the time of before."""
    file = made.root / path_of("A-2")
    then = file.stat()
    file.write_bytes(file.read_bytes().replace(b"numer A-2", b"numer A-7"))
    os.utime(file, ns=(then.st_atime_ns, then.st_mtime_ns))


def rested(tmp_path: Path) -> World:
    made = shop(tmp_path / "shop")
    time.sleep(2.5)  # what was just written is known by no stamp
    return at_rest(made)


#: What happens, and whether the documents are others then.
HAPPENS: dict[str, tuple[Callable[[World], object], bool]] = {
    "nothing": (lambda _made: None, False),
    "written anew": (touched, False),
    "an edit": (lambda made: declare(made, document("A-1", price="1.00 PLN")), True),
    "an edit that no time tells of": (edited_in_secret, True),
    "one more": (lambda made: declare(made, document("C-1")), True),
    "one less": (lambda made: (made.root / path_of("B-2")).unlink(), True),
    "another place": (lambda made: (made.root / path_of("B-1")).rename(made.root / "offers/b1.yaml"), True),
    "what they inherit": (
        lambda made: put(made, "defaults.yaml", {"kind": "Defaults", "Offer": {"stock": 1}}),
        True,
    ),
}


def test_documents_that_moved_on_are_told_of(tmp_path: Path) -> None:
    """One thing happens after the other, and the book stays the one of the beginning."""
    made = rested(tmp_path)
    book = read_book(made.root, RESTS_BOOK)
    before = Workspace(made.root).fingerprint()
    for name, (happens, others) in HAPPENS.items():
        happens(made)
        now = Workspace(made.root).fingerprint()
        assert Workspace(made.root).fingerprint(unmoved(book)) == now, name
        assert (now != before) is others, name
        before = now


def test_an_apply_reads_no_document_that_rests(tmp_path: Path) -> None:
    """Of four offers one is changed: an apply of its plan reads that one, to see whether it says the same."""
    made = rested(tmp_path)
    declare(made, document("A-1", price="44.00 PLN"))
    plan, workspace = made.plan(), Workspace(made.root)
    apply_plan(workspace, plan, ApplyOptions(), Silent())
    assert {Path(path).stem for path in workspace.read if path.startswith("offers/")} == {"A-1"}
    assert not differences(made.plan())
