"""The documents of the shop, as its developers would have written them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from reconciler.demo.assortment import CATEGORIES
from reconciler.demo.categories import STATE, Category
from reconciler.demo.offers import BARE, COLLECTION, OWN, DemoOffer
from reconciler.demo.quoting import Plain, document
from reconciler.demo.settings import (
    IMPLIED_WARRANTIES,
    PRICE_LISTS,
    RETURN_POLICIES,
    TAGS,
    TEMPLATES,
    WARRANTIES,
    producers,
)
from reconciler.demo.shop import BundlePair, Shop
from reconciler.demo.words import LOGIN, slug

Json = dict[str, Any]
Files = Iterator[tuple[str, str]]

_PROJECT: Final = f"""\
# yaml-language-server: $schema=schemas/project.schema.json
kind: Project
name: demo

accounts:
  main:
    marketplace: allegro
    environment: simulator      # nothing leaves this machine
    login: {LOGIN}

# What a plan may do at most. A plan that does more is shown in full and not applied.
guards:
  price_change: 50%
  price_floor: [3.00 PLN, 30 CZK]
  ends: {{count: 100, share: 10%}}
  zeros: {{share: 25%}}
"""

_IGNORED: Final = """\
# The practice marketplace, the ledger and the cache: of this machine, not of the project.
.reconcile/
plan.json
"""

_TITLE: Final = """\
{# The titles of the whole collection: offers/kubki/kolekcja/defaults.yaml names this file. #}
{% set lines = {"wiosna": "wiosennej", "lato": "letniej", "jesien": "jesiennej", "zima": "zimowej"} %}
{% set colour = parameters.Kolor if parameters.Kolor is string else parameters.Kolor | join(" i ") %}
Kubek {{ parameters.Marka }} z kolekcji {{ lines[labels.season] | default("całorocznej") }}
{{ parameters["Pojemność"] }} ml {{ colour }}
"""

_TEXT: Final = """\
<h1>{{ title }}</h1>
<p>Kubek z kolekcji marki <b>{{ parameters.Marka }}</b>. Mieści {{ parameters["Pojemność"] }} ml,
materiał: {{ parameters["Materiał"] }}.</p>
<h2>W skrócie</h2>
<ul>
  <li>Pojemność: <b>{{ parameters["Pojemność"] }} ml</b></li>
  <li>Wzór pod szkliwem, nie schodzi w zmywarce</li>
{% if labels.season == "zima" %}
  <li>Do końca stycznia pakujemy na prezent bez dopłaty</li>
{% endif %}
  <li>Wysyłka w ciągu doby z Poznania</li>
</ul>
<h2>Jak dbać</h2>
<p>Można myć w zmywarce i podgrzewać w kuchence mikrofalowej. Nie stawiać na palniku.</p>
"""


def all_files(shop: Shop) -> Files:
    """Yield path and text of every file of the project but the README and the schemas."""
    yield "reconcile.yaml", _PROJECT
    yield ".gitignore", _IGNORED
    yield "templates/kubek-tytul.j2", _TITLE
    yield "templates/kubek-opis.j2", _TEXT
    yield from _settings()
    yield from _defaults()
    for each in shop.offers:
        yield each.path, offer_text(each)
    for pair in shop.pairs:
        yield f"bundles/{pair.name}.yaml", _pair_text(pair)


def head(path: str, kind: str) -> str:
    """Return the line by which an editor finds the schema."""
    return f"# yaml-language-server: $schema={'../' * path.count('/')}schemas/{kind}.schema.json"


def _written(path: str, kind: str, schema: str, name: str | None, body: Mapping[str, Any]) -> tuple[str, str]:
    named = {"kind": kind} | ({"name": name} if name else {})
    return path, document({**named, **body}, head=head(path, schema))


def _settings() -> Files:
    for name in TEMPLATES:
        yield template_file(name, TEMPLATES[name])
    for name in PRICE_LISTS:
        yield price_list_file(name, PRICE_LISTS[name])
    groups = (
        ("ReturnPolicy", "return-policy", RETURN_POLICIES),
        ("ImpliedWarranty", "implied-warranty", IMPLIED_WARRANTIES),
        ("Warranty", "warranty", WARRANTIES),
        ("ResponsibleProducer", "responsible-producer", producers()),
        ("OfferTag", "offer-tag", TAGS),
    )
    for kind, schema, named in groups:
        for name, body in named.items():
            yield _written(f"settings/{schema}/{slug(name)}.yaml", kind, schema, name, body)


def template_file(name: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """Return path and text of a settings template."""
    return _written(f"settings/templates/{name}.yaml", "SettingsTemplate", "settings-template", name, body)


def price_list_file(name: str, methods: Mapping[str, Any]) -> tuple[str, str]:
    """Return path and text of a delivery price list."""
    body = {"type": "physical", "dispatch_country": "PL", "methods": methods}
    return _written(f"delivery/{name}.yaml", "DeliveryPriceList", "delivery-price-list", name, body)


def _defaults() -> Files:
    yield offer_defaults({"status": "active"})
    for category in CATEGORIES:
        yield _defaults_file(f"offers/{category.folder}", {"Offer": _inherited(category)})
    content = {
        "title": {"template": "templates/kubek-tytul.j2"},
        "description": [{"text": {"template": "templates/kubek-opis.j2"}}],
    }
    yield _defaults_file("offers/kubki/kolekcja", {"labels": {"line": "kolekcja"}, "Offer": {"content": content}})


def offer_defaults(stock: Json) -> tuple[str, str]:
    """Return path and text of what all offers have in common: what is said of their stock."""
    return _defaults_file("offers", {"Offer": {"stock": stock}})


def _defaults_file(folder: str, body: Json) -> tuple[str, str]:
    return _written(f"{folder}/defaults.yaml", "Defaults", "defaults", None, body)


def _inherited(category: Category) -> Json:
    settings = {"template": "standard", "producer": slug(category.producer)}
    return {
        "settings": settings | ({"safety": category.safety} if category.safety else {}),
        "delivery": {"prices": category.price_list, "handling": category.handling},
        "content": {"category": category.id, "parameters": {"Stan": "Nowy", "Liczba sztuk w ofercie": 1}},
    }


def offer_text(offer: DemoOffer) -> str:
    """Return the document of one offer."""
    body: Json = {"kind": "Offer", "name": offer.key}
    if offer.labels:
        body["labels"] = dict(offer.labels)
    if offer.sync:
        body["sync"] = {module: Plain(mode) for module, mode in offer.sync.items()}
    if offer.template != "standard":
        body["settings"] = offer.template
    if offer.template == "hurt":
        body["delivery"] = "paleta"
    if offer.style != BARE:
        body["content"] = _content(offer)
    body["price"] = _price(offer)
    body["stock"] = _stock(offer)
    if offer.further:
        body["bundle"] = [{"product": {"gtin": good.gtin}, "quantity": count} for good, count in offer.further]
    return document(body, head=head(offer.path, "offer"))


def _content(offer: DemoOffer) -> Json:
    found: Json = {"title": offer.title} if offer.style == OWN else {}
    found["product"] = {"gtin": offer.good.gtin}
    found["parameters"] = _parameters(offer)
    if offer.style != COLLECTION:
        found["description"] = [_section(section) for section in offer.sections]
    found["images"] = list(offer.images)
    return found


def _section(section: tuple[Mapping[str, str], ...]) -> Any:
    items = [dict(item) for item in section]
    return items[0] if len(items) == 1 else items


def _parameters(offer: DemoOffer) -> Json:
    """Name what tells this offer from the others; what all have in common stands in the defaults."""
    good, names = offer.good, {each["id"]: each["name"] for each in offer.good.category.parameters()}
    shades = [forms[0] for forms in good.shades]
    found: Json = {
        "Marka": good.brand,
        good.category.shade_name: shades if len(shades) > 1 else shades[0],
        good.category.size_name: good.size[1],
        "Materiał": good.material[0],
    }
    for key, value in offer.values.items():
        if key == STATE and value == "Nowy":
            continue
        if value != 1:
            found[names[key]] = value[0] if isinstance(value, list) and len(value) == 1 else value
    return found


def _price(offer: DemoOffer) -> Any:
    base = f"{offer.price:.2f} PLN"
    if not offer.abroad:
        return base
    return {"base": base} | {market: _foreign(market, amount) for market, amount in offer.abroad.items()}


def _foreign(market: str, amount: Decimal) -> str:
    return f"{amount:.0f} CZK" if market == "allegro-cz" else f"{amount:.2f} EUR"


def _stock(offer: DemoOffer) -> Any:
    if offer.counted:
        return {"count": offer.quantity}
    return offer.quantity if offer.status == "active" else {"quantity": offer.quantity, "status": offer.status}


def _pair_text(pair: BundlePair) -> str:
    slots = [
        {"offers": [each.key for each in pair.first], "entry": True},
        {"offers": [pair.second.key]},
    ]
    body = {
        "kind": "Bundle",
        "name": pair.name,
        "slots": slots,
        "discount": {"whole": {"minimum": 2, "allegro-pl": pair.percent}},
    }
    return document(body, head=head("bundles/x", "bundle"))
