"""What the torture tools know of Etsy."""

from __future__ import annotations

from typing import Any

from etsy.shop import LOGIN, SELLER, listing

from torture.grounds import etsy_kinds, etsy_shop
from torture.grounds.base import Ground, Stock
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


ETSY = Ground(
    name="etsy",
    project=etsy_shop.EtsyProject,
    build=etsy_shop.build,
    live=live,
    seller=seller,
    stock=Stock(_with_pieces, _pieces, _refused),
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
    application=("simulator", "simulator"),
)
