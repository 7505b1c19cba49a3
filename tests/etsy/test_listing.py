"""Reading all listings while one of them changes its state: it is not missed, or the pass says that it is not complete."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from reconciler.documents.specs import load_spec
from reconciler.providers.base import Reading
from reconciler.providers.conversation import Answer
from reconciler.providers.etsy.provider import ETSY

SPEC = load_spec("etsy")
READING = Reading(account="shop", spec=SPEC, base_market="etsy-usd", seller="2")
SIZE = SPEC.kinds["Offer"].views["list"].page
#: From what to what a listing can go; nothing becomes a draft again, and nobody sells what is not on sale.
MOVES = (
    ("draft", "active"),
    ("active", "inactive"),
    ("active", "sold_out"),
    ("active", "expired"),
    ("inactive", "active"),
    ("sold_out", "active"),
    ("expired", "active"),
    ("sold_out", "inactive"),
    ("sold_out", "expired"),
    ("inactive", "expired"),
)


def shop(active: int) -> dict[int, str]:
    """So many listings on sale, and two in each other state; the newest come first."""
    states = ["active"] * active + ["draft", "sold_out", "inactive", "expired"] * 2
    return {10_000 - place: state for place, state in enumerate(states)}


def answer(listings: dict[int, str], query: dict[str, str]) -> Answer:
    """Answer a request for a page of a state."""
    there = sorted((number for number, state in listings.items() if state == query["state"]), reverse=True)
    page = there[int(query["offset"]) :][: int(query["limit"])]
    rows = [{"listing_id": number, "state": query["state"]} for number in page]
    return Answer(200, {}, {"count": len(there), "results": rows}, None)


def read(active: int, moves: dict[int, tuple[int, str]]) -> tuple[set[int], bool, int]:
    """Read a shop in which, before the request of a number, a listing changes its state."""
    listings, asked = shop(active), 0
    conversation, said = ETSY.inventory(READING), None
    try:
        while True:
            request: Any = conversation.send(said)
            if asked in moves:
                number, state = moves[asked]
                listings[number] = state
            said = answer(listings, dict(request.query))
            asked += 1
    except StopIteration as done:
        return {int(each.remote_id) for each in done.value.live}, done.value.complete, asked


@pytest.mark.parametrize(
    ("active", "requests"), [(0, 6), (SIZE, 6), (SIZE + 1, 6), (2 * SIZE + 1, 7), (5_000, 54)]
)
def test_a_shop_at_rest_is_complete(active: int, requests: int) -> None:
    assert read(active, {}) == (set(shop(active)), True, requests)


@pytest.mark.parametrize(("before", "after"), MOVES)
def test_what_moves_meanwhile_is_read_or_the_pass_is_not_complete(before: str, after: str) -> None:
    """Before each request of the pass, for listings at the beginning and at the end of their state."""
    active = 2 * SIZE + 20
    there = [number for number, state in shop(active).items() if state == before]
    for number, moment in product((there[0], there[-1]), range(8)):
        found, complete, _ = read(active, {moment: (number, after)})
        assert not complete or found == set(shop(active)), (number, moment)
