"""The lowest price of the 30 days before a reduction: what was seen, since when, and never more than that."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.cli.main import run
from reconciler.engine.lowest import lowest, moved, prices_of, said_of
from reconciler.model.changes import FieldChange, Verb
from reconciler.model.memory import Site
from reconciler.model.modules import Module
from reconciler.model.offers import Live
from reconciler.model.plan_json import dump_plan, load_plan, plan_digest
from reconciler.model.prices import NOT_SEEN, OFF_SALE, Lowest, SeenPrice
from reconciler.model.values import Money
from reconciler.render.html.plan_data import plan_data
from reconciler.render.plan_markdown import plan_markdown
from reconciler.render.plan_text import plan_text
from reconciler.render.style import PLAIN
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.remote.changes import Changes
from tests import world
from tests.render import samples
from tests.rules.shop import Shop, there

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 29, 7, tzinfo=UTC)
PLACE = Place(Site("allegro", "https://api.example", "seller"), "shop", "main")


def day(number: float) -> datetime:
    """So many days ago."""
    return NOW - timedelta(days=number)


def nightly(first: float, *, but: tuple[int, int] = (0, 0)) -> list[datetime]:
    """A look each night since so many days ago, but for those between two days."""
    return [day(each) for each in range(int(first), -1, -1) if not but[0] > each > but[1]]


def seen(*rows: tuple[float, str]) -> list[SeenPrice]:
    """What was seen from so many days ago on."""
    return [SeenPrice(day(ago), said if said in {OFF_SALE, NOT_SEEN} else f"{said} PLN") for ago, said in rows]


@pytest.mark.parametrize(
    ("history", "looks", "price", "since"),
    [
        (seen((40, "50"), (20, "45"), (10, "50")), nightly(40), "45", None),
        (seen((40, "45"), (20, "50")), nightly(40), "45", None),  # it held when the 30 days began
        (seen((60, "40"), (35, "50")), nightly(60), "50", None),  # over before they began
        (seen((5, "50")), nightly(5), "50", 5),
        (seen((40, "50")), nightly(40, but=(20, 10)), "50", 10),  # nobody looked for ten days
        (seen((60, "40"), (10, "50")), nightly(60, but=(40, 10)), "50", 10),  # seen last before they began
        (seen((40, "50"), (20, NOT_SEEN), (15, "55")), nightly(40), "50", 15),
        (seen((40, "50"), (20, OFF_SALE), (15, "55")), nightly(40), "50", None),
        (seen((40, "30"), (31, OFF_SALE), (15, "55")), nightly(40), "55", None),
        (seen((40, OFF_SALE)), nightly(40), None, None),
        ([], nightly(40), None, 0),
        ([], [], None, 0),
        ([*seen((40, "50")), SeenPrice(day(20), "9 EUR"), *seen((10, "50"))], nightly(40), "50", None),
    ],
)
def test_it_is_what_was_seen_and_since_when(
    history: list[SeenPrice], looks: list[datetime], price: str | None, since: float | None
) -> None:
    found = lowest(history, looks, NOW, "PLN")
    assert (str(found.price) if found.price else None) == (f"{price} PLN" if price else None)
    assert found.since == ("" if since is None else day(since).isoformat(timespec="seconds"))
    assert found.until == "2026-11-29T07:00:00+00:00"


def test_only_what_has_moved_is_a_row_and_what_does_not_show_is_not_seen() -> None:
    last = {("1", "price.base"): "50 PLN", ("2", "price.base"): "9 PLN", ("3", "price.base"): NOT_SEEN}
    assert moved(last, {("1", "price.base"): "50 PLN", ("4", "price.base"): OFF_SALE}) == {
        ("4", "price.base"): OFF_SALE,
        ("2", "price.base"): NOT_SEEN,
    }


def test_what_is_not_on_sale_is_no_price_and_what_cannot_be_read_is_not_seen() -> None:
    def live(number: str, **fields: Any) -> Live:
        priced = {"price.base": Money.parse("50.00 PLN"), "price.allegro-cz": None, "content.title": "Kubek"}
        return Live(key=None, kind="Offer", remote_id=number, fields={**priced, **fields})

    offers = [live("1", **{"stock.status": "active"}), live("2", **{"stock.status": "ended"}), live("3")]
    assert prices_of(offers) == {("1", "price.base"): "50.00 PLN", ("2", "price.base"): OFF_SALE}


@pytest.mark.parametrize(
    ("text", "said"), [("31", "31.00"), ("31.000", "31.00"), ("1.5", "1.50"), ("0.125", "0.125")]
)
def test_a_price_is_noted_in_one_way_however_it_was_written(text: str, said: str) -> None:
    """A document says 31 and the marketplace 31.00: that is no change, which would be noted with every apply."""
    assert said_of(Money.parse(f"{text} PLN"), "active") == f"{said} PLN"


def test_the_ledger_keeps_changes_thins_old_ones_and_carries_them(tmp_path: Path) -> None:
    ledger, other = Ledger(tmp_path / "one.db"), Ledger(tmp_path / "two.db")
    try:
        key, prices = ("1", "price.base"), ledger.prices
        for ago in range(80, -1, -1):
            price = {80: "50 PLN", 70: "40 PLN", 50: "45 PLN", 20: "50 PLN"}.get(ago)
            prices.saw(PLACE, {key: price} if price else {}, day(ago), complete=True)
        prices.saw(PLACE, {}, NOW + timedelta(minutes=1), complete=True)  # too soon to be noted
        assert [each.said for each in prices.history(PLACE, ["1"])[key]] == ["45 PLN", "50 PLN"]
        assert prices.last(PLACE) == {key: "50 PLN"}
        reads = prices.reads(PLACE)
        assert len(reads) < 40
        assert (reads[-1], reads[0] <= day(30)) == (NOW, True)
        changes = Changes(other.database)
        changes.watch()
        changes.take_over(Changes(ledger.database).everything(), whole=True)
        assert other.prices.history(PLACE, ["1"]) == prices.history(PLACE, ["1"])
        assert other.prices.reads(PLACE) == reads
    finally:
        ledger.close()
        other.close()


def reduced(known: Lowest | None) -> FieldChange:
    """A price that falls."""
    return replace(
        samples.field("price.base", Money.parse("49.99 PLN"), Money.parse("39.99 PLN")),
        module=Module.PRICE,
        lowest=known,
    )


def plan_with(known: Lowest | None) -> Any:
    """A plan of one reduction."""
    return samples.plan(samples.account(samples.change("kubek", Verb.UPDATE, reduced(known))))


WHOLE = Lowest(price=Money.parse("44.99 PLN"), until="2026-11-29T07:00:00+00:00")
PART = replace(WHOLE, since="2026-11-20T07:00:00+00:00")


@pytest.mark.parametrize(
    ("known", "text", "cell"),
    [
        (WHOLE, "(lowest of 30 days 44.99 PLN)", "| 44.99 PLN |"),
        (
            PART,
            "(lowest seen 44.99 PLN, known only since 2026-11-20)",
            "| 44.99 PLN, known only since 2026-11-20 |",
        ),
        (replace(WHOLE, price=None), "(lowest of 30 days not known)", "| not known |"),
    ],
)
def test_it_stands_beside_the_reduction(known: Lowest, text: str, cell: str) -> None:
    plan = plan_with(known)
    assert text in "\n".join(plan_text(plan, PLAIN))
    comment = "\n".join(plan_markdown(plan))
    assert "| lowest of 30 days |" in comment
    assert cell in comment
    (row,) = plan_data(plan)["rows"]
    amount = ["$", "44.99", "PLN"] if known.price else None
    assert row[11][0][8] == [amount, known.since]


def test_a_plan_without_it_is_as_before_and_the_digest_is_the_same() -> None:
    plain, told = plan_with(None), plan_with(PART)
    assert plan_digest(plain) == plan_digest(told)
    assert '"lowest"' not in dump_plan(plain)
    assert "lowest" not in "\n".join((*plan_text(plain, PLAIN), *plan_markdown(plain)))
    back = load_plan(dump_plan(replace(told, digest=plan_digest(told))))
    assert back.changes[0].fields[0].lowest == PART


def test_looks_and_applies_fill_it(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path / "shop", [there(1, "kubek")], [], {"kubek": {"main": 5}})

    def declare(price: str) -> None:
        shop.declare(world.offer("kubek", price=price))

    def told() -> dict[str, Any] | None:
        plan = shop.plan()
        fields = [each for part in plan["accounts"] for change in part["changes"] for each in change["fields"]]
        return next((each.get("lowest") for each in fields if each["path"] == "price.base"), None)

    was = shop.offer("kubek")["sellingMode"]["price"]["amount"]
    declare("1.00 PLN")
    first = told()
    assert first is not None
    assert (first["price"]["amount"], first["since"]) == (was, first["until"])
    shop.apply()
    declare("9.00 PLN")
    assert told() is None  # no reduction
    shop.apply()
    declare("5.00 PLN")
    again = told()
    assert again is not None
    assert again["price"] == {"amount": "1.00", "currency": "PLN"}
    assert again["since"] <= first["until"]
    ledger = Ledger(shop.made.root / ".reconcile" / "ledger.db")
    try:
        rows = ledger.database.rows("select said from prices order by at")
        assert [said for (said,) in rows][1:] == ["1.00 PLN", "9.00 PLN"]
        shop.plan()
        assert ledger.database.rows("select said from prices order by at") == rows
    finally:
        ledger.close()


def test_the_docs_show_what_a_plan_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two reductions: one of a price that is known for longer than 30 days, one of a price seen nine days ago first."""
    prices = {"kubek": "49.99", "talerz": "29.99"}
    live = [
        there(number, name, sellingMode={"price": {"amount": price, "currency": "PLN"}})
        for number, (name, price) in enumerate(prices.items(), 1)
    ]
    shop = Shop.make(tmp_path / "shop", live, [], {"kubek": {"main": 5}})
    shop.declare(world.offer("kubek", price="39.99 PLN"), world.offer("talerz", price="24.99 PLN"))
    (seen_now,) = shop.plan()["accounts"]
    (shop.made.root / ".reconcile" / "ledger.db").unlink()  # before the first look there were others
    ledger = Ledger(shop.made.root / ".reconcile" / "ledger.db")
    try:
        place = replace(PLACE, site=Site(*seen_now["site"].split(" ")))
        kubek, talerz = ((str(shop.offer(name)["id"]), "price.base") for name in prices)
        now = datetime.fromisoformat(seen_now["seen_at"])
        for ago in range(40, 0, -1):
            moved = {40: {kubek: "44.99 PLN"}, 20: {kubek: "49.99 PLN"}, 9: {talerz: "27.99 PLN"}}.get(ago, {})
            ledger.prices.saw(place, moved, now - timedelta(days=ago), complete=True)
    finally:
        ledger.close()
    run(["-C", str(shop.made.root), "plan"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "lowest" in line]
    section = (ROOT / "docs" / "prices.md").read_text("utf-8").partition("## The lowest price")[2]
    (shown,) = re.findall(r"```text\n(.*?)\n```", section, re.DOTALL)
    undated = [[re.sub(r"\d{4}-\d\d-\d\d", "DAY", line) for line in each] for each in (lines, shown.splitlines())]
    assert undated[0] == undated[1]
    assert (now - timedelta(days=9)).date().isoformat() in lines[1]
