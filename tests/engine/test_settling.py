"""What was accepted and does not show yet is taken out of the changes, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.engine.settling import Behind, arrived, outdated, overruled, set_apart
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.modules import Module
from reconciler.model.outcomes import Accepted
from reconciler.model.plan import Target

from .build import NOW, SPEC, desired, key, live, pln

SINCE = NOW - timedelta(hours=3)
PRICE, TITLE, STATUS, TEXT = "price.base", "content.title", "stock.status", "content.description"
PIECES = "stock.quantity"
MODULES = {PRICE: Module.PRICE, TITLE: Module.CONTENT, STATUS: Module.STOCK}


def change(verb: Verb, name: str = "K1", **fields: tuple[Any, Any]) -> Change:
    """A change; its fields are price, title and status, each (before, after)."""
    paths = {"price": PRICE, "title": TITLE, "status": STATUS}
    return Change(
        key=key(name),
        verb=verb,
        remote_id=None if verb is Verb.CREATE else "1",
        fields=tuple(
            FieldChange(path=paths[short], module=MODULES[paths[short]], before=before, after=after, drift=True)
            for short, (before, after) in fields.items()
        ),
    )


def write(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    ago: timedelta = timedelta(minutes=5),
    operation: str = "edit",
    shown: bool = False,
    name: str = "K1",
) -> Accepted:
    """A write that was accepted so long ago."""
    target = Target(key=key(name), remote_id="1", before=before, after=after)
    return Accepted(run_id="r", action="a", operation=operation, target=target, at=NOW - ago, shown=shown)


OLD, NEW, OTHER = pln("10.00"), pln("12.00"), pln("15.00")
UPDATE = change(Verb.UPDATE, price=(OLD, NEW))
ACCEPTED = write({PRICE: OLD}, {PRICE: NEW})


def apart(changes: list[Change], *writes: Accepted) -> tuple[list[list[str]], list[list[str]]]:
    """The field paths of the changes that are left, and of those that settle."""
    left, settling = set_apart(changes, writes, SINCE)
    return [[f.path for f in each.fields] for each in left], [[f.path for f in s.change.fields] for s in settling]


def test_an_accepted_write_is_no_change() -> None:
    left, (one,) = set_apart([UPDATE], [ACCEPTED], SINCE)
    assert left == ()
    assert (one.change.verb, one.change.fields[0].before, one.change.fields[0].after) == (Verb.UPDATE, OLD, NEW)
    assert not one.change.fields[0].drift
    assert datetime.fromisoformat(one.accepted_at) == NOW - timedelta(minutes=5)


def test_a_third_value_another_wish_and_an_old_write_are_changes() -> None:
    assert apart([change(Verb.UPDATE, price=(OTHER, NEW))], ACCEPTED) == ([[PRICE]], [])
    assert apart([change(Verb.UPDATE, price=(OLD, OTHER))], ACCEPTED) == ([[PRICE]], [])
    assert apart([UPDATE], write({PRICE: OLD}, {PRICE: NEW}, ago=timedelta(hours=3))) == ([[PRICE]], [])
    assert apart([UPDATE], write({PRICE: OLD}, {PRICE: NEW}, ago=timedelta(minutes=179))) == ([], [[PRICE]])


def test_another_resource_is_not_meant() -> None:
    assert apart([change(Verb.UPDATE, "K2", price=(OLD, NEW))], ACCEPTED) == ([[PRICE]], [])


def test_what_was_read_back_settles_no_more() -> None:
    """Seen true once: a difference afterwards is somebody else's doing."""
    assert apart([UPDATE], write({PRICE: OLD}, {PRICE: NEW}, shown=True)) == ([[PRICE]], [])


def test_the_newest_write_of_a_field_decides() -> None:
    """There and back again: the newer write was seen, so the older one is not waited for."""
    back = write({PRICE: NEW}, {PRICE: OLD}, ago=timedelta(minutes=2), shown=True)
    assert apart([UPDATE], ACCEPTED, back) == ([[PRICE]], [])
    elsewhere = write({TITLE: "a"}, {TITLE: "b"}, ago=timedelta(minutes=2), shown=True)
    assert apart([UPDATE], ACCEPTED, elsewhere) == ([], [[PRICE]])


def test_a_change_is_divided_and_its_verb_follows() -> None:
    both = change(Verb.ACTIVATE, status=("ended", "active"), title=("a", "b"))
    left, settling = set_apart([both], [write({STATUS: "ended"}, {STATUS: "active"}, operation="activate")], SINCE)
    assert [(each.verb, [f.path for f in each.fields]) for each in left] == [(Verb.UPDATE, [TITLE])]
    assert [(s.change.verb, [f.path for f in s.change.fields]) for s in settling] == [(Verb.ACTIVATE, [STATUS])]
    left, _ = set_apart([both], [write({TITLE: "a"}, {TITLE: "b"})], SINCE)
    assert [(each.verb, [f.path for f in each.fields]) for each in left] == [(Verb.ACTIVATE, [STATUS])]


def test_a_creation_is_awaited_whatever_the_document_says() -> None:
    wanted = change(Verb.CREATE, price=(None, OTHER), title=(None, "b"))
    made = write({PRICE: None}, {PRICE: NEW}, operation="create")
    assert apart([wanted], made) == ([], [[PRICE, TITLE]])
    assert apart([wanted], write({}, {PRICE: NEW}, operation="edit")) == ([[PRICE, TITLE]], [])
    gone = write({PRICE: None}, {PRICE: NEW}, operation="create", shown=True)
    assert apart([wanted], gone) == ([[PRICE, TITLE]], []), "it was there, and is there no more"


def test_a_new_offer_is_a_draft_until_it_is_listed() -> None:
    made = write({STATUS: None, PRICE: None}, {STATUS: "active", PRICE: NEW}, operation="create")
    drafted = change(Verb.ACTIVATE, status=("draft", "active"), price=(OTHER, NEW))
    left, settling = set_apart([drafted], [made], SINCE)
    assert [[f.path for f in each.fields] for each in left] == [[PRICE]]
    assert [[f.path for f in s.change.fields] for s in settling] == [[STATUS]]


def test_a_deletion_and_a_report() -> None:
    gone = change(Verb.DELETE)
    assert apart([gone], write({}, {}, operation="delete")) == ([], [[]])
    assert apart([change(Verb.REPORT, price=(OLD, NEW))], ACCEPTED) == ([[PRICE]], [])


values = st.sampled_from([OLD, NEW, OTHER])
changes = st.builds(
    lambda name, before, after: change(Verb.UPDATE, name, price=(before, after), title=("a", "b")),
    st.sampled_from(["K1", "K2"]),
    values,
    values,
)
writes = st.builds(
    lambda name, before, after, minutes, shown: write(
        {PRICE: before}, {PRICE: after}, ago=timedelta(minutes=minutes), shown=shown, name=name
    ),
    st.sampled_from(["K1", "K2"]),
    values,
    values,
    st.integers(0, 400),
    st.booleans(),
)


@given(st.lists(changes, max_size=3, unique_by=lambda each: each.key), st.lists(writes, max_size=4))
def test_every_field_stands_on_one_side(before: list[Change], accepted: list[Accepted]) -> None:
    """Nothing is lost and nothing is told twice; without writes nothing settles."""
    left, settling = set_apart(before, accepted, SINCE)
    told = [(c.key, f.path) for c in (*left, *(s.change for s in settling)) for f in c.fields]
    assert sorted(told, key=str) == sorted(((c.key, f.path) for c in before for f in c.fields), key=str)
    assert set_apart(before, [], SINCE) == (tuple(before), ())


def test_a_value_that_was_taken_back_may_still_come() -> None:
    """The document is as it was, and so is the marketplace, for now: that is no reason to say that all is well."""
    reverted = desired(fields={PRICE: OLD})
    (said,) = overruled([reverted], [], [ACCEPTED], SINCE)
    assert (said.code, "12.00 PLN was accepted" in said.summary) == ("P304", True)
    assert overruled([reverted], [], [ACCEPTED], NOW) == ()
    assert overruled([desired(fields={PRICE: NEW})], [], [ACCEPTED], SINCE) == ()
    assert overruled([reverted], [change(Verb.UPDATE, price=(OTHER, OLD))], [ACCEPTED], SINCE) == ()


def test_a_write_has_arrived_when_all_of_it_shows() -> None:
    both = write({PRICE: OLD, TITLE: "a"}, {PRICE: NEW, TITLE: "b"})
    there = live(fields={PRICE: NEW, TITLE: "b"})
    assert arrived([both], [there], SPEC) == ((both, there),)
    assert arrived([both], [live(fields={PRICE: NEW, TITLE: "a"})], SPEC) == ()
    assert arrived([both], [live(fields={PRICE: NEW})], SPEC) == (), "what was not read was not seen"
    assert arrived([both], [live(remote_id="2", fields={PRICE: NEW, TITLE: "b"})], SPEC) == ()
    assert arrived([write({}, {}, operation="delete")], [live()], SPEC) == ()


KIND = SPEC.kinds["Offer"]
#: The titles that were there, one edit after the other, what a row shows, and whether it is behind.
TRAILS: dict[str, tuple[tuple[str, ...], str, bool]] = {
    "behind by one edit": (("A", "B"), "A", True),
    "behind by two": (("A", "B", "C"), "A", True),
    "behind by one of two": (("A", "B", "C"), "B", True),
    "not behind": (("A", "B"), "B", False),
    "not behind, and back where it was": (("A", "B", "A"), "A", False),
    "behind, and on the way back": (("A", "B", "A"), "B", True),
    "somebody else's": (("A", "B"), "X", False),
}


@pytest.mark.parametrize("trail", TRAILS)
def test_a_row_is_outdated_where_it_shows_what_an_edit_has_replaced(trail: str) -> None:
    titles, shown, is_behind = TRAILS[trail]
    edits = [write({TITLE: before}, {TITLE: after}) for before, after in pairwise(titles)]
    row = live("K1", {TITLE: shown})
    behind = {key("K1"): Behind("1", {TITLE: titles[-1]})} if is_behind else {}
    assert outdated({"1": row}, edits, KIND) == behind
    assert outdated({}, edits, KIND) == {}
    in_full = [write({TEXT: before}, {TEXT: after}) for before, after in pairwise(titles)]
    assert outdated({"1": live("K1", {TEXT: shown})}, in_full, KIND) == {}, "a full read does not trail"


def test_pieces_of_what_was_read_in_full_may_have_been_sold() -> None:
    edits = [write({PIECES: 5}, {PIECES: 7})]
    row = live("K1", {PIECES: 5})
    assert outdated({"1": replace(row, detailed=False)}, edits, KIND) == {key("K1"): Behind("1", {PIECES: 7})}
    assert outdated({"1": replace(row, detailed=True)}, edits, KIND) == {}


def test_what_was_written_since_with_those_of_other_offers_is_in_the_list() -> None:
    """A command is read back from the list itself: what stood there before an edit may stand there again."""
    edit, command = write({PRICE: OLD}, {PRICE: NEW}), write({PRICE: NEW}, {PRICE: OLD}, operation="price")
    row = live("K1", {PRICE: OLD})
    assert outdated({"1": row}, [edit], KIND) == {key("K1"): Behind("1", {PRICE: NEW})}
    assert outdated({"1": row}, [edit, command], KIND) == {}
    assert outdated({"1": live("K1", {PRICE: NEW})}, [edit, command], KIND) == {}


def test_an_end_that_stands_for_nothing_in_stock_is_not_behind() -> None:
    """The number of before is there all the time (Etsy)."""
    edits = [write({PIECES: 5}, {PIECES: 0})]
    etsy = load_spec("etsy").kinds["Offer"]
    assert outdated({"1": live("K1", {PIECES: 5, STATUS: "ended"})}, edits, etsy) == {}
    shown = live("K1", {PIECES: 5, STATUS: "active"})
    assert outdated({"1": shown}, edits, etsy) == {key("K1"): Behind("1", {PIECES: 0})}


def test_a_row_that_lacks_a_field_or_is_behind_in_one_of_two() -> None:
    edits = [write({TITLE: "A", PRICE: OLD}, {TITLE: "B", PRICE: NEW})]
    one = outdated({"1": live("K1", {TITLE: "B", PRICE: OLD})}, edits, KIND)
    assert one == {key("K1"): Behind("1", {PRICE: NEW})}
    assert outdated({"1": live("K1", {TITLE: "B"})}, edits, KIND) == {}
