"""Cost per offer of loading, validating, planning, comparing and applying, with peak memory.

Usage: bench.py [OFFERS ...] (default: 2000 20000). Two sizes show that the cost per offer does not grow.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
STEPS = (
    ("load + validate", "load", ()),
    ("load + validate + resolve", "resolve", ()),
    ("the same, collector on", "resolve", ("--gc",)),
    ("plan, nothing cached", "plan", ()),
    ("plan, again", "plan", ()),
    ("plan, again, collector on", "plan", ("--gc",)),
)


def run(*command: str) -> str:
    """Run one command and return what it prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def measure(step: str, project: Path, *flags: str) -> dict[str, int]:
    """Measure one step in a fresh process."""
    told: dict[str, int] = json.loads(run(sys.executable, str(HERE / "measure.py"), step, str(project), *flags))
    return told


def table(offers: int, place: Path) -> float:
    """Write a shop and print a row for each step; return what a change costs when it is applied."""
    project = place / f"shop-{offers}"
    run(sys.executable, "-m", "reconciler.cli.main", "demo", str(project), "--offers", str(offers))
    print(f"\n{offers:,} offers{'':28}CPU       a offer      wall    peak memory")
    for title, step, flags in STEPS:
        told = measure(step, project, *flags)
        cost = told["cpu_ms"] / told["offers"]
        cpu, wall = told["cpu_ms"] / 1000, told["wall_ms"] / 1000
        print(f"  {title:34}{cpu:7.2f} s  {cost:7.3f} ms  {wall:7.2f} s  {told['peak_mb']:6} MB")
    told = measure("diff", project)
    print(f"  {'compare an unchanged offer':34}{'':11}{told['cpu_us'] / told['offers'] / 1000:7.4f} ms")
    return apply_cost(project)


def apply_cost(project: Path) -> float:
    """Print and return what a change costs when it is applied, in milliseconds of our own CPU."""
    told = measure("apply", project)
    cost = told["own_us"] / told["offers"] / 1000
    done = f"{told['applied']:,} of {told['rows']:,} rows applied"
    print(f"  {'apply, without the marketplace':34}{told['own_us'] / 1e6:7.2f} s  {cost:7.3f} ms a change; {done}")
    return cost


def help_cost() -> None:
    """Print the CPU time of `reconcile --help`, the interpreter included: the least of five."""
    least = float("inf")
    for _ in range(5):
        before = os.times()
        run(sys.executable, "-m", "reconciler.cli.main", "--help")
        after = os.times()
        least = min(
            least, after.children_user + after.children_system - before.children_user - before.children_system
        )
    print(f"\nreconcile --help: {least * 1000:.0f} ms of CPU")


def main() -> None:
    """Measure all sizes."""
    sizes = [int(word) for word in sys.argv[1:]] or [2_000, 20_000]
    with tempfile.TemporaryDirectory() as place:
        costs = [table(offers, Path(place)) for offers in sizes]
    if len(sizes) > 1:
        print(f"\na change of {sizes[-1]:,} costs {costs[-1] / costs[0]:.2f} times what one of {sizes[0]:,} does")
    help_cost()


if __name__ == "__main__":
    main()
