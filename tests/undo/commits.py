"""Commits, generated: the account, the documents of yesterday, and those of today."""

from __future__ import annotations

import copy
from typing import Any

import pictures
import world
from hypothesis import strategies as st
from property import strategies

PIXEL = pictures.png()
NAMES: dict[str, list[str]] = {"DeliveryPriceList": [], "ReturnPolicy": [], "OfferTag": []}
STOCKS = st.sampled_from(
    [4, {"quantity": 7, "status": "active"}, {"status": "ended"}, {"quantity": 0, "status": "active"}]
)
BUNDLES = st.sampled_from([None, [], [{"product": {"gtin": world.THIRD_GTIN}, "quantity": 3}]])


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """What a commit may do to one document: some fields of some sections."""
    content = strategies._content()
    del content["product"]
    found = {
        "settings": strategies._some(draw, strategies._settings(NAMES)),
        "content": strategies._some(draw, content),
        "delivery": strategies._some(
            draw, {"prices": st.sampled_from(["Standard", "Z Czechami"]), "handling": strategies.HANDLING}
        ),
        "price": strategies._some(draw, {"base": st.just("60 PLN"), "allegro-cz": st.just("300 CZK")}),
    }
    if draw(st.booleans()):
        found["stock"] = draw(STOCKS)
    if draw(st.integers(0, 3)) == 0:
        found["bundle"] = draw(BUNDLES)
    return {name: body for name, body in found.items() if body or name in ("stock", "bundle")}


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Three live offers, the documents of yesterday, and those of today."""
    live = [draw(strategies.live_offers(number)) for number in (1, 2, 3)]
    for number, entry in enumerate(live, 1):
        entry["offer"]["external"] = {"id": f"K{number}"}
        entry["sold"] = 0
        entry["offer"]["publication"] = {"status": "ACTIVE", "endedBy": None, "duration": None}
        for element in entry["offer"][
            "productSet"
        ]:  # "no information" cannot be written: the catalogue's comes instead
            element["safetyInformation"] = {"type": "TEXT", "description": "Stara uwaga."}
        entry["offer"]["stock"]["available"] = max(1, entry["offer"]["stock"]["available"])
    yesterday = [world.offer(f"K{n}", stock={"always": n, "status": "active"}) for n in (1, 2, 3)]
    today = copy.deepcopy(yesterday)
    for document in today:
        for name, body in draw(edits()).items():
            document[name] = body
    if draw(st.booleans()):
        today.append(world.whole_offer("N1"))
    return live, yesterday, today
