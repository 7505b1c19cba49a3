"""What an inventory location consists of."""

from __future__ import annotations

from reconciler.simulator.ebay.bodies import COUNTRY
from reconciler.simulator.ebay.shapes import between, items, one_of, record, text

DAY = one_of("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
TIME, CUT_OFF = text(8, r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d"), text(5, r"([01]\d|2[0-3]):[0-5]\d")
DATE, MOMENT = text(10, r"\d{4}-\d\d-\d\d"), text(24, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
HOURS = items(record({"open": TIME, "close": TIME}, "open close"))
CENTER = record(
    {
        "sameDayShippingCutOffTimes": record(
            {
                "overrides": items(
                    record(
                        {"cutOffTime": CUT_OFF, "startDate": DATE, "endDate": DATE}, "cutOffTime startDate endDate"
                    )
                ),
                "weeklySchedule": items(
                    record({"cutOffTime": CUT_OFF, "dayOfWeekEnum": items(DAY, 1)}, "cutOffTime dayOfWeekEnum"), 1
                ),
            },
            "weeklySchedule",
        )
    },
    "sameDayShippingCutOffTimes",
)
ADDRESS = record(
    {
        "addressLine1": text(128),
        "addressLine2": text(128),
        "city": text(128),
        "country": COUNTRY,
        "county": text(),
        "postalCode": text(16),
        "stateOrProvince": text(128),
    }
)
POINT = record({"latitude": between(-90, 90), "longitude": between(-180, 180)}, "latitude longitude")
MEMBERS = {
    "fulfillmentCenterSpecifications": CENTER,
    "location": record({"address": ADDRESS, "geoCoordinates": POINT}),
    "locationAdditionalInformation": text(256),
    "locationInstructions": text(1000),
    "locationTypes": items(one_of("STORE", "WAREHOUSE", "FULFILLMENT_CENTER")),
    "locationWebUrl": text(512),
    "name": text(1000),
    "operatingHours": items(record({"dayOfWeekEnum": DAY, "intervals": HOURS}, "dayOfWeekEnum intervals")),
    "phone": text(36),
    "specialHours": items(record({"date": MOMENT, "intervals": HOURS}, "date intervals")),
    "timeZoneId": text(64, r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*"),
}
NEW_LOCATION = record({**MEMBERS, "merchantLocationStatus": one_of("ENABLED", "DISABLED")}, "location")
LOCATION = record(MEMBERS)
