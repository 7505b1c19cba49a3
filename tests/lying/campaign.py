"""Many lies on several processors."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from world import RECORD

from lying.case import Verdict, play
from lying.scripts import Bases, chosen

WORKERS = 2


def played(seeds: Sequence[int], folder: Path) -> Iterator[Verdict]:
    """Play these seeds within this process's embedded marketplace, side by side."""
    bases = Bases(folder / "bases").make()
    with ProcessPoolExecutor(WORKERS, initializer=_begin, initargs=(folder,)) as pool:
        yield from pool.map(_one, seeds, [bases.folder] * len(seeds), [folder] * len(seeds))


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
