"""Time as a control: the real clock, or one that stands, plus an offset that only moves forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the marketplace asks of time."""

    def now(self) -> datetime: ...


class SteppedClock:
    """Real time plus an offset; waiting is done by moving the offset, so tests and practice never sleep.

    A clock that stands (`origin`, POSIX time) moves by its offset only: its days go by alike on every machine.
    """

    def __init__(self, offset: float = 0.0, origin: float | None = None) -> None:
        self._offset = timedelta(seconds=offset)
        self._origin = origin

    @property
    def offset(self) -> float:
        return self._offset.total_seconds()

    def now(self) -> datetime:
        return at(self.seconds())

    def seconds(self) -> float:
        """Now as POSIX time."""
        return (time.time() if self._origin is None else self._origin) + self._offset.total_seconds()

    def stand(self, moment: datetime) -> None:
        """Stand at this moment, and move when told to from now on."""
        self._origin = moment.timestamp() - self._offset.total_seconds()

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._offset += timedelta(seconds=seconds)

    def advance_to(self, moment: datetime) -> None:
        """Move to `moment`; a moment that has passed changes nothing."""
        self.advance(max(0.0, (moment - self.now()).total_seconds()))

    def catch_up(self, offset: float) -> None:
        """Follow another process that has moved the shared clock further."""
        self._offset = max(self._offset, timedelta(seconds=offset))


def iso(moment: datetime) -> str:
    """A moment as most marketplaces write it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment_of(text: str) -> datetime:
    """Read an ISO 8601 moment; one without a zone is taken as UTC."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A stored POSIX time as a moment."""
    return datetime.fromtimestamp(seconds, UTC)
