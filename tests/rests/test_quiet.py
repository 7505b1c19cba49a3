"""What offers at rest count as, and which may rest at all: pure."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.engine.diff import Difference
from reconciler.engine.lasting import referring, used_by
from reconciler.engine.resting import holds_until, is_quiet, shape_of, valid_shape
from reconciler.model.diagnostics import warning
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.resting import AtRest, Rest, Rests, RestShape, RestShapes, at_rest
from reconciler.model.undone import Reason

KIND = load_spec("allegro").kinds[OFFER]
KEY = Key("main", OFFER, "A")
DESIRED = Desired(key=KEY, fields={"content.title": "Talerz", "settings.return_policy": "14 dni"})
THERE = {"content.title": "Talerz", "settings.tags": ["Nowość", "#7"], "stock.status": "active"}
LIVE = Live(key=KEY, kind=OFFER, remote_id="1", fields=THERE)
NOTHING = Difference(None)
REST = Rest("a.yaml", "A", "1", b"00", "m", "", 0, 0, "", "")

LOUD = {
    "another kind": (replace(DESIRED, key=Key("main", "OfferTag", "A")), LIVE, NOTHING),
    "it moves to another name": (replace(DESIRED, moved_from="B"), LIVE, NOTHING),
    "its key is not its name": (replace(DESIRED, document="B"), LIVE, NOTHING),
    "a draft": (DESIRED, replace(LIVE, fields={"stock.status": "draft"}), NOTHING),
    "unreadable": (DESIRED, replace(LIVE, unreadable={"content.title": "7"}), NOTHING),
    "something is said": (DESIRED, LIVE, replace(NOTHING, notes=(warning("P101", "x"),))),
    "something differs": (DESIRED, LIVE, replace(NOTHING, differs=frozenset({"content.title"}))),
    "something stays undone": (DESIRED, LIVE, replace(NOTHING, left=((Reason.MISSING, ""),))),
}


def test_what_is_equal_is_quiet() -> None:
    assert is_quiet(DESIRED, LIVE, NOTHING)


@pytest.mark.parametrize("name", LOUD)
def test_what_is_not(name: str) -> None:
    assert not is_quiet(*LOUD[name])


def test_a_shape_has_modules_shares_and_uses() -> None:
    desired = replace(
        DESIRED,
        unsynced={"price.base": None},
        modes={Module.PRICE: (Mode.OFF, "project")},
        not_there=("content.materials",),
    )
    shape = shape_of(desired, KIND, ("OfferTag 7", "OfferTag 3"))
    assert shape.counts == ("off.price", "equal.content", "equal.settings")
    assert shape.shares == ("not-there content.materials", "off price project")
    assert shape.uses == ("OfferTag 3", "OfferTag 7")
    assert valid_shape(desired) == RestShape((), shape.shares)


def test_it_uses_what_is_declared_and_what_is_there_besides() -> None:
    used = used_by(DESIRED, LIVE, referring(KIND))
    assert used == {("ReturnPolicy", "14 dni"), ("OfferTag", "Nowość"), ("OfferTag", "#7")}
    cleared = replace(DESIRED, fields={"settings.tags": None})
    assert used_by(cleared, LIVE, referring(KIND)) == set()


def test_what_has_ended_uses_nothing() -> None:
    ended = replace(LIVE, fields={**LIVE.fields, "stock.status": "ended"})
    assert used_by(DESIRED, ended, referring(KIND)) == set()


def test_offers_at_rest_are_counted_by_their_shapes() -> None:
    shapes = {
        0: RestShape(("equal.price", "equal.stock"), ("off price project",), ("OfferTag 7",)),
        3: RestShape(("equal.price",)),
    }
    rests = Rests.of([REST, REST._replace(shape=3), REST._replace(shape=3)])
    assert at_rest(rests, shapes) == AtRest(
        3, {"equal.price": 3, "equal.stock": 1}, {"off price project": 1}, {"OfferTag 7": 1}
    )
    assert at_rest(Rests(), {}) == AtRest()


def test_shapes_keep_their_numbers() -> None:
    shapes = RestShapes.of({4: RestShape(("equal.price",)), 2: RestShape()})
    assert shapes.number(RestShape(("equal.price",))) == 4
    assert shapes.number(RestShape(("off.price",))) == 5
    assert shapes.number(RestShape(("off.price",))) == 5
    assert shapes.told() == {4: RestShape(("equal.price",)), 2: RestShape(), 5: RestShape(("off.price",))}


def test_until_when_it_holds() -> None:
    assert holds_until(DESIRED) == 0
    assert holds_until(replace(DESIRED, until="1970-01-01T01:00:00+00:00")) == 3600
