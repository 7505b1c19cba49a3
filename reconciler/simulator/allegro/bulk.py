"""POST /sale/offer-bulk-modification-commands: own values for each of at most 25 offers."""

from __future__ import annotations

from reconciler.simulator.allegro.command_values import check_bulk
from reconciler.simulator.allegro.commands import accept
from reconciler.simulator.allegro.shapes import (
    MONEY,
    Faults,
    anything,
    items,
    one_of,
    record,
    require,
    text,
    whole,
)
from reconciler.simulator.defaults import MARKETS
from reconciler.simulator.http import BETA, Call, Reply
from reconciler.simulator.merge import dig

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _price(value: object, path: str, faults: Faults) -> None:
    if dig(value, "changeType") == "PERCENTAGE":
        record({"changeType": anything, "percentage": text(1)}, "percentage")(value, path, faults)
    else:
        record({"changeType": one_of("FIXED", "GAIN"), "value": MONEY}, "changeType value")(value, path, faults)


STOCK = record({"changeType": one_of("FIXED", "GAIN"), "value": whole()}, "changeType value")
PRICES = record(dict.fromkeys(MARKETS, _price))
MODIFICATION = record({"offerId": text(1, 20), "prices": PRICES, "stock": STOCK}, "offerId")
COMMAND = record(
    {"commandId": text(36, 36, UUID), "modifications": items(MODIFICATION, 1, 25)}, "commandId modifications"
)


def post_bulk(call: Call) -> Reply:
    """The one command that is beta, though its reads are not (batchOfferModificationUsingPOST)."""
    require(COMMAND, call.body)
    check_bulk(call.body)
    offers = list(dict.fromkeys(one["offerId"] for one in call.body["modifications"]))
    reply = accept(call, "bulk", call.body["commandId"], call.body, offers)
    return Reply(reply.status, reply.body, media=BETA)
