"""The shape of POST and PATCH /sale/product-offers (SaleProductOfferRequestV1), field by field."""

from __future__ import annotations

from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.allegro.shapes import (
    JUST_ID,
    MONEY,
    REFERENCE,
    UUID,
    Faults,
    Shape,
    anything,
    boolean,
    date_time,
    items,
    mapping,
    nullable,
    one_of,
    record,
    tagged,
    text,
    whole,
)
from reconciler.simulator.world import Json

PARAMETER = record(
    {
        "id": nullable(text()),
        "name": nullable(text()),
        "values": nullable(items(text())),
        "valuesIds": nullable(items(text())),
        "rangeValue": nullable(record({"from": text(), "to": text()}, "from to")),
    }
)
PRODUCT = record(
    {
        "id": nullable(text()),
        "idType": nullable(one_of("GTIN", "MPN")),
        "name": nullable(text(1, 75)),
        "category": nullable(JUST_ID),
        "parameters": nullable(items(PARAMETER)),
        "images": nullable(items(text())),
    }
)
PRODUCER = record({"type": one_of("ID", "NAME"), "id": text(1), "name": text(1, 50)}, "type")


def _read_only(_value: object, path: str, faults: Faults) -> None:
    message = "This value is read only."
    faults.append(fault("NO_SAFETY_INFORMATION_OPTION_NOT_ALLOWED", message, f"{path}.type"))


SAFETY = tagged(
    "type",
    NO_SAFETY_INFORMATION=_read_only,
    ATTACHMENTS=record({"type": anything, "attachments": items(JUST_ID, 1)}, "attachments"),
    TEXT=record({"type": anything, "description": text(1, 5000)}, "description"),
)
ELEMENT = record(
    {
        "product": PRODUCT,
        "quantity": nullable(record({"value": whole(1)})),
        "responsiblePerson": nullable(REFERENCE),
        "responsibleProducer": nullable(PRODUCER),
        "safetyInformation": nullable(SAFETY),
        "marketedBeforeGPSRObligation": nullable(boolean),
        "deposits": nullable(items(record({"id": UUID, "quantity": whole(1)}))),
    },
    "product",
)


ITEM = tagged(
    "type",
    IMAGE=record({"type": anything, "url": text(1)}, "url"),
    TEXT=record({"type": anything, "content": text()}, "content"),
)
DESCRIPTION = record({"sections": items(record({"items": items(ITEM)}, "items"))}, "sections")
LOCATION = record(
    {
        "city": nullable(text(1, 50)),
        "countryCode": nullable(text(2, 2)),
        "postCode": nullable(text(1, 12)),
        "province": nullable(text(1)),
    }
)
COMPATIBILITY = record(
    {
        "items": items(
            tagged(
                "type",
                TEXT=record({"type": anything, "text": text()}, "text"),
                ID=record(
                    {
                        "type": anything,
                        "id": text(),
                        "text": text(),
                        "additionalInfo": items(record({"value": text()}, "value")),
                    },
                    "id",
                ),
            )
        )
    },
    "items",
)
_REF = nullable(REFERENCE)

OFFER: dict[str, Shape] = {
    "name": nullable(text(0, 300)),
    "category": nullable(JUST_ID),
    "productSet": nullable(items(ELEMENT)),
    "parameters": nullable(items(PARAMETER)),
    "images": nullable(items(text(1))),
    "description": nullable(DESCRIPTION),
    "stock": nullable(record({"available": nullable(whole(0)), "unit": nullable(one_of("UNIT", "PAIR", "SET"))})),
    "sellingMode": nullable(
        record(
            {
                "format": nullable(one_of("BUY_NOW", "AUCTION", "ADVERTISEMENT")),
                "price": nullable(MONEY),
                "minimalPrice": nullable(MONEY),
                "startingPrice": nullable(MONEY),
            }
        )
    ),
    "publication": nullable(
        record(
            {
                "duration": nullable(text()),
                "startingAt": nullable(date_time),
                "endingAt": nullable(date_time),
                "status": nullable(one_of("INACTIVE", "ACTIVATING", "ACTIVE", "ENDED")),
                "republish": nullable(boolean),
            }
        )
    ),
    "delivery": nullable(
        record(
            {
                "shippingRates": _REF,
                "handlingTime": nullable(text()),
                "additionalInfo": nullable(text(0, 650)),
                "shipmentDate": nullable(date_time),
            }
        )
    ),
    "payments": nullable(record({"invoice": nullable(one_of("VAT", "VAT_MARGIN", "WITHOUT_VAT", "NO_INVOICE"))})),
    "location": nullable(LOCATION),
    "taxSettings": nullable(
        record(
            {
                "rates": items(record({"rate": text(1), "countryCode": text(2, 2)}, "rate countryCode")),
                "subject": nullable(text()),
                "exemption": nullable(text()),
            },
            "rates",
        )
    ),
    "afterSalesServices": nullable(record({"impliedWarranty": _REF, "returnPolicy": _REF, "warranty": _REF})),
    "additionalServices": _REF,
    "sizeTable": _REF,
    "contact": _REF,
    "fundraisingCampaign": _REF,
    "discounts": nullable(record({"wholesalePriceList": _REF})),
    "messageToSellerSettings": nullable(
        record({"mode": nullable(one_of("OPTIONAL", "HIDDEN", "REQUIRED")), "hint": nullable(text())})
    ),
    "b2b": nullable(record({"buyableOnlyByBusiness": nullable(boolean)})),
    "attachments": nullable(items(JUST_ID)),
    "additionalMarketplaces": nullable(
        mapping(nullable(record({"sellingMode": nullable(record({"price": nullable(MONEY)}))})))
    ),
    "compatibilityList": nullable(COMPATIBILITY),
    "external": nullable(record({"id": nullable(text(0, 100))})),
    "language": nullable(text(2, 10, r"[a-z]{2,3}(-[A-Z]{2})?")),  # BCP 47
    "aiCoCreatedContent": nullable(record({"images": items(record({"url": text(1)}, "url"))})),
}
CREATE = record(OFFER, "stock")
EDIT = record(OFFER)


def is_price_or_stock_only(patch: Json) -> bool:
    """Edits that the title rule of 2025-05 spares (issue #11354)."""
    return set(patch) <= {"stock", "sellingMode", "additionalMarketplaces"}
