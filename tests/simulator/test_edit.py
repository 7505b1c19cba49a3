"""PATCH /sale/product-offers/{id}: merging, catalogue, frozen fields, conflicts."""

from __future__ import annotations

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings

from . import example as ex
from .conftest import WRONG

COMMANDS = "/sale/offer-quantity-change-commands"
ANOTHER = "11111111-1111-4111-8111-111111111111"


def codes(reply) -> list[str]:
    return [one["code"] for one in reply.json()["errors"]]


def test_objects_merge_arrays_replace_null_clears(shop):
    """RFC 7396: the rest of an object stays, a list is the new list, null removes."""
    shop.patch(ex.OFFER, {"taxSettings": {"rates": [{"rate": "23.00", "countryCode": "PL"}]}})
    reply = shop.patch(
        ex.OFFER,
        {"sellingMode": {"price": ex.money("51.00")}, "images": [f"{ex.CDN}/aaaaaa/second"], "taxSettings": None},
    )
    offer = reply.json()
    assert reply.status_code == 200
    assert offer["sellingMode"] == {"format": "BUY_NOW", "price": ex.money("51.00")}
    assert offer["images"] == [f"{ex.CDN}/aaaaaa/second"]
    assert offer["taxSettings"] is None


def test_an_id_sent_with_a_name_wins(shop):
    """When a reference has both, the name is not looked at."""
    reply = shop.patch(ex.OFFER, {"delivery": {"shippingRates": {"id": ex.RATES_CZ, "name": "Standard"}}})
    assert reply.json()["delivery"]["shippingRates"] == {"id": ex.RATES_CZ}


def test_a_product_id_imports_from_the_catalogue(shop):
    """An id without description and images brings those of the catalogue, and its safety data."""
    offer = shop.patch(ex.OFFER, {"productSet": [{"product": {"id": ex.PRODUCT}}]}).json()
    assert "Z katalogu" in offer["description"]["sections"][0]["items"][0]["content"]
    assert offer["images"] == [f"{ex.CDN}/cccccc/catalogue"]
    assert offer["productSet"][0]["safetyInformation"]["type"] == "TEXT"


def test_sent_description_and_waived_pictures_stay(shop):
    """Description sent along and `product.images: []` keep the catalogue out."""
    patch = {
        "productSet": [{"product": {"id": ex.PRODUCT, "images": []}}],
        "description": ex.DESCRIPTION,
        "images": [f"{ex.CDN}/aaaaaa/first"],
    }
    offer = shop.patch(ex.OFFER, patch).json()
    assert offer["images"] == [f"{ex.CDN}/aaaaaa/first"]
    assert offer["description"] == ex.DESCRIPTION


def test_echoed_product_parameters_are_refused(shop):
    """A product is named by its id alone."""
    echo = shop.offer()["productSet"][0]["product"]
    product = {"id": echo["id"], "parameters": [{"id": "17448", "values": ["czerwony"]}]}
    assert codes(shop.patch(ex.OFFER, {"productSet": [{"product": product}]})) == ["PARAMETER_MISMATCH"]


def test_a_read_body_cannot_be_sent_back(shop):
    """Reads have fields that writes do not take, such as NO_SAFETY_INFORMATION."""
    assert shop.patch(ex.OFFER, shop.offer(), **WRONG).status_code == 422
    element = {"product": {"id": ex.PRODUCT}, "safetyInformation": {"type": "NO_SAFETY_INFORMATION"}}
    reply = shop.patch(ex.OFFER, {"productSet": [element]}, **WRONG)
    assert codes(reply) == ["NO_SAFETY_INFORMATION_OPTION_NOT_ALLOWED"]


def test_an_edit_cannot_make_a_product(shop):
    """A product described without an id is refused in an edit."""
    assert codes(shop.patch(ex.OFFER, {"productSet": [{"product": {"name": "Nowy"}}]})) == [
        "ProductIdRequiredException"
    ]


def test_a_description_without_images_takes_pictures_from_the_gallery(shop):
    """Pictures that the description shows leave the gallery when `images` is not sent."""
    shown = {"type": "IMAGE", "url": f"{ex.CDN}/aaaaaa/second"}
    description = {"sections": [{"items": [shown]}]}
    assert shop.patch(ex.OFFER, {"description": description}).json()["images"] == [f"{ex.CDN}/aaaaaa/first"]
    both = {"description": description, "images": [f"{ex.CDN}/aaaaaa/first", f"{ex.CDN}/aaaaaa/second"]}
    assert len(shop.patch(ex.OFFER, both).json()["images"]) == 2


def test_an_old_fault_blocks_a_new_change(open_shop):
    """Everything is checked again; only price and stock edits are spared the title rule."""
    shop = open_shop(account=ex.account(offers=[{"offer": ex.offer_body(name="Kubek")}]))
    assert "NameLengthException" in codes(shop.patch(ex.OFFER, {"payments": {"invoice": "NO_INVOICE"}}))
    assert shop.patch(ex.OFFER, {"stock": {"available": 4}}).status_code == 200


def test_the_title_is_frozen_after_a_purchase(open_shop):
    """Once something was sold the title stays, unless the sandbox profile is on."""
    shop = open_shop()
    shop.simulator.sell("sklep", ex.OFFER, 1)
    patch = {"name": "Kubek ceramiczny zielony duży"}
    assert codes(shop.patch(ex.OFFER, patch)) == ["IllegalOfferUpdateException.IllegalChangeOfferName"]
    shop.set(title_lock=False)
    assert shop.patch(ex.OFFER, patch).status_code == 200


def test_the_category_is_frozen_after_twelve_hours(shop):
    """A fresh listing may move; later it may not."""
    key = shop.post("/sale/product-offers", ex.request_body()).json()["id"]
    move = {"category": {"id": ex.OTHER_CATEGORY}}
    assert shop.patch(key, move).status_code == 200
    shop.wait(12 * 3600 + 60)
    back = shop.patch(key, {"category": {"id": ex.CATEGORY}})
    assert codes(back) == ["IllegalOfferUpdateException.IllegalChangeOfferCategory"]


def test_a_listed_offer_does_not_become_a_draft(shop):
    """ACTIVE to INACTIVE is refused; ENDED is the way off."""
    refused = shop.patch(ex.OFFER, {"publication": {"status": "INACTIVE"}})
    assert codes(refused) == ["IllegalOfferUpdateException.IllegalChangeOfferStatus"]
    assert shop.patch(ex.OFFER, {"publication": {"status": "ENDED"}}).status_code == 200
    assert shop.offer()["publication"]["endedBy"] == "USER"


def test_pictures_are_limited(shop):
    """Sixteen in all, catalogue pictures included."""
    urls = [f"https://example.com/{number}.jpg" for number in range(17)]
    assert codes(shop.patch(ex.OFFER, {"images": urls})) == ["GallerySizeException"]


def test_accepted_edits_conflict_and_finish(open_shop):
    """While an edit runs the next one is a 409 and reads show the old state."""
    shop = open_shop(AllegroSettings.practice().changed({"accepted_ratio": 1.0}))
    reply = shop.patch(ex.OFFER, {"sellingMode": {"price": ex.money("60.00")}})
    assert reply.status_code == 202
    assert codes(shop.patch(ex.OFFER, {"stock": {"available": 1}})) == ["OfferConflictException"]
    assert shop.offer()["sellingMode"]["price"]["amount"] == "49.99"
    shop.wait(4)
    assert shop.get(reply.headers["location"]).status_code == 303
    assert shop.offer()["sellingMode"]["price"]["amount"] == "60.00"


def test_an_accepted_edit_can_fail_later(open_shop):
    """What happens in between may refuse it; the operation then tells a 422 and nothing has changed."""
    shop = open_shop(AllegroSettings.practice().changed({"accepted_ratio": 1.0}))
    reply = shop.patch(ex.OFFER, {"name": "Kubek ceramiczny zielony duży"})
    shop.simulator.sell("sklep", ex.OFFER, 1)
    shop.wait(4)
    failed = shop.get(reply.headers["location"])
    assert failed.status_code == 422
    assert codes(failed) == ["IllegalOfferUpdateException.IllegalChangeOfferName"]
    assert shop.offer()["name"] == ex.offer_body()["name"]


def test_a_command_in_work_conflicts_with_an_edit(open_shop):
    """An offer in a command that is not done answers 409 to PATCH; an edit in work fails the task."""
    shop = open_shop(AllegroSettings.practice().changed({"accepted_ratio": 0.0}))
    body = {
        "modification": {"changeType": "FIXED", "value": 9},
        "offerCriteria": [{"type": "CONTAINS_OFFERS", "offers": [{"id": ex.OFFER}]}],
    }
    assert shop.put(f"{COMMANDS}/{ANOTHER}", body).status_code == 201
    assert shop.patch(ex.OFFER, {"stock": {"available": 1}}).status_code == 409
    shop.wait(10)
    shop.set(accepted_ratio=1.0)
    assert shop.patch(ex.OFFER, {"stock": {"available": 5}}).status_code == 202
    other = ANOTHER.replace("1111-4", "2222-4")
    shop.put(f"{COMMANDS}/{other}", body)
    shop.wait(10)
    task = shop.get(f"{COMMANDS}/{other}/tasks").json()["tasks"][0]
    assert task["errors"][0]["code"] == "ERR_YOU_CANT_CHANGE_ITEM_EDIT_IN_PROGRESS"


@pytest.mark.parametrize("include", ["stock", "price"])
def test_parts(shop, include):
    """GET parts gives only what was asked for; an unknown part is a 400."""
    reply = shop.get(f"/sale/product-offers/{ex.OFFER}/parts", params={"include": include})
    assert ("stock" in reply.json()) == (include == "stock")
    wrong = shop.get(f"/sale/product-offers/{ex.OFFER}/parts", params={"include": "name"}, headers=WRONG)
    assert wrong.status_code == 400
