"""What an item or an offer is judged and written by is two seconds old at most: what sells meanwhile stays sold."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.runtime.connection.transport import Transport
from reconciler.runtime.project import accounts
from reconciler.runtime.project import resolve as resolving

from .shop import LOGIN, Shop, document, goods

#: What somebody does at the marketplace: paths of its control and what they take.
Happening = list[tuple[str, dict[str, Any]]]
SOLD: Happening = [("sale", {"login": LOGIN, "sku": "A", "quantity": 2})]
EDITED: Happening = [
    ("panel", {"login": LOGIN, "sku": "A", "patch": {"item": {"product": {"title": "Ihr Titel"}}}})
]


def in_each_look(monkeypatch: pytest.MonkeyPatch, what: Callable[[int], Happening]) -> None:
    """What happens within three seconds at the end of full reads, by their numbers; of no happening, no time goes by."""
    send, looks = Transport.send, 0

    async def slow(self: Transport, request: Any, headers: Any, body: Any) -> Any:
        nonlocal looks
        answer = await send(self, request, headers, body)
        if (request.method, request.path) == ("GET", "/sell/inventory/v1/offer"):
            looks += 1
            transport = httpx.ASGITransport(app=self._wire._client._transport.app)  # type: ignore[attr-defined]
            async with httpx.AsyncClient(transport=transport, base_url="http://practice") as client:
                for path, said in [*what(looks), ("clock", {"advance_seconds": 3})] if what(looks) else []:
                    (await client.post(f"/_sim/{path}", json=said)).raise_for_status()
        return answer

    monkeypatch.setattr(Transport, "send", slow)


def retitled(root: Path, content: dict[str, Any] | None = None) -> Shop:
    """A shop with five pieces of A, of which a plan changes the title."""
    shop = Shop(root / "shop", goods("A", 1001))
    body = document("A", content=content or {"title": "Krug"})
    body["stock"] = {"status": "active"}
    shop.offers(body)
    shop.ask("plan", "--out", str(shop.root / "p.plan"))
    return shop


def applied(shop: Shop, code: int = 0) -> str:
    """Apply that plan."""
    return shop.ask("apply", str(shop.root / "p.plan"), "--auto-approve", code=code)


def pieces(shop: Shop) -> tuple[int, int]:
    """What the item and its offer have."""
    there = shop.item("A")["availability"]["shipToLocationAvailability"]["quantity"]
    return there, shop.on_ebay()["A"]["availableQuantity"]


@pytest.mark.parametrize("content", [{"title": "Krug"}, {"description": "<p>Neu</p>"}], ids=["item", "offer"])
def test_what_is_sold_between_a_look_and_its_write_is_not_sold_again(
    content: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three seconds go by after the first look, and two pieces: it is looked at again, and the rest is repeated."""
    shop, twin = retitled(tmp_path, content), Shop(tmp_path / "twin", goods("A", 1001))
    twin.control("POST", *SOLD[0])
    sold = pieces(twin)
    in_each_look(monkeypatch, lambda look: SOLD if look == 1 else [])
    applied(shop)
    monkeypatch.undo()
    assert pieces(shop) == sold
    shop.settled()


def test_five_seconds_would_be_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with what other marketplaces are content with: the pieces come back."""
    spec = load_spec("ebay")
    offer = spec.kinds["Offer"]
    item = replace(offer.operations["edit"], fresh_seconds=5)
    lax = replace(
        spec, kinds={**spec.kinds, "Offer": replace(offer, operations={**offer.operations, "edit": item})}
    )
    monkeypatch.setattr(resolving, "load_spec", lambda _name: lax)
    monkeypatch.setattr(accounts, "load_spec", lambda _name: lax)
    shop = retitled(tmp_path)
    in_each_look(monkeypatch, lambda look: SOLD if look == 1 else [])
    applied(shop, code=-1)
    assert pieces(shop)[0] == 5


def test_what_somebody_edits_meanwhile_is_left_out_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of the row is judged by the look that it is written by, not what is repeated alone."""
    shop = retitled(tmp_path)
    in_each_look(monkeypatch, lambda look: EDITED if look == 1 else [])
    assert "the marketplace has moved since the plan: content.title is Ihr Titel" in applied(shop, code=-1)
    assert shop.item("A")["product"]["title"] == "Ihr Titel"


def test_what_never_rests_is_left_out_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sells faster than it can be written: nothing of it is written by an old look."""
    shop = retitled(tmp_path)
    restock = {
        "login": LOGIN,
        "sku": "A",
        "patch": {"item": {"availability": {"shipToLocationAvailability": {"quantity": 0}}}},
    }

    def sells(look: int) -> Happening:
        restock["patch"]["item"]["availability"]["shipToLocationAvailability"]["quantity"] = 5 + look  # type: ignore[index]
        return [("panel", restock)]

    in_each_look(monkeypatch, sells)
    assert "it moves faster than it can be read" in applied(shop, code=-1)
    assert not shop.asked("PUT ")


def test_many_prices_are_read_one_command_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of a command is read by itself: at 20 a second, commands that all read at once would have old rows."""
    spec = load_spec("ebay")
    slow = replace(spec, budgets={**spec.budgets, "inventory": replace(spec.budgets["inventory"], per_second=20)})
    monkeypatch.setattr(resolving, "load_spec", lambda _name: slow)
    monkeypatch.setattr(accounts, "load_spec", lambda _name: slow)
    skus = [f"A{number}" for number in range(250)]
    shop = Shop(tmp_path / "shop", *(goods(sku, 1001 + number) for number, sku in enumerate(skus)))
    shop.offers(*(document(sku, price="13.50 EUR") for sku in skus))
    shop.ask("plan", "--out", str(shop.root / "p.plan"))
    sku_of = {each["offerId"]: sku for sku, each in shop.on_ebay().items()}
    began = len(exchanges(shop))
    applied(shop)
    read: dict[str, datetime] = {}
    ages = []
    for each in exchanges(shop)[began:]:
        at = datetime.fromisoformat(each["at"])
        if each["path"].endswith("/offer"):
            read[parse_qs(each["query"])["sku"][0]] = at
        elif each["path"].endswith("/bulk_update_price_quantity"):
            ages += [
                at - read[sku_of[row["offers"][0]["offerId"]]] for row in json.loads(each["body"])["requests"]
            ]
    assert len(ages) == len(skus)
    assert max(ages) < timedelta(seconds=5)


def exchanges(shop: Shop) -> list[dict[str, Any]]:
    """All that was asked of the marketplace."""
    found: list[dict[str, Any]] = shop.control("GET", "history?last=20000")["requests"]
    return found
