"""Days and moments as files, drivers and JSON give them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from reconciler.connectors.base import SourceFault
from reconciler.connectors.numbers import CellFault
from reconciler.documents.moments import moments_of, offset_of
from reconciler.documents.near import did_you_mean
from reconciler.model.tables import Source


def zone_of(source: Source) -> ZoneInfo | None:
    """Return the time zone that the moments of a source are in which name none (`timezone: Europe/Warsaw`)."""
    name = source.settings.get("timezone")
    if name is None:
        return None
    try:
        return ZoneInfo(str(name))
    except (OSError, ValueError, LookupError):
        hint = did_you_mean(str(name), _cities(), otherwise="Write it as `Europe/Warsaw`.")
        raise SourceFault(f"`timezone: {name}` is no time zone that this machine knows", hint) from None


def _cities() -> list[str]:
    return sorted(each for each in available_timezones() if "/" in each)


def day(raw: object) -> date:
    """Return a day; what has a time of day besides is none."""
    found = _said(raw)
    if not isinstance(found, datetime):
        return found
    if found.timetz() != time(0):
        raise CellFault("is a moment, and no day")
    return found.date()


def moment(raw: object, zone: ZoneInfo | None) -> datetime:
    """Return a moment in UTC; one that names no zone is in the source's, where that is declared.

    Where clocks are changed a moment there may be two, or none: neither is guessed.
    """
    found = _said(raw)
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(0))
    try:
        return found.astimezone(UTC) if found.utcoffset() is not None else _by_the_clocks(found, zone)
    except (OverflowError, ValueError):
        raise CellFault("is no date or time") from None


def _by_the_clocks(found: datetime, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        raise CellFault("names no time zone, and the source has no `timezone:`")
    moments = moments_of(found, zone)
    if not moments:
        raise CellFault(f"does not exist in {zone.key}: the clocks are put forward")
    if len(moments) > 1:
        either = " or ".join(offset_of(each, zone) for each in moments)
        raise CellFault(f"comes twice in {zone.key}, where the clocks are put back: it has to say which, {either}")
    return moments[0]


def _said(raw: object) -> date | datetime:
    if isinstance(raw, date):
        return raw
    if not isinstance(raw, str):
        raise CellFault("is no date or time")
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(raw)
        except ValueError:
            continue
    raise CellFault("is no date or time as ISO 8601 writes them (2026-11-28, 2026-11-28T10:15:00+01:00)")
