"""Moments as people write them, `2026-11-27T00:00`, in the time zone of an account -> moments in UTC.

Twice a year a zone skips an hour and repeats one. A moment of the skipped hour is none, and one of the repeated
hour is two: neither is guessed.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

#: With seconds or without; with `Z`, or with the difference to UTC, where it is said.
PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?$"
_WRITTEN = re.compile(PATTERN)


class MomentFault(ValueError):  # noqa: N818 - it names what was found
    """A text that is no moment, or two; with a code of its own and a remedy."""

    def __init__(self, code: str, summary: str, hint: str) -> None:
        super().__init__(summary)
        self.code, self.summary, self.hint = code, summary, hint


def zone_of(name: str) -> ZoneInfo | None:
    """Return a time zone by its name (`Europe/Warsaw`), or None."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of the zones
        return None


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC. MomentFault where there is no such one, or where there are two."""
    hint = "Write the day and the time: 2026-11-27T00:00."
    if not _WRITTEN.match(text):
        raise MomentFault("D651", f"{text} is no moment", hint)
    try:
        found = datetime.fromisoformat(text)
        utc = _in_utc(found, text, zone)
    except MomentFault:
        raise
    except (ValueError, OverflowError):
        raise MomentFault("D651", f"{text} is no moment: there is no such day or time", hint) from None
    return utc


def told(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment by the clock of a zone, to the minute, with the difference to UTC where it comes twice."""
    there = moment.astimezone(zone)
    plain = f"{there:%Y-%m-%dT%H:%M:%S}" if there.second else f"{there:%Y-%m-%dT%H:%M}"
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    return f"{plain}{offset_of(there, zone)}" if twice else plain


def moments_of(clock: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return when a zone's clocks show this, in UTC: never in a skipped hour, at two moments in a repeated one."""
    either = dict.fromkeys(clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(each for each in either if each.astimezone(zone).replace(tzinfo=None, fold=0) == clock)


def offset_of(moment: datetime, zone: ZoneInfo) -> str:
    """Return the difference to UTC that a zone's clocks have at a moment: `+02:00`."""
    plain = f"{moment.astimezone(zone):%z}"
    return f"{plain[:3]}:{plain[3:]}"


def _in_utc(found: datetime, text: str, zone: ZoneInfo) -> datetime:
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    match moments_of(found, zone):
        case (one,):
            return one
        case ():
            after = f"{found.replace(tzinfo=zone).astimezone(UTC).astimezone(zone):%Y-%m-%dT%H:%M}"
            raise MomentFault(
                "D651", f"{text} does not exist in {zone.key}: the clocks are put forward", f"Write {after}."
            )
        case both:
            either = " or ".join(f"{found.isoformat(timespec='minutes')}{offset_of(each, zone)}" for each in both)
            raise MomentFault(
                "D652", f"{text} comes twice in {zone.key}: the clocks are put back", f"Say which: {either}."
            )
