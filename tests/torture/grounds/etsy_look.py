"""What became of a shop on Etsy: read from the marketplace's own store, compared with what it was made from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

from etsy.shop import PROCESSING

from torture.grounds.base import Touch

Json = dict[str, Any]
#: What a person in the shop manager has made, with a key and without one.
UNMANAGED, UNNAMED = "SOMEBODY", 1990
LONGER = "made to order, 3-5 days"
_NUMBERS = {PROCESSING: 91, LONGER: 92}
#: What a person in the shop manager does to a field that the documents declare, and what is told of it then.
PANEL: dict[str, Json] = {
    "price.base": {"price": 88.80},
    "stock.quantity": {"quantity": 33},
    "content.title": {"title": "A title of the shop manager"},
}
_TOLD = {
    "price.base": ("price", "88.80"),
    "stock.quantity": ("pieces", 33),
    "content.title": ("title", PANEL["content.title"]["title"]),
}
#: To what a run has taken back nobody can give its old state again: it is off sale.
_OFF_SALE = frozenset({"inactive", "sold_out", "expired"})
_WRITTEN = re.compile(r"/listings/(\d+)(/inventory)?")


def by_key(there: list[Json]) -> dict[str, Json]:
    """The listings by their skus; what has none by its number. The last of several wins, and `numbers` counts them."""
    return {sku_of(each) or str(each["listing_id"]): each for each in there}


def sku_of(body: Json) -> str:
    return str(body["inventory"]["products"][0]["sku"] or "")


def numbers(there: list[Json]) -> list[str]:
    """What is there more than once, and drafts that nobody goes on with."""
    found = [
        f"twice: {sku}: {count} times" for sku, count in Counter(map(sku_of, there)).items() if sku and count > 1
    ]
    unnamed = [each for each in there if not sku_of(each) and each["listing_id"] != UNNAMED]
    return found + [f"twice: {each['listing_id']} is {each['state']} without a key" for each in unnamed]


class _Nothing:
    """What is not declared at all."""

    title = price = pieces = state = processing = tags = pictures = fee = None


def values(shop: Any, bodies: Mapping[str, Json]) -> list[str]:
    found = [f"lost: {key}" for key in (*shop.wishes, *shop.before) if key not in bodies]
    for key, body in bodies.items():
        if key in shop.wishes or key in shop.before:
            wish = shop.wishes.get(key) or _Nothing()
            found += [f"{key}: {each}" for each in _wrong(wish, told(body), shop.before.get(key))]
        elif sku_of(body):
            found.append(f"nobody asked for {key}")
    return found


def told(body: Json) -> Json:
    """What of a listing no writing may change by itself. Off sale nobody is told its processing."""
    offering = body["inventory"]["products"][0]["offerings"][0]
    kept = (
        "title",
        "description",
        "state",
        "taxonomy_id",
        "who_made",
        "when_made",
        "is_supply",
        "should_auto_renew",
    )
    refers = ("shipping_profile_id", "return_policy_id", "shop_section_id")
    return {
        **{name: body[name] for name in (*kept, *refers)},
        "tags": sorted(body["tags"]),
        "materials": sorted(body["materials"]),
        "pictures": [each["listing_image_id"] for each in sorted(body["images"], key=lambda each: each["rank"])],
        "price": f"{Decimal(offering['price']['amount']) / offering['price']['divisor']:.2f}",
        "pieces": offering["quantity"],
        "processing": offering["readiness_state_id"] if body["state"] == "active" else None,
    }


def _wrong(wish: Any, now: Json, before: Json | None) -> list[str]:
    then = told(before) if before else {}
    declared = {
        "title": wish.title,
        "price": wish.price,
        "pieces": wish.pieces,
        "state": wish.state,
        "tags": wish.tags and sorted(wish.tags),
        "processing": _NUMBERS.get(wish.processing or ""),
    }
    wanted = {**then, **{name: value for name, value in declared.items() if value is not None}}
    if None in (now["processing"], then.get("processing")) and not wish.processing:
        wanted.pop("processing", None)
    if wish.pictures is not None:
        wanted.pop("pictures", None)
    wrong = [f"{name} is {now[name]!r}, not {value!r}" for name, value in wanted.items() if now[name] != value]
    if wish.pictures is not None and (
        len(now["pictures"]) != wish.pictures or set(now["pictures"]) & set(then.get("pictures", ()))
    ):
        wrong.append(f"pictures are {now['pictures']}")
    return wrong


def fees(shop: Any, there: list[Json]) -> list[str]:
    """Each fee that a wish comes to is paid once, and none besides."""
    numbers = {sku_of(each): each["listing_id"] for each in there}
    wanted = Counter((numbers.get(wish.key, 0), wish.fee) for wish in shop.wishes.values() if wish.fee)
    paid = shop.world.fees() - shop.paid
    found = [
        f"unasked: {count} x {kind} of {number} was paid" for (number, kind), count in (paid - wanted).items()
    ]
    return found + [f"{kind} of {number} was not paid" for number, kind in wanted - paid]


# --- what a run has written, and people ---------------------------------------------------------------------


def touchable(shop: Any) -> list[Touch]:
    """The fields that a run writes and a person may touch."""
    return [
        Touch(wish.key, path, _TOLD[path][0])
        for wish in shop.wishes.values()
        if wish.key in shop.before and not wish.fee
        for path, declared in (
            ("price.base", wish.price),
            ("stock.quantity", wish.pieces),
            ("content.title", wish.title),
        )
        if declared is not None
    ]


def unrestored(shop: Any, before: Mapping[str, Json], now: Mapping[str, Json], touched: list[Touch]) -> list[str]:
    """Everything that is not as it was before the run, but for what people have changed since.

    Pictures that were taken off a listing are gone for good, and so is a state that time or buyers have made.
    """
    left = {(each.key, each.part): _TOLD[each.path][1] for each in touched}
    found = [f"lost: {key}" for key in before if key not in now]
    for key, body in now.items():
        if key not in before:
            found += [f"{key} was created and is active"] if body["state"] == "active" else []
            continue
        then, is_now = told(before[key]), told(body)
        if then["state"] in _OFF_SALE and is_now["state"] in _OFF_SALE:
            is_now |= {"state": then["state"], "pieces": then["pieces"]}
        if shop.wishes.get(key) and shop.wishes[key].pictures is not None:
            is_now["pictures"] = then["pictures"]
        if None in (then["processing"], is_now["processing"]):
            is_now["processing"] = then["processing"]
        wanted = {name: left.get((key, name), value) for name, value in then.items()}
        found += [
            f"{key}: {name} is {is_now[name]!r}, not {value!r}"
            for name, value in wanted.items()
            if is_now[name] != value
        ]
    return found


def edit_what_is_nobodys(shop: Any, random: Random) -> None:
    """Somebody edits a title that no document declares, and a price that is declared and not synced."""
    untitled = [wish.key for wish in shop.wishes.values() if not wish.title and wish.key in shop.before]
    key, title = random.choice(untitled), f"Title of the shop manager {random.randint(1000, 9999)}"
    shop.world.panel(shop.before[key]["listing_id"], {"title": title})
    shop.before[key]["title"] = title
    price = random.randint(30, 90)
    shop.world.panel(shop.before["T000"]["listing_id"], {"price": price})
    shop.before["T000"]["inventory"]["products"][0]["offerings"][0]["price"]["amount"] = 100 * price


def written(exchange: Json) -> dict[str, bool]:
    """The listing that a request of the record has written, and whether it wrote its price and pieces."""
    found = _WRITTEN.search(exchange["url"])
    return {found[1]: bool(found[2])} if found else {}
