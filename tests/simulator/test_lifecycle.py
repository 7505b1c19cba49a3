"""From draft to ended and archived, and what is told about it."""

from __future__ import annotations

import uuid

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings

from . import example as ex

EVENTS = "/sale/offer-events"


def kinds(shop, **params) -> list[str]:
    return [one["type"] for one in shop.get(EVENTS, params=params).json()["offerEvents"]]


def publish(shop, action: str, *offers: str) -> list[dict]:
    key = uuid.uuid4()
    criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": one} for one in offers]}]
    path = f"/sale/offer-publication-commands/{key}"
    assert shop.put(path, {"publication": {"action": action}, "offerCriteria": criteria}).status_code == 201
    shop.wait()
    return shop.get(f"{path}/tasks").json()["tasks"]


def test_stock_zero_ends_an_offer_a_while_later(open_shop):
    """The offer still shows ACTIVE at first, then ENDED by EMPTY_STOCK."""
    shop = open_shop(AllegroSettings.practice().changed({"accepted_ratio": 0.0}))
    assert shop.patch(ex.OFFER, {"stock": {"available": 0}}).json()["publication"]["status"] == "ACTIVE"
    shop.wait()
    ended = shop.offer()["publication"]
    assert (ended["status"], ended["endedBy"]) == ("ENDED", "EMPTY_STOCK")


def test_stock_alone_does_not_bring_an_offer_back(shop):
    """Restoring stock leaves it ENDED; status ACTIVE lists it again under the same id."""
    shop.patch(ex.OFFER, {"stock": {"available": 0}})
    assert shop.patch(ex.OFFER, {"stock": {"available": 5}}).json()["publication"]["status"] == "ENDED"
    shop.patch(ex.OFFER, {"publication": {"status": "ACTIVE"}})
    assert shop.offer()["publication"]["status"] == "ACTIVE"
    assert shop.offer()["publication"]["endedBy"] is None


def test_nothing_in_stock_cannot_be_activated(shop):
    """By PATCH a 422, by command a failed task."""
    shop.patch(ex.OFFER, {"stock": {"available": 0}})
    shop.wait()
    assert shop.patch(ex.OFFER, {"publication": {"status": "ACTIVE"}}).status_code == 422
    assert publish(shop, "ACTIVATE", ex.OFFER)[0]["status"] == "FAIL"


def test_success_of_activation_is_not_yet_active(open_shop):
    """A task says SUCCESS when the marketplace has accepted; the listing follows."""
    settings = AllegroSettings.practice().changed(
        {"accepted_ratio": 0.0, "command_seconds": [1, 1], "activation_seconds": [600, 600]}
    )
    shop = open_shop(settings)
    key = shop.post("/sale/product-offers", ex.request_body(publication={"status": "INACTIVE"})).json()["id"]
    assert publish(shop, "ACTIVATE", key)[0]["status"] == "SUCCESS"
    assert shop.offer(key)["publication"]["status"] == "ACTIVATING"
    shop.wait(600)
    assert shop.offer(key)["publication"]["status"] == "ACTIVE"


def test_an_unfinished_draft_fails_activation(shop):
    """What is missing is named by the task; by PATCH it stays a draft with errors."""
    body = ex.request_body(publication={"status": "INACTIVE"}, sellingMode={"format": "BUY_NOW"})
    key = shop.post("/sale/product-offers", body).json()["id"]
    task = publish(shop, "ACTIVATE", key)[0]
    assert (task["status"], task["errors"][0]["code"]) == ("FAIL", "PriceMissing")
    reply = shop.patch(key, {"publication": {"status": "ACTIVE"}})
    assert (reply.status_code, reply.json()["publication"]["status"]) == (200, "INACTIVE")


def test_the_administrations_end_is_final(shop):
    """An offer ended by ADMIN is not listed again."""
    shop.simulator.end("sklep", ex.OFFER, "ADMIN")
    assert shop.patch(ex.OFFER, {"publication": {"status": "ACTIVE"}}).status_code == 422
    assert publish(shop, "ACTIVATE", ex.OFFER)[0]["errors"][0]["code"] == "OfferEndedByAdminException"


def test_end_by_command(shop):
    """END works once; ending an ended offer is a failed task."""
    assert publish(shop, "END", ex.OFFER)[0]["status"] == "SUCCESS"
    assert shop.offer()["publication"]["endedBy"] == "USER"
    assert publish(shop, "END", ex.OFFER)[0]["status"] == "FAIL"


def test_a_duration_runs_out(shop):
    """Three days after the listing the offer ends by EXPIRATION."""
    key = shop.post("/sale/product-offers", ex.request_body()).json()["id"]
    shop.wait()
    assert shop.offer(key)["publication"]["endingAt"] is not None
    shop.wait(3 * 86_400)
    assert shop.offer(key)["publication"]["endedBy"] == "EXPIRATION"


def test_republish_lists_a_copy_with_a_new_id(shop):
    """The copy has the first stock and the same tags; the ended one stays ended."""
    shop.post(f"/sale/offers/{ex.OFFER}/tags", {"tags": [{"id": "tag-1"}]})
    shop.simulator.panel_edit("sklep", ex.OFFER, {"publication": {"republish": True}})
    shop.simulator.sell("sklep", ex.OFFER, 10)
    shop.wait()
    assert shop.offer()["publication"]["endedBy"] == "EMPTY_STOCK"
    rows = shop.get("/sale/offers", params={"publication.status": "ACTIVE"}).json()["offers"]
    assert [row["stock"]["available"] for row in rows] == [10]
    assert rows[0]["id"] != ex.OFFER
    assert shop.get(f"/sale/offers/{rows[0]['id']}/tags").json()["tags"][0]["id"] == "tag-1"


def test_drafts_and_ended_offers_go_after_sixty_days(shop):
    """A draft is deleted, an ended offer archived: 404, no row, an event for the archived one."""
    draft = shop.post("/sale/product-offers", ex.request_body(publication={"status": "INACTIVE"})).json()["id"]
    shop.simulator.end("sklep", ex.OFFER)
    shop.wait(61 * 86_400)
    for key in (draft, ex.OFFER):
        assert shop.get(f"/sale/product-offers/{key}").status_code == 404
    assert shop.get("/sale/offers").json()["totalCount"] == 0
    assert kinds(shop) == ["OFFER_ARCHIVED"]


def test_only_drafts_can_be_deleted(shop):
    """DELETE takes drafts; a listed offer stays."""
    draft = shop.post("/sale/product-offers", ex.request_body(publication={"status": "INACTIVE"})).json()["id"]
    assert shop.client.delete(f"/sale/offers/{draft}").status_code == 204
    assert shop.get(f"/sale/product-offers/{draft}").status_code == 404
    assert shop.client.delete(f"/sale/offers/{ex.OFFER}").status_code == 403


@pytest.mark.parametrize(
    ("patch", "events"),
    [
        ({"stock": {"available": 9}}, ["OFFER_STOCK_CHANGED"]),
        ({"sellingMode": {"price": ex.money("50.00")}}, ["OFFER_PRICE_CHANGED"]),
        ({"payments": {"invoice": "NO_INVOICE"}}, ["OFFER_CHANGED"]),
        ({"delivery": {"handlingTime": "P3D"}}, []),
        ({"delivery": {"shippingRates": {"id": ex.RATES_CZ}}}, []),
        ({"publication": {"status": "ENDED"}}, ["OFFER_ENDED"]),
    ],
)
def test_events_of_an_edit(shop, patch, events):
    """Each change has its event, but price lists and handling time have none."""
    assert shop.patch(ex.OFFER, patch).status_code == 200
    assert kinds(shop) == events


def test_events_last_a_day_and_are_read_on_from_an_id(shop):
    """`from` is exclusive; `type` filters; after 24 hours nothing is left."""
    shop.patch(ex.OFFER, {"stock": {"available": 9}})
    shop.patch(ex.OFFER, {"sellingMode": {"price": ex.money("50.00")}})
    first = shop.get(EVENTS).json()["offerEvents"][0]
    assert first["offer"]["external"] == {"id": "SKU-1"}
    assert kinds(shop, **{"from": first["id"]}) == ["OFFER_PRICE_CHANGED"]
    assert kinds(shop, type="OFFER_STOCK_CHANGED") == ["OFFER_STOCK_CHANGED"]
    shop.wait(86_401)
    assert kinds(shop) == []


def test_visibility_abroad_follows_price_list_and_price(shop):
    """Delivery and price approve; without a price VQR001, without delivery VQR003."""
    state = lambda offer: offer["additionalMarketplaces"]["allegro-cz"]["publication"]  # noqa: E731
    offer = shop.patch(ex.OFFER, {"delivery": {"shippingRates": {"id": ex.RATES_CZ}}}).json()
    assert state(offer)["refusalReasons"][0]["code"] == "VQR001_CURRENCY_NOT_AVAILABLE"
    price = {"allegro-cz": {"sellingMode": {"price": ex.money("300", "CZK")}}}
    offer = shop.patch(ex.OFFER, {"additionalMarketplaces": price}).json()
    assert state(offer)["state"] == "APPROVED"
    assert offer["publication"]["marketplaces"]["additional"] == [{"id": "allegro-cz"}]
    offer = shop.patch(ex.OFFER, {"delivery": {"shippingRates": {"id": ex.RATES}}}).json()
    code = "VQR003_DELIVERY_TO_OPERATIONAL_COUNTRY_NOT_AVAILABLE"
    assert state(offer)["refusalReasons"][0]["code"] == code


def test_a_changed_price_list_moves_its_offers(shop):
    """One PUT of a set changes where all of its offers are seen."""
    price = {"allegro-cz": {"sellingMode": {"price": ex.money("300", "CZK")}}}
    shop.patch(ex.OFFER, {"additionalMarketplaces": price})
    body = shop.get(f"/sale/shipping-rates/{ex.RATES}").json()
    body["rates"].append(ex.rate(ex.PACKETA_CZ, "89", "CZK"))
    for one in body["rates"]:
        one["firstItemRate"]["amount"] = one["firstItemRate"]["amount"].removesuffix(".00")
    assert shop.put(f"/sale/shipping-rates/{ex.RATES}", body).status_code == 200
    assert shop.offer()["publication"]["marketplaces"]["additional"] == [{"id": "allegro-cz"}]
    assert kinds(shop)[-1] == "OFFER_VISIBILITY_CHANGED"
