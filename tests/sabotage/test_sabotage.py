"""One fact flipped, one line of encoding dropped: some end-to-end case must go red, or nobody would ever notice.

The scene below is converged once as the product is, and once for every sabotage. A sabotage is found out when
the report is not all applied, when the next plan is not empty, when the marketplace does not store what the
honest run stored, or when the run ends with an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import world
from msgspec.structs import replace
from simulator import example
from toggles.wire_fields import fields
from world import World, differences, undone

from reconciler.documents.specs import load_spec
from reconciler.engine import equality
from reconciler.model.catalogue import Parameter
from reconciler.model.spec import Equality, FieldSpec, MarketplaceSpec, OperationSpec, Type
from reconciler.providers.allegro import (
    decoding,
    encoding,
    offer_parameters,
    offer_write,
    product_set,
    rates,
    resources,
)
from reconciler.runtime.connection.transport import Transport
from reconciler.runtime.project import accounts
from reconciler.runtime.project import resolve as resolving

HONEST = load_spec("allegro")
MANY = 27  # one more than a bulk command takes, and one

# --- the scene -----------------------------------------------------------------------------------------------


def scene(root: Path) -> World:
    """Every way of writing and reading, where a small lie shows."""
    live = [world.live_offer(n, f"B{n}") for n in range(100, 100 + MANY)]
    live += [
        world.live_offer(
            1,
            "A",
            productSet=_two_products(),
            parameters=[
                {"id": "11323", "name": "Stan", "values": ["Nowy"], "valuesIds": ["11323_1"]},
                {"id": "8888", "name": "Wzór", "values": ["kropki", "paski"], "valuesIds": None},
            ],
            taxSettings={
                "subject": "GOODS",
                "rates": [{"rate": "23.00", "countryCode": "PL"}, {"rate": "21.00", "countryCode": "CZ"}],
            },
            afterSalesServices={
                "returnPolicy": {"id": example.POLICY},
                "warranty": {"id": example.WARRANTY},
                "impliedWarranty": {"id": example.IMPLIED},
            },
            additionalMarketplaces={"allegro-cz": {"sellingMode": {"price": example.money("289.00", "CZK")}}},
            tags=["tag-1"],
        ),
        world.live_offer(
            2,
            "C",
            publication={"status": "ENDED", "endedBy": "EMPTY_STOCK"},
            stock={"available": 0, "unit": "UNIT"},
        ),
        world.live_offer(3, "D"),
        world.live_offer(4, "E", sold=3),
        world.live_offer(5, None),
        world.live_offer(
            6, "F", productSet=_two_products(), publication={"status": "ACTIVE", "duration": "PT720H"}
        ),
        world.live_offer(7, "G"),
    ]
    documents = [
        *(world.offer(f"B{n}", stock={"always": n}, price=f"{n}.50 PLN") for n in range(100, 100 + MANY)),
        {"kind": "DeliveryPriceList", "name": "Nowy cennik", "dispatch_country": "PL", "methods": {world.COURIER_NAME: "25.5 PLN"}},
        {"kind": "DeliveryPriceList", "name": "Standard", "methods": {world.LOCKER_NAME: "9.99 PLN"}},
        {"kind": "DeliveryPriceList", "name": "Z Czechami", "methods": {world.LOCKER_NAME: "12.99 PLN"}},
        {"kind": "OfferTag", "name": "Lato", "hidden": True},
        world.whole_offer("M", stock={"always": 2, "status": "draft"}),
        world.offer(
            "A",
            settings={
                "invoice": "vat_margin",
                "warranty": None,
                "tax": {"PL": "8"},
                "location": {"city": "Łódź"},
                "duration": "P3D",
                "tags": ["Wyprzedaż", "Nowość"],
                "person": None,
            },
            delivery={"prices": "Nowy cennik", "handling": "P2D"},
            content={
                "parameters": {"Stan": "Używany"},
                "description": [[{"image": "https://example.com/a.jpg"}, {"text": "<h1>A</h1> <p>B &amp;&nbsp;C</p>"}]],
            },
            price={"base": "55.50 PLN", "allegro-cz": "300 CZK"},
            bundle=[{"product": {"gtin": world.THIRD_GTIN}, "quantity": 4}],
        ),
        world.offer("C", stock={"always": 5, "status": "active"}),
        world.offer("D", stock={"always": 0, "status": "active"}),
        world.offer("E", content={"title": "Tytuł sprzedanej oferty"}, price="70 PLN"),
        world.offer("ADOPTED", adopt="17000000005", price="60 PLN"),
        world.offer("F", content={"product": {"gtin": world.SECOND_GTIN}}, settings={"duration": "unlimited", "b2b_only": True}),
        world.offer("G", delivery={"handling": "P2D"}, settings={"invoice": "vat_margin"}, stock=0),
        world.whole_offer("N", delivery={"prices": "Nowy cennik", "handling": "P2D"}, settings={**world.whole_offer("N")["settings"], "tags": ["Lato"]}),
    ]  # fmt: skip
    return World.make(root, world.seller(live), documents)


def _two_products() -> list[dict[str, Any]]:
    first = example.offer_body()["productSet"][0]
    person = {"responsiblePerson": {"id": example.PERSON}}
    text = {"safetyInformation": {"type": "TEXT", "description": "Stara uwaga."}}
    second = {**first["product"], "id": world.THIRD_PRODUCT, "parameters": world.PRODUCTS[2]["parameters"]}
    return [{**first, **person, **text}, {**first, **text, "product": second, "quantity": {"value": 2}}]


def outcome(root: Path) -> tuple[list[str], dict[str, Any]]:
    """Converge the scene once. Return what went wrong, and what the marketplace has now."""
    made = scene(root)
    try:
        report = made.apply(made.plan())
        # a command that is refused is divided until what is left is taken: that it was refused is wrong all the same
        refused = [
            f"{each['method']} {each['url']} was refused" for each in made.writes() if each["status"] >= 400
        ]
        wrong = refused + undone(report) + differences(made.plan(refresh="full"))
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is not silence
        return [f"{type(failure).__name__}: {failure}"], {}
    return wrong, _stored(made)


def _stored(made: World) -> dict[str, Any]:
    tags, found = made.tags(), {}
    for offer_id, body in made.stored().items():
        key = (body.get("external") or {}).get("id") or offer_id
        found[key] = _without_addresses(fields(body, tags[offer_id]))
    for name, body in made.things("shipping_rates").items():
        found[f"price list {name}"] = _without_addresses({n: v for n, v in body.items() if n != "lastModified"})
    return found


def _without_addresses(value: Any) -> Any:
    """Ids and addresses that the marketplace makes up are not the same in two runs; which ones are there, is."""
    return re.sub(r"original/[0-9a-f]{6}/[0-9a-f]{24}|[0-9a-f]{8}-[0-9a-f-]{27}", "…", repr(sorted(value.items())))


@pytest.fixture(autouse=True)
def deliberate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of a sabotaged client are wrong on purpose; the contract witness is told so."""
    send = Transport.send

    async def marked(self: Transport, request: Any, headers: Any, body: Any) -> Any:
        return await send(self, request, {**headers, "x-deliberately-wrong": "sabotage"}, body)

    monkeypatch.setattr(Transport, "send", marked)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the marketplace has after the honest run."""
    wrong, stored = outcome(tmp_path_factory.mktemp("honest"))
    assert not wrong, wrong
    return stored


# --- flipping a fact -----------------------------------------------------------------------------------------

Flip = Callable[[MarketplaceSpec], MarketplaceSpec]


def _kind(spec: MarketplaceSpec, kind: str, **changes: Any) -> MarketplaceSpec:
    return replace(spec, kinds={**spec.kinds, kind: replace(spec.kinds[kind], **changes)})


def field(path: str, kind: str = "Offer", **changes: Any) -> Flip:
    """Flip facts of one field."""

    def flip(spec: MarketplaceSpec) -> MarketplaceSpec:
        known: FieldSpec = spec.kinds[kind].fields[path]
        assert any(getattr(known, name) != value for name, value in changes.items())
        return _kind(spec, kind, fields={**spec.kinds[kind].fields, path: replace(known, **changes)})

    return flip


def operation(name: str, kind: str = "Offer", **changes: Any) -> Flip:
    """Flip facts of one operation."""

    def flip(spec: MarketplaceSpec) -> MarketplaceSpec:
        known: OperationSpec = spec.kinds[kind].operations[name]
        assert any(getattr(known, fact) != value for fact, value in changes.items())
        return _kind(spec, kind, operations={**spec.kinds[kind].operations, name: replace(known, **changes)})

    return flip


def currency(name: str, **changes: Any) -> Flip:
    """Flip facts of every site with this currency."""
    return lambda spec: replace(
        spec,
        marketplaces={
            site: replace(facts, **changes) if facts.currency == name else facts
            for site, facts in spec.marketplaces.items()
        },
    )


OFFER = HONEST.kinds["Offer"].fields
FLIPS: dict[str, Flip] = {
    "a bulk command takes more": operation("bulk", max=MANY),
    "a bulk command takes zero": operation("bulk", refuses=("null",)),
    "a bulk command is no beta": operation("bulk", media=""),
    "an edit goes elsewhere": operation("edit", request="PATCH /sale/offers/{id}"),
    "an edit is a PUT": operation("edit", request="PUT /sale/product-offers/{id}"),
    "a price list has another path": operation("create", "DeliveryPriceList", request="POST /sale/delivery-rates"),
    "price lists come after offers": operation("create", "DeliveryPriceList", wave=35),
    "tags are set before creation": operation("tag", wave=15),
    "crowns have digits": currency("CZK", decimals=2),
    "two invoices are swapped": field("settings.invoice", values={**OFFER["settings.invoice"].values, "vat_margin": "WITHOUT_VAT"}),
    "two days are three": field("delivery.handling", values={**OFFER["delivery.handling"].values, "PT48H": "P3D"}),
    "parameters are compared exactly": field("content.parameters", equality=Equality.EXACT),
    "tax is compared exactly": field("settings.tax", equality=Equality.EXACT),
    "a place is compared exactly": field("settings.location", equality=Equality.EXACT),
    "tags have an order": field("settings.tags", equality=Equality.EXACT),
    "a product is compared exactly": field("content.product", equality=Equality.EXACT),
    "further products are compared exactly": field("bundle.items", equality=Equality.EXACT),
    "rates look at declared methods only": field("methods", "DeliveryPriceList", equality=Equality.DECLARED),
    "a title is read elsewhere": field("content.title", views={"list": "/title", "detail": "/title"}),
    "a price is read elsewhere": field("price.base", views={"list": "/price", "detail": "/price"}),
    "stock is written elsewhere": field("stock.quantity", write="/stock/amount"),
    "a warranty is written elsewhere": field("settings.warranty", write="/afterSalesServices/impliedWarranty/id"),
    "a price list is another kind": field("delivery.prices", refers="ReturnPolicy"),
    "a description is text": field("content.description", type=Type.TEXT),
    "handling time is text": field("delivery.handling", type=Type.TEXT),
    "a sold title is free": field("content.title", frozen=()),
    "nothing in stock ends nothing": field("stock.quantity", zero=None),
    "tags are a promotion": field("settings.tags", by=("promote",)),
}  # fmt: skip


@pytest.mark.parametrize("name", FLIPS)
def test_a_flipped_fact_is_found_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, honest: dict[str, Any]
) -> None:
    """A wrong fact in the spec shows in what happens, not only in the spec."""
    spec = FLIPS[name](HONEST)
    monkeypatch.setattr(resolving, "load_spec", lambda _name: spec)
    monkeypatch.setattr(accounts, "load_spec", lambda _name: spec)
    wrong, stored = outcome(tmp_path)
    assert wrong or stored != honest


# --- dropping a line -----------------------------------------------------------------------------------------

Dropped = tuple[Any, str, Callable[[Any], Any]]


def _first_value(original: Any) -> Any:
    return lambda *a, **k: {**original(*a, **k), "values": []}


def _without(*names: str) -> Callable[[Any], Any]:
    """The function's answer without some members."""
    return lambda original: lambda *a, **k: {n: v for n, v in original(*a, **k).items() if n not in names}


DROPS: dict[str, Dropped] = {
    "images of sections": (encoding, "_item", lambda _o: lambda item, _i: {"type": "TEXT", "content": item.get("text", "<p>x</p>")}),
    "addresses of images": (encoding, "sections", lambda o: lambda value, _images: o(value, {})),
    "digits of amounts": (encoding, "wire_money", lambda _o: lambda value, _d: {"amount": str(value.amount.normalize()), "currency": value.currency}),
    "spellings of durations": (encoding, "wire_duration", lambda _o: lambda value, _s: value),
    "words of references": (encoding, "identified", lambda _o: lambda _c, _k, label: label),
    "safety of products that stay": (product_set, "kept", _without("safetyInformation")),
    "quantity of products that stay": (product_set, "kept", _without("quantity")),
    "empty images of products": (product_set, "kept", lambda o: lambda element: {**o(element), "product": {"id": element["product"]["id"]}}),
    "a person of nobody": (product_set, "_assign", lambda o: lambda first, after, context: o(first, {p: v for p, v in after.items() if p != "settings.person"}, context)),
    "values of live parameters": (offer_parameters, "echoed", _without("values", "valuesIds")),
    "live parameters": (offer_parameters, "overlaid", lambda o: lambda _live, *rest: o((), *rest)),
    "ids of dictionaries": (Parameter, "value_id", lambda _o: lambda _parameter, _text: "x"),
    "rates of other countries": (offer_write, "tax", lambda o: lambda declared, _live: o(declared, None)),
    "content along with products": (offer_write, "_content_along", lambda _o: lambda *_a: None),
    "the key of a new offer": (offer_write, "creation", _without("external")),
    "the status of a new offer": (offer_write, "creation", _without("publication")),
    "the place of a new offer": (offer_write, "creation", _without("location")),
    "live rates of a price list": (rates, "completed", _without("nextItemRate")),
    "names of replaced objects": (resources, "_REPLACEABLE", lambda o: {k: tuple(n for n in v if n != "name") for k, v in o.items()}),
    "the canonical spelling of descriptions": (decoding, "canonical_html", lambda _o: lambda text: text),
    "declared members only": (equality, "_declared", lambda _o: lambda _desired, live: live),
}  # fmt: skip


@pytest.mark.parametrize("name", DROPS)
def test_a_dropped_line_is_found_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, honest: dict[str, Any]
) -> None:
    """An encoder or decoder that forgets something shows in what happens."""
    module, function, drop = DROPS[name]
    damaged = drop(getattr(module, function))
    monkeypatch.setattr(module, function, damaged)
    _in_tables(monkeypatch, function, damaged)
    wrong, stored = outcome(tmp_path)
    assert wrong or stored != honest


def _in_tables(monkeypatch: pytest.MonkeyPatch, function: str, damaged: Any) -> None:
    """Where a table holds the function, put the damaged one in."""
    if function == "_declared":
        monkeypatch.setitem(equality.EQUALITIES, Equality.DECLARED, damaged)  # type: ignore[arg-type]
