"""Additional services, size tables, contacts and the delivery settings of a marketplace."""

from __future__ import annotations

from reconciler.simulator.allegro.defaults import MARKETS, SIZE_TEMPLATES
from reconciler.simulator.allegro.dictionaries import Kind
from reconciler.simulator.allegro.money import check_money
from reconciler.simulator.allegro.refusals import PUBLIC, Refusal, fault, refuse
from reconciler.simulator.allegro.seller_things import keep_thing, thing, things
from reconciler.simulator.allegro.shapes import (
    JUST_ID,
    MONEY,
    Faults,
    items,
    nullable,
    one_of,
    record,
    require,
    text,
)
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

CRITERIA = record(
    {
        "country": text(2, 2),
        "type": one_of("COUNTRY_SAME_QUANTITY", "COUNTRY_DELIVERY_SAME_QUANTITY"),
        "deliveryMethods": items(JUST_ID),
    },
    "type",
)
SERVICE = record(
    {
        "definition": JUST_ID,
        "description": text(0, 1000),
        "configurations": items(record({"constraintCriteria": nullable(CRITERIA), "price": MONEY}, "price")),
    },
    "definition description configurations",
)
GROUP = record(
    {"name": text(1, 100), "language": text(5, 5), "additionalServices": items(SERVICE, 1)},
    "name language additionalServices",
)


def _group(call: AllegroCall, sent: Json, old: Json | None) -> Json:
    """The language is fixed when the group is made."""
    if old and sent["language"] != old.get("language", sent["language"]):
        raise refuse(422, "VALIDATION_ERROR", "The language cannot change.", "language")
    created = (old or {}).get("createdAt") or call.world.stamp
    return {**sent, "createdAt": created, "updatedAt": call.world.stamp}


def _group_view(call: AllegroCall, body: Json) -> Json:
    return {"language": None, "managedByAllegro": False, **body, "seller": {"id": call.seller}}


GROUPS = Kind(
    "additional_services_groups",
    "/sale/offer-additional-services/groups",
    "additionalServicesGroups",
    GROUP,
    parameter="groupId",
    limit=(100, 1000),
    reach=1_000_000,
    counted=False,
    row=_group_view,
    view=_group_view,
    kept=_group,
)

_TABLE = {
    "name": text(1),
    "headers": items(record({"name": text(1)}, "name"), 1),
    "values": items(record({"cells": items(text())}, "cells"), 1),
}


def size_templates(call: AllegroCall) -> Reply:
    """GET /sale/size-tables-templates: those of everybody, and those that were seeded."""
    return Reply(200, {"templates": _templates(call)})


def _templates(call: AllegroCall) -> list[Json]:
    found = {one["id"]: one for one in (*SIZE_TEMPLATES, *things(call.world, "", "size_table_templates"))}
    return list(found.values())


def _table(call: AllegroCall, sent: Json, old: Json | None) -> Json:
    """Every row is as wide as the headers; the template is one of those that there are, and stays."""
    if old is None and sent["template"]["id"] not in {one["id"] for one in _templates(call)}:
        raise refuse(422, "VALIDATION_ERROR", "The template is not known.", "template.id")
    width = len(sent["headers"])
    if any(len(row["cells"]) != width for row in sent["values"]):
        raise refuse(422, "VALIDATION_ERROR", "A row is not as wide as the headers.", "values")
    return {**sent, "template": old["template"]} if old and "template" in old else sent


SIZE_TABLES = Kind(
    "size_tables",
    "/sale/size-tables",
    "tables",
    record({**_TABLE, "template": JUST_ID}, "name template headers values"),
    update=record(_TABLE, "name headers values"),
    parameter="tableId",
    limit=None,
    counted=False,
    kept=_table,
)

CONTACTS = Kind(
    "contacts",
    "/sale/offer-contacts",
    "contacts",
    record(
        {
            "name": text(1, 250),
            "emails": items(record({"address": text(3)}, "address"), 0, 1),
            "phones": items(record({"number": text(3)}, "number"), 0, 2),
        },
        "name",
    ),
    limit=None,
    counted=False,
)

SETTINGS = record(
    {
        "marketplace": JUST_ID,
        "freeDelivery": nullable(MONEY),
        "abroadFreeDelivery": nullable(MONEY),
        "joinPolicy": record({"strategy": one_of("MIN", "MAX", "SUM")}, "strategy"),
    },
    "joinPolicy",
)


def read_delivery_settings(call: AllegroCall) -> Reply:
    market = _market(call, call.arg("marketplace.id"))
    body = thing(call.world, call.seller, "delivery_settings", market)
    return Reply(200, _settings_view(body or {"id": market, "joinPolicy": {"strategy": "MAX"}}, call))


def put_delivery_settings(call: AllegroCall) -> Reply:
    """What is left out is unset (putSaleDeliverySettings)."""
    require(SETTINGS, call.body)
    market = _market(call, (call.body.get("marketplace") or {}).get("id") or "")
    faults: Faults = []
    for key in ("freeDelivery", "abroadFreeDelivery"):
        if call.body.get(key):
            check_money(call.body[key], MARKETS[market].currency, key, faults)
    if faults:
        raise Refusal(422, *faults)
    body = {**call.body, "id": market, "updatedAt": call.world.stamp}
    keep_thing(call.world, call.seller, "delivery_settings", body)
    return Reply(200, _settings_view(body, call))


def _market(call: AllegroCall, wanted: str) -> str:
    row = call.world.store.one("SELECT base FROM sellers WHERE id = ?", call.seller)
    market = wanted or (str(row[0]) if row else "allegro-pl")
    if market not in MARKETS or market.startswith("allegro-business-"):
        raise Refusal(422, fault("VALIDATION_ERROR", "The marketplace has no such settings.", "marketplace.id"))
    return market


def _settings_view(body: Json, call: AllegroCall) -> Json:
    shown = {key: body[key] for key in ("freeDelivery", "abroadFreeDelivery") if body.get(key)}
    shown |= {"marketplace": {"id": body["id"]}, "joinPolicy": body["joinPolicy"]}
    return shown | {"updatedAt": body.get("updatedAt") or call.world.stamp}


def routes() -> list[AllegroRoute]:
    path = "/sale/delivery-settings"
    return [
        *GROUPS.routes(),
        *SIZE_TABLES.routes(),
        *CONTACTS.routes(),
        AllegroRoute("GET", "/sale/size-tables-templates", size_templates),
        AllegroRoute("GET", path, read_delivery_settings),
        AllegroRoute("PUT", path, put_delivery_settings, content=PUBLIC),
    ]
