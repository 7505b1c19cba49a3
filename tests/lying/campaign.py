"""Many lies on several processors, and the table of what they did."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from world import RECORD

from lying import sockets
from lying.case import Verdict, play
from lying.lies import LIES
from lying.scripts import Bases, chosen

WORKERS = 2
WAITING = 4


def played(seeds: Sequence[int], folder: Path) -> Iterator[Verdict]:
    """Play these seeds within this process's embedded marketplace, side by side."""
    bases = Bases(folder / "bases").make()
    with ProcessPoolExecutor(WORKERS, initializer=_begin, initargs=(folder,)) as pool:
        yield from pool.map(_one, seeds, [bases.folder] * len(seeds), [folder] * len(seeds))


def played_over_sockets(seeds: Sequence[int], folder: Path) -> Iterator[Verdict]:
    """Play these seeds as processes, more of them at once than there are processors: they wait for the most part."""
    base = sockets.Base(folder / "sockets").make()
    with ProcessPoolExecutor(WAITING, initializer=_begin, initargs=(folder,)) as pool:
        yield from pool.map(_one_over_sockets, seeds, [base.folder] * len(seeds), [folder] * len(seeds))


def _one_over_sockets(seed: int, folder: Path, root: Path) -> Verdict:
    base = sockets.Base(folder)
    what = sockets.chosen(seed, base)
    try:
        return sockets.play(what, base, root)
    except Exception as problem:  # noqa: BLE001 - a campaign goes on and tells all
        return Verdict(what, 0, -3, (f"the case itself failed: {type(problem).__name__}: {problem}",))


#: A column of the table -> how its findings begin, or what is in them.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "tracebacks": ("traceback",),
    "no document or word": (
        "--json printed",
        "without a word",
        "no report",
        "without a reason",
        "without a result",
    ),
    "false reports": ("false:", "misled"),
    "others' rows stopped": ("another row's lie",),
    "over 300 MB": ("memory:",),
    "without end": ("unbounded:",),
    "not settled afterwards": ("afterwards", "twice:"),
}


@dataclass
class Row:
    """What was found of lies of one depth."""

    lies: int = 0
    told: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """Count one case: each column once."""
        self.lies += 1
        self.told += verdict.told > 0
        self.found.update({column_of(each) for each in verdict.found})

    def cells(self) -> str:
        """The row without its name."""
        numbers = [self.lies, self.told, *(self.found[column] for column in (*COLUMNS, OTHERWISE))]
        return " | ".join(map(str, numbers))


OTHERWISE = "otherwise wrong"
HEADS = f"the lie | lies | told | {' | '.join(COLUMNS)} | {OTHERWISE}"


def column_of(finding: str) -> str:
    """Which column a finding is counted in."""
    first = finding.split(": ", 1)[-1] if finding.startswith("afterwards,") and "traceback" in finding else finding
    return next((name for name, words in COLUMNS.items() if any(word in first for word in words)), OTHERWISE)


def depth_of(verdict: Verdict) -> str:
    """The row of the table that a case is counted in."""
    lie = verdict.chosen.tale.lie
    where = "over sockets, " if verdict.chosen.size == sockets.SIZE else ""
    return where + (LIES[lie].depth.value if lie in LIES else "no HTTP, too much, or without end")


def rows(verdicts: Iterable[Verdict]) -> dict[str, Row]:
    """The table of these cases."""
    found: dict[str, Row] = {}
    for each in verdicts:
        found.setdefault(depth_of(each), Row()).add(each)
    return dict(sorted(found.items()))


def _begin(folder: Path) -> None:
    """Each worker keeps its record of the embedded marketplace where nobody else writes."""
    os.environ[RECORD] = str(folder / f"record-{os.getpid()}.jsonl")


def _one(seed: int, bases: Path, folder: Path) -> Verdict:
    made = Bases(bases)
    what = chosen(seed, made)
    try:
        return play(what, made, folder)
    except Exception as problem:  # noqa: BLE001 - a campaign goes on and tells all
        return Verdict(what, 0, -3, (f"the case itself failed: {type(problem).__name__}: {problem}",))
