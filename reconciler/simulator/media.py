"""Media types as headers name them: without case, with parameters, ranges and weights (RFC 9110, 12.5.1)."""

from __future__ import annotations


def media_type(header: str) -> str:
    """The type of a Content-Type, without its parameters."""
    return header.partition(";")[0].strip().lower()


def accepts(header: str, wanted: str) -> bool:
    """Whether an Accept admits a type: the closest range decides, and a weight of zero excludes."""
    weights = [(_closeness(range_, wanted), weight) for range_, weight in map(_weighed, header.split(","))]
    closeness, weight = max(weights)
    return closeness > 0 and weight > 0


def _closeness(range_: str, wanted: str) -> int:
    ranges = ("*/*", f"{wanted.partition('/')[0]}/*", wanted)
    return ranges.index(range_) + 1 if range_ in ranges else 0


def _weighed(part: str) -> tuple[str, float]:
    """A range and its weight; one that cannot be read weighs as much as none."""
    for parameter in part.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return media_type(part), _weight(value.strip())
    return media_type(part), 1.0


def _weight(written: str) -> float:
    whole, _, decimals = written.partition(".")
    if (
        whole in {"0", "1"}
        and len(decimals) <= 3
        and (not decimals or (decimals.isascii() and decimals.isdigit()))
    ):
        return float(f"{whole}.{decimals or 0}")
    return 1.0
