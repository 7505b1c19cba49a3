"""Is a reading as it should be? A feed that broke off is never taken for an empty warehouse. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from reconciler.model.tables import CUT_OFF, BadRow, ReadingState, Readout, Source, TableRow

#: Bad rows that are named.
_NAMED = 3
_HINT_BAD = "correct them, or let so many pass: `rows: {bad: N}`"
_HINT_CUT = "have it written anew and to its end, which is the end of its last line"
#: A file from further in the future was written by a clock that is wrong.
_SLACK = timedelta(minutes=2)


def judged(
    source: Source,
    rows: tuple[TableRow, ...],
    bad: Sequence[BadRow],
    digest: str,
    as_of: datetime,
    now: datetime,
    last_good: int | None,
) -> Readout:
    """Judge what was read: too many bad rows, too few rows, or numbers that are too old.

    `last_good` is how many rows the last good reading had; None where there was none.
    """
    state, why, hint = _state(source, len(rows), bad, as_of, now, last_good)
    return Readout(
        source=source.name,
        state=state,
        as_of=min(as_of, now) if as_of - now > _SLACK else as_of,
        rows=rows,
        digest=digest,
        bad=tuple(bad),
        why=why,
        hint=hint,
    )


def failed(source: Source, why: str, hint: str, now: datetime, *, short: bool) -> Readout:
    """Return the reading of a source that could not be read, or not to its end."""
    state = ReadingState.SHORT if short else ReadingState.FAILED
    return Readout(source=source.name, state=state, as_of=now, why=why, hint=hint)


def _state(
    source: Source, rows: int, bad: Sequence[BadRow], as_of: datetime, now: datetime, last_good: int | None
) -> tuple[ReadingState, str, str]:
    limits = source.rows
    if len(bad) > limits.bad:
        named = "; ".join(f"{each.place}: {each.why}" for each in bad[:_NAMED])
        more = f"; and {len(bad) - _NAMED:,} more" if len(bad) > _NAMED else ""
        why = f"{len(bad):,} row{'s' * (len(bad) != 1)} cannot be used ({named}{more})"
        return ReadingState.FAILED, why, _HINT_CUT if any(each.why == CUT_OFF for each in bad) else _HINT_BAD
    if rows < limits.minimum:
        why = f"{rows:,} row{'s' * (rows != 1)}, and {limits.minimum:,} are the fewest"
        return ReadingState.SHORT, why, "`rows: {minimum: N}` says how many there have to be"
    if last_good is not None and rows < last_good * (1 - limits.shrink / Decimal(100)):
        there = f"{rows:,} row{'s' * (rows != 1)}"
        why = f"{there}, where the last good reading had {last_good:,}; {limits.shrink} % fewer are allowed"
        return ReadingState.SHORT, why, "if that is right, once: --allow shrink, or `rows: {shrink: …}`"
    if source.freshness is not None and now - as_of > source.freshness:
        why = f"its numbers are {_age(now - as_of)} old, and {_age(source.freshness)} are allowed"
        return ReadingState.OLD, why, "have it written anew, or allow more: `freshness: …`"
    return ReadingState.OK, "", ""


def _age(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    minutes = seconds // 60
    if minutes >= 2 * 1440:
        return f"{minutes // 1440} days"
    if minutes >= 120:
        return f"{minutes // 60} hours"
    number, unit = (minutes, "minute") if seconds >= 120 else (seconds, "second")
    return f"{number} {unit}{'s' * (number != 1)}"
