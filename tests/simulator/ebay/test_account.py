"""Locations, business policies, categories, and who the seller is."""

from __future__ import annotations

import pytest

from reconciler.simulator.ebay.settings import ROWS

from . import example as ex
from .conftest import ACCOUNT, INVENTORY, errors

TAXONOMY = "/commerce/taxonomy/v1"
KINDS = {"fulfillment": ex.fulfillment, "payment": ex.payment, "return": ex.returns}
PLACE = {"location": {"address": {"country": "DE", "postalCode": "10115"}}, "name": "Lager"}


def test_a_location_is_made_read_disabled_and_deleted(shop):
    path = f"{INVENTORY}/location/lager-2"
    assert shop.send("POST", path, PLACE).status_code == 204
    reply = shop.send("POST", path, PLACE)
    assert (reply.status_code, errors(reply)) == (409, [25803])
    read = shop.get(path).json()
    assert (read["locationTypes"], read["merchantLocationStatus"]) == (["WAREHOUSE"], "ENABLED")
    assert [one["merchantLocationKey"] for one in shop.get(f"{INVENTORY}/location").json()["locations"]] == [
        ex.LOCATION,
        "lager-2",
    ]
    assert shop.send("POST", f"{path}/update_location_details", {"name": "Neu"}).status_code == 204
    assert shop.send("POST", f"{path}/disable").status_code == 200
    read = shop.get(path).json()
    assert (read["name"], read["merchantLocationStatus"]) == ("Neu", "DISABLED")
    shop.put_offer(ex.offer(merchantLocationKey="lager-2"), ex.STAGED_OFFER)
    assert errors(shop.publish()) == [25012]
    assert shop.send("POST", f"{path}/enable").status_code == 200
    assert shop.publish().status_code == 200
    assert shop.send("DELETE", path).status_code == 204
    assert errors(shop.get(path)) == [25805]


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({}, 25800),
        ({"location": {"address": {"postalCode": "1"}}}, 25801),
        ({"location": {"address": {"country": "DE", "city": "Berlin"}}}, 25801),
        ({**PLACE, "locationTypes": ["ATTIC"]}, 2004),
    ],
)
def test_what_a_location_may_not_be(shop, body, number):
    assert errors(shop.wrong("POST", f"{INVENTORY}/location/l2", body)) == [number]


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_is_made_read_replaced_and_deleted(shop, kind):
    path, key = f"{ACCOUNT}/{kind}_policy", f"{kind}PolicyId"
    made = shop.send("POST", path, KINDS[kind]("Neu", description="a"))
    assert made.status_code == 201, made.text
    number = made.json()[key]
    assert made.headers["location"].endswith(f"/{kind}_policy/{number}")
    listed = shop.get(f"{path}?marketplace_id={ex.SITE}").json()
    assert [one["name"] for one in listed["returnPolicies" if kind == "return" else f"{kind}Policies"]][
        -1
    ] == "Neu"
    named = shop.get(f"{path}/get_by_policy_name?marketplace_id={ex.SITE}&name=Neu").json()
    assert named[key] == number
    assert named["categoryTypes"] == [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES", "default": False}]
    replaced = shop.send("PUT", f"{path}/{number}", KINDS[kind]("Anders"))
    assert (replaced.status_code, replaced.json()["name"]) == (200, "Anders")
    assert "description" not in shop.get(f"{path}/{number}").json()
    assert shop.send("DELETE", f"{path}/{number}").status_code == 204
    assert errors(shop.get(f"{path}/{number}")) == [20404]
    missing = shop.get(f"{path}/get_by_policy_name?marketplace_id={ex.SITE}&name=Neu")
    assert (missing.status_code, errors(missing)) == (400, [20404])


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_unique_and_what_is_used_stays(shop, kind):
    """A second one names the first; a policy of a listing cannot be deleted."""
    path = f"{ACCOUNT}/{kind}_policy"
    twin = shop.send("POST", path, KINDS[kind]())
    assert errors(twin) == [20400]
    number = ex.POLICIES[f"{kind}PolicyId"]
    assert twin.json()["errors"][0]["parameters"] == [{"name": "DuplicateProfileId", "value": number}]
    assert shop.send("PUT", f"{path}/{number}", KINDS[kind]()).status_code == 200
    used = shop.send("DELETE", f"{path}/{number}")
    assert (used.status_code, errors(used)) == (409, [20409])
    shop.withdraw()
    assert shop.send("DELETE", f"{path}/{number}").status_code == 204


def test_the_address_of_a_policy_may_end_with_a_slash(shop):
    """The description writes it so, the guides do not."""
    assert shop.send("POST", f"{ACCOUNT}/payment_policy/", ex.payment("Neu")).status_code == 201


def test_policies_read_back_completed(shop):
    """Decimals, the order of services, flags that were not said; what is ignored is gone."""
    body = ex.fulfillment("Neu")
    body["shippingOptions"][0] |= {"insuranceOffered": True}
    number = shop.send("POST", f"{ACCOUNT}/fulfillment_policy", body).json()["fulfillmentPolicyId"]
    read = shop.get(f"{ACCOUNT}/fulfillment_policy/{number}").json()
    service = read["shippingOptions"][0]["shippingServices"][0]
    assert (service["shippingCost"]["value"], service["sortOrder"], service["freeShipping"]) == ("4.90", 1, False)
    assert (read["globalShipping"], read["shippingOptions"][0]["insuranceOffered"]) == (False, False)
    shop.set(normalise=ROWS - {"money"})
    kept = shop.send("PUT", f"{ACCOUNT}/fulfillment_policy/{number}", body).json()
    assert kept["shippingOptions"][0]["shippingServices"][0]["shippingCost"]["value"] == "4.9"
    sent = ex.returns("Neu", restockingFeePercentage="10", extendedHolidayReturnsOffered=True)
    made = shop.send("POST", f"{ACCOUNT}/return_policy", sent).json()
    assert made["refundMethod"] == "MONEY_BACK"
    assert not {"restockingFeePercentage", "extendedHolidayReturnsOffered"} & made.keys()
    none = shop.send("POST", f"{ACCOUNT}/return_policy", ex.returns("Keine", returnsAccepted=False)).json()
    assert not {"returnPeriod", "returnShippingCostPayer", "refundMethod"} & none.keys()


@pytest.mark.parametrize(
    ("kind", "body", "number"),
    [
        ("return", ex.returns("x", returnPeriod={"value": 20, "unit": "DAY"}), 20406),
        ("return", {**ex.returns("x"), "returnPeriod": None}, 20401),
        ("return", ex.returns("x" * 65), 20403),
        ("return", ex.returns("x", marketplaceId="EBAY_XX"), 2004),
        ("fulfillment", {**ex.fulfillment("x"), "handlingTime": None}, 20401),
        ("payment", ex.payment("x", colour="red"), 2004),
    ],
)
def test_what_a_policy_may_not_be(shop, kind, body, number):
    assert errors(shop.wrong("POST", f"{ACCOUNT}/{kind}_policy", body)) == [number]


def test_the_site_of_policies_is_demanded(shop):
    path = f"{ACCOUNT}/payment_policy"
    assert errors(shop.get(f"{path}?marketplace_id=EBAY_XX")) == [20403]
    assert errors(shop.wrong("GET", path)) == [20401]
    assert shop.get(f"{path}?marketplace_id=EBAY_PL").json() == {"total": 0, "paymentPolicies": []}


def test_the_tree_of_a_site_and_a_part_of_it(shop):
    tree = shop.get(f"{TAXONOMY}/get_default_category_tree_id?marketplace_id={ex.SITE}").json()
    assert tree["categoryTreeId"] == "77"
    path = f"{TAXONOMY}/category_tree/77/get_category_subtree"
    found = shop.get(f"{path}?category_id={ex.ROOT}").json()["categorySubtreeNode"]
    assert found["category"]["categoryName"] == "Möbel & Wohnen"
    (below,) = found["childCategoryTreeNodes"]
    assert (below["category"]["categoryId"], below["leafCategoryTreeNode"]) == (ex.MUGS, True)
    assert below["parentCategoryTreeNodeHref"].endswith(f"category_id={ex.ROOT}")
    assert errors(shop.get(f"{path}?category_id=1")) == [62005]
    assert errors(shop.get(f"{TAXONOMY}/category_tree/9/get_category_subtree?category_id=1")) == [62004]
    assert errors(shop.get(f"{TAXONOMY}/get_default_category_tree_id?marketplace_id=X")) == [62003]


def test_aspects_say_what_is_required_in_one_member_only(shop):
    """`aspectRequired`; `aspectUsage` says RECOMMENDED all the same."""
    path = f"{TAXONOMY}/category_tree/77/get_item_aspects_for_category"
    aspects = {
        one["localizedAspectName"]: one for one in shop.get(f"{path}?category_id={ex.MUGS}").json()["aspects"]
    }
    brand = aspects["Marke"]["aspectConstraint"]
    assert (brand["aspectRequired"], brand["aspectUsage"]) == (True, "RECOMMENDED")
    assert aspects["Besonderheiten"]["aspectConstraint"]["itemToAspectCardinality"] == "MULTI"
    assert [one["localizedValue"] for one in aspects["Farbe"]["aspectValues"]] == ["rot", "blau"]
    assert shop.get(f"{path}?category_id={ex.PARTS}").status_code == 204
    assert errors(shop.get(f"{path}?category_id={ex.ROOT}")) == [62009]


def test_who_the_seller_is(shop):
    user = shop.get("/commerce/identity/v1/user/").json()
    assert (user["userId"], user["username"], user["registrationMarketplaceId"]) == (ex.USER, ex.LOGIN, ex.SITE)
    assert shop.get(f"{ACCOUNT}/privilege").json() == {"sellerRegistrationCompleted": True}


def test_which_conditions_a_category_admits(open_shop):
    """Numbers there, words in the items; what the filter has too much of is a warning."""
    mugs = {"id": ex.MUGS, "name": "a", "conditions": ["NEW", "USED_GOOD"]}
    root = {"id": ex.ROOT, "name": "c", "leaf": False}
    shop = open_shop(categories=[root, mugs, {"id": "2", "name": "b", "condition": False}])
    path = f"/sell/metadata/v1/marketplace/{ex.SITE}/get_item_condition_policies"
    found = shop.get(path, params={"filter": f"categoryIds:{{{ex.MUGS}|99}}"}).json()
    (policy,) = found["itemConditionPolicies"]
    assert [one["conditionId"] for one in policy["itemConditions"]] == ["1000", "5000"]
    assert (policy["itemConditionRequired"], policy["categoryTreeId"]) == (True, "77")
    assert [one["errorId"] for one in found["warnings"]] == [46003]
    assert len(shop.get(path).json()["itemConditionPolicies"]) == 2
    assert shop.get(path, params={"filter": "a"}).json()["warnings"][0]["errorId"] == 46002
    many = "|".join(str(n) for n in range(51))
    assert shop.get(path, params={"filter": f"categoryIds:{{{many}}}"}).json()["warnings"][0]["errorId"] == 46004
    assert shop.get(path.replace(ex.SITE, "EBAY_PL")).status_code == 204
    assert errors(shop.get(path.replace(ex.SITE, "EBAY_XX"))) == [46001]
    shop.put_item(ex.SKU, {**ex.item(), "condition": "USED_GOOD"})
    assert errors(shop.put_item(ex.SKU, {**ex.item(), "condition": "LIKE_NEW"})) == [25021]
