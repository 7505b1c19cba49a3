"""Many rounds on several processors: each series goes on until it has its kills, and says how far it is."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import postgresql
import s3_server
from world import RECORD

from torture import crash, faults, freezing, outages, refusing, resyncing, runners, undoing
from torture.crash import Tally
from torture.grounds import Ground, ground

WORKERS = 2
_SAY_EVERY = 5.0
#: A series whose rounds end before the shot every time is given up after so many rounds for each kill.
_PATIENCE = 4

#: Marketplace, folder, seed, the most kills, the address of the ledger (empty: a file of the project).
Play = Callable[[Ground, Path, int, int, str], Tally]


def _lasting(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


@dataclass(frozen=True, kw_only=True)
class Series:
    """Rounds of one kind, until there were so many kills (or rounds). `what` is its row in the table, `at` the marketplace."""

    what: str
    at: str
    play: Play
    kills: int = 0
    rounds: int = 0
    seed: int = 0
    on_postgresql: bool = False
    on_s3: bool = False

    @property
    def wanted(self) -> int:
        """The kills, or the rounds, that it goes on for."""
        return self.kills or self.rounds

    def left(self, tally: Tally) -> int:
        """How many of them are missing."""
        if self.rounds:
            return self.rounds - tally.rounds
        given_up = tally.rounds >= _PATIENCE * self.kills
        return 0 if given_up else self.kills - tally.kills


class Progress:
    """A line on stderr now and then: how many of how many, how fast, and the time left."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._began = time.monotonic()
        self._said = self._began

    def say(self, done: int) -> None:
        """Say it, unless it was said a moment ago."""
        now = time.monotonic()
        if done < self._total and now - self._said < _SAY_EVERY:
            return
        self._said = now
        rate = done / max(now - self._began, 0.001)
        left = f", {_lasting((self._total - done) / rate)} left" if 0 < done < self._total else ""
        print(f"{self._what}: {done:,} of {self._total:,}, {rate:.2f} a second{left}", file=sys.stderr, flush=True)


def play(
    series: Sequence[Series], folder: Path, progress: Progress, journal: Path | None = None
) -> dict[str, Tally]:
    """Play all series side by side, the one that is furthest behind first; what became of each, by its row.

    What each round came to is written to the journal. What stands there was played before, and is counted.
    """
    table = _Table(series, journal)
    running: dict[Future[Tally], tuple[Series, int]] = {}
    begin = ProcessPoolExecutor(WORKERS, initializer=_begin, initargs=(folder,))
    with _databases(series) as address, begin as pool:
        while True:
            while len(running) < WORKERS and (each := table.next([one for one, _ in running.values()])):
                seed = table.seed(each)
                root = folder / f"{series.index(each)}-{seed}"
                round_ = pool.submit(_played, each, root, seed, min(12, table.left(each)), address(each))
                running[round_] = each, seed
            if not running:
                return table.found
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                table.add(*running.pop(done), done)
            progress.say(table.done())


def _played(series: Series, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return series.play(ground(series.at), root, seed, kills, ledger)


def cases(at: str, names: Sequence[str], folder: Path, progress: Progress) -> tuple[int, list[str]]:
    """Play these faults with every kind of action: how many cases that were, and what was wrong."""
    wrong: list[str] = []
    with ProcessPoolExecutor(WORKERS, initializer=_begin, initargs=(folder,)) as pool:
        running = [
            pool.submit(_matrix, at, folder / f"{n}-{m}", name, kind)
            for n, name in enumerate(names)
            for m, kind in enumerate(ground(at).kinds)
        ]
        for number, each in enumerate(running, start=1):
            wrong += each.result()[1]
            progress.say(number)
    return len(running), wrong


def _matrix(at: str, folder: Path, fault: str, kind: str) -> tuple[Counter[str], list[str]]:
    return faults.matrix(folder, at=ground(at), faults=[fault], kinds=[kind])


class _Table:
    """How far each series is, with what a journal has of it: a line of JSON for each round, {series, seed, …tally}."""

    def __init__(self, series: Sequence[Series], journal: Path | None) -> None:
        self._series = series
        self._journal = journal
        self._seeds = {each.what: each.seed for each in series}
        self.found = {each.what: Tally() for each in series}
        for line in _lines(journal):
            what, seed = line.pop("series"), line.pop("seed")
            if what in self.found:
                self._seeds[what] = max(self._seeds[what], seed)
                self.found[what].add(Tally(**{**line, "applies": Counter(line["applies"])}))

    def left(self, each: Series) -> int:
        return each.left(self.found[each.what])

    def next(self, running: list[Series]) -> Series | None:
        """The series that is furthest behind; one that needs one round more waits for the round that it has."""
        behind = {each: self.left(each) - (each in running) for each in self._series if self.left(each) > 0}
        open_ones = [each for each, missing in behind.items() if missing > 0]
        return max(open_ones, key=lambda each: behind[each] / each.wanted, default=None)

    def seed(self, each: Series) -> int:
        self._seeds[each.what] += 1
        return self._seeds[each.what]

    def add(self, each: Series, seed: int, done: Future[Tally]) -> None:
        """Count a round. One that fails itself is a finding: a campaign goes on and tells all."""
        try:
            tally = done.result()
        except Exception as problem:  # noqa: BLE001
            tally = Tally(rounds=1, faults=[f"{each.what}: {type(problem).__name__}: {problem}"])
        self.found[each.what].add(tally)
        if self._journal is not None:
            line = json.dumps({"series": each.what, "seed": seed, **vars(tally)})
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.write(line + "\n")

    def done(self) -> int:
        return sum(each.wanted - max(0, self.left(each)) for each in self._series)


def _lines(journal: Path | None) -> list[dict[str, Any]]:
    """What a journal has; a line that was cut off is no round."""
    text = journal.read_text(encoding="utf-8") if journal is not None and journal.exists() else ""
    whole, end, rest = text.rpartition("\n")
    if journal is not None and rest:
        journal.write_text(whole + end, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]


def _begin(folder: Path) -> None:
    """Each worker keeps its record of the embedded marketplace where nobody else writes."""
    os.environ[RECORD] = str(folder / f"record-{os.getpid()}.jsonl")


@contextmanager
def _databases(series: Sequence[Series]) -> Iterator[Callable[[Series], str]]:
    """One server for all series that want one; each round has a database of its own in it."""
    with ExitStack() as stack:
        server = stack.enter_context(postgresql.server()) if any(each.on_postgresql for each in series) else None
        if server is None and any(each.on_postgresql for each in series):
            raise RuntimeError(postgresql.MISSING)
        if any(each.on_s3 for each in series):
            store = stack.enter_context(s3_server.server())
            if store is None:
                raise RuntimeError(s3_server.MISSING)
            os.environ.update(s3_server.variables(store))

        def address(each: Series) -> str:
            if each.on_s3:
                return f"s3://{s3_server.BUCKET}/{uuid.uuid4().hex}"
            return server.database() if server and each.on_postgresql else ""

        yield address


# --- the series ----------------------------------------------------------------------------------------------


def _apply(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return crash.one_round(root, seed, at=at, ledger=ledger, kills=kills)


def _apply_lagging(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return crash.one_round(root, seed, at=at, ledger=ledger, kills=kills, lag=at.lag)


def _apply_lost(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    lag = at.lag if seed % 3 == 0 else 0.0
    return crash.one_round(root, seed, at=at, ledger=ledger, kills=kills, lose_ledger=0.3, lag=lag)


def _apply_over_http(at: Ground, root: Path, seed: int, kills: int, _: str) -> Tally:
    return crash.one_round_over_http(root, seed, at=at, kills=kills)


def _undo(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return undoing.one_round(root, seed, at=at, ledger=ledger, kills=kills)


def _resync(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return resyncing.one_round(root, seed, at=at, ledger=ledger, kills=kills)


def _refused(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return refusing.one_round(root, seed, at=at, ledger=ledger, kills=kills)


def _outage(at: Ground, root: Path, seed: int, _: int, __: str) -> Tally:
    with postgresql.server() as server:
        if server is None:
            raise RuntimeError(postgresql.MISSING)
        return outages.one_round(root, seed, server, at=at)


def _frozen(at: Ground, root: Path, seed: int, _: int, ledger: str) -> Tally:
    return freezing.one_round(root, seed, at=at, ledger=ledger)


def _runners(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return runners.one_round(root, seed, at=at, ledger=ledger, kills=kills)


def _logins(at: Ground, root: Path, seed: int, kills: int, ledger: str) -> Tally:
    return runners.one_round_of_logins(root, seed, at=at, ledger=ledger, kills=kills)


def _pair(at: Ground, root: Path, seed: int, _: int, ledger: str) -> Tally:
    return runners.one_pair(root, seed, at=at, ledger=ledger)


def runners_that_forget(at: str, kills: int, pairs: int, seed: int) -> list[Series]:
    """So many kills of runners on a branch and as many in an object store, a tenth as many while tokens are renewed
    all the time; and so many pairs at once.
    """
    made: list[Series] = []
    for number, (where, on_s3) in enumerate((("a branch", False), ("an object store", True))):
        first, half = seed + 10_000 * number, pairs // 2 if on_s3 else pairs - pairs // 2
        renewed = f"{where}, tokens renewed all the time"
        made += [
            Series(at=at, what=where, play=_runners, kills=kills, seed=first, on_s3=on_s3),
            Series(at=at, what=renewed, play=_logins, kills=max(1, kills // 10), seed=first + 3_000, on_s3=on_s3),
            Series(at=at, what=f"{where}, two at once", play=_pair, rounds=half, seed=first + 6_000, on_s3=on_s3),
        ]
    return [each for each in made if each.wanted]


def kills_of_apply(at: str, kills: int, seed: int) -> list[Series]:
    """So many kills of `apply`, shared out among the places where a ledger lies and what makes it harder."""
    shares: list[tuple[str, Play, float, bool]] = [
        ("SQLite", _apply, 0.3, False),
        ("PostgreSQL", _apply, 0.25, True),
        ("SQLite, deleted again and again", _apply_lost, 0.15, False),
        ("SQLite, the marketplace over HTTP", _apply_over_http, 0.1, False),
        ("SQLite, the list behind", _apply_lagging, 0.1, False),
        ("PostgreSQL, the list behind", _apply_lagging, 0.1, True),
    ]
    return [
        Series(
            at=at,
            what=what,
            play=played,
            kills=max(1, round(kills * share)),
            seed=seed + 10_000 * n,
            on_postgresql=on,
        )
        for n, (what, played, share, on) in enumerate(shares)
    ]


def kills_of_undo(at: str, kills: int, seed: int) -> list[Series]:
    """So many kills of `undo`, half of them with each kind of ledger."""
    return [
        Series(at=at, what="SQLite", play=_undo, kills=kills - kills // 2, seed=seed),
        Series(at=at, what="PostgreSQL", play=_undo, kills=kills // 2, seed=seed + 10_000, on_postgresql=True),
    ]


def kills_of_resync(at: str, kills: int, seed: int) -> list[Series]:
    """So many kills of `resync`, half of them with each kind of ledger."""
    return [
        Series(at=at, what="SQLite", play=_resync, kills=kills - kills // 2, seed=seed),
        Series(at=at, what="PostgreSQL", play=_resync, kills=kills // 2, seed=seed + 10_000, on_postgresql=True),
    ]


def kills_of_refused(at: str, kills: int, seed: int) -> list[Series]:
    """So many kills of `apply` while its commands are refused and split, half of them with each kind of ledger."""
    return [
        Series(at=at, what="SQLite", play=_refused, kills=kills - kills // 2, seed=seed),
        Series(at=at, what="PostgreSQL", play=_refused, kills=kills // 2, seed=seed + 10_000, on_postgresql=True),
    ]


def deaths_of_the_ledger(at: str, rounds: int, seed: int) -> list[Series]:
    """So many rounds in which PostgreSQL is stopped the hard way."""
    return [Series(at=at, what="PostgreSQL, stopped with -m immediate", play=_outage, rounds=rounds, seed=seed)]


def freezes(at: str, rounds: int, seed: int) -> list[Series]:
    """So many rounds with a frozen process, with each kind of ledger."""
    return [
        Series(at=at, what="SQLite", play=_frozen, rounds=rounds, seed=seed),
        Series(at=at, what="PostgreSQL", play=_frozen, rounds=rounds, seed=seed + 10_000, on_postgresql=True),
    ]
