"""How changes are packed, word by word: each word of the spec about it says something that a plan shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.engine.batch import batch
from reconciler.engine.diff import diff, takes_differences
from reconciler.engine.forecast import Circumstances, forecast
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.model.spec import Completion, MarketplaceSpec, Shape
from reconciler.model.values import Gain

from .build import OFFERS, SCOPE, SPEC, desired, live, pln

PLAN_ID = "4f0c5f0e-0000-4000-8000-000000000000"


def changed(count: int, **fields: Any) -> list[Change]:
    """So many offers that each get these values; `{n}` is its number."""
    found = []
    for number in range(count):
        after = {path.replace("__", "."): _own(value, number) for path, value in fields.items()}
        before = {path: "Stary" if value is None else None for path, value in after.items()}
        there = live(f"K{number}", before, remote_id=str(number), sold=0)
        change = diff(desired(f"K{number}", after), there, OFFERS, SCOPE).change
        assert change is not None
        found.append(change)
    return found


def _own(value: Any, number: int) -> Any:
    return value(number) if callable(value) else value


def packed(changes: list[Change], spec: MarketplaceSpec = SPEC) -> list[tuple[str, int]]:
    """The requests: operation and number of offers."""
    return [(each.operation, len(each.targets)) for each in batch(changes, spec, PLAN_ID)]


def but(name: str, **facts: Any) -> MarketplaceSpec:
    """The spec with other facts of an operation."""
    operations: Mapping[str, Any] = {**OFFERS.operations, name: replace(OFFERS.operations[name], **facts)}
    return replace(SPEC, kinds={**SPEC.kinds, "Offer": replace(OFFERS, operations=operations)})


def test_several_fields_of_an_offer_ride_in_one_request() -> None:
    changes = changed(60, delivery__prices="Nowy", settings__additional_services="Pakowanie")
    assert packed(changes) == [("modify", 60)]
    assert packed(changes, but("modify", several=False)) == [("modify", 60), ("modify", 60)]


def test_a_report_tells_so_many_rows_and_each_field_is_one() -> None:
    """1,998 rows are 999 offers of two fields (openapi): what became of the last one would be told by nobody."""
    changes = changed(1000, delivery__prices="Nowy", settings__additional_services="Pakowanie")
    assert packed(changes) == [("modify", 999), ("modify", 1)]
    assert packed(changes, but("modify", report_rows=0)) == [("modify", 1000)]


def test_the_shape_says_what_a_request_holds() -> None:
    """One value for many offers, a value for each of them, or one offer."""
    same, each = changed(60, price__base=pln("55")), changed(60, price__base=lambda number: pln(f"{50 + number}"))
    assert packed(same) == [("price", 60)]
    assert packed(each) == [("bulk", 25), ("bulk", 25), ("bulk", 10)]
    assert packed(changed(3, content__title="Kubek ceramiczny duży")) == [("edit", 1)] * 3
    assert packed(same, but("price", shape=Shape.SINGLE)) == [("price", 1)] * 60
    assert packed(each, but("bulk", shape=Shape.SINGLE)) == [("bulk", 1)] * 60


def test_equal_values_share_a_request_however_they_are_spelled_and_no_others_do() -> None:
    """`55 PLN` is `55.00 PLN`; `true` is not 1, nor is a list of texts their joined text."""
    assert packed(changed(60, price__base=lambda n: pln("55.00" if n % 2 else "55"))) == [("price", 60)]
    assert packed(changed(60, delivery__prices=lambda n: True if n % 2 else 1)) == [("modify", 30)] * 2
    assert packed(changed(60, delivery__prices=lambda n: ["a"] if n % 2 else '["a"]')) == [("modify", 30)] * 2


def test_what_an_operation_refuses_goes_another_way() -> None:
    """A modification has no null, so a group of services is taken away by the offer's edit (openapi)."""
    changes = changed(60, settings__additional_services=None)
    assert packed(changes) == [("edit", 1)] * 60
    assert packed(changes, but("modify", refuses=())) == [("modify", 60)]


def test_pieces_are_added_by_what_can_add() -> None:
    """What cannot is passed by; where nothing can, a number is written."""
    pieces = FieldChange(path="stock.quantity", module=Module.STOCK, before=3, after=Gain(2))
    key = Key("main", OFFERS.name, "K")
    gained = [Change(key=key, verb=Verb.UPDATE, remote_id="1", fields=(pieces,))]
    assert packed(gained) == [("bulk", 1)]
    assert packed(gained, but("bulk", differences=False)) == [("quantity", 1)]
    assert takes_differences(OFFERS)
    nowhere = {name: replace(each, differences=False) for name, each in OFFERS.operations.items()}
    assert not takes_differences(replace(OFFERS, operations=nowhere))


def test_what_ends_later_is_asked_for() -> None:
    """A command has its report, an accepted edit its operation; what is done with the answer has neither."""

    def asked(changes: list[Change], spec: MarketplaceSpec) -> set[str]:
        return {
            name
            for name, times in forecast(batch(changes, spec, PLAN_ID), spec, Circumstances()).requests.items()
            if times
        }

    prices, titles = changed(60, price__base=pln("55")), changed(3, content__title="Kubek ceramiczny duży")
    assert "report" in asked(prices, SPEC)
    assert "report" not in asked(prices, but("price", completion=Completion.IMMEDIATE))
    assert "operation" in asked(titles, SPEC)
    assert "operation" not in asked(titles, but("edit", completion=Completion.IMMEDIATE))


def test_what_counts_everywhere_counts_of_requests_that_the_spec_does_not_name() -> None:
    """A report is asked for by no view and no operation."""
    nowhere = {name: replace(each, everywhere=False) for name, each in SPEC.budgets.items()}
    prices = batch(changed(60, price__base=pln("55")), SPEC, PLAN_ID)
    assert forecast(prices, SPEC, Circumstances()).times.get("report", 0) > 0
    assert not forecast(prices, replace(SPEC, budgets=nowhere), Circumstances()).times.get("report", 0)


def test_views_count_against_their_budgets() -> None:
    views = {name: replace(each, budgets=()) for name, each in OFFERS.views.items()}
    free = replace(SPEC, kinds={**SPEC.kinds, "Offer": replace(OFFERS, views=views)})
    titles = batch(changed(3, content__title="Kubek ceramiczny duży"), SPEC, PLAN_ID)
    assert forecast(titles, SPEC, Circumstances()).times.get("Offer.detail", 0) > 0
    assert not forecast(titles, free, Circumstances()).times.get("Offer.detail", 0)


def test_no_command_carries_a_number_that_it_refuses() -> None:
    """A stock of none goes into the edit of its offer; with the word taken away it rides with others."""

    def pieces(after: int) -> list[Change]:
        fields = (FieldChange(path="stock.quantity", module=Module.STOCK, before=3, after=after),)
        keys = [Key("main", OFFERS.name, f"K{number}") for number in range(3)]
        return [Change(key=key, verb=Verb.UPDATE, remote_id=key.name, fields=fields) for key in keys]

    assert packed(pieces(0)) == [("edit", 1)] * 3
    assert packed(pieces(0), but("quantity", refuses=("null",))) == [("quantity", 3)]
    assert packed(pieces(7)) == [("bulk", 3)]
