"""The conformance table: what must hold on every marketplace, and where it does not apply, the reason in words.

A case is a function that is given the stall of a marketplace and an empty folder. It stands in the table with one
sentence, which is printed into docs/conformance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from .stalls import STALLS, Stall, stall_of

Run = Callable[[type[Stall], Path], None]
#: By name, in the order of the table.
CASES: dict[str, Case] = {}


@dataclass(frozen=True)
class Case:
    """What holds, and who shows it."""

    name: str
    holds: str
    run: Run


def case(name: str, holds: str) -> Callable[[Run], Run]:
    """Put a function into the table."""

    def put(run: Run) -> Run:
        assert name not in CASES, name
        CASES[name] = Case(name, holds, run)
        return run

    return put


def fill() -> None:
    """Have all cases in the table."""
    for cases in ("reading", "writing", "converging"):
        import_module(f"conformance.{cases}")


def lines(titles: Mapping[str, str]) -> Iterator[str]:
    """The table in Markdown, for these marketplaces (name -> title)."""
    yield f"| what holds | {' | '.join(titles.values())} |"
    yield f"|---|{'---|' * len(titles)}"
    for each in CASES.values():
        cells = [stall_of(name).lacks.get(each.name, "yes") for name in titles]
        yield f"| {each.holds} | {' | '.join(cells)} |"
    for module in ("settings", "content", "delivery", "price", "stock", "bundle"):
        cells = [stall_of(name).no_module.get(module, "yes") for name in titles]
        yield f"| A module that is off is never written: {module} | {' | '.join(cells)} |"


def shipped() -> dict[str, str]:
    """The marketplaces that the documentation tells of: name -> title."""
    return {name: stall_of(name).title for name in STALLS if name != "toy"}


__all__ = ["CASES", "STALLS", "Case", "case", "fill", "lines", "shipped"]
