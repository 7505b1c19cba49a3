"""POST /sale/product-offers."""

from __future__ import annotations

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings, Caps

from . import example as ex
from .conftest import WRONG

PATH = "/sale/product-offers"


def codes(reply) -> list[str]:
    return [one["code"] for one in reply.json()["errors"]]


def test_an_offer_is_listed_by_default(shop):
    """Without a status the offer is published: ACTIVATING at first, ACTIVE later."""
    body = ex.request_body()
    del body["publication"]["status"]
    made = shop.post(PATH, body)
    assert (made.status_code, made.json()["publication"]["status"]) == (201, "ACTIVATING")
    assert shop.offer(made.json()["id"])["publication"]["status"] == "ACTIVE"


def test_inactive_makes_a_draft_without_events(shop):
    """INACTIVE stays a draft, and drafts are silent."""
    made = shop.post(PATH, ex.request_body(publication={"status": "INACTIVE"})).json()
    assert shop.offer(made["id"])["publication"]["status"] == "INACTIVE"
    assert shop.get("/sale/offer-events").json()["offerEvents"] == []


def test_a_faulty_offer_is_a_draft_with_errors(shop):
    """What keeps an offer from being listed does not keep it from being created."""
    body = ex.request_body(name="Za krótki", images=[])
    made = shop.post(PATH, body, **WRONG)
    assert made.status_code == 201
    offer = shop.offer(made.json()["id"])
    assert offer["publication"]["status"] == "INACTIVE"
    found = {one["code"] for one in offer["validation"]["errors"]}
    assert {"NameLengthException", "NameWordsException", "ImagesMissing"} <= found


def test_what_reads_back_is_not_what_was_sent(shop):
    """Spellings, references, codes and addresses come back in the marketplace's form."""
    body = ex.request_body(name="Talerz   płytki biały  porcelanowy")
    body["productSet"][0] = {"product": {"id": ex.GTIN, "idType": "GTIN", "images": []}}
    body["taxSettings"] = {"rates": [{"rate": "23", "countryCode": "PL"}]}
    offer = shop.post(PATH, body).json()
    assert offer["name"] == "Talerz płytki biały porcelanowy"
    assert offer["sellingMode"]["price"]["amount"] == "199.00"
    assert offer["publication"]["duration"] == "PT72H"
    assert offer["delivery"]["handlingTime"] == "PT48H"
    assert offer["delivery"]["shippingRates"] == {"id": ex.RATES}
    assert offer["location"]["province"] == "WIELKOPOLSKIE"
    assert offer["taxSettings"]["rates"] == [{"rate": "23.00", "countryCode": "PL"}]
    assert offer["images"][0].startswith("https://a.allegroimg.com/original/")
    product = offer["productSet"][0]["product"]
    assert product["id"] == ex.PRODUCT
    assert not {"name", "category", "images", "idType"} & set(product)
    assert len(product["parameters"]) == 2  # the catalogue's, though none was sent
    assert offer["parameters"][0]["values"] == ["Nowy"]
    assert offer["parameters"][0]["valuesIds"] == ["11323_1"]
    assert set(offer["additionalMarketplaces"]) >= {
        "allegro-cz",
        "allegro-sk",
        "allegro-hu",
        "allegro-business-pl",
    }


def test_normalisation_is_switched_by_rows(open_shop):
    """With no rows a price, a duration and an address read back as sent."""
    shop = open_shop(AllegroSettings.calm().changed({"normalise": []}))
    offer = shop.post(PATH, ex.request_body()).json()
    assert offer["sellingMode"]["price"]["amount"] == "199"
    assert offer["publication"]["duration"] == "P3D"
    assert offer["images"] == ["https://example.com/one.jpg"]


def test_catalogue_pictures_are_appended_unless_waived(shop):
    """`product.images: []` keeps the catalogue's pictures out of the gallery."""
    body = ex.request_body()
    assert len(shop.post(PATH, body).json()["images"]) == 1
    del body["productSet"][0]["product"]["images"]
    images = shop.post(PATH, body).json()["images"]
    assert images[1] == f"{ex.CDN}/cccccc/catalogue"


def test_the_catalogue_fills_name_description_and_safety(shop):
    """A product id alone brings title, description, producer and safety text."""
    body = ex.request_body()
    del body["name"], body["description"], body["category"]
    offer = shop.post(PATH, body).json()
    assert offer["name"] == "Kubek ceramiczny czerwony Fabryka"
    assert "Z katalogu" in offer["description"]["sections"][0]["items"][0]["content"]
    element = offer["productSet"][0]
    assert element["responsibleProducer"] == {"id": ex.PRODUCER}
    assert element["safetyInformation"]["type"] == "TEXT"


def test_a_missing_return_policy_means_the_one_named_default(shop):
    """Without one named default the request is refused; with it, it is chosen."""
    body = ex.request_body()
    del body["afterSalesServices"]
    refused = shop.post(PATH, body)
    assert (refused.status_code, codes(refused)) == (422, ["ReturnPolicyNotFoundException"])
    made = shop.post(
        "/after-sales-service-conditions/return-policies", ex.POLICY_BODY | {"name": "default"}
    ).json()
    assert shop.post(PATH, body).json()["afterSalesServices"] == {"returnPolicy": {"id": made["id"]}}


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ({"name": "Nie ma"}, "ShippingRatesNotFoundException"),
        ({"id": "a1000000-0000-4000-8000-00000000ffff"}, "ShippingRatesNotFoundException"),
    ],
)
def test_unknown_references_are_refused(shop, reference, code):
    """Identifiers are checked at once, not by the listing."""
    body = ex.request_body(delivery={"shippingRates": reference, "handlingTime": "PT24H"})
    refused = shop.post(PATH, body)
    assert (refused.status_code, codes(refused)) == (422, [code])


def test_an_ambiguous_name_is_refused(shop):
    """Names of price lists may repeat; then a name refers to nothing."""
    again = {"name": "Standard", "type": "PHYSICAL", "dispatchCountry": "PL", "rates": [ex.rate(ex.LOCKER)]}
    assert shop.post("/sale/shipping-rates", again).status_code == 201
    assert codes(shop.post(PATH, ex.request_body())) == ["NonUniqueShippingRatesException"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"colour": "red"}, 422, "UnknownField"),
        ({"sellingMode": {"price": {"amount": 199, "currency": "PLN"}}}, 400, "JsonMappingException"),
        (
            {"sellingMode": {"price": {"amount": "1.999", "currency": "PLN"}}},
            422,
            "prices.price.amount.invalidPrecision",
        ),
        (
            {"sellingMode": {"price": {"amount": "19", "currency": "EUR"}}},
            422,
            "prices.price.amount.invalidCurrency",
        ),
        (
            {"additionalMarketplaces": {"allegro-cz": {"sellingMode": {"price": ex.money("100.50", "CZK")}}}},
            422,
            "prices.price.amount.invalidPrecision",
        ),
        (
            {"additionalMarketplaces": {"allegro-pl": {"sellingMode": {"price": ex.money("1")}}}},
            422,
            "BaseMarketplaceInAdditionalMarketplacesException",
        ),
        (
            {"additionalMarketplaces": {"allegro-xx": {"sellingMode": {"price": ex.money("1")}}}},
            422,
            "UnsupportedAdditionalMarketplaceException",
        ),
        ({"images": [f"{ex.CDN}/ffffff/unknown"]}, 422, "ImageNotFoundException"),
        ({"parameters": [{"id": "1", "values": ["x"]}]}, 422, "ParameterIdNotFoundException"),
        ({"parameters": [{"id": "17448", "values": ["x"]}]}, 422, "ParameterCategoryException"),
        ({"parameters": [{"id": "11323", "valuesIds": ["9"]}]}, 422, "InvalidDictionaryParameter"),
        ({"category": {"id": "1"}, "parameters": []}, 422, "CATEGORY_NOT_EXISTS"),
        ({"publication": {"startingAt": "tomorrow"}}, 400, "JsonMappingException"),
        ({"productSet": [{"product": {"id": "5900000000000"}}]}, 422, "ProductNotFoundException"),
        ({"publication": {"status": "ENDED"}}, 422, "IllegalOfferUpdateException.IllegalChangeOfferStatus"),
        ({"external": {"id": "x" * 101}}, 422, "ConstraintViolationException"),
        ({"stock": None}, 422, "ConstraintViolationException"),
    ],
)
def test_wrong_requests_are_refused_by_name(shop, change, status, code):
    """Each fault of a request has its status and its code."""
    refused = shop.post(PATH, ex.request_body(**change), **WRONG)
    assert refused.status_code == status, refused.text
    assert code in codes(refused)


@pytest.mark.parametrize(
    "content",
    ["<p>a<br>b</p>", "<div>a</div>", '<p class="x">a</p>', "<h1><b>a</b></h1>", "<p>a & b</p>", "text", "<p>a"],
)
def test_the_description_takes_few_tags(shop, content):
    """Other tags, attributes, bare signs and bare text are refused."""
    description = {"sections": [{"items": [{"type": "TEXT", "content": content}]}]}
    assert "InvalidHtmlException" in codes(shop.post(PATH, ex.request_body(description=description)))


def test_the_description_has_a_largest_size(shop):
    """40,000 bytes, counted as bytes."""
    item = {"type": "TEXT", "content": "<p>" + "ż" * 20_000 + "</p>"}
    reply = shop.post(PATH, ex.request_body(description={"sections": [{"items": [item]}]}))
    assert "DescriptionTooLongException" in codes(reply)


def test_a_description_reads_back_with_a_space_between_tags(shop):
    """Texts come back in another spelling of the same content."""
    item = {"type": "TEXT", "content": "<p>a &amp; <b>b</b></p><p>c</p>"}
    offer = shop.post(PATH, ex.request_body(description={"sections": [{"items": [item]}]})).json()
    assert offer["description"]["sections"][0]["items"][0]["content"] == "<p>a &amp; <b>b</b></p> <p>c</p>"


def test_external_id_is_not_unique(shop):
    """The same external.id twice makes two offers."""
    first, second = (shop.post(PATH, ex.request_body()).json()["id"] for _ in range(2))
    assert first != second
    assert shop.get("/sale/offers", params={"external.id": "SKU-2"}).json()["totalCount"] == 2


def test_a_product_can_be_proposed_by_description(shop):
    """A product without an id needs name, category and pictures, and gets an id."""
    product = {
        "name": "Nowy kubek z uchem",
        "category": {"id": ex.CATEGORY},
        "images": ["https://example.com/p.jpg"],
        "parameters": [
            {"id": "17448", "values": ["zielony"]},
            {"name": "EAN (GTIN)", "values": ["5909999999999"]},
        ],
    }
    offer = shop.post(PATH, ex.request_body(productSet=[{"product": product}])).json()
    assert offer["productSet"][0]["product"]["publication"]["status"] == "PROPOSED"
    found = shop.get("/sale/products", params={"phrase": "5909999999999", "mode": "GTIN"}).json()["products"]
    assert [one["id"] for one in found] == [offer["productSet"][0]["product"]["id"]]
    refused = shop.post(PATH, ex.request_body(productSet=[{"product": {"name": "Bez kategorii"}}]))
    assert refused.status_code == 422


def test_drafts_are_limited(open_shop):
    """An account holds so many drafts."""
    settings = AllegroSettings.calm().changed({"caps": {"drafts": 1}})
    assert settings.caps == Caps(drafts=1)
    shop = open_shop(settings)
    body = ex.request_body(publication={"status": "INACTIVE"})
    assert [shop.post(PATH, body).status_code for _ in range(2)] == [201, 422]


def test_accepted_creations_finish_later(open_shop):
    """202 names the operation; the offer is a locked draft until it is done; then 303 without a body."""
    shop = open_shop(AllegroSettings.practice().changed({"accepted_ratio": 1.0}))
    made = shop.post(PATH, ex.request_body())
    assert made.status_code == 202
    assert int(made.headers["retry-after"]) > 0
    key, where = made.json()["id"], made.headers["location"]
    running = shop.get(where)
    assert (running.status_code, running.json()["operation"]["status"]) == (202, "IN_PROGRESS")
    assert shop.offer(key)["publication"]["status"] == "INACTIVE"
    assert shop.patch(key, {"stock": {"available": 1}}).status_code == 409
    shop.wait(4)
    done = shop.get(where)
    assert (done.status_code, done.content) == (303, b"")
    assert done.headers["location"].endswith(f"/sale/product-offers/{key}")
    shop.wait(4)
    assert shop.offer(key)["publication"]["status"] == "ACTIVE"
    shop.wait(8 * 86_400)
    assert shop.get(where).status_code == 404


def test_about_a_fifth_is_accepted(open_shop):
    """The share of 202 is seeded: the same store history gives the same answers."""
    statuses = []
    for _ in range(2):
        shop = open_shop(AllegroSettings.practice())
        body = ex.request_body(publication={"status": "INACTIVE"})
        statuses.append([shop.post(PATH, body).status_code for _ in range(60)])
    assert statuses[0] == statuses[1]
    assert 3 <= statuses[0].count(202) <= 25
