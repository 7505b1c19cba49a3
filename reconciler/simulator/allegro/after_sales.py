"""Return policies, implied warranties, warranties."""

from __future__ import annotations

import re

from reconciler.simulator.allegro.dictionaries import Kind
from reconciler.simulator.allegro.refusals import PUBLIC, Refusal, fault, refuse
from reconciler.simulator.allegro.seller_things import drop_thing, required_thing
from reconciler.simulator.allegro.shapes import (
    UUID,
    Faults,
    boolean,
    nullable,
    one_of,
    record,
    text,
)
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

PATH = "/after-sales-service-conditions"
CAUSES = [
    "SEALED_MEDIA",
    "SEALED_ITEM_NO_RETURN_DUE_HEALTH_OR_HYGIENE",
    "CUSTOM_ITEM",
    "SHORT_SHELF_LIFE",
    "INSEPARABLY_LINKED",
    "PRESS",
    "MEDICINAL_PRODUCT",
    "NOT_RECORDED_DIGITAL_CONTENT",
    "VALUE_DEPENDENT_ON_FINANCIAL_MARKET",
    "ALCOHOL",
    "FULLY_IMPLEMENTED_SERVICE",
    "BOOKED_SERVICE",
]
OPTIONS = (
    "cashOnDeliveryNotAllowed freeAccessoriesReturnRequired refundLoweredByReceivedDiscount "
    "businessReturnAllowed collectBySellerOnly"
)
ADDRESS = record(
    {
        "name": text(1, 200),
        "street": text(1, 200),
        "postCode": text(1),
        "city": text(1, 200),
        "countryCode": text(2, 2),
    },
    "name street postCode city countryCode",
)
_POLICY = {
    "name": text(1, 200),
    "availability": record(
        {
            "range": one_of("FULL", "RESTRICTED", "DISABLED"),
            "restrictionCause": nullable(
                record({"name": one_of(*CAUSES), "description": nullable(text())}, "name")
            ),
        },
        "range",
    ),
    "withdrawalPeriod": nullable(text(2, 10, r"P\d+D")),  # full days only
    "returnCost": nullable(record({"coveredBy": one_of("SELLER", "BUYER")}, "coveredBy")),
    "address": nullable(ADDRESS),
    "contact": nullable(record({"phoneNumber": nullable(text()), "email": nullable(text())})),
    "options": nullable(record(dict.fromkeys(OPTIONS.split(), boolean), OPTIONS)),
}
# Street, city and name are shorter in some countries, and the post code has a form (ReturnPolicyAddress).
POST_CODES = {"PL": r"\d{2}-\d{3}", "CZ": r"\d{3} \d{2}", "SK": r"\d{3} \d{2}"}
LENGTHS = {"PL": {"street": 35, "city": 30}, "CZ": {"name": 50, "street": 35, "city": 30}}
LENGTHS["SK"] = LENGTHS["CZ"]


def _policy(_call: AllegroCall, sent: Json, old: Json | None) -> Json:
    body = {**sent, "isFulfillment": old["isFulfillment"] if old else sent["isFulfillment"]}
    faults: Faults = []
    availability = body["availability"]
    if (availability["range"] == "FULL") == bool(availability.get("restrictionCause")):
        message = "A cause goes with a restricted or disabled range, and with no other."
        faults.append(fault("VALIDATION_ERROR", message, "availability.restrictionCause"))
    if availability["range"] != "DISABLED":
        for key in ("withdrawalPeriod", "returnCost", "address", "options"):
            if body.get(key) is None:
                faults.append(fault("VALIDATION_ERROR", "The field is required.", key))
    _check_address(body.get("address"), faults)
    if faults:
        raise Refusal(422, *faults)
    return body


def _check_address(address: Json | None, faults: Faults) -> None:
    if address is None:
        return
    country = address["countryCode"]
    if not re.fullmatch(POST_CODES.get(country, r"[A-Za-z0-9 -]{1,16}"), address["postCode"]):
        faults.append(fault("VALIDATION_ERROR", "The post code has a wrong form.", "address.postCode"))
    for key, limit in LENGTHS.get(country, {}).items():
        if len(address[key]) > limit:
            faults.append(fault("VALIDATION_ERROR", f"There may be {limit} characters.", f"address.{key}"))


def _policy_view(call: AllegroCall, body: Json) -> Json:
    shown = {key: body.get(key) for key in _POLICY} | {"id": body["id"], "seller": {"id": call.seller}}
    return shown | {"isFulfillment": bool(body.get("isFulfillment"))}


def delete_policy(call: AllegroCall) -> Reply:
    """A policy that offers use stays (issue #10712)."""
    key = call.params["returnPolicyId"]
    required_thing(call, "return_policies", key)
    sql = "SELECT 1 FROM offers WHERE seller = ? AND policy = ? LIMIT 1"
    if call.world.store.one(sql, call.seller, key):
        raise refuse(400, "ReturnPolicyAssigned", "The policy is assigned to offers.")
    drop_thing(call.world, call.seller, "return_policies", key)
    return Reply(204)


def _brief(_call: AllegroCall, body: Json) -> Json:
    return {"id": body["id"], "name": body["name"]}


def _with_seller(call: AllegroCall, body: Json) -> Json:
    return {**body, "seller": {"id": call.seller}}


YEARS = record({"period": text(2, 6, r"P\d+Y")}, "period")  # full years only (ImpliedWarrantyPeriod)
IMPLIED = record(
    {
        "name": text(1, 200),
        "individual": nullable(YEARS),
        "corporate": nullable(YEARS),
        "address": ADDRESS,
        "description": nullable(text(0, 10_240)),
    },
    "name address",
)
PERIOD = record({"period": nullable(text(2, 10, r"P\d+[YMD]")), "lifetime": nullable(boolean)})
WARRANTY = record(
    {
        "name": text(1, 200),
        "type": one_of("MANUFACTURER", "SELLER"),
        "individual": nullable(PERIOD),
        "corporate": nullable(PERIOD),
        "attachment": nullable(record({"id": UUID, "name": text(1)}, "id")),
        "description": nullable(text(0, 10_240)),
    },
    "name type",
)


def _warranty_view(call: AllegroCall, body: Json) -> Json:
    """Reads add the address of the attachment."""
    shown = _with_seller(call, body)
    if attachment := body.get("attachment"):
        url = f"https://a.allegroimg.com/attachments/{attachment['id']}"
        shown["attachment"] = {"name": "warranty.pdf", **attachment, "url": url}
    return shown


CAP = 60  # as far as the lists reach

RETURN_POLICIES = Kind(
    "return_policies",
    f"{PATH}/return-policies",
    "returnPolicies",
    record({**_POLICY, "isFulfillment": boolean}, "name isFulfillment availability"),
    update=record(_POLICY, "name availability"),
    parameter="returnPolicyId",
    cap=CAP,
    row=_policy_view,
    view=_policy_view,
    kept=_policy,
)
IMPLIED_WARRANTIES = Kind(
    "implied_warranties",
    f"{PATH}/implied-warranties",
    "impliedWarranties",
    IMPLIED,
    parameter="impliedWarrantyId",
    cap=CAP,
    row=_brief,
    view=_with_seller,
)
WARRANTIES = Kind(
    "warranties",
    f"{PATH}/warranties",
    "warranties",
    WARRANTY,
    parameter="warrantyId",
    cap=CAP,
    row=_brief,
    view=_warranty_view,
)


def routes() -> list[AllegroRoute]:
    one = f"{RETURN_POLICIES.path}/{{returnPolicyId}}"
    found = [AllegroRoute("DELETE", one, delete_policy, media=PUBLIC)]
    for kind in (RETURN_POLICIES, IMPLIED_WARRANTIES, WARRANTIES):
        found += kind.routes()
    return found
