"""The whole reliability campaign: kills, outages, frozen processes, runners that forget, faults, lies,
other people's edits, rates, judges of the practice marketplace, stock that follows a source, files that are cut.

Prints a table for each part, as docs/reliability.md has them, and ends with 1 when anything is wrong. How far it is
goes to stderr.

python bench/torture.py [--marketplace NAME ...] [--only PART ...] [--kills 500] [--undo-kills 60] [--resync-kills 60]
    [--refused-kills 60] [--outages 10] [--freezes 10]
    [--runner-kills 300] [--pairs 100] [--faults 41] [--lies 850] [--socket-lies 150]
    [--changes 100000] [--edits 20000] [--meddled 20000]
    [--openings 200] [--judged 5] [--stock-steps 10000] [--cut-items 60] [--seed 0] [--kept FOLDER]

With --kept each round of kills and its like is written down in FOLDER as soon as it is over; what stands there is counted
and not played again, so that a campaign may be interrupted, and played in pieces.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from torture.grounds import GROUNDS, ground  # noqa: E402 - the path is set above

from reconciler.simulator.marketplace import RECORD_VARIABLE  # noqa: E402

#: A row: whether all is well, its cells with `|` between them, and what was found.
Row = tuple[bool, str] | tuple[bool, str, list[str]]


@dataclass(frozen=True)
class Part:
    """One part of the campaign: its title, the heads of its columns, and what yields its rows.

    `given.at` is the marketplace that it is played on; one that is `alone` has none, and is played once.
    """

    title: str
    heads: str
    play: Callable[[argparse.Namespace, Path], Iterator[Row]]
    alone: bool = False


def own_record(folder: Path) -> None:
    """Keep the record of what the embedded marketplace is asked where nobody else writes."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[RECORD_VARIABLE] = str(folder / "record.jsonl")


# --- kills, outages, frozen processes ---------------------------------------------------------------------------

#: What a finding is about, by a word of it; everything else is a wrong value or a wrong word.
_ABOUT = {"twice": ": twice:", "lost": ": lost:", "plan": "second plan"}
KILLED = "where the ledger lies | kills | shops | twice | lost | second plan not empty | otherwise wrong"


def rounds(what: str, given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Play the series of a part side by side; a row for each."""
    from torture import campaign

    own_record(folder)
    series = {
        "kills": lambda: campaign.kills_of_apply(given.at, given.kills, given.seed),
        "undo": lambda: campaign.kills_of_undo(given.at, given.undo_kills, given.seed),
        "resync": lambda: campaign.kills_of_resync(given.at, given.resync_kills, given.seed),
        "refused": lambda: campaign.kills_of_refused(given.at, given.refused_kills, given.seed),
        "outages": lambda: campaign.deaths_of_the_ledger(given.at, given.outages, given.seed),
        "freezes": lambda: campaign.freezes(given.at, given.freezes, given.seed),
        "runners": lambda: campaign.runners_that_forget(given.at, given.runner_kills, given.pairs, given.seed),
    }[what]()
    progress = campaign.Progress(what, sum(each.wanted for each in series))
    for name, tally in campaign.play(series, folder, progress, _journal(given, what)).items():
        about = Counter(
            next((kind for kind, word in _ABOUT.items() if word in fault), "else") for fault in tally.faults
        )
        counts = " | ".join(str(about[kind]) for kind in (*_ABOUT, "else"))
        ends = [f"{name}: {number} x {end}" for end, number in sorted(tally.applies.items())]
        print("\n".join(ends), file=sys.stderr)
        yield not tally.faults, f"{name} | {tally.kills} | {tally.rounds} | {counts}", tally.faults


def _journal(given: argparse.Namespace, what: str) -> Path | None:
    """Where the rounds of a part are written down."""
    if given.kept is None:
        return None
    journal: Path = given.kept / f"{given.at}-{what}.jsonl"
    journal.parent.mkdir(parents=True, exist_ok=True)
    return journal


def faults(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Every fault with every kind of action."""
    from torture import campaign
    from torture.faults import faults_of

    at = ground(given.at)
    names = list(faults_of(at))[: given.faults]
    own_record(folder)
    progress = campaign.Progress("faults", len(names) * len(at.kinds))
    cases, wrong = campaign.cases(given.at, names, folder, progress)
    yield not wrong, f"{len(names)} | {len(at.kinds)} | {cases} | {len(wrong)}", wrong


def rates(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Rates near the limits, and what a request costs."""
    own_record(folder)
    import postgresql
    from torture import pace
    from torture.market import market

    at = ground(given.at)
    for name, rate in at.rates.items():
        offers = min(rate.most, given.edits if name == "edits" else given.changes)
        found = pace.measured(folder / name, offers, rate, at)
        within = found.most_in_a_second <= math.ceil(found.requests_a_second)
        yield 0.92 <= found.share <= 1 and not found.refused and within, str(found)
        shutil.rmtree(folder / name)
    with postgresql.server() as server:
        for name, where in (("SQLite", str(folder / "shares.db")), ("PostgreSQL", server and server.database())):
            if where:
                shares = pace.shares(where, seconds=10)
                fair = shares.uneven <= 0.15 and shares.share >= 0.92
                yield fair and shares.most_in_a_second <= shares.limit, f"{name}, {shares}"
    with market(folder / "market", marketplace=at.name) as running:
        four = pace.four(folder, running, 8 * at.a_second // 3, str(folder / "four.db"), at)
        fair = max(four.seconds.values()) <= 1.5 * min(four.seconds.values())
        within = four.most_in_a_second <= at.a_second
        yield fair and not four.refused and within and four.codes == [0] * 4, str(four)
        cost = pace.cost(folder, running, 16 * at.a_second // 3, at=at)
        # 1 ms at 150 a second: a process that is seldom woken finds its caches empty each time
        yield cost.milliseconds * at.a_second < 150, f"single edits over HTTP: {cost}"
        for library in ("aiohttp", "httpx"):
            yield True, f"{library} alone at that pace: {pace.bare(running, library, at=at)}"
        yield True, f"single edits over HTTP without limits: {pace.unpaced(folder, running, 2000, at)}"


def lies(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Lies between the commands and the marketplace: within one process, and over sockets."""
    own_record(folder)
    from lying import campaign as lied
    from torture import campaign

    for what, count, play in (
        ("lies", given.lies, lied.played),
        ("lies over sockets", given.socket_lies, lied.played_over_sockets),
    ):
        progress, verdicts = campaign.Progress(what, count), list[lied.Verdict]()
        for each in play(range(given.seed + 1, given.seed + 1 + count), folder / what):
            verdicts.append(each)
            progress.say(len(verdicts))
        for name, row in lied.rows(verdicts).items():
            wrong = [line for each in verdicts if lied.depth_of(each) == name for line in each.lines()]
            yield not row.found, f"{name} | {row.cells()}", wrong


def others(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Runs at the real limits while somebody else edits the same offers."""
    own_record(folder)
    from torture import meanwhile

    at = ground(given.at)
    for name, what in at.others.items():
        found = meanwhile.meddled(folder / name, min(what.most, given.meddled), what, at)
        yield not found.overwritten_late and not found.refused, str(found)
        shutil.rmtree(folder / name)


def judges(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """What others' programs say of the practice marketplace, who know nothing but the description."""
    from torture import judges as bench

    try:
        programs = bench.environment(folder / "environment")
        for name, judge in (
            (
                "schemathesis, sound and unsound requests",
                lambda: bench.schemathesis(programs, folder / "schemathesis", given.judged, given.seed),
            ),
            (
                "a client made by openapi-python-client, a seller's day",
                lambda: bench.generated(programs, folder / "generated"),
            ),
        ):
            verdict = judge()
            cells = f"{name} | {verdict.operations} | {verdict.cases} | {len(verdict.findings)}"
            yield not verdict.findings, cells, verdict.findings
    except bench.NoJudges as missing:
        yield True, f"left out: {missing} | | | "


def openings(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Processes that open one new cache and one new ledger at the same moment."""
    from torture.opening import open_at_once

    folder.mkdir(parents=True, exist_ok=True)
    for number in range(3):
        place = folder / str(number)
        place.mkdir()
        wrong = open_at_once(place, given.openings)
        yield not wrong, f"SQLite, round {number + 1} | {given.openings} | {len(wrong)}", wrong


def stock(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Random days of stock that follows a source: purchases, receipts, late and broken feeds, people."""
    own_record(folder)
    from torture import campaign, stock_judge, stock_machine, stocking

    progress = campaign.Progress("stock", given.stock_steps)
    found = stocking.played(folder / "stock", given.seed, given.stock_steps, progress.say)
    yield not found.wrong, f"one long life | {found.cells()}", found.wrong
    lives = max(1, given.stock_steps // stock_machine.STEPS)
    try:
        found = stock_judge.together(stock_machine.lived(lives, stock_machine.STEPS, given.seed))
    except AssertionError as wrong:
        yield False, f"{lives} lives, chosen by Hypothesis | {stock_judge.Found().cells()}", [str(wrong)]
    else:
        yield True, f"{lives} lives, chosen by Hypothesis | {found.cells()}"


def cut(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Every prefix of a file, as the planner takes it."""
    own_record(folder)
    from torture import cuts

    for number, setting in enumerate((*cuts.SETTINGS, *cuts.FIRST)):
        found = cuts.cut(folder / str(number), setting, given.cut_items)
        well = not found.changed or not setting.bounded
        yield well, f"{setting.name} | {found.cells()}", [] if well else found.changed


def _rounds(what: str) -> Callable[[argparse.Namespace, Path], Iterator[Row]]:
    return lambda given, folder: rounds(what, given, folder)


LIED = (
    "the lie | lies | told | tracebacks | no document or word | false reports | others' rows stopped | over 300 MB | "
    "without end | not settled afterwards | otherwise wrong"
)
STOCKED = (
    "what is played | steps | applies | refused | pieces sold | of these during a run | receipts | feeds in trouble | accounts left out | "
    "edits by people | oversold, shared out | oversold, `full` | sold by others in the lag | oversold by hand | "
    "ended by a zero | resumed | causes | times at rest"
)
CUT = "source | cuts | refused | plans | changes of any kind | lowered to zero"
PARTS: dict[str, Part] = {
    "kills": Part("`reconcile apply`, killed", KILLED, _rounds("kills")),
    "undo": Part("`reconcile undo`, killed", KILLED, _rounds("undo")),
    "resync": Part("`reconcile resync`, killed", KILLED, _rounds("resync")),
    "refused": Part("`reconcile apply`, killed while its commands are refused", KILLED, _rounds("refused")),
    "outages": Part("The ledger's database, stopped", KILLED.replace("kills", "stops"), _rounds("outages")),
    "freezes": Part("A frozen process", KILLED.replace("kills", "freezes"), _rounds("freezes")),
    "runners": Part("Runners that forget everything, killed, and two at once", KILLED, _rounds("runners")),
    "faults": Part("Faults", "faults | kinds of action | cases | findings", faults),
    "lies": Part("Lies", LIED, lies),
    "others": Part(
        "Somebody else edits meanwhile",
        "what is written | edits | overwritten when older than 5 s | overwritten when younger | rows called stale | "
        "edits after the write | share of the limit",
        others,
    ),
    "openings": Part("First openings at once", "what | processes | errors", openings, alone=True),
    "rates": Part("Rates", "what | measured", rates),
    "stock": Part("Stock that follows a source", STOCKED, stock),
    "cuts": Part("A CSV, cut at every byte", CUT, cut, alone=True),
    "judges": Part("Judges that nobody here wrote", "judge | operations | cases | findings", judges),
}


# --- printing ---------------------------------------------------------------------------------------------------


def machine() -> str:
    """When and on what this was measured, in one sentence."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {os.cpu_count()} processors, {memory:.1f} GiB of memory, "
        f"{platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {database()}; "
        f"`{shlex.join(['python', *sys.argv])}`"
    )


def database() -> str:
    """The version of the PostgreSQL server that the rounds start."""
    import postgresql

    programs = postgresql.binaries()
    if programs is None:
        return "no PostgreSQL"
    told = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True)
    return "PostgreSQL " + told.stdout.split()[2]


def table(part: Part, given: argparse.Namespace, folder: Path) -> bool:
    """Play a part and print its table, row by row, and below it what was found."""
    heads = [each.strip() for each in part.heads.split("|")]
    where = "" if part.alone else f", {given.at}"
    print(f"\n### {part.title}{where}\n\n| {' | '.join(heads)} | |\n{'|---' * (len(heads) + 1)}|", flush=True)
    began, found, fine = time.monotonic(), list[str](), True
    for good, cells, *wrong in part.play(given, folder):
        row = cells if " | " in cells else cells.replace(": ", " | ", 1)
        print(f"| {row} | {'ok' if good else 'WRONG'} |", flush=True)
        fine &= good
        found += [each for several in wrong for each in several]
    print(f"\n{time.monotonic() - began:.0f} s.", flush=True)
    for each in found:
        print(f"\n- {each}", flush=True)
    return fine


def played(name: str, given: argparse.Namespace, folder: Path) -> bool:
    """Play a part on each marketplace; what one cannot have is said."""
    part, well = PARTS[name], True
    for at in [""] if part.alone else given.marketplace:
        given.at = at
        if lacks := at and ground(at).lacks.get(name):
            print(f"\n### {part.title}, {at}\n\nLeft out: {lacks}", flush=True)
        else:
            well &= table(part, given, folder / (at or "alone") / name)
    return well


def practised() -> list[str]:
    """The marketplaces that are installed and can be practised, as far as they are described."""
    installed = {point.name for point in entry_points(group="reconciler.providers")}
    return [name for name in GROUNDS if name in installed]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (
        *(("kills", 500), ("undo-kills", 60), ("resync-kills", 60), ("refused-kills", 60)),
        *(("outages", 10), ("freezes", 10), ("runner-kills", 300), ("pairs", 100)),
        *(("faults", 41), ("changes", 100_000), ("edits", 20_000)),
        *(("lies", 850), ("socket-lies", 150)),
        *(
            ("meddled", 20000),
            ("openings", 200),
            ("judged", 5),
            ("stock-steps", 10_000),
            ("cut-items", 60),
            ("seed", 0),
        ),
    ):
        arguments.add_argument(f"--{name}", type=int, default=usual)
    arguments.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS))
    arguments.add_argument("--marketplace", nargs="*", choices=list(GROUNDS), default=practised())
    arguments.add_argument("--kept", type=Path)
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reconcile-torture-"))
    print(machine())
    well = [played(name, given, folder) for name in given.only]  # all of them, whatever the first says
    if fine := all(well):
        shutil.rmtree(folder)
    else:
        print(f"\nWhat is wrong is kept in {folder}.")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
