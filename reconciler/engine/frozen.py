"""What can no longer be changed: a frozen field is said in the plan, not tried on every run.

One function per freeze of the spec; each returns the reason, or nothing when the field is free.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from reconciler.model.offers import Live
from reconciler.model.spec import FieldSpec, Freeze, KindSpec

#: What a freeze is judged by: the live offer, the path, the moment and the kind.
_Judge = Callable[[Live, str, datetime, KindSpec], str]


def _after_sale(live: Live, _path: str, _now: datetime, _kind: KindSpec) -> str:
    sold = live.facts.get("sold") or 0
    return f"{sold} sold: the marketplace keeps it as the buyers saw it" if sold else ""


def _after_listing(live: Live, _path: str, now: datetime, kind: KindSpec) -> str:
    listed = live.facts.get("listed_at")
    if live.fields.get("stock.status") == "draft" or not listed:
        return ""
    since = now - datetime.fromisoformat(listed)
    late = since > timedelta(hours=kind.listing_hours)
    return f"listed more than {kind.listing_hours} hours ago" if late else ""


def _while_automated(live: Live, path: str, _now: datetime, _kind: KindSpec) -> str:
    site = path.partition(".")[2]
    rule = (live.facts.get("rules") or {}).get(site)
    return f"a pricing rule of the marketplace sets it ({rule})" if rule else ""


def _after_creation(_live: Live, _path: str, _now: datetime, _kind: KindSpec) -> str:
    return "it is fixed at creation"


def _on_hold(live: Live, _path: str, _now: datetime, _kind: KindSpec) -> str:
    if not live.facts.get("on_hold"):
        return ""
    return "the marketplace has put its listing on hold, and lets go of it when what it complains of is mended"


_FREEZES: Mapping[Freeze, _Judge] = {
    Freeze.AFTER_SALE: _after_sale,
    Freeze.AFTER_LISTING: _after_listing,
    Freeze.WHILE_AUTOMATED: _while_automated,
    Freeze.AFTER_CREATION: _after_creation,
    Freeze.ON_HOLD: _on_hold,
}


def frozen(field: FieldSpec, path: str, live: Live, now: datetime, kind: KindSpec) -> str:
    """Return why a field cannot be changed now, or an empty text."""
    return next((reason for word in field.frozen if (reason := _FREEZES[word](live, path, now, kind))), "")
