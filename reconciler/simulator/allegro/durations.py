"""Periods in the two spellings that Allegro mixes: days and hours."""

from __future__ import annotations

import re

# DeliveryProductOfferRequest.handlingTime, in hours; both spellings pass (issue #5572).
HANDLING_HOURS = (0, 24, 48, 72, 96, 120, 168, 240, 336, 504, 720, 1440)
# OfferDuration, in days, by selling format.
DURATION_DAYS = {
    "BUY_NOW": (3, 5, 7, 10, 20, 30),
    "AUCTION": (1, 3, 5, 7, 10),
    "ADVERTISEMENT": (10, 20, 30),
}


def hours_of(period: str | None) -> int | None:
    """The hours of `P3D` or `PT72H`; None for any other form."""
    if period == "PT0S":  # Allegro's own spelling of at once (DeliveryProductOfferRequest.handlingTime)
        return 0
    found = re.fullmatch(r"P(?:([0-9]{1,4})D)?(?:T([0-9]{1,6})H)?", period or "")
    if not found or not any(found.groups()):
        return None
    return int(found[1] or 0) * 24 + int(found[2] or 0)


def in_hours(period: str) -> str:
    """`P3D` as `PT72H`: how a duration reads back (issues #4359, #8168)."""
    hours = hours_of(period)
    return period if hours is None else f"PT{hours}H"
