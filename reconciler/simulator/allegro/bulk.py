"""POST /sale/offer-bulk-modification-commands: own values for each of at most 25 offers."""

from __future__ import annotations

from reconciler.simulator.allegro.command_values import check_bulk
from reconciler.simulator.allegro.commands import accept
from reconciler.simulator.allegro.defaults import MARKETS
from reconciler.simulator.allegro.refusals import BETA
from reconciler.simulator.allegro.shapes import (
    MONEY,
    UUID,
    anything,
    items,
    one_of,
    record,
    require,
    tagged,
    text,
    whole,
)
from reconciler.simulator.allegro.world import AllegroCall
from reconciler.simulator.http import Reply

_AMOUNT = record({"changeType": anything, "value": MONEY}, "value")
PRICE = tagged(
    "changeType",
    FIXED=_AMOUNT,
    GAIN=_AMOUNT,
    PERCENTAGE=record({"changeType": anything, "percentage": text(1)}, "percentage"),
)
STOCK = record({"changeType": one_of("FIXED", "GAIN"), "value": whole()}, "changeType value")
PRICES = record(dict.fromkeys(MARKETS, PRICE))
MODIFICATION = record({"offerId": text(1, 20), "prices": PRICES, "stock": STOCK}, "offerId")
COMMAND = record({"commandId": UUID, "modifications": items(MODIFICATION, 1, 25)}, "commandId modifications")


def post_bulk(call: AllegroCall) -> Reply:
    """The one command that is beta, though its reads are not (batchOfferModificationUsingPOST)."""
    require(COMMAND, call.body)
    check_bulk(call.body)
    offers = list(dict.fromkeys(one["offerId"] for one in call.body["modifications"]))
    reply = accept(call, "bulk", call.body["commandId"], call.body, offers)
    return Reply(reply.status, reply.body, media=BETA)
