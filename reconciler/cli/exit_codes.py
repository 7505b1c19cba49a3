"""What the process answers to the shell. Scripts rely on these numbers: they never change their meaning."""

from enum import IntEnum


class Exit(IntEnum):
    """0 fine, else one number for each thing that a script would want to tell apart."""

    OK = 0
    ERROR = 1
    CHANGES = 2  # or something undone; with --detailed-exitcode
    GUARD = 3
    AUTHENTICATION = 4
    PARTLY = 5
    STALE = 6
    LOCKED = 7  # somebody else has the account, or has taken this run over
    USAGE = 64
    INTERRUPTED = 130
    BROKEN_PIPE = 141
