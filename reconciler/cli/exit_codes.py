"""What the process answers to the shell. Scripts rely on these numbers: they never change their meaning."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """0 fine, else one number for each thing that a script would want to tell apart."""

    OK = 0
    ERROR = 1
    CHANGES = 2  # or something undone; with --detailed-exitcode or --check
    GUARD = 3
    AUTHENTICATION = 4
    PARTLY = 5
    STALE = 6
    LOCKED = 7  # somebody else has the account, or has taken this run over
    USAGE = 64
    INTERRUPTED = 130
    BROKEN_PIPE = 141


#: The worst first: what several accounts come to is the first of these that one of them comes to. What a person
#: has to see to comes before what another run may settle. A bug of ours ends the whole command, as `ERROR`.
WORST = (
    Exit.BROKEN_PIPE,
    Exit.INTERRUPTED,
    Exit.USAGE,
    Exit.AUTHENTICATION,
    Exit.LOCKED,
    Exit.ERROR,
    Exit.GUARD,
    Exit.STALE,
    Exit.PARTLY,
    Exit.CHANGES,
    Exit.OK,
)


def worst(codes: Iterable[Exit]) -> Exit:
    """Return what several ends come to together; fine where there is none."""
    return min(codes, key=WORST.index, default=Exit.OK)
