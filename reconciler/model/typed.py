"""Commands of ours as somebody types them, for hints that are followed to the letter."""

import shlex


def typed(*words: str) -> str:
    """Return a command line: what has a space or a sign of the shell in it is quoted.

    >>> typed("explain", "Kubek 300", "FIELD")
    "reconcile explain 'Kubek 300' FIELD"
    """
    return shlex.join(("reconcile", *words))
