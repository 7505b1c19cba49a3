"""Accounts, projects and incidents, generated: only such as a marketplace of sound mind takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import world
from hypothesis import strategies as st
from simulator import example

TITLES = st.sampled_from(
    [
        "Kubek ceramiczny duży",
        "Talerz  płytki biały porcelanowy",
        "Dzbanek szklany 1,5 l",
        "Miska z bambusa &amp; lnu",
    ]
)
TEXTS = st.sampled_from(
    [
        "<p>Opis</p>",
        "<h1>Kubek</h1> <p>Do kawy&nbsp;i  herbaty</p>",
        "<p>A &amp; B</p><ul><li>jeden</li><li><b>dwa</b></li></ul>",
        "<p> 100 % &lt;bawełny&gt; </p>\n<p>\u00a0</p>",
        "<h2>Ala</h2><p>ma <b>kota</b> i psa</p>",
    ]
)
AMOUNTS = st.sampled_from(["9.99", "10", "49.9", "120.00", "1999.95"])
CROWNS = st.sampled_from(["100", "289", "1500"])
CDN_IMAGES = [f"{example.CDN}/aaaaaa/{name}" for name in ("first", "second", "third")]
SOURCES = [*CDN_IMAGES, "https://example.com/a.jpg", "https://example.com/b.jpg", "images/c.png"]
PROVINCES = st.sampled_from(["wielkopolskie", "kujawsko_pomorskie"])
HANDLING = st.sampled_from(["PT0H", "PT24H", "P2D", "PT72H", "P14D"])
DURATIONS = st.sampled_from(["P3D", "PT240H", "P30D", "unlimited"])
PRODUCTS = st.sampled_from(
    [{"gtin": gtin} for gtin in world.GTINS] + [{"id": key} for key in world.GTINS.values()]
)


# --- what is on the account ----------------------------------------------------------------------------------


@st.composite
def live_offers(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """One offer as it may be met: on sale, ended or a draft, with whatever a person has set in the panel."""
    status = draw(st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "ENDED", "INACTIVE"]))
    first = draw(st.sampled_from(sorted(world.GTINS.values())))
    more = draw(st.lists(st.sampled_from(sorted(world.GTINS.values())), max_size=2, unique=True))
    changes: dict[str, Any] = {
        "productSet": [_element(draw, first), *(_element(draw, key) for key in more if key != first)],
        "publication": {
            "status": status,
            "endedBy": draw(st.sampled_from(["USER", "EXPIRATION"])) if status == "ENDED" else None,
            "duration": draw(st.sampled_from([None, "PT720H"])),
        },
        "stock": {"available": draw(st.integers(0 if status != "ACTIVE" else 1, 40)), "unit": "UNIT"},
        "sellingMode": {
            "format": "BUY_NOW",
            "price": example.money(draw(st.sampled_from(["9.99", "49.99", "120.00"]))),
        },
        "images": draw(st.lists(st.sampled_from(CDN_IMAGES), min_size=1, unique=True)),
        "delivery": {
            "shippingRates": {"id": draw(st.sampled_from([example.RATES, example.RATES_CZ]))},
            "handlingTime": draw(st.sampled_from(["PT24H", "PT48H", "PT0S"])),
        },
    }
    if draw(st.booleans()):
        changes["additionalMarketplaces"] = {
            "allegro-cz": {"sellingMode": {"price": example.money("289.00", "CZK")}}
        }
    if draw(st.booleans()):
        changes["taxSettings"] = {
            "subject": "GOODS",
            "rates": [{"rate": "23.00", "countryCode": "PL"}, {"rate": "21.00", "countryCode": "CZ"}],
        }
    if draw(st.booleans()):
        changes["parameters"] = [
            {"id": "11323", "name": "Stan", "values": ["Używany"], "valuesIds": ["11323_2"]},
            {"id": "8888", "name": "Wzór", "values": ["kropki", "paski"], "valuesIds": None},
        ]
    if draw(st.booleans()):
        changes["afterSalesServices"] = {
            "returnPolicy": {"id": example.POLICY},
            "warranty": {"id": example.WARRANTY},
            "impliedWarranty": {"id": example.IMPLIED},
        }
    if draw(st.booleans()):
        changes["messageToSellerSettings"] = {"mode": "REQUIRED", "hint": "Jaki kolor?"}
    tags = (
        draw(st.lists(st.sampled_from(["tag-1", world.SECOND_TAG]), unique=True)) if status != "INACTIVE" else []
    )
    key = draw(st.sampled_from([f"K{number}", f"K{number}", f"K{number}", None]))
    sold = draw(st.sampled_from([0, 0, 3])) if status != "INACTIVE" else 0
    return world.live_offer(number, key, tags=tags, sold=sold, **changes)


def _element(draw: st.DrawFn, key: str) -> dict[str, Any]:
    base = example.offer_body()["productSet"][0]
    found = next(each for each in world.PRODUCTS if each["id"] == key)
    safety = draw(
        st.sampled_from([{"type": "NO_SAFETY_INFORMATION"}, {"type": "TEXT", "description": "Stara uwaga."}])
    )
    return {
        **base,
        "quantity": {"value": draw(st.integers(1, 3))},
        "product": {**base["product"], "id": key, "parameters": found["parameters"]},
        "responsiblePerson": draw(st.sampled_from([None, {"id": example.PERSON}])),
        "safetyInformation": safety,
    }


# --- what is declared ----------------------------------------------------------------------------------------


def _some(draw: st.DrawFn, fields: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Draw some of the fields of a section."""
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), unique=True))
    return {name: draw(fields[name]) for name in chosen}


def _settings(names: dict[str, list[str]]) -> dict[str, st.SearchStrategy[Any]]:
    place = st.fixed_dictionaries(
        {"city": st.sampled_from(["Poznań", "Łódź"])},
        optional={"province": PROVINCES, "post_code": st.just("60-166"), "country": st.just("PL")},
    )
    return {
        "return_policy": st.sampled_from(
            ["14 dni", "30 dni", {"id": world.SECOND_POLICY}, *names["ReturnPolicy"]]
        ),
        "implied_warranty": st.sampled_from(["Rękojmia", None]),
        "warranty": st.sampled_from(["Gwarancja", None]),
        "invoice": st.sampled_from(["vat", "vat_margin", "without_vat", "no_invoice"]),
        "tax": st.sampled_from([{"PL": "23"}, {"PL": 8, "subject": "goods"}, {"CZ": "21.00", "PL": "5.0"}, None]),
        "location": place,
        "duration": DURATIONS,
        "renewal": st.just(False),
        "message_to_seller": st.sampled_from(
            [{"mode": "optional"}, {"mode": "required", "hint": "Rozmiar?"}, "hidden"]
        ),
        "b2b_only": st.booleans(),
        "producer": st.just("Fabryka"),
        "person": st.sampled_from(["Osoba", None]),
        "safety": st.sampled_from(["Nie dla dzieci.", "Uwaga,  gorące.\nNaprawdę."]),
        "tags": st.sampled_from(
            [[], None, ["Nowość"], ["Wyprzedaż", "Nowość"], *([t] for t in names["OfferTag"])]
        ),
    }


def _content() -> dict[str, st.SearchStrategy[Any]]:
    item = st.one_of(
        st.builds(lambda text: {"text": text}, TEXTS),
        st.builds(lambda src: {"image": src}, st.sampled_from(SOURCES)),
    )
    sections = st.lists(st.one_of(item, st.lists(item, min_size=1, max_size=2)), min_size=1, max_size=3)
    return {
        "title": TITLES,
        "category": st.sampled_from([example.CATEGORY, example.OTHER_CATEGORY]),
        "product": PRODUCTS,
        "parameters": st.fixed_dictionaries(
            {},
            optional={
                "Stan": st.sampled_from(["Nowy", "używany", "11323_2"]),
                "wzór": st.sampled_from(["kropki", ["paski", "kropki"], ["gładki"], None]),
                "7777": st.sampled_from([{"from": 1, "to": "2.50"}, None]),
            },
        ).filter(bool),
        "description": st.one_of(TEXTS, sections),
        "images": st.lists(st.sampled_from(SOURCES), min_size=1, max_size=4, unique=True),
    }


@st.composite
def offer_documents(
    draw: st.DrawFn, key: str, names: dict[str, list[str]], live: dict[str, Any] | None
) -> dict[str, Any]:
    """A document: of a live offer some fields, of a new one everything that a listing needs, and some more."""
    sections = {
        "settings": _some(draw, _settings(names)),
        "delivery": _some(
            draw,
            {
                "prices": st.sampled_from(["Standard", "Z Czechami", *names["DeliveryPriceList"]]),
                "handling": HANDLING,
            },
        ),
        "content": _some(draw, _content()),
        "price": _some(
            draw,
            {"base": AMOUNTS.map(lambda a: f"{a} PLN"), "allegro-cz": CROWNS.map(lambda a: f"{a} CZK")},
        ),
    }
    sections = {name: body for name, body in sections.items() if body}
    if draw(st.booleans()):
        sections["bundle"] = draw(
            st.one_of(
                st.none(),
                st.lists(
                    st.builds(lambda p, q: {"product": p, "quantity": q}, PRODUCTS, st.integers(1, 4)),
                    max_size=2,
                    unique_by=lambda item: _product_id(item["product"]),
                ),
            )
        )
    stock = draw(_stock(live))
    if stock:
        sections["stock"] = stock
    if live is None:
        whole = world.whole_offer(key)
        for name in ("settings", "delivery", "content"):
            sections[name] = {**whole[name], **sections.get(name, {})}
        sections["price"] = {"base": "199.00 PLN", **sections.get("price", {})}
        sections.setdefault("stock", whole["stock"])
        place = sections["settings"]["location"]
        sections["settings"]["location"] = {**whole["settings"]["location"], **place}
        sections["content"]["parameters"] = {"Stan": "Nowy", **sections["content"]["parameters"]}
    _mend(sections, live)
    document = world.offer(key, **sections)
    modes = draw(
        st.dictionaries(st.sampled_from(["settings", "content", "delivery", "bundle"]), st.just("off"), max_size=1)
    )
    if modes and live is not None:
        document["sync"] = modes
    return document


def _product_id(named: dict[str, str]) -> str:
    return named.get("id") or world.GTINS[named["gtin"]]


@st.composite
def _stock(draw: st.DrawFn, live: dict[str, Any] | None) -> Any:
    """Stock, with the statuses that are within reach from where the offer is."""
    quantity = draw(st.integers(1, 60))
    if live is None:
        return {"always": quantity, "status": draw(st.sampled_from(["active", "active", "draft"]))}
    status = live["offer"]["publication"]["status"]
    if status == "INACTIVE":
        return draw(st.sampled_from([None, {"always": quantity}, 0, {"always": quantity, "status": "draft"}]))
    return draw(
        st.sampled_from(
            [
                None,
                {"always": quantity},
                0 if status == "ACTIVE" else {"always": quantity},
                {"always": quantity, "status": "active"},
                {"always": quantity, "status": "ended"},
                {"quantity": 0, "status": "active"},
                {"status": "ended"},
            ]
        )
    )


def _mend(sections: dict[str, Any], live: dict[str, Any] | None) -> None:
    """Take away what a marketplace refuses: tags of a draft, a product twice, a Polish place without province."""
    is_draft = (
        live["offer"]["publication"]["status"] == "INACTIVE"
        if live
        else sections["stock"].get("status") == "draft"
    )
    if is_draft and "settings" in sections:
        sections["settings"].pop("tags", None)
    if not sections.get("settings", {"": 0}):
        del sections["settings"]
    items = sections.get("bundle") or []
    declared = sections.get("content", {}).get("product")
    first = _product_id(declared) if declared else live["offer"]["productSet"][0]["product"]["id"] if live else ""
    kept = [item for item in items if _product_id(item["product"]) != first]
    if items:
        sections["bundle"] = kept
    if declared and live and "bundle" not in sections:
        rest = {element["product"]["id"] for element in live["offer"]["productSet"][1:]}
        if first in rest:
            sections["bundle"] = []


# --- objects -------------------------------------------------------------------------------------------------


@st.composite
def objects(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Documents of named objects: new ones, and ones that take over what is there."""
    found: list[dict[str, Any]] = []
    if draw(st.booleans()):
        methods: dict[str, Any] = {world.LOCKER_NAME: draw(st.sampled_from(["12.99 PLN", "0.00 PLN", "9.5 PLN"]))}
        if draw(st.booleans()):
            methods[world.COURIER_NAME] = {
                "first": "25.00 PLN",
                "max_quantity": draw(st.integers(1, 9)),
                "time": draw(st.sampled_from([None, {"from": "PT24H", "to": "P3D"}])),
            }
        name = draw(st.sampled_from(["Standard", "Nowy cennik"]))
        body: dict[str, Any] = {"kind": "DeliveryPriceList", "name": name, "methods": methods}
        if name != "Standard":
            body["dispatch_country"] = "PL"
        found.append(body)
    if draw(st.booleans()):
        name = draw(st.sampled_from(["14 dni", "60 dni"]))
        found.append(
            {
                "kind": "ReturnPolicy",
                "name": name,
                "availability": {"range": "full"},
                "withdrawal_period": draw(st.sampled_from(["P14D", "P30D"])),
                "return_cost": {"covered_by": draw(st.sampled_from(["buyer", "seller"]))},
                "address": {
                    "name": "Sklep",
                    "street": "Prosta 1",
                    "post_code": "60-166",
                    "city": "Poznań",
                    "country_code": "PL",
                },
                "contact": {"email": "zwroty@example.com"},
                "options": {
                    "cash_on_delivery_not_allowed": True,
                    "free_accessories_return_required": draw(st.booleans()),
                    "refund_lowered_by_received_discount": False,
                    "business_return_allowed": False,
                    "collect_by_seller_only": False,
                },
            }
        )
    if draw(st.booleans()):
        found.append(
            {"kind": "OfferTag", "name": draw(st.sampled_from(["Nowość", "Lato"])), "hidden": draw(st.booleans())}
        )
    return found


# --- the whole -----------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """An account, the documents for it, and what goes wrong after the first apply."""

    account: dict[str, Any]
    documents: list[dict[str, Any]]
    incidents: list[tuple[int, str, Any]]
    accepted_ratio: float


@st.composite
def scenes(draw: st.DrawFn, most: int = 5) -> Scene:
    """An account of up to `most` offers and a project that declares some of them, and new ones."""
    live = [draw(live_offers(number)) for number in range(1, draw(st.integers(0, most)) + 1)]
    named = draw(objects())
    names = {
        kind: [each["name"] for each in named if each["kind"] == kind]
        for kind in ("DeliveryPriceList", "ReturnPolicy", "OfferTag")
    }
    documents = list(named)
    for entry in live:
        if draw(st.integers(0, 4)) == 0:
            continue
        external = (entry["offer"].get("external") or {}).get("id")
        key = external or f"A{entry['offer']['id']}"
        document = draw(offer_documents(key, names, entry))
        if external is None:
            document["adopt"] = entry["offer"]["id"]
        documents.append(document)
    for number in range(draw(st.integers(0, 2))):
        documents.append(draw(offer_documents(f"N{number}", names, None)))
    incidents = draw(st.lists(incidents_of(len(live)), max_size=4)) if live else []
    gallery = world.live_offer(99, None, images=CDN_IMAGES)  # unmanaged; its pictures are the seller's own
    return Scene(world.seller([*live, gallery]), documents, incidents, draw(st.sampled_from([0.0, 0.3, 1.0])))


def incidents_of(count: int) -> st.SearchStrategy[tuple[int, str, Any]]:
    """What people and machines do to offers behind our back."""
    patches = st.sampled_from(
        [
            {"sellingMode": {"price": example.money("1.00")}},
            {"stock": {"available": 77}},
            {"name": "Zmieniony w panelu tytuł"},
            {"description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>Inny</p>"}]}]}},
            {"images": [CDN_IMAGES[2]]},
            {"delivery": {"handlingTime": "PT120H"}},
            {"delivery": {"shippingRates": {"id": example.RATES_CZ}}},
            {"payments": {"invoice": "NO_INVOICE"}},
            {"location": {"city": "Gdynia"}},
            {"taxSettings": None},
            {"parameters": [{"id": "11323", "name": "Stan", "values": ["Używany"], "valuesIds": ["11323_2"]}]},
            {"additionalMarketplaces": {"allegro-cz": {"sellingMode": {"price": example.money("77.00", "CZK")}}}},
            {"afterSalesServices": {"warranty": None, "returnPolicy": {"id": world.SECOND_POLICY}}},
        ]
    )
    edits = patches.map(lambda patch: ("panel", patch))
    return st.tuples(
        st.integers(0, max(count - 1, 0)), st.one_of(edits, edits, st.just(("sell", 1)), st.just(("end", "USER")))
    ).map(lambda pair: (pair[0], *pair[1]))
