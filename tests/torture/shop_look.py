"""What became of a shop on Allegro: read from the marketplace's own store, compared with what it was made from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from torture.grounds.base import Json, Touch

UNMANAGED = "OBCA"
#: What of an offer's body moves by itself.
_BY_ITSELF = frozenset({"updatedAt", "validation", "publication", "delivery"})
#: Ways of writing that a person in the panel may touch as well: field of the product, field of the marketplace.
PANEL = {
    "price.base": ("sellingMode", {"price": {"amount": "88.80", "currency": "PLN"}}),
    "stock.quantity": ("stock", {"available": 33}),
    "content.title": ("name", "Kubek z panelu, poprawiony ręcznie"),
}


# --- the look ------------------------------------------------------------------------------------------------


def by_key(shop: Any) -> dict[str, dict[str, Any]]:
    """The offers of the marketplace by their external id; the last of several wins, and `faults_of` counts them."""
    return {(body.get("external") or {}).get("id"): body for body in shop.world.stored().values()}


def faults_of(shop: Any) -> list[str]:
    """Everything that is not as it shall be: twice, lost, or with a wrong value. Empty when all is well."""
    bodies = by_key(shop)
    with shop.world.simulator() as simulator:
        census = simulator.census(shop.world.login)
    found = [f"twice: {kind} {names}" for kind, names in census["duplicates"].items() if names]
    found += [f"lost: {key}" for key in shop.wishes if key not in bodies]
    found += [f"nobody asked for {key}" for key in bodies if key not in shop.wishes and key != UNMANAGED]
    tags = shop.world.tags()
    lato = shop.world.things("tags").get("Lato", {}).get("id")
    for key, wish in shop.wishes.items():
        if key in bodies:
            found += [f"{key}: {each}" for each in _wrong(wish, bodies[key], shop.before.get(key), tags, lato)]
    found += _wrong_objects(shop, bodies, census)
    if _told(bodies.get(UNMANAGED, {})) != _told(shop.before[UNMANAGED]):
        found.append("an offer without a document was touched")
    return found


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    """What of an offer no writing may change by itself."""
    return {
        "name": body.get("name"),
        "price": (body.get("sellingMode") or {}).get("price"),
        "available": (body.get("stock") or {}).get("available"),
        "status": (body.get("publication") or {}).get("status"),
        "handling": (body.get("delivery") or {}).get("handlingTime"),
        "images": body.get("images"),
    }


def _wrong(
    wish: Any,
    body: dict[str, Any],
    before: dict[str, Any] | None,
    tags: Mapping[str, list[str]],
    lato: str | None,
) -> list[str]:
    now, then = _told(body), _told(before) if before else {}
    declared = {
        "name": wish.name,
        "price": {"amount": wish.price, "currency": "PLN"} if wish.price else None,
        "available": wish.available,
        "status": wish.status,
        "handling": wish.handling,
    }
    wrong = []
    for name, value in declared.items():
        wanted = value if value is not None else then.get(name)
        if name == "handling":
            wanted, now[name] = days(wanted), days(now[name])
        if (value is not None or then) and now[name] != wanted:
            wrong.append(f"{name} is {now[name]!r}, not {wanted!r}")
    if wish.picture == (now["images"] == then.get("images")) and then:
        wrong.append(f"images are {now['images']}")
    if wish.tag and tags.get(body["id"]) != [lato]:
        wrong.append(f"tags are {tags.get(body['id'])}")
    return wrong


def days(duration: str | None) -> str | None:
    """Three spellings of the same time."""
    return {"P3D": "PT72H", "P1D": "PT24H", "P2D": "PT48H"}.get(duration or "", duration)


def _wrong_objects(shop: Any, bodies: Mapping[str, Any], census: Mapping[str, Any]) -> list[str]:
    wrong = []
    rates = shop.world.things("shipping_rates")
    for name, first in shop.lists.items():
        amounts = [rate["firstItemRate"]["amount"] for rate in rates.get(name, {}).get("rates", [])]
        if amounts != [first]:
            wrong.append(f"price list {name}: {amounts}")
    for members in shop.bundles:
        if all(key in bodies for key in members):
            name = "+".join(sorted(bodies[key]["id"] for key in members))
            if census["bundles"].get(name) != 1:
                wrong.append(f"bundle {members}: {json.dumps(census['bundles'])}")
    if len(census["bundles"]) != len(shop.bundles):
        wrong.append(f"{len(census['bundles'])} bundles")
    return wrong


# --- what a run has written, and people ---


@dataclass(frozen=True)
class Standing:
    """What there is before a run: offers by key, their tags, named objects, and how often each thing exists."""

    offers: Mapping[str, Mapping[str, Any]]
    tags: Mapping[str, list[str]]
    lists: Mapping[str, Any]
    census: Mapping[str, Any]


def standing(made: Any) -> Standing:
    """Look at everything that a run may write to."""
    offers = by_key(made)
    with made.world.simulator() as simulator:
        census = simulator.census(made.world.login)
    rates = {name: body["rates"] for name, body in made.world.things("shipping_rates").items()}
    return Standing(offers, made.world.tags(), rates, census)


def touchable(made: Any) -> list[Touch]:
    """The fields that a run writes and a person may touch."""
    return [
        Touch(wish.key, path, PANEL[path][0])
        for wish in made.wishes.values()
        if wish.key in made.before and not wish.picture
        for path, declared in (
            ("price.base", wish.price),
            ("stock.quantity", wish.available),
            ("content.title", wish.name),
        )
        if declared is not None
    ]


def written(exchange: Json) -> dict[str, bool]:
    """The offer that a request of the record has written by itself, and whether it set its price."""
    parts = exchange["url"].split("/")
    if "product-offers" not in parts and "tags" not in parts:
        return {}
    return {parts[3]: "sellingMode" in json.loads(exchange["request_body"] or "{}")}


def unrestored(made: Any, before: Standing, touched: list[Touch]) -> list[str]:
    """Everything that is not as it was before the run, but for what people have changed since."""
    now = standing(made)
    left = {(each.key, each.part) for each in touched}
    found = [f"twice: {kind} {names}" for kind, names in now.census["duplicates"].items() if names]
    for key, body in before.offers.items():
        found += [f"{key}: {each}" for each in _moved(key, body, now.offers.get(key), left)]
    for each in touched:
        part, value = PANEL[each.path]
        if not _within(value, now.offers[each.key][part]):
            found.append(f"{each.key}: {part} is {now.offers[each.key][part]}, and somebody had set {value}")
    for key, body in now.offers.items():
        if key not in before.offers and body["publication"]["status"] != "ENDED":
            found.append(f"{key} was created and is {body['publication']['status']}")
    wrong_tags = [offer for offer, tags in before.tags.items() if now.tags.get(offer) != tags]
    found += [f"tags of {offer} are {now.tags.get(offer)}" for offer in wrong_tags]
    found += [
        f"price list {n} is {now.lists.get(n)}" for n, rates in before.lists.items() if now.lists[n] != rates
    ]
    if now.census["bundles"] != before.census["bundles"]:
        found.append(f"bundles: {now.census['bundles']}")
    if now.census["named"]["tags"] != before.census["named"]["tags"]:
        found.append(f"tags: {now.census['named']['tags']}")
    return found


def _moved(
    key: str, then: Mapping[str, Any], now: Mapping[str, Any] | None, left: set[tuple[str, str]]
) -> list[str]:
    if now is None:
        return ["is gone"]
    parts = [part for part in then.keys() | now.keys() if part not in _BY_ITSELF and (key, part) not in left]
    found = [
        f"{part} is {now.get(part)}, not {then.get(part)}" for part in parts if now.get(part) != then.get(part)
    ]
    status, was = now["publication"]["status"], then["publication"]["status"]
    found += [f"status is {status}, not {was}"] if status != was else []
    delivery = [
        {**each["delivery"], "handlingTime": days(each["delivery"]["handlingTime"])} for each in (now, then)
    ]
    return found if delivery[0] == delivery[1] else [*found, f"delivery is {delivery[0]}, not {delivery[1]}"]


def _within(value: Any, there: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_within(each, there[name]) for name, each in value.items())
    return bool(value == there)


def edit_what_is_nobodys(made: Any, random: Random) -> None:
    """Somebody edits a title that no document declares, and a price that is declared and not synced."""
    untitled = [wish.key for wish in made.wishes.values() if not wish.name and wish.key in made.before]
    key, title = random.choice(untitled), f"Kubek z panelu numer {random.randint(1000, 9999)}"
    made.world.panel(made.before[key]["id"], {"name": title})
    made.before[key]["name"] = title
    price = {"amount": f"{random.randint(30, 90)}.00", "currency": "PLN"}
    made.world.panel(made.before["T000"]["id"], {"sellingMode": {"price": price}})
    made.before["T000"]["sellingMode"]["price"] = price


def named(body: Json) -> dict[str, bool]:
    """The offers of a bulk command, and whether it sets the price of each."""
    found: dict[str, bool] = defaultdict(bool)
    for each in body.get("modifications", []):
        found[each["offerId"]] |= "prices" in each
    for criteria in body.get("offerCriteria", []):
        for offer in criteria["offers"]:
            found[offer["id"]] |= "price" in json.dumps(body.get("modification"))
    return found
