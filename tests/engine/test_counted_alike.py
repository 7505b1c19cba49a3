"""Offers of which the numbers alone are looked at count by what the rest of each counts as, however many are alike."""

from __future__ import annotations

import pytest

from reconciler.engine.by_module import by_module
from reconciler.engine.lasting import with_consequences
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Key
from reconciler.model.resting import RestShape
from reconciler.model.undone import Reason
from reconciler.model.values import digest_around, text_around

from .build import SPEC, desired, live, pln

PRICE = "price.base"
SHAPE = RestShape(("equal.content", "off.stock"), (), ("DeliveryPriceList r-1",))


def test_each_uses_what_the_rest_of_it_uses() -> None:
    methods = FieldChange(path="methods", module=Module.DELIVERY, before={}, after={})
    change = Change(
        key=Key("main", "DeliveryPriceList", "kurier"), verb=Verb.UPDATE, remote_id="r-1", fields=(methods,)
    )
    declared = [desired(name, {PRICE: pln("10")}, besides=SHAPE) for name in "ABC"]
    (found,) = with_consequences([change], declared, (), SPEC)
    assert found.uses == 3


@pytest.mark.parametrize("left", [None, "D", "D: content.category"])
def test_what_stays_undone_as_a_whole_is_equal_in_nothing(left: str | None) -> None:
    names = "ABD"
    pairs = [(desired(name, {PRICE: pln("10")}, besides=SHAPE), live(name, {PRICE: pln("10")})) for name in names]
    undone = {Reason.FROZEN: [left.replace("D", str(pairs[-1][0].key), 1)]} if left else {}
    equal = 2 if left == "D" else 3
    counts = by_module(pairs, SPEC.kinds[OFFER], (), undone, ())
    assert counts == {"equal.price": equal, "equal.content": equal, "off.stock": 3}


@pytest.mark.parametrize("part", [1.5, [1.5], {"a": 1.5}, {"a": [None, 1.5]}])
def test_what_is_put_together_around_a_float_is_no_value(part: object) -> None:
    """JSON would take it, and money is no float anywhere."""
    for told in (digest_around, text_around):
        assert told({"a": "b"}, ["b", 1, None, pln("1"), ["b"]])
        with pytest.raises(TypeError, match="float"):
            told({"a": part}, ["b", part])
