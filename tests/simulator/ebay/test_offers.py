"""Offers and listings: staged, published, revised, withdrawn, and what keeps them from it."""

from __future__ import annotations

import pytest

from reconciler.simulator.ebay.settings import ROWS

from . import example as ex
from .conftest import INVENTORY, errors, warnings

OFFER = f"{INVENTORY}/offer"


def stage(shop, **members) -> str:
    """A staged offer of a fresh item."""
    shop.put_item("NEU", ex.item())
    reply = shop.send("POST", OFFER, ex.new_offer("NEU", **members))
    assert reply.status_code == 201, reply.text
    return reply.json()["offerId"]


def test_a_created_offer_is_not_listed_until_it_is_published(shop):
    """Without a `listing` it is UNPUBLISHED; published, it has an item number."""
    offer_id = stage(shop)
    offer = shop.offer(offer_id)
    assert (offer["status"], "listing" in offer) == ("UNPUBLISHED", False)
    reply = shop.publish(offer_id)
    assert reply.status_code == 200
    listing = shop.offer(offer_id)["listing"]
    assert listing == {"listingId": reply.json()["listingId"], "listingStatus": "ACTIVE", "soldQuantity": 0}


def test_an_offer_reads_back_with_what_is_assumed(shop):
    """Defaults, decimals, and no part that the site does not know."""
    price = {"price": ex.money("12.9")}
    members = {"pricingSummary": price, "extendedProducerResponsibility": {"producerProductId": "1"}}
    body = {**ex.new_offer("NEU", **members), "listingDescription": "<P>a</P>"}
    del body["includeCatalogProductDetails"]
    shop.put_item("NEU", ex.item())
    reply = shop.send("POST", OFFER, body)
    assert warnings(reply) == [25028]
    read = shop.offer(reply.json()["offerId"])
    assert read["pricingSummary"]["price"]["value"] == "12.90"
    assert read["listingDescription"] == "<p>a</p>"
    assert "extendedProducerResponsibility" not in read
    told = (read["includeCatalogProductDetails"], read["hideBuyerDetails"], read["listingDuration"], read["tax"])
    assert told == (True, False, "GTC", {"applyTax": False})
    assert read["listingPolicies"]["eBayPlusIfEligible"] is False
    shop.set(normalise=ROWS - {"money", "dropped"})
    body = {name: value for name, value in body.items() if name not in {"sku", "marketplaceId", "format"}}
    assert shop.put_offer(body, read["offerId"]).status_code == 204
    read = shop.offer(read["offerId"])
    assert read["pricingSummary"]["price"]["value"] == "12.9"
    assert "extendedProducerResponsibility" in read


def test_a_second_offer_of_the_same_sku_is_refused_and_names_the_first(shop):
    """So a creation that was sent twice finds its offer; another site is refused, too, unless a knob says so."""
    reply = shop.send("POST", OFFER, ex.new_offer())
    assert errors(reply) == [25002]
    assert reply.json()["errors"][0]["parameters"] == [{"name": "offerId", "value": ex.STAGED_OFFER}]
    other = {**ex.new_offer(), "marketplaceId": "EBAY_AT"}
    assert errors(shop.send("POST", OFFER, other)) == [25002]
    shop.set(offer_across_sites=True)
    assert shop.send("POST", OFFER, other).status_code == 201
    assert errors(shop.send("POST", OFFER, ex.new_offer("GONE"))) == [25702]


def test_offers_are_listed_by_sku_only(shop):
    assert errors(shop.get(OFFER)) == [25709]
    found = shop.get(f"{OFFER}?sku={ex.SKU}&format=FIXED_PRICE").json()
    assert [one["offerId"] for one in found["offers"]] == [ex.OFFER]
    reply = shop.get(f"{OFFER}?sku=GONE")
    assert (reply.status_code, errors(reply)) == (404, [25713])


def test_withdrawn_and_published_again_is_another_listing(shop):
    """The offer stays, UNPUBLISHED; the number of before is never had again."""
    assert shop.withdraw().json()["listingId"] == ex.LISTING
    assert shop.offer()["status"] == "UNPUBLISHED"
    assert errors(shop.withdraw()) == [25002]
    again = shop.publish(ex.OFFER).json()["listingId"]
    assert again != ex.LISTING
    assert errors(shop.publish(ex.OFFER)) == [25002]
    shop.set(publish_again_refused=False)
    assert shop.publish(ex.OFFER).json()["listingId"] == again


def test_what_ebay_has_ended_is_never_revived(shop):
    """It shows as published with EBAY_ENDED, or as unpublished when a knob says so; publishing is refused."""
    shop.simulator.end(ex.LOGIN, ex.SKU, "EBAY_ENDED")
    offer = shop.offer()
    assert (offer["status"], offer["listing"]["listingStatus"]) == ("PUBLISHED", "EBAY_ENDED")
    assert errors(shop.publish(ex.OFFER)) == [25019]
    shop.withdraw()
    assert errors(shop.publish(ex.OFFER)) == [25019]


def test_what_a_person_ended_can_be_listed_again(shop):
    shop.set(ended_stays_published=False)
    shop.simulator.end(ex.LOGIN, ex.SKU)
    assert shop.offer()["status"] == "UNPUBLISHED"
    assert shop.publish(ex.OFFER).status_code == 200


def test_a_listing_on_hold_is_frozen(shop):
    """Revisions are refused (25097) or, of a fixable one, allowed with a warning (25096)."""
    shop.simulator.hold(ex.LOGIN, ex.SKU)
    assert shop.offer()["listing"]["listingOnHold"] is True
    assert errors(shop.put_item(ex.SKU, ex.item(4))) == [25097]
    assert errors(shop.put_offer(ex.offer())) == [25097]
    assert shop.quantity(4).json()["responses"][0]["errors"][0]["errorId"] == 25097
    assert shop.item()["availability"]["shipToLocationAvailability"]["quantity"] == 5
    shop.simulator.hold(ex.LOGIN, ex.SKU, "fixable")
    assert warnings(shop.put_item(ex.SKU, ex.item(4))) == [25096]
    with pytest.raises(ValueError, match="cannot sell"):
        shop.simulator.sell(ex.LOGIN, ex.SKU)


def test_a_write_of_an_offer_replaces_the_whole(shop):
    """What is left out is gone; without a quantity of its own, the item's counts."""
    body = ex.offer(quantityLimitPerBuyer=2)
    assert shop.put_offer(body).status_code == 204
    del body["quantityLimitPerBuyer"], body["availableQuantity"]
    assert shop.put_offer(body).status_code == 204
    read = shop.offer()
    assert ("quantityLimitPerBuyer" in read, read["availableQuantity"]) == (False, 5)
    del body["listingDescription"]
    assert errors(shop.put_offer(body)) == [25017]


@pytest.mark.parametrize(
    ("members", "number"),
    [
        ({"categoryId": ex.ROOT}, 25005),
        ({"merchantLocationKey": "nowhere"}, 25012),
        ({"pricingSummary": {}}, 25003),
        ({"pricingSummary": {"price": ex.money("1.00", "USD")}}, 25003),
        ({"listingPolicies": {**ex.POLICIES, "fulfillmentPolicyId": ex.RETURN}}, 25007),
        ({"listingPolicies": {**ex.POLICIES, "paymentPolicyId": "1"}}, 25008),
        ({"listingPolicies": {**ex.POLICIES, "returnPolicyId": "1"}}, 25009),
        ({"availableQuantity": 0}, 25004),
    ],
)
def test_what_keeps_an_offer_from_being_published(shop, members, number):
    """It may be staged so, but not listed."""
    offer_id = stage(shop, **members)
    assert errors(shop.publish(offer_id)) == [number]


@pytest.mark.parametrize(
    ("product", "numbers"),
    [
        ({"title": ""}, [25017]),
        ({"imageUrls": []}, [25014]),
        ({"imageUrls": ["http://example.com/a.jpg"]}, [25015]),
        ({"imageUrls": ["https://i.ebayimg.com/unknown.jpg"]}, [25014]),
        ({"aspects": {}}, [25002]),
        ({"aspects": {"Marke": ["A"], "Farbe": ["lila"]}}, [25002]),
        ({"aspects": {"Marke": ["A", "B"]}}, [25002]),
    ],
)
def test_what_an_item_lacks_for_a_listing(shop, product, numbers):
    shop.put_item(ex.STAGED, ex.item(**product))
    assert errors(shop.publish()) == numbers
    assert errors(shop.put_item(ex.SKU, ex.item(**product))) == numbers


def test_the_catalogues_text_takes_the_place_of_the_sellers(shop):
    """Unless includeCatalogProductDetails is false; true is what is assumed, and what was said stays said."""
    shop.put_item(ex.STAGED, ex.item(ean=[ex.EAN]))
    assert shop.publish().status_code == 200
    assert shop.item(ex.STAGED)["product"]["title"] == "ACME Becher 300 ml"
    shop.put_item(ex.SKU, ex.item(ean=[ex.EAN]))
    body = ex.offer()
    del body["includeCatalogProductDetails"]
    assert shop.put_offer(body).status_code == 204
    assert shop.item()["product"]["title"] == "ACME Becher 300 ml"
    assert shop.put_offer(ex.offer(includeCatalogProductDetails=True)).status_code == 204
    product = shop.item()["product"]
    assert (product["title"], product["aspects"]["Material"]) == ("ACME Mug (catalogue)", ["Keramik"])


def test_a_return_policy_of_vehicle_parts_is_rewritten(shop):
    """25124: 30 days at the seller's cost, in the policy itself; descriptors of the condition go with 25030."""
    shop.put_item("NEU", {**ex.item(), "conditionDescriptors": [{"name": "1", "values": ["2"]}]})
    offer_id = shop.send("POST", OFFER, ex.new_offer("NEU", categoryId=ex.PARTS)).json()["offerId"]
    assert warnings(shop.publish(offer_id)) == [25030, 25124]
    policy = shop.get(f"/sell/account/v1/return_policy/{ex.RETURN}").json()
    assert (policy["returnPeriod"]["value"], policy["returnShippingCostPayer"]) == (30, "SELLER")
    assert "conditionDescriptors" not in shop.item("NEU")


def test_the_category_of_what_was_sold_stays(shop):
    shop.simulator.sell(ex.LOGIN, ex.SKU)
    assert errors(shop.put_offer(ex.offer(categoryId=ex.PARTS))) == [25019]
    assert shop.put_offer(ex.offer(quantityLimitPerBuyer=1)).status_code == 204


def test_selling_limits(open_shop):
    """25026 when the account may not have so much on offer; GET /privilege tells how much."""
    limit = {"quantity": 8, "amount": ex.money("1000.00")}
    shop = open_shop(selling_limit=limit)
    assert shop.get("/sell/account/v1/privilege").json()["sellingLimit"] == limit
    assert errors(shop.publish()) == [25026]
    shop.put_item(ex.STAGED, ex.item(3))
    assert shop.publish().status_code == 200
    assert errors(shop.put_item(ex.STAGED, ex.item(4))) == [25026]
    assert errors(shop.put_offer(ex.offer(pricingSummary={"price": ex.money("500.00")}))) == [25026]
    reply = shop.quantity(6, ex.STAGED, offer=ex.STAGED_OFFER)
    assert reply.json()["responses"][0]["errors"][0]["errorId"] == 25026


def test_many_offers_at_once(shop):
    """Created and published by 25; each for itself."""
    for sku in ("N1", "N2"):
        shop.put_item(sku, ex.item())
    made = shop.bulk("bulk_create_offer", ex.new_offer("N1"), ex.new_offer("N2", pricingSummary={}))
    assert made.status_code == 200
    ids = [one["offerId"] for one in made.json()["responses"]]
    published = shop.bulk("bulk_publish_offer", *({"offerId": one} for one in ids))
    assert published.status_code == 207
    rows = published.json()["responses"]
    assert [(one["statusCode"], "listingId" in one) for one in rows] == [(200, True), (400, False)]
    assert errors(shop.bulk("bulk_create_offer", ex.new_offer("N1"), ex.new_offer("N1"))) == [25729]
    assert errors(shop.bulk("bulk_create_offer", ex.offer())) == [25735]
    assert errors(shop.bulk("bulk_publish_offer", {"offerId": ids[0]}, {"offerId": ids[0]})) == [25731]
    assert errors(shop.bulk("bulk_publish_offer", *({"offerId": str(n)} for n in range(26)))) == [25730]


def test_a_deleted_offer_ends_its_listing(shop):
    assert shop.send("DELETE", f"{OFFER}/{ex.OFFER}").status_code == 204
    assert errors(shop.get(f"{OFFER}/{ex.OFFER}")) == [25713]
    assert shop.simulator.census(ex.LOGIN)["listings_by_status"] == {"ENDED": 1, "ACTIVE": 2}
    assert shop.item()["sku"] == ex.SKU


def test_the_shape_of_an_offer_is_strict(shop):
    path = f"{OFFER}/{ex.OFFER}"
    for change in (
        {"sku": "a"},
        {"pricingSummary": {"price": {"value": 12.9, "currency": "EUR"}}},
        {"status": "ENDED"},
    ):
        assert errors(shop.wrong("PUT", path, change)) == [2004]
    assert errors(shop.wrong("PUT", path, {"pricingSummary": {"price": {"value": "1"}}})) == [25709]
    assert errors(shop.wrong("POST", OFFER, {**ex.new_offer(), "format": "AUCTION"})) == [2004]
    assert errors(shop.wrong("POST", OFFER, ex.offer())) == [25709] * 3
    reply = shop.wrong("PUT", path, ex.offer(), **{"Content-Type": "text/plain"})
    assert reply.status_code == 415


def test_what_was_read_and_is_written_back_changes_nothing(shop):
    """Whole replacement is safe for who repeats what was read; only facts are left out."""
    facts = {"offerId", "sku", "marketplaceId", "format", "status", "listing"}
    shop.put_offer(ex.offer(listingDescription="<P>a <b>b</b>", pricingSummary={"price": ex.money("1")}))
    before = shop.offer()
    assert shop.put_offer({name: value for name, value in before.items() if name not in facts}).status_code == 204
    assert shop.offer() == before


def test_without_their_rows_catalogue_policies_and_codes_are_left_alone(shop):
    shop.set(normalise=ROWS - {"catalogue", "parts", "identifiers", "locale"})
    shop.put_item(ex.STAGED, ex.item(ean=[ex.EAN], aspects={"Marke": ["ACME"]}))
    item = shop.item(ex.STAGED)
    assert ("epid" in item["product"], "brand" in item["product"], item["locale"]) == (False, False, "de-DE")
    shop.put_offer(ex.offer(categoryId=ex.PARTS, includeCatalogProductDetails=True), ex.STAGED_OFFER)
    assert warnings(shop.publish()) == []
    assert shop.item(ex.STAGED) == item
    assert shop.get(f"/sell/account/v1/return_policy/{ex.RETURN}").json()["returnPeriod"]["value"] == 14
