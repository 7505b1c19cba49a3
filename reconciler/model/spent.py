"""What was written of a resource lately, where a marketplace counts its changes."""

from datetime import datetime

from msgspec import Struct


class Spent(Struct, frozen=True):
    """What was written of a resource within a day: how often, first when, and when it was refused for that."""

    times: int
    first: datetime
    refused: datetime | None = None
