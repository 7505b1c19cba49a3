"""What the torture tools know of Allegro."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import world

from torture import shop
from torture.grounds import allegro_kinds
from torture.grounds.base import Ground, Json, Meddling, Rate, Stock


def live(number: int, key: str) -> dict[str, Any]:
    return shop.live_offer(number, key, shop.example.PRODUCT)


def seller(
    offers: list[dict[str, Any]], login: str = world.LOGIN, number: int = 0, refresh: str = "first-refresh"
) -> dict[str, Any]:
    return world.seller(offers, login=login, user_id=str(44_300_001 + number), refresh_token=refresh)


_FIRST = 17_000_000_000


def _with_pieces(number: int, key: str, pieces: int) -> dict[str, Any]:
    return world.live_offer(number, key, stock={"available": pieces, "unit": "UNIT"})


def _pieces(made: world.World) -> dict[int, int]:
    return {int(key) - _FIRST: body["stock"]["available"] for key, body in made.stored().items()}


def _refused(numbers: list[int], named: str) -> list[dict[str, Any]]:
    """Every command that has one of them is refused as a whole."""
    offers = [str(_FIRST + number) for number in numbers]
    return [{"do": "refuse_rows", "offers": offers, "named": named}]


#: Everything is done as soon as it is accepted, so that time passes for the limits only.
AT_ONCE = {"accepted_ratio": 0.0, "command_seconds": (0.0, 0.0), "completed_late_seconds": 0.0}


def _to(path: str) -> Callable[[Json], bool]:
    return lambda each: each["method"] != "GET" and path in each["url"]


RATES = {
    "prices": Rate(  # each to a price of its own, in bulk commands of the marketplace's size
        what="price changes",
        sections=lambda n: {"price": f"{20 + n % 9000 / 100:.2f} PLN", "stock": {"always": 5 + n % 7}},
        limit="bulk/m",
        counts=_to("/sale/offer-bulk-modification-commands"),
        knobs=AT_ONCE,
        most=25_000,
    ),
    "shared prices": Rate(  # to few prices: one command for up to a thousand offers
        what="shared price changes",
        sections=lambda n: {"price": f"{20 + n % 5}.10 PLN"},
        limit="price/m",
        counts=_to("/sale/offer-price-change-commands"),
        knobs=AT_ONCE,
    ),
    "edits": Rate(
        what="single edits",
        sections=lambda n: {"content": {"title": f"Kubek ceramiczny numer {n}"}},
        limit="writes",
        counts=_to("/sale/product-offers"),
        knobs=AT_ONCE,
    ),
}


def _other_price(number: int) -> dict[str, Any]:
    return {"sellingMode": {"price": shop.example.money(f"{900 + number % 90}.00")}}


OTHERS = {
    "prices": Meddling(
        what="own prices",
        sections=lambda n: {"price": f"{20 + n % 9000 / 100:.2f} PLN"},
        edit=_other_price,
        a_second=150,
        each=lambda _offers: 2,
        knobs=AT_ONCE,
    ),
    "shared prices": Meddling(
        what="shared prices",
        sections=RATES["shared prices"].sections,
        edit=_other_price,
        a_second=150,
        each=lambda offers: offers // 50,
        knobs=AT_ONCE,
    ),
    "handling": Meddling(  # commands for many offers, each of which is read by itself: 3,500 reads in a minute
        what="handling times",
        sections=lambda n: {"delivery": {"handling": ("P2D", "P3D")[n % 2]}},
        edit=lambda _n: {"delivery": {"handlingTime": "PT240H"}},
        a_second=3500 / 60,
        each=lambda _offers: 8,
        knobs=AT_ONCE,
    ),
    "edits": Meddling(
        what="titles",
        sections=RATES["edits"].sections,
        edit=lambda n: {"name": f"Ktoś inny nazwał kubek {n}"},
        a_second=2490 / 60,
        every=8,
        knobs=AT_ONCE,
    ),
}


def _named_in(exchange: Json) -> set[str]:
    return set(re.findall(r"\b17\d{9}\b", exchange["url"] + (exchange["request_body"] or "")))


ALLEGRO = Ground(
    name="allegro",
    project=world.World,
    build=shop.build,
    live=live,
    seller=seller,
    stock=Stock(_with_pieces, _pieces, _refused),
    rates=RATES,
    others=OTHERS,
    remote_id=lambda number: str(shop.live_offer(number, "K", shop.example.PRODUCT)["offer"]["id"]),
    named_in=_named_in,
    a_second=150,
    myself=("/me", {"accept": "application/vnd.allegro.public.v1+json"}),
    at_once={"accepted_ratio": 0.0},
    requests=70,
    writes=8,
    lag=600.0,
    events=True,
    kinds=allegro_kinds.KINDS,
    everything=allegro_kinds.EVERYTHING,
    faults=allegro_kinds.FAULTS,
    case=allegro_kinds.case,
    twice=allegro_kinds.twice,
    brisk={
        "operation_seconds": (0.05, 0.1),
        "command_seconds": (0.05, 0.1),
        "completed_late_seconds": 0.05,
        "activation_seconds": (0.05, 0.1),
        "ending_seconds": (0.05, 0.1),
    },
    calm={"accepted_ratio": 0.2, "operation_seconds": (1.0, 3.0)},
)
