"""What all conversations over HTTP have in common: what came, a wait, and what an answer says of time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msgspec import Struct

_SHORTEST = 1.0
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Response:
    """What came over the wire. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Sleep(Struct, frozen=True):
    """Wait so many seconds, by the clock of who holds the conversation."""

    seconds: float


def retry_after(headers: Mapping[str, str], longest: float) -> float | None:
    """Return how many seconds an answer asks to wait, at most `longest`; None where it says none.

    A moment is measured from the answer's own: our clock may be wrong.
    """
    stated = headers.get("retry-after", "").strip()
    if _DIGITS.fullmatch(stated):
        seconds: float = int(stated.lstrip("0")[:9] or 0)  # nine are more than anybody waits
    elif (until := _moment(stated)) and (said_at := date_of(headers)):
        seconds = (until - said_at).total_seconds()
    else:
        return None
    return min(longest, max(_SHORTEST, seconds))


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return when an answer says that it was made; None where it says nothing that can be read."""
    return _moment(headers.get("date", ""))


def _moment(text: str) -> datetime | None:
    """Read an HTTP date."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
