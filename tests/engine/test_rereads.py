"""After which writes an offer is read in full again. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.documents.specs import load_spec
from reconciler.engine.rereads import outdates
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import Target
from reconciler.model.spec import Role, Shape
from reconciler.model.values import Money

PRICE = {"price.base": Money.parse("10.00 PLN")}
PIECES = {"stock.quantity": 3}


@pytest.mark.parametrize("marketplace", ["allegro", "ebay", "etsy"])
@pytest.mark.parametrize(
    "after", [PRICE, PIECES, PRICE | PIECES, {"stock.status": "ended"}, {"content.title": "T"}]
)
def test_what_no_row_may_show_is_read_again(marketplace: str, after: dict[str, Any]) -> None:
    kind = load_spec(marketplace).kinds[OFFER]
    target = Target(key=Key("main", OFFER, "A"), remote_id="1", before={}, after=after)
    told = {name: outdates(each, target, kind) for name, each in kind.operations.items()}
    shown = marketplace == "allegro" and not {"content.title", "stock.status"} & after.keys()
    together = {name for name, each in kind.operations.items() if each.shape is not Shape.SINGLE}
    assert {name for name, again in told.items() if not again} == (together if shown else set())
    assert Role.END in told
