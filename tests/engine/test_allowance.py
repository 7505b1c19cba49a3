"""What may be written of one resource in a day, where the marketplace counts: stock goes first, and never too much."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.engine.allowance import DAY, Allowance, told, within
from reconciler.engine.batch import batch
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import AccountPlan
from reconciler.model.spent import Spent
from reconciler.model.values import Money

SPEC = load_spec("ebay")
KEY = Key("shop", OFFER, "A")
BEGIN = datetime(2026, 11, 29, 6, tzinfo=UTC)
STOCK, PRICE, TITLE = "stock.quantity", "price.base", "content.title"
FIELDS = {
    STOCK: (Module.STOCK, 3, 4),
    PRICE: (Module.PRICE, Money.parse("1 EUR"), Money.parse("2 EUR")),
    TITLE: (Module.CONTENT, "old", "new"),
    "stock.status": (Module.STOCK, "ended", "active"),
}


def planned(paths: Iterable[str], verb: Verb = Verb.UPDATE) -> AccountPlan:
    """A plan that changes these fields of one offer."""
    fields = tuple(
        FieldChange(path=path, module=FIELDS[path][0], before=FIELDS[path][1], after=FIELDS[path][2])
        for path in paths
    )
    change = Change(key=KEY, verb=verb, remote_id="A", fields=fields)
    actions = batch([change], SPEC, "2c4fbe1c-2f8c-4c0c-8a5b-7d2f1f2ad111")
    return AccountPlan(
        account="shop", marketplace="ebay", login="l", site="s", seen_at="", spec_revision="", complete=True,
        changes=(change,), actions=actions,
    )  # fmt: skip


def sent(paths: Iterable[str], spent: Spent | None, now: datetime = BEGIN) -> set[str]:
    """Which of these fields are sent now."""
    part = within(planned(paths), Allowance(SPEC, now, {KEY: spent} if spent else {})).part
    return {path for action in batch(part.changes, SPEC, "2c4fbe1c-2f8c-4c0c-8a5b-7d2f1f2ad111") for t in action.targets for path in t.after}  # fmt: skip


@pytest.mark.parametrize(
    ("times", "paths", "goes"),
    [
        (0, {STOCK, PRICE, TITLE}, {STOCK, PRICE, TITLE}),
        (199, {PRICE}, {PRICE}),
        (199, {STOCK, TITLE}, {STOCK}),  # two requests, and room for one besides stock
        (198, {STOCK, TITLE}, {STOCK, TITLE}),
        (199, {STOCK, PRICE}, {STOCK, PRICE}),  # they ride together
        (200, {STOCK, PRICE, TITLE}, {STOCK}),
        (249, {STOCK, PRICE}, {STOCK}),
        (250, {STOCK, PRICE}, set()),
    ],
)
def test_price_and_content_wait_where_only_the_share_of_stock_is_left(
    times: int, paths: set[str], goes: set[str]
) -> None:
    spent = Spent(times, BEGIN - timedelta(hours=3)) if times else None
    assert sent(paths, spent) == goes
    notes = [*told(planned(paths), Allowance(SPEC, BEGIN, {KEY: spent} if spent else {}))]
    assert [each.code for each in notes] == (["P772"] if goes != paths else [])
    if notes:
        assert (
            f"{250 - times} of its 250 changes of a day are left; more from 2026-11-30 03:00 UTC on"
            in notes[0].summary
        )


def test_few_changes_that_are_left_are_said_before_anything_waits() -> None:
    (note,) = told(planned({STOCK}), Allowance(SPEC, BEGIN, {KEY: Spent(203, BEGIN)}))
    assert (note.code, "47 of its 250" in note.summary) == ("P771", True)


def test_what_the_marketplace_says_is_used_up_waits_whatever_was_counted() -> None:
    """Others write as well. Stock is tried: the marketplace's own day may have begun."""
    spent = Spent(3, BEGIN - timedelta(hours=2), BEGIN - timedelta(hours=1))
    assert sent({STOCK, PRICE, TITLE}, spent) == {STOCK}


def test_what_puts_on_sale_is_no_change_of_a_listing() -> None:
    part = planned({"stock.status", PRICE}, Verb.ACTIVATE)
    allowance = Allowance(SPEC, BEGIN, {KEY: Spent(250, BEGIN)})
    assert (within(part, allowance).held, [*told(part, allowance)]) == ({}, [])


def test_who_counts_nothing_holds_nothing_back() -> None:
    spec = replace(SPEC, budgets={name: each for name, each in SPEC.budgets.items() if each.scope != "offer"})
    assert within(planned({PRICE}), Allowance(spec, BEGIN, {KEY: Spent(250, BEGIN)})).held == {}


@pytest.mark.parametrize("seed", range(8))
def test_300_changes_of_one_listing_never_make_its_stock_wait(seed: int) -> None:
    """In whatever order they come within a day or three: at most 250 leave in any 24 hours, and all leave in the end."""
    random = Random(seed)
    now, left, pending = BEGIN, [], set[str]()
    longest = random.choice((4, 8, 25))
    for _ in range(300):
        now += timedelta(minutes=random.randint(1, longest))
        pending.add(STOCK if random.random() < 0.4 else random.choice((PRICE, TITLE)))
        left, pending = _applied(left, pending, now)
        assert STOCK not in pending
    left, pending = _applied(left, pending, now + DAY)
    assert not pending


def _applied(left: list[datetime], pending: set[str], now: datetime) -> tuple[list[datetime], set[str]]:
    lately = [each for each in left if each > now - DAY]
    part = within(
        planned(sorted(pending)), Allowance(SPEC, now, {KEY: Spent(len(lately), lately[0])} if lately else {})
    ).part
    actions = batch(part.changes, SPEC, "2c4fbe1c-2f8c-4c0c-8a5b-7d2f1f2ad111")
    left = [*left, *(now for _ in actions)]
    assert sum(each > now - DAY for each in left) <= 250
    return left, pending - {path for action in actions for target in action.targets for path in target.after}
