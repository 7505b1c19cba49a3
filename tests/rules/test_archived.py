"""Rule 9, second half: what the marketplace has archived cannot be resumed, and that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import world
from tests.rules.shop import FOLLOWS, Shop, changes, there, told

MONTHS = 62 * 24 * 60


def archived(root: Path, *, by: str = "") -> Shop:
    """A live offer that ends, by its last piece or by somebody, and is archived after two months."""
    shop = Shop.make(root, [there(1, "A")], [world.whole_offer("A", stock=FOLLOWS)], {"A": {"PL1": 5}})
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 5)
    if by:
        shop.end("A", by)
    else:
        shop.feed({"A": {"PL1": 0}})
    shop.apply()
    shop.wait(MONTHS)
    assert shop.made.by_key("A") is None
    return shop


@pytest.mark.parametrize("by", ["", "USER", "ADMIN", "EXPIRATION"])
def test_rule_09_what_is_archived_drops_out_with_a_notice(tmp_path: Path, by: str) -> None:
    """Nothing resumes it; and what a person has ended is not listed anew because weeks have passed."""
    shop = archived(tmp_path, by=by)
    shop.feed({"A": {"PL1": 7}})
    plan = shop.plan()
    assert changes(plan) == {}
    (found,) = told(plan, "P616")
    assert (found["severity"], found["about"]["name"]) == ("note", "A")
    assert found["summary"] == (
        "A (17000000001) is not on the account any more (archived): it does not follow its stock any more"
    )
    assert found["hint"] == "`status: active` in its document lists it again, as a new offer"
    assert (found["mark"]["line"], plan["accounts"][0]["undone"]) == (34, {"source": ["Offer/A"]})
    shop.apply()
    assert shop.made.by_key("A") is None


def test_rule_09_its_document_may_list_it_anew(tmp_path: Path) -> None:
    shop = archived(tmp_path, by="USER")
    shop.declare(world.whole_offer("A", stock={**FOLLOWS, "status": "active"}))
    plan = shop.plan()
    assert told(plan, "P616")[0]["summary"].endswith("(archived): a new offer takes its place")
    assert [each["verb"] for each in plan["accounts"][0]["changes"]] == ["create"]
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 5)
    shop.rest()


def test_rule_09_a_new_document_is_created_without_a_notice(tmp_path: Path) -> None:
    document = world.whole_offer("A", stock={**FOLLOWS, "status": "active"})
    shop = Shop.make(tmp_path, [], [document], {"A": {"PL1": 5}})
    plan = shop.plan()
    assert not told(plan, "P616")
    assert changes(plan)["A"]["stock.quantity"] == (None, 5)
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 5)


def test_rule_12_ended_in_the_document_is_not_made_as_a_draft_when_it_is_archived(tmp_path: Path) -> None:
    shop = archived(tmp_path, by="USER")
    shop.declare(world.whole_offer("A", stock={**FOLLOWS, "status": "ended"}))
    assert changes(shop.plan()) == {}
