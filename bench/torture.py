"""The whole reliability campaign: kills, faults, rates. Prints what it found, and ends with 1 when anything is wrong.

python bench/torture.py [--kills 500] [--changes 100000] [--edits 20000] [--seed 0] [--only PART ...]
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from reconciler.simulator.app import RECORD_VARIABLE  # noqa: E402 - the path is set above

WORKERS = 2
Part = Callable[[argparse.Namespace, Path], Iterator[tuple[bool, str]]]


def own_record(folder: Path) -> None:
    """Each process keeps its record where nobody else writes."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[RECORD_VARIABLE] = str(folder / "record.jsonl")


def crash_part(where: str, kills: int, seed: int, folder: str) -> tuple[str, int, int, dict[str, int], list[str]]:
    """Kills with one kind of ledger; in a process of its own."""
    own_record(Path(folder))
    import postgresql
    from torture import crash

    started = crash.Tally()
    with postgresql.server() if where == "PostgreSQL" else _nothing() as server:
        if where == "PostgreSQL" and server is None:
            return where, 0, 0, {}, [postgresql.MISSING]
        while started.kills < kills:
            ledger = server.database() if server else ""
            lose = 0.3 if where == "SQLite, lost again and again" else 0.0
            left = min(12, kills - started.kills)
            root = Path(folder) / f"round-{seed}"
            if where == "SQLite, over HTTP":
                started.add(crash.one_round_over_http(Path(folder) / f"round-{seed}", seed, kills=left))
                seed += 1
                continue
            lag = 600.0 if seed % 3 == 0 else 0.0
            started.add(crash.one_round(root, seed, ledger=ledger, kills=left, lose_ledger=lose, lag=lag))
            seed += 1
    return where, started.kills, started.rounds, dict(started.applies), started.faults


class _nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def crashes(given: argparse.Namespace, folder: Path) -> Iterator[tuple[bool, str]]:
    """SIGKILL at random moments, the ledger in SQLite, in PostgreSQL, and deleted between the kills."""
    parts = {"SQLite": 0.35, "PostgreSQL": 0.35, "SQLite, lost again and again": 0.2, "SQLite, over HTTP": 0.1}
    with ProcessPoolExecutor(WORKERS) as pool:
        running = [
            pool.submit(
                crash_part, where, int(given.kills * share), given.seed + 10_000 * n, str(folder / f"kills-{n}")
            )
            for n, (where, share) in enumerate(parts.items())
        ]
        for each in running:
            where, kills, rounds, ends, faults = each.result()
            yield not faults, f"ledger in {where}: {kills} kills in {rounds} shops, {len(faults)} faults; {ends}"
            yield from ((False, fault) for fault in faults)


def fault_part(names: list[str], folder: str) -> tuple[int, list[str]]:
    """Some faults with every kind of action; in a process of its own."""
    own_record(Path(folder))
    from torture import faults

    counts, wrong = faults.matrix(Path(folder), faults=names)
    return counts["cases"], wrong


def faults(_: argparse.Namespace, folder: Path) -> Iterator[tuple[bool, str]]:
    """Every fault with every kind of action."""
    from torture.faults import FAULTS, KINDS

    with ProcessPoolExecutor(WORKERS) as pool:
        running = [pool.submit(fault_part, [name], str(folder / f"faults-{n}")) for n, name in enumerate(FAULTS)]
        found = [each.result() for each in running]
    wrong = [each for _, several in found for each in several]
    cases = sum(number for number, _ in found)
    yield not wrong, f"{len(FAULTS)} faults x {len(KINDS)} kinds of action = {cases} cases, {len(wrong)} findings"
    yield from ((False, each) for each in wrong)


def rates(given: argparse.Namespace, folder: Path) -> Iterator[tuple[bool, str]]:
    """Rates near the limits, and what a request costs."""
    own_record(folder)
    from torture import pace
    from torture.market import market

    for measure, offers in (
        (pace.shared_prices, given.changes),
        (pace.prices, given.changes // 4),
        (pace.edits, given.edits),
    ):
        found = measure(folder / measure.__name__, offers)
        fine = 0.92 <= found.share and not found.refused and found.most_in_a_minute <= found.limit
        yield fine, str(found)
        shutil.rmtree(folder / measure.__name__)
    shares = pace.shares(str(folder / "shares.db"), seconds=10)
    yield shares.uneven <= 0.15 and shares.share >= 0.92, f"SQLite, {shares}"
    with market(folder / "market") as running:
        four = pace.four(folder, running, 400, str(folder / "four.db"))
        yield not four.refused and four.codes == [0] * 4, str(four)
        cost = pace.cost(folder, running, 800)
        yield cost.milliseconds < 1, str(cost)
        yield True, f"for comparison httpx alone at that pace, {pace.bare(running)}"


PARTS: dict[str, Part] = {"kills": crashes, "faults": faults, "rates": rates}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kills", type=int, default=500)
    arguments.add_argument("--changes", type=int, default=100_000)
    arguments.add_argument("--edits", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS))
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reconcile-torture-"))
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, Python {platform.python_version()}"
    )
    fine = True
    for name in given.only:
        began = time.monotonic()
        print(f"\n{name}:", flush=True)
        for good, line in PARTS[name](given, folder):
            fine &= good
            print(f"  {'ok   ' if good else 'WRONG'} {line}", flush=True)
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
    if fine:
        shutil.rmtree(folder)
    else:
        print(f"\nWhat is wrong is kept in {folder}.")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
