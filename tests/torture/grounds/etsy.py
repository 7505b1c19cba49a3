"""What the torture tools know of Etsy."""

from __future__ import annotations

import re
from typing import Any

from etsy.shop import LOGIN, SELLER, listing

from torture.grounds import etsy_kinds, etsy_shop
from torture.grounds.base import OF_ALLEGRO, Ground, Json, Meddling, Rate, Stock
from torture.trouble import rule


def live(number: int, key: str) -> dict[str, Any]:
    return listing(_FIRST + number, key)


def seller(
    offers: list[dict[str, Any]], login: str = LOGIN, number: int = 0, refresh: str = "first-refresh"
) -> dict[str, Any]:
    things = ("shipping_profiles", "return_policies", "readiness_states", "sections")
    others = {name: [_numbered(one, number) for one in SELLER[name]] for name in things}
    mine = [_numbered(each, number) for each in offers]
    application = {"clients": [{"client_id": "app", "client_secret": "hush"}], "refresh_token": refresh}
    own = {"login": login, "user_id": SELLER["user_id"] + number, "shop_id": SELLER["shop_id"] + number}
    return {**SELLER, **others, **own, **application, "listings": mine}


def _numbered(thing: dict[str, Any], number: int) -> dict[str, Any]:
    """Numbers are unique over all shops; the first keeps its own."""
    return {name: _moved(name, value, number) for name, value in thing.items()}


def _moved(name: str, value: Any, number: int) -> Any:
    return value + 1000 * number if name in _NUMBERS else value


_NUMBERS = {"shipping_profile_id", "return_policy_id", "readiness_state_id", "shop_section_id"}

_FIRST = 1001


def _with_pieces(number: int, key: str, pieces: int) -> dict[str, Any]:
    return listing(_FIRST + number, key, quantity=pieces)


def _pieces(made: etsy_shop.EtsyProject) -> dict[int, int]:
    return {
        each["listing_id"] - _FIRST: each["inventory"]["products"][0]["offerings"][0]["quantity"]
        for each in made.listings()
    }


def _refused(numbers: list[int], _named: str) -> list[dict[str, Any]]:
    paths = [f"/v3/application/listings/{_FIRST + number}/inventory" for number in numbers]
    return [rule("refuse", times=None, method=["PUT"], path=path)["faults"]["schedule"][0] for path in paths]


#: A day's limit is another thing than the pace.
_PACE = {"image_seconds": 0.0}
_A_DAY = 1500  # offers, each of which takes five requests and more
RATES = {
    "inventories": Rate(
        what="prices and pieces, every request counted",
        sections=lambda n: {"price": f"{20 + n % 900 / 100:.2f} USD", "stock": {"always": 6 + n % 7}},
        limit="second",
        counts=bool,
        knobs=_PACE,
        most=_A_DAY,
    ),
    "edits": Rate(
        what="single edits, every request counted",
        sections=lambda n: {"content": {"title": f"Mug number {n}"}},
        limit="second",
        counts=bool,
        knobs=_PACE,
        most=_A_DAY,
    ),
}

#: A listing is read before it is written, so there are two requests at least for each.
OTHERS = {
    "inventories": Meddling(
        what="prices and pieces",
        sections=RATES["inventories"].sections,
        edit=lambda n: {"price": 900 + n % 90},
        a_second=5,
        every=8,
        knobs=_PACE,
        most=_A_DAY,
    ),
    "edits": Meddling(
        what="titles",
        sections=RATES["edits"].sections,
        edit=lambda n: {"title": f"Somebody else named mug {n}"},
        a_second=5,
        every=8,
        knobs=_PACE,
        most=_A_DAY,
    ),
}


def _named_in(exchange: Json) -> list[str]:
    return re.findall(r"/listings/(\d+)", exchange["url"])


ETSY = Ground(
    name="etsy",
    project=etsy_shop.EtsyProject,
    build=etsy_shop.build,
    live=live,
    seller=seller,
    stock=Stock(_with_pieces, _pieces, _refused),
    rates=RATES,
    others=OTHERS,
    remote_id=lambda number: str(_FIRST + number),
    named_in=_named_in,
    a_second=10,
    myself=("/v3/application/users/me", {"x-api-key": "simulator:simulator"}),
    requests=80,
    writes=14,
    lag=240.0,
    events=False,
    kinds=etsy_kinds.KINDS,
    everything=etsy_kinds.EVERYTHING,
    faults=etsy_kinds.FAULTS,
    case=etsy_kinds.case,
    twice=etsy_kinds.twice,
    brisk={"image_seconds": 0.0},
    renewing={"refresh_grace_seconds": 60.0},  # else a kill between its use and the answer loses a login for good
    application=("simulator", "simulator"),
    lacks=OF_ALLEGRO,
)
