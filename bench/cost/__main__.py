"""Measure, and write results, documentation and README.

Usage: python -m bench.cost [SIZE ...] [--all] [--keep FOLDER] [--alone] [--trial] [--render]

Sizes are numbers of offers (default: 1,000 and 10,000; `--all` adds 100,000). `--keep` keeps the shops that were made, and the
environments of other programs, for the next run. `--alone` leaves out the programs beside us. `--trial` prints only; else
bench/results/<date>.json, docs/performance.md and the README are written. `--render` measures nothing and writes the latter two
again from the newest results.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import reconciler
from bench.cost import report, results, served
from bench.cost.measured import Failed, Figure, compile_all, measure
from bench.cost.others import octodns, terraform
from bench.cost.others.environment import Offline, environment, versions
from bench.cost.phases import LARGEST_WRITTEN, Shop, phases
from bench.cost.shop import commit

SIZES = (1_000, 10_000)
OVER_HTTP = 1_000  # at the permitted rate, 10,000 full reads take more than a minute of waiting


class Run:
    """One run: where its shops lie, and the rows that it has measured."""

    def __init__(self, kept: Path, work: Path) -> None:
        self.kept, self._work = kept, work
        self.rows: list[dict[str, Any]] = []
        self.skipped: list[str] = []
        self.versions: dict[str, str] = {}

    def note(self, what: str, size: int, figure: Figure, changes: int = 0) -> None:
        """Keep a row, and print it."""
        self.rows.append(results.row(what, size, figure, changes))
        print(
            f"{what:34}{size:>9,}{figure.cpu:10.2f} s CPU{figure.wall:10.2f} s{figure.peak:>7} MB{figure.asked:>8} requests",
            flush=True,
        )

    def skip(self, why: str) -> None:
        """Keep why something was not measured, and print it."""
        self.skipped.append(why)
        print(f"skipped: {why}", flush=True)

    def prepared(self, offers: int) -> Path:
        """Return a shop that nobody has touched; it is made where it is not kept."""
        shop = self.kept / f"shop-{offers}"
        if not shop.exists():
            made = self.kept / f"making-{offers}"
            shutil.rmtree(made, ignore_errors=True)
            command = [sys.executable, "-m", "bench.cost.shop", str(made), str(offers)]
            took = measure(command, folder=results.ROOT, log=self._work / "log.txt")
            made.rename(shop)
            print(f"made {offers:,} offers in {took.cpu:.0f} s of CPU", flush=True)
        return shop

    def ours(self, offers: int) -> None:
        """Measure all phases in a copy of a shop."""
        place = self._work / f"ours-{offers}"
        shutil.copytree(self.prepared(offers), place / "shop")
        commit(place / "shop")  # git knows each file by its number, and a copy has others
        if Shop(place / "shop").was_planned:
            self.skip(f"the first plan and apply of {offers:,} offers: the shop is kept, and at rest")
        for what, changes, figure in phases(Shop(place / "shop")):
            self.note(what, offers, figure, changes)
        if offers > LARGEST_WRITTEN:
            self.skip(f"apply of all prices, and pull: not above {LARGEST_WRITTEN:,} offers")
        shutil.rmtree(place)

    def http(self, offers: int) -> None:
        """Measure what goes over a socket."""
        for what, figure in served.over_http(self.prepared(offers), self._work):
            self.note(f"{what}, HTTP", offers, figure)

    def beside(self, offers: int) -> None:
        """Measure the programs beside us."""
        shop = self.prepared(offers)
        self._terraform(shop, offers)
        self._from_pypi(
            "octoDNS", offers, octodns.LARGEST, octodns.PACKAGES, lambda p: octodns.plan(p, offers, self._work)
        )
        script = ("requests", "PyYAML")
        self._from_pypi(
            "seller's script", offers, served.LARGEST_SCRIPT, script,
            lambda p: served.written_by_a_seller(shop, self._work, p),
        )  # fmt: skip

    def _terraform(self, shop: Path, offers: int) -> None:
        self.versions["terraform"] = terraform.version()
        if not self.versions["terraform"]:
            self.skip("terraform: there is no such binary on PATH")
            return
        for how, largest in terraform.LARGEST.items():
            if offers <= largest:
                self.note(f"terraform, {how}", offers, terraform.plan(shop, self._work, how))
            else:
                self.skip(f"terraform, {how}: not above {largest:,} offers")

    def _from_pypi(
        self, name: str, offers: int, largest: int, packages: tuple[str, ...], plan: Callable[[Path], Figure]
    ) -> None:
        if offers > largest:
            self.skip(f"{name}: not above {largest:,} offers")
            return
        try:
            programs = environment(self.kept / f"environment-{packages[0]}", packages)
        except Offline as why:
            self.skip(f"{name}: {', '.join(packages)} cannot be had from PyPI ({why})")
            return
        self.versions |= versions(programs, packages)
        self.note(name, offers, plan(programs))


def measured(asked: argparse.Namespace, kept: Path, work: Path) -> results.Results:
    """Measure everything that was asked for."""
    run, sizes = Run(kept, work), sorted({*asked.sizes, *((100_000,) if asked.all else ())})
    told = results.machine()
    compile_all(Path(reconciler.__file__).parent)
    for offers in sizes:
        run.ours(offers)
        if not asked.alone:
            if offers <= OVER_HTTP:
                run.http(offers)
            run.beside(offers)
    command = " ".join(["python -m bench.cost", *map(str, sizes), *(["--alone"] if asked.alone else [])])
    return {
        "machine": {**told, "others": run.versions, "command": command},
        "skipped": run.skipped,
        "rows": run.rows,
    }


def main() -> int:
    """Do what was asked; 1 where a command did not end as it should."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.cost", description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="SIZE")
    parser.add_argument("--all", action="store_true", help="also 100,000 offers")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep prepared shops for the next run")
    parser.add_argument("--alone", action="store_true", help="leave out the programs beside us")
    parser.add_argument("--trial", action="store_true", help="print only; write no results")
    parser.add_argument("--render", action="store_true", help="measure nothing; write the documentation again")
    asked = parser.parse_args()
    if asked.render:
        report.write(results.load(results.latest()))
        return 0
    with tempfile.TemporaryDirectory() as work:
        kept = asked.keep.resolve() if asked.keep else Path(work) / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        try:
            told = measured(asked, kept, Path(work))
        except Failed as why:
            print(why, file=sys.stderr)
            return 1
    if not asked.trial:
        results.save(told)
        report.write(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
