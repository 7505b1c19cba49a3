"""One fact of the spec flipped: what happens in a shop must be something else, or nobody would ever notice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.model.spec import Equality, Identity, MarketplaceSpec, Type, Zero
from reconciler.model.values import Money
from reconciler.runtime.connection.transport import Transport
from reconciler.runtime.project import accounts, one_by_one
from reconciler.runtime.project import resolve as resolving

from .shop import LOGIN, Shop, document, listing

HONEST = load_spec("etsy")
OFFER = HONEST.kinds["Offer"]
Flip = Callable[[MarketplaceSpec], MarketplaceSpec]
_SHOWN = [
    "title",
    "description",
    "state",
    "tags",
    "materials",
    "who_made",
    "when_made",
    "is_supply",
    "should_auto_renew",
    "taxonomy_id",
    "shipping_profile_id",
    "return_policy_id",
    "shop_section_id",
]


def outcome(template: Path, root: Path) -> Iterator[Any]:
    """Tell what happens to a shop that is converged twice, step by step; and what is wrong with some documents."""
    try:
        yield from _told(template, root)
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is not silence
        yield f"{type(failure).__name__}: {failure}"


def _told(template: Path, root: Path) -> Iterator[Any]:
    shutil.copytree(template, root)
    shop = Shop.at(root)
    planned = shop.plan()["accounts"][0]
    yield {each["key"]["name"]: [one["path"] for one in each["fields"]] for each in planned["changes"]}
    yield planned["population"]
    yield [each["message"] for each in planned["violations"]]
    yield _mistakes(root)
    for _ in range(2):
        report = shop.ask("apply", "--auto-approve", "--allow", "fees", "--allow", "stock-baseline", code=-1)
        yield [line for line in report.splitlines() if "refused" in line or "unknown" in line]
        yield _stored(shop)
        shop.offers(document("B", stock={"quantity": 3}))
    part = shop.plan()["accounts"][0]
    yield part["changes"] + part["settling"]
    yield len(shop.fees())


def built(root: Path) -> None:
    """A shop in which each fact matters; the answer to its first creation is lost."""
    shop = Shop(
        root,
        listing(1001, "A"),
        listing(1002, "B"),
        listing(1003, "", title="Found"),
        listing(1004, "S", quantity=1),
        listing(1005, "D", state="draft"),
        listing(1006, "E", state="expired"),
    )
    shop.control("POST", "sale", {"login": LOGIN, "sku": "S", "quantity": 1})
    sold = document("S")
    sold["stock"] = {"always": 4, "status": "active"}
    pictures = [shop.picture(f"{shade}.png", shade) for shade in (10, 20)]
    shop.offers(
        document(
            "A",
            settings={
                "who_made": "collective",
                "when_made": "2020s",
                "supply": True,
                "return_policy": "no returns",
                "section": None,
                "renewal": True,
            },
            delivery={"prices": "Letter", "processing": "made to order, 3-5 days"},
            content={
                "title": "Jug & saucer",
                "description": "One.\n\nTwo & three.",
                "category": "482",
                "tags": ["jug", "tea"],
                "materials": ["glass", "tin"],
            },
            price={"base": "25.10 USD"},
            stock={"quantity": 7},
        ),
        document("B", stock={"quantity": 0}),
        {**document("F", content={"title": "Found"}), "adopt": "1003"},
        sold,
        document("N", content={"images": pictures}),
        document("O", content={"images": pictures}, stock={"status": "draft"}),
    )
    lost = {"do": "drop_after", "when": {"method": "POST", "path": "/v3/application/shops/55300100/listings"}}
    shop.control("POST", "settings", {"faults": {"schedule": [lost]}})


def _stored(shop: Shop) -> dict[str, Any]:
    found = {}
    for sku, each in shop.listings().items():
        shown = {name: sorted(each[name]) if name in ("tags", "materials") else each[name] for name in _SHOWN}
        offerings = each["inventory"]["products"][0]["offerings"]
        numbers = [(one["price"], one["quantity"], one["readiness_state_id"]) for one in offerings]
        found[sku] = {**shown, "offerings": numbers, "pictures": len(each["images"])}
    return found


def _mistakes(root: Path) -> list[str]:
    """What is wrong offline with documents that each break one rule."""
    shop = Shop(root.with_name("broken"))
    broken = [
        {"content": {"title": "Tea & milk & honey"}},
        {"content": {"title": "Mug ♥"}},
        {"content": {"title": "x" * 141}},
        {"content": {"tags": [f"tag {number}" for number in range(14)]}},
        {"content": {"tags": ["a word that is too long"]}},
        {"content": {"tags": ["a_b"]}},
        {"content": {"materials": ["a-b"]}},
        {"content": {"images": [shop.picture(f"m{number}.png", number) for number in range(21)]}},
        {"price": {"base": "0.00 USD"}},
        {"price": {"base": "20.505 USD"}},
        {"stock": {"quantity": 1000}},
        {"settings": {"when_made": "2020_2026"}},
        {"content": {"description": None}},
        {"sync": {"price": "manual"}},
    ]
    for number, body in enumerate(broken):
        shop.offers(document(f"X{number}", **body))
    said = shop.ask("validate", code=-1)
    return sorted(line.split(": ", 1)[1] for line in said.splitlines() if ": error[" in line)


def field(path: str, **facts: Any) -> Flip:
    """Another fact of a field of offers."""

    def flip(spec: MarketplaceSpec) -> MarketplaceSpec:
        changed = replace(OFFER.fields[path], **facts)
        return _kind(spec, fields={**OFFER.fields, path: changed})

    return flip


def limit(path: str, **limits: Any) -> Flip:
    """Other limits of a field; what is None holds no more."""
    said = {**OFFER.fields[path].limits, **limits}
    return field(path, limits={word: value for word, value in said.items() if value is not None})


def operation(name: str, **facts: Any) -> Flip:
    """Another fact of an operation."""
    return lambda spec: _kind(
        spec, operations={**OFFER.operations, name: replace(OFFER.operations[name], **facts)}
    )


def view(name: str, kind: str = "Offer", **facts: Any) -> Flip:
    """Another fact of a view."""

    def flip(spec: MarketplaceSpec) -> MarketplaceSpec:
        known = spec.kinds[kind]
        changed = replace(known, views={**known.views, name: replace(known.views[name], **facts)})
        return replace(spec, kinds={**spec.kinds, kind: changed})

    return flip


def kind(**facts: Any) -> Flip:
    """Another fact of offers."""
    return lambda spec: _kind(spec, **facts)


def _kind(spec: MarketplaceSpec, **facts: Any) -> MarketplaceSpec:
    return replace(spec, kinds={**spec.kinds, "Offer": replace(OFFER, **facts)})


def _elsewhere(path: str, member: str) -> Flip:
    return field(path, views={"list": member, "detail": member})


#: One field of each type.
_EACH_TYPE = (
    "content.title",
    "content.description",
    "content.tags",
    "settings.when_made",
    "settings.supply",
    "settings.section",
    "stock.status",
)
_PATCH = "PATCH /v3/application/shops/{shop}/listings/{id}"
FLIPS: dict[str, Flip] = {
    "no key of the application": lambda spec: replace(spec, api_key=False),
    "price and stock apart": lambda spec: replace(spec, couplings=()),
    "pictures are the account's": lambda spec: replace(spec, images=replace(spec.images, of="account")),
    "dollars have three digits": lambda spec: replace(
        spec,
        marketplaces={**spec.marketplaces, "etsy-usd": replace(spec.marketplaces["etsy-usd"], decimals=3)},
    ),
    "a key from the start": kind(key_given=""),
    "no way to a key": kind(rename="edit"),
    "publishing is free": kind(fees={"renew": OFFER.fees["renew"]}),
    "renewing is free": kind(fees={"publish": OFFER.fees["publish"]}),
    "an offer is known by its name": kind(identity=Identity.NAME),
    "a listing is made elsewhere": operation("create", request="POST /v3/application/listings"),
    "an edit is a PUT": operation("edit", request=_PATCH.replace("PATCH", "PUT")),
    "an inventory is a PATCH": operation("inventory", request="PATCH /v3/application/listings/{id}/inventory"),
    "an inventory takes zero": operation("inventory", refuses=()),
    "an inventory replaces nothing": operation("inventory", replaces=""),
    "on sale by another address": operation("activate", request=_PATCH.replace("{id}", "{id}/state")),
    "an end by another address": operation("end", request=_PATCH.replace("{id}", "{id}/state")),
    "on sale before the number": operation("activate", wave=35),
    "no listing has expired": view("list", states=("active", "draft", "inactive", "sold_out")),
    "nothing is sold out": view("list", states=("active", "draft", "inactive", "expired")),
    "pages of ten thousand": view("list", page=10_000),
    "one listing by another address": view("detail", request="GET /v3/application/listings/{id}"),
    "pictures by another address": view("images", request="GET /v3/application/listings/{id}/pictures"),
    **{
        f"{name} by another address": view("list", name, request="GET /v3/application/shops/{shop}/things")
        for name in ("DeliveryPriceList", "ReturnPolicy", "ShopSection", "Processing")
    },
    **{f"{path} is read elsewhere": _elsewhere(path, "/url") for path in _EACH_TYPE},
    "pictures are read elsewhere": field("content.images", views={"list": "/videos", "images": "/results"}),
    "a price is the listing's": _elsewhere("price.base", "/processing_min"),
    "pieces are views": _elsewhere("stock.quantity", "/views"),
    "processing is a profile": _elsewhere("delivery.processing", "/shipping_profile_id"),
    **{f"{path} is written elsewhere": field(path, write="/featured_rank") for path in _EACH_TYPE[:-1]},
    "tags have an order": field("content.tags", equality=Equality.EXACT),
    "a description is HTML": field("content.description", type=Type.SECTIONS),
    "a section is a profile": field("settings.section", refers="DeliveryPriceList"),
    "a profile is a section": field("delivery.prices", refers="ShopSection"),
    "a policy is a section": field("settings.return_policy", refers="ShopSection"),
    "processing is a policy": field("delivery.processing", refers="ReturnPolicy"),
    "processing is shown always": field("delivery.processing", shown=""),
    "zero ends": field("stock.quantity", zero=Zero.ENDS),
    "zero is a number": field("stock.quantity", zero=None),
    "pieces are ended only": field("stock.quantity", by=("end",)),
    "a price is edited": field("price.base", by=("edit",)),
    "this decade has an end": field(
        "settings.when_made", values={**OFFER.fields["settings.when_made"].values, "2020s": "2020_2025"}
    ),
    "a description is not needed": field("content.description", needed=False),
    "titles of any length": limit("content.title", max_length=None),
    "signs as often as you like": limit("content.title", once=None),
    "titles with hearts": limit("content.title", characters=None),
    "any number of tags": limit("content.tags", max_items=None),
    "tags of any length": limit("content.tags", longest_item=None),
    "tags of any signs": limit("content.tags", characters=None),
    "materials of any signs": limit("content.materials", characters=None),
    "any number of pictures": limit("content.images", max_items=None),
    "a price of nothing": limit("price.base", above=None),
    "a price of any currency": limit("price.base", currency=None),
    "a thousand pieces": limit("stock.quantity", maximum=None),
    "fees of a cent": kind(fees=dict.fromkeys(OFFER.fees, Money.parse("0.01 USD"))),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop before anything is done in it."""
    root = tmp_path_factory.mktemp("template") / "shop"
    built(root)
    return root


@pytest.fixture(scope="module")
def honest(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What happens when nothing is flipped: all is as it should be."""
    return list(outcome(template, tmp_path_factory.mktemp("honest") / "shop"))


def test_the_scene_converges(honest: list[Any]) -> None:
    planned, _, refused, mistakes, first, once, second, twice, left, fees = honest
    assert planned.keys() == set("ABFNOS")
    assert refused == ["the marketplace charges 0.40 USD at once; nothing may be charged"]
    assert (first, second, left, fees, len(mistakes)) == ([], [], [], 2, 14)
    states = {sku: each["state"] for sku, each in once.items()}
    assert states == {
        **dict.fromkeys("AFSN", "active"),
        **dict.fromkeys("OD", "draft"),
        "B": "inactive",
        "E": "expired",
    }
    assert {sku: each["state"] for sku, each in twice.items()} == {**states, "B": "active"}


@pytest.mark.parametrize("name", FLIPS)
def test_a_flipped_fact_is_found_out(
    name: str, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, honest: list[Any]
) -> None:
    """The first step that differs is enough."""
    spec = FLIPS[name](HONEST)
    monkeypatch.setattr(resolving, "load_spec", lambda _name: spec)
    monkeypatch.setattr(one_by_one, "load_spec", lambda _name: spec)
    monkeypatch.setattr(accounts, "load_spec", lambda _name: spec)
    monkeypatch.setattr(Transport, "send", _marked(Transport.send))
    assert any(mine != theirs for mine, theirs in zip(outcome(template, tmp_path / "shop"), honest, strict=False))


def _marked(send: Any) -> Any:
    """Tell whoever judges the requests that they may be wrong."""

    def marked(self: Transport, request: Any, headers: Any, body: Any) -> Any:
        return send(self, request, {**headers, "x-deliberately-wrong": "a flipped fact of the spec"}, body)

    return marked
