"""A ledger that was lost a moment after it made a listing, while the list trails: nothing is made, or paid for, twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shop import Shop, document

_LAG = 240.0
_UPLOAD = {"method": "POST", "path": "/v3/application/shops/55300100/listings/"}


@pytest.mark.parametrize("begun", [False, True], ids=["whole", "begun"])
def test_what_a_lost_ledger_has_made_is_not_made_again_while_the_list_trails(tmp_path: Path, begun: bool) -> None:
    """The plan cannot see it; an apply of a ledger that is new waits until it must be listed, and looks again."""
    shop = Shop(tmp_path / "shop")
    new = document("N", content={"images": [shop.picture("a.png", 10)]})
    shop.offers(new)
    shop.control("POST", "settings", {"list_lag_seconds": _LAG})
    if begun:  # a draft without a key
        shop.control("POST", "settings", {"faults": {"schedule": [{"do": "refuse", "times": 1, "when": _UPLOAD}]}})
    shop.apply("--allow", "fees", code=5 if begun else 0)
    shop.lose_ledger()
    assert "note[P513]: 1 new offer is not made before" in shop.ask("plan", "--allow", "fees")
    assert "has appeared since the plan" in shop.apply("--allow", "fees", "--allow", "stock-baseline", code=6)
    assert len(shop.listings()) == 1
    if begun:
        assert "warning[P305]: N is not created" in shop.ask("plan", "--allow", "fees")
        shop.offers({**new, "adopt": next(iter(shop.listings()))})
    shop.apply("--allow", "fees", "--allow", "stock-baseline")
    shop.control("POST", "clock", {"advance_seconds": _LAG + 1})
    shop.settled()
    assert (len(shop.listings()), len(shop.fees())) == (1, 1)


def test_a_ledger_that_knows_the_account_for_long_enough_makes_new_ones_at_once(tmp_path: Path) -> None:
    """The first whole look at the account counts, and no run is needed; the wait is said once and is over."""
    shop = Shop(tmp_path / "shop")
    shop.offers(document("N", content={"images": [shop.picture("a.png", 10)]}))
    assert "P513" in shop.ask("plan", "--allow", "fees")
    shop.control("POST", "clock", {"advance_seconds": 301})
    assert "P513" not in shop.ask("plan", "--allow", "fees")
    said = shop.apply("--allow", "fees")
    assert "nothing is made for" not in said
    assert shop.listings().keys() == {"N"}
