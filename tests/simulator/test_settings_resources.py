"""The seller's dictionaries: price lists, policies, producers, tags, tables, bundles, packages."""

from __future__ import annotations

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.merge import without_nulls

from . import bodies
from . import example as ex
from .conftest import WRONG

CONDITIONS = "/after-sales-service-conditions"
SET = {"name": "Nowy", "type": "PHYSICAL", "dispatchCountry": "PL", "rates": [ex.rate(ex.LOCKER)]}


def test_rows_and_details_of_price_lists_differ(shop):
    """Rows have features and marketplaces, one set has rates and its date."""
    row = shop.get("/sale/shipping-rates").json()["shippingRates"][1]
    assert set(row) == {"id", "name", "features", "marketplaces"}
    assert {"id": "allegro-cz"} in row["marketplaces"]
    one = shop.get(f"/sale/shipping-rates/{ex.RATES_CZ}").json()
    assert {"rates", "lastModified", "type", "dispatchCountry"} <= set(one)
    assert "features" not in one


def test_a_price_list_is_replaced_whole(shop):
    """A method that is not sent is gone; the order of rates is the server's."""
    made = shop.post("/sale/shipping-rates", SET | {"rates": [ex.rate(ex.LOCKER), ex.rate(ex.DPD, "15")]}).json()
    path = f"/sale/shipping-rates/{made['id']}"
    assert shop.put(path, SET).status_code == 200
    rates = shop.get(path).json()["rates"]
    assert [one["deliveryMethod"]["id"] for one in rates] == [ex.LOCKER]
    assert shop.get(path).json()["rates"][0]["firstItemRate"]["amount"] == "12.99"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": None}, "VALIDATION_ERROR"),
        ({"dispatchCountry": None}, "VALIDATION_ERROR"),
        ({"name": "Zła/nazwa"}, "ConstraintViolationException"),
        ({"name": "x" * 65}, "ConstraintViolationException"),
        ({"rates": [ex.rate("nope")]}, "INVALID_DELIVERY_METHOD"),
        ({"rates": [ex.rate("00000099-5a1e-4c0d-8f00-000000000099")]}, "DEPRECATED_DELIVERY_METHOD"),
        ({"rates": [ex.rate(ex.LOCKER, "21.00")]}, "INVALID_RATE_AMOUNT"),
        ({"rates": [ex.rate(ex.PACKETA_CZ, "89.50", "CZK")]}, "rates.amount.invalidPrecision"),
        ({"rates": [ex.rate(ex.LOCKER) | {"nextItemRate": ex.money("1.00")}]}, "INVALID_NEXT_ITEM_RATE"),
        ({"rates": [ex.rate(ex.LOCKER)] * 2}, "DUPLICATED_DELIVERY_METHOD"),
        ({"rates": [ex.rate(ex.LOCKER) | {"shippingTime": {"from": "P1D", "to": "P2D"}}]}, "VALIDATION_ERROR"),
    ],
)
def test_rules_of_price_lists(shop, change, code):
    """Names, methods, amounts and types have their rules."""
    reply = shop.post("/sale/shipping-rates", SET | change, **WRONG)
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, code), reply.text


def test_price_lists_are_limited_and_not_deleted(open_shop):
    """So many sets and no verb to delete one."""
    shop = open_shop(AllegroSettings.calm().changed({"caps": {"rate_sets": 3}}))
    assert [shop.post("/sale/shipping-rates", SET).status_code for _ in range(2)] == [201, 422]
    assert shop.client.delete(f"/sale/shipping-rates/{ex.RATES}", headers=WRONG).status_code == 404


def test_managed_sets_are_read_only(open_shop):
    """Sets of the marketplace cannot be modified, and types do not change."""
    managed = ex.rates_set(ex.RATES_CZ, "Gotowy", ex.rate(ex.LOCKER)) | {"features": {"managedByAllegro": True}}
    shop = open_shop(account=ex.account(shipping_rates=[ex.account()["shipping_rates"][0], managed]))
    assert shop.put(f"/sale/shipping-rates/{ex.RATES_CZ}", SET).status_code == 422
    assert shop.put(f"/sale/shipping-rates/{ex.RATES}", SET | {"type": "ELECTRONIC"}).status_code == 422


def test_return_policies(shop):
    """Lists have whole objects; a policy in use cannot be deleted, another can."""
    path = f"{CONDITIONS}/return-policies"
    made = shop.post(path, ex.POLICY_BODY).json()
    assert shop.get(path).json()["count"] == 2
    changed = {key: value for key, value in ex.POLICY_BODY.items() if key != "isFulfillment"}
    assert shop.put(f"{path}/{made['id']}", changed | {"name": "Inna"}).json()["name"] == "Inna"
    assert shop.client.delete(f"{path}/{made['id']}").status_code == 204
    used = shop.client.delete(f"{path}/{ex.POLICY}")
    assert used.status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"availability": {"range": "RESTRICTED"}},
        {"availability": {"range": "DISABLED"}},
        {"availability": {"range": "FULL", "restrictionCause": {"name": "PRESS"}}},
        {"address": None},
        {"address": ex.ADDRESS | {"postCode": "60166"}},
        {"address": ex.ADDRESS | {"street": "x" * 36}},
        {"withdrawalPeriod": "PT14H"},
        {"options": {"cashOnDeliveryNotAllowed": True}},
    ],
)
def test_rules_of_return_policies(shop, change):
    """Causes, addresses, periods and options have their rules."""
    assert shop.post(f"{CONDITIONS}/return-policies", ex.POLICY_BODY | change, **WRONG).status_code == 422


@pytest.mark.parametrize("range_", ["RESTRICTED", "DISABLED"])
def test_a_policy_that_takes_little_back_says_why(shop, range_):
    """The cause is required for both, and one without returns needs no more (RestrictionCause)."""
    body = ex.POLICY_BODY | {"availability": {"range": range_, "restrictionCause": {"name": "PRESS"}}}
    if range_ == "DISABLED":
        body |= dict.fromkeys(("withdrawalPeriod", "returnCost", "address", "options"))
    made = shop.post(f"{CONDITIONS}/return-policies", body, **WRONG)
    assert made.status_code == 201, made.text
    assert made.json()["availability"] == body["availability"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{CONDITIONS}/warranties", bodies.WARRANTY | {"individual": {"period": None, "lifetime": True}, "corporate": None}),
        (f"{CONDITIONS}/implied-warranties", bodies.IMPLIED | {"corporate": None, "description": None}),
        ("/sale/offer-additional-services/groups", bodies.services(None)),
        ("/sale/flexible-bundles", bodies.bundle(None)),
    ],
)  # fmt: skip
def test_a_null_says_as_much_as_nothing(open_shop, path, body):
    """It is kept nowhere, for the description has no null there."""
    shop = open_shop(account=bodies.account())
    made = shop.post(path, body, **WRONG)
    assert made.status_code == 201, made.text
    read = shop.get(f"{path}/{made.json()['id']}").json()
    assert without_nulls(read) == {name: value for name, value in read.items() if name != "discount"}


@pytest.mark.parametrize("external", [None, {"id": None}])
def test_an_offer_without_a_key_says_nothing_of_it(open_shop, external):
    """Neither the offer nor its row has `external: null`, whoever wrote it."""
    shop = open_shop(account=ex.account(offers=[{"offer": ex.offer_body(external=None)}]))
    assert "external" not in shop.offer()
    assert shop.patch(ex.OFFER, {"external": external}, **WRONG).status_code == 200
    assert shop.offer().get("external") in (None, {})
    row = shop.get("/sale/offers").json()["offers"][0]
    assert row.get("external", {}) == {}


def test_warranties_list_briefly(shop):
    """Rows have id and name; a single read has the rest; none can be deleted."""
    for kind, key in (("implied-warranties", ex.IMPLIED), ("warranties", ex.WARRANTY)):
        rows = next(iter(shop.get(f"{CONDITIONS}/{kind}").json().values()))
        assert set(rows[0]) == {"id", "name"}
        assert shop.get(f"{CONDITIONS}/{kind}/{key}").json()["seller"] == {"id": "44300100"}
        assert shop.client.delete(f"{CONDITIONS}/{kind}/{key}", headers=WRONG).status_code == 404


def test_warranties_are_created_and_replaced(shop):
    """POST answers 201, PUT replaces the whole."""
    implied = {"name": "Dwa lata", "individual": {"period": "P2Y"}, "address": ex.ADDRESS}
    made = shop.post(f"{CONDITIONS}/implied-warranties", implied | {"description": "x"})
    assert made.status_code == 201
    path = f"{CONDITIONS}/implied-warranties/{made.json()['id']}"
    assert "description" not in shop.put(path, implied).json()
    wrong = implied | {"individual": {"period": "P24M"}}
    assert shop.put(path, wrong).status_code == 422


def test_producers_and_persons(shop):
    """A producer is created with 201, a person with 200 and without a single read."""
    producer = shop.post("/sale/responsible-producers", ex.PRODUCER_BODY | {"name": "Druga"})
    assert producer.status_code == 201
    assert shop.get(f"/sale/responsible-producers/{producer.json()['id']}").json()["name"] == "Druga"
    person = shop.post("/sale/responsible-persons", ex.PERSON_BODY)
    assert person.status_code == 200
    path = f"/sale/responsible-persons/{person.json()['id']}"
    assert shop.get(path, headers=WRONG).status_code == 404
    assert shop.put(path, ex.PERSON_BODY | {"name": "Nowa"}).json()["name"] == "Nowa"
    assert shop.get("/sale/responsible-persons").json()["totalCount"] == 2
    spaced = ex.PRODUCER_BODY | {"name": "Dwie  spacje"}
    assert shop.post("/sale/responsible-producers", spaced).status_code == 422


def test_tags(shop):
    """Definitions have all verbs; tags of an offer are replaced together, drafts have none."""
    key = shop.post("/sale/offer-tags", {"name": "Lato", "hidden": True}).json()["id"]
    assert shop.put(f"/sale/offer-tags/{key}", {"name": "Zima"}).status_code == 200
    of_offer = f"/sale/offers/{ex.OFFER}/tags"
    for tags in ([{"id": "tag-1"}], [{"id": key}], []):
        assert shop.post(of_offer, {"tags": tags}).status_code == 200
        assert [one["id"] for one in shop.get(of_offer).json()["tags"]] == [one["id"] for one in tags]
    draft = shop.post("/sale/product-offers", ex.request_body(publication={"status": "INACTIVE"})).json()["id"]
    assert shop.post(f"/sale/offers/{draft}/tags", {"tags": [{"id": key}]}).status_code == 404
    assert shop.client.delete(f"/sale/offer-tags/{key}").status_code == 204
    assert len(shop.get("/sale/offer-tags").json()["tags"]) == 1


def test_tags_are_limited(open_shop):
    """A hundred tags, and 25 characters each."""
    shop = open_shop(AllegroSettings.calm().changed({"caps": {"tags": 1}}))
    assert shop.post("/sale/offer-tags", {"name": "Druga"}).status_code == 422
    assert shop.post("/sale/offer-tags", {"name": "x" * 26}, **WRONG).status_code == 422


def test_small_dictionaries(shop):
    """Service groups, size tables, contacts and delivery settings."""
    price = {"price": ex.money("5.00"), "constraintCriteria": {"type": "COUNTRY_SAME_QUANTITY", "country": "PL"}}
    service = {"definition": {"id": "GIFT_WRAP"}, "description": "Pakowanie", "configurations": [price]}
    group = {"name": "Usługi", "language": "pl-PL", "additionalServices": [service]}
    made = shop.post("/sale/offer-additional-services/groups", group).json()
    path = f"/sale/offer-additional-services/groups/{made['id']}"
    assert shop.put(path, group | {"language": "en-US"}).status_code == 422
    assert shop.get(path).json()["createdAt"] == made["createdAt"]
    table = {"name": "Buty", "headers": [{"name": "EU"}], "values": [{"cells": ["42"]}]}
    size = shop.post("/sale/size-tables", table | {"template": {"id": "1"}}).json()
    assert shop.put(f"/sale/size-tables/{size['id']}", table).json()["template"] == {"id": "1"}
    assert len(shop.get("/sale/size-tables").json()["tables"]) == 1
    settings = {"joinPolicy": {"strategy": "MAX"}, "freeDelivery": ex.money("100.00")}
    assert shop.put("/sale/delivery-settings", settings).json()["freeDelivery"] == ex.money("100.00")
    assert "freeDelivery" not in shop.put("/sale/delivery-settings", {"joinPolicy": {"strategy": "SUM"}}).json()
    business = settings | {"marketplace": {"id": "allegro-business-pl"}}
    assert shop.put("/sale/delivery-settings", business).status_code == 422


@pytest.fixture
def pair(open_shop):
    second = ex.offer_body("17000000002", productSet=[], external={"id": "SKU-2"})
    return open_shop(account=ex.account(offers=[{"offer": ex.offer_body()}, {"offer": second}]))


def slot(order: int, *offers: str, entry: bool = True) -> dict:
    rows = [{"id": one, "excludedFromDiscount": False} for one in offers]
    return {"order": order, "entryPoint": entry, "requiredQuantity": 1, "offers": rows}


WHOLE = {
    "type": "WHOLE_BUNDLE_DISCOUNT",
    "bundle": {"minimumBoughtOffers": 2, "discounts": [{"marketplaceId": "allegro-pl", "percentage": 10}]},
}
BUNDLE = {"slots": [slot(0, ex.OFFER), slot(1, "17000000002", entry=False)], "discount": WHOLE}


def test_bundles(pair):
    """Created, listed as a summary by cursor, replaced with slot ids, deleted."""
    path = "/sale/flexible-bundles"
    made = pair.post(path, BUNDLE)
    assert made.status_code == 201, made.text
    pair.post(path, BUNDLE | {"discount": None})
    page = pair.get(path, params={"limit": 1}).json()
    assert page["bundles"][0]["slotsRepresentatives"] == [ex.OFFER, "17000000002"]
    rest = pair.get(path, params={"page.id": page["nextPage"]["id"]}).json()
    assert len(rest["bundles"]) == 1
    assert "nextPage" not in rest
    one = f"{path}/{made.json()['id']}"
    ids = [item["id"] for item in pair.get(one).json()["slots"]]
    slots = [{**given, "id": key} for given, key in zip(BUNDLE["slots"], ids, strict=True)]
    assert pair.put(one, {"slots": slots, "discount": None}).json()["discount"] is None
    assert pair.client.delete(one).status_code == 204
    assert pair.get(one).status_code == 404


@pytest.mark.parametrize(
    "slots",
    [
        [slot(0, ex.OFFER)],
        [slot(0, ex.OFFER), slot(0, "17000000002")],
        [slot(0, ex.OFFER, entry=False), slot(1, "17000000002", entry=False)],
        [slot(0, ex.OFFER), slot(1, ex.OFFER)],
        [slot(0, ex.OFFER), slot(1, "404")],
        [slot(0, ex.OFFER), slot(7, "17000000002")],
    ],
)
def test_rules_of_bundles(pair, slots):
    """Two slots at least, unique orders, an entry point, listed offers, each once."""
    assert pair.post("/sale/flexible-bundles", {"slots": slots}, **WRONG).status_code == 422


def test_bundles_of_the_marketplace_are_left_alone(pair):
    """What ALLEGRO has created is not edited."""
    key = "e1000000-0000-4000-8000-000000000001"
    account = ex.account(flexible_bundles=[{"id": key, "createdBy": "ALLEGRO", **BUNDLE}])
    account["offers"] = [{"offer": offer} for offer in pair.simulator.offers("sklep")]
    pair.simulator.seed(account)
    assert pair.get(f"/sale/flexible-bundles/{key}").json()["createdBy"] == "ALLEGRO"
    assert pair.put(f"/sale/flexible-bundles/{key}", BUNDLE).status_code == 403


def change(kind: str, package: str, how: str = "CHANGE") -> dict:
    return {"modifications": [{"modificationType": how, "packageType": kind, "packageId": package}]}


def test_promotion(shop):
    """A change buys a package; it is not in the offer's body; extras end only with their cycle."""
    one = f"/sale/offers/{ex.OFFER}/promo-options"
    assert shop.get("/sale/offers/promo-options").json()["totalCount"] == 0
    shop.post(f"{one}-modification", change("BASE", "emphasized10d"))
    shop.post(f"{one}-modification", change("EXTRA", "departmentPage"))
    assert shop.get(one).json()["basePackage"]["id"] == "emphasized10d"
    assert shop.get("/sale/offers/promo-options").json()["totalCount"] == 1
    assert shop.post(f"{one}-modification", change("EXTRA", "departmentPage", "REMOVE_NOW")).status_code == 422
    assert shop.post(f"{one}-modification", change("BASE", "nope")).status_code == 422
    shop.post(f"{one}-modification", change("BASE", "emphasized10d", "REMOVE_WITH_END_OF_CYCLE"))
    assert "validTo" in shop.get(one).json()["basePackage"]
    shop.wait(10 * 86_400 + 1)
    assert "basePackage" not in shop.get(one).json()


def test_dictionaries_of_the_marketplace(shop):
    """Marketplaces, delivery methods, packages, taxes, categories, products."""
    assert {"allegro-pl", "allegro-cz", "allegro-sk", "allegro-hu", "allegro-business-pl"} <= {
        one["id"] for one in shop.get("/marketplaces").json()["marketplaces"]
    }
    methods = shop.get("/sale/delivery-methods", params={"marketplace": "allegro-cz"}).json()["deliveryMethods"]
    assert ex.PACKETA_CZ in {one["id"] for one in methods}
    assert shop.get("/sale/offer-promotion-packages").json()["basePackages"]
    assert shop.get("/sale/tax-settings", params={"category.id": ex.CATEGORY}).json()["rates"]
    rows = shop.get("/sale/categories", params={"parent.id": "5"}).json()["categories"]
    assert {row["id"] for row in rows} == {ex.CATEGORY, ex.OTHER_CATEGORY}
    assert shop.get(f"/sale/categories/{ex.CATEGORY}").json()["leaf"] is True
    assert len(shop.get(f"/sale/categories/{ex.CATEGORY}/parameters").json()["parameters"]) == 3
    assert shop.get(f"/sale/products/{ex.PRODUCT}").json()["parameters"]
    assert shop.get("/sale/categories/0").status_code == 404


def test_templates_of_size_tables(open_shop):
    """Two are built in, an account may bring more, and no table is made from one that is not there."""
    shop = open_shop(account=ex.account(size_table_templates=[{"id": "7", "name": "Rękawice"}]))
    rows = shop.get("/sale/size-tables-templates").json()["templates"]
    assert [row["id"] for row in rows] == ["1", "2", "7"]
    table = {"name": "Buty", "headers": [{"name": "EU"}], "values": [{"cells": ["42"]}]}
    assert shop.post("/sale/size-tables", table | {"template": {"id": "7"}}).status_code == 201
    refused = shop.post("/sale/size-tables", table | {"template": {"id": "8"}})
    assert [one["path"] for one in refused.json()["errors"]] == ["template.id"]


@pytest.mark.parametrize(
    ("taxes", "path"),
    [
        ({"rates": [{"rate": "22.00", "countryCode": "PL"}]}, "taxSettings.rates[0].rate"),
        ({"rates": [{"rate": "19.00", "countryCode": "DE"}]}, "taxSettings.rates[0].countryCode"),
        ({"rates": [{"rate": "EXEMPT", "countryCode": "PL"}]}, "taxSettings.exemption"),
        ({"rates": [], "subject": "LAND"}, "taxSettings.subject"),
        ({"rates": [], "exemption": "LUCK"}, "taxSettings.exemption"),
    ],
)
def test_taxes_that_a_category_does_not_have(shop, taxes, path):
    """What getTaxSettingsForCategory lists is taken, and nothing else."""
    refused = shop.patch(ex.OFFER, {"taxSettings": taxes})
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json()["errors"]] == [path]


def test_a_discount_of_a_site_that_is_not_there(pair):
    given = {"minimumBoughtOffers": 2, "discounts": [{"marketplaceId": "allegro-xx", "percentage": 5}]}
    discount = {"type": "WHOLE_BUNDLE_DISCOUNT", "bundle": given}
    refused = pair.post("/sale/flexible-bundles", BUNDLE | {"discount": discount})
    assert [one["path"] for one in refused.json()["errors"]] == ["discount.bundle.discounts[0].marketplaceId"]
