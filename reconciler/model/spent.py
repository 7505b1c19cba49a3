"""What was written of a resource lately, where a marketplace counts its changes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """What was written of a resource within a day: how often, first when, and when it was refused for that."""

    times: int
    first: datetime
    refused: datetime | None = None
