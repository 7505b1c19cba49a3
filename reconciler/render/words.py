"""Counted nouns, durations and lists of names, said the same way everywhere."""

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 offer`, `12,000 offers`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - most
    shown = ", ".join(names[:most])
    return f"{shown} … and {more:,} more" if more > 0 else shown


def lasting(seconds: float) -> str:
    """Return a duration as a person says it: `under 1 s`, `about 40 s`, `about 3 min`, `about 2 h 5 min`."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} min"
    return f"about {minutes // 60} h {minutes % 60} min"
