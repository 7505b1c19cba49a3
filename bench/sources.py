"""What stock and prices from two sources add to a plan of a shop at rest, and peak memory.

Usage: sources.py [--instructions] [OFFERS ...] (default: 2000 20000). With `--instructions` in instructions, which hardly
differ from run to run, while the seconds of one plan differ by a fifth from those of the next. It needs valgrind, and a
quarter of an hour.
"""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROUNDS = 5


def run(*command: str) -> str:
    """Run one command and return what it prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def measure(step: str, project: Path, *flags: str) -> dict[str, int]:
    """Measure one step in a fresh process."""
    told: dict[str, int] = json.loads(run(sys.executable, str(HERE / "measure.py"), step, str(project), *flags))
    return told


def two_shops(offers: int, place: Path) -> tuple[Path, Path]:
    """Make two shops at rest: one with its numbers in the documents, one that gets the same from two sources."""
    plain, sourced = place / f"plain-{offers}", place / f"sourced-{offers}"
    reconcile = (sys.executable, "-m", "reconciler.cli.main")
    run(*reconcile, "demo", str(plain), "--offers", str(offers))
    run(*reconcile, "demo", "--fix", str(plain))
    shutil.copytree(plain, sourced)
    run(sys.executable, str(HERE / "sourced.py"), str(sourced))
    for project in (plain, sourced):
        run(*reconcile, "-C", str(project), "apply", "--auto-approve")
    return plain, sourced


def sources_cost(offers: int, place: Path) -> float:
    """Print what a plan takes more when stock and prices come from two sources; return the seconds that they take.

    Both shops are at rest: each was applied, so that both remember all that they declare. The difference of two
    plans can be less than nothing, since literal numbers cost something, too. So what is returned is what
    reading the sources and filling in their numbers takes by itself.
    """
    plain, sourced = two_shops(offers, place)
    print(f"\n{offers:,} offers, two sources{'':16}CPU       a offer      wall    peak memory")
    # In turn: the seconds of a processor that others use, too, drift by a fifth within minutes.
    rounds = [(measure("plan", plain), measure("plan", sourced)) for _ in range(ROUNDS)]
    for title, told in zip(
        ("plan at rest, literal numbers", "the same numbers from sources"), zip(*rounds, strict=True), strict=True
    ):
        assert not any(each["changes"] for each in told), "a shop is not at rest"
        least = min(told, key=lambda each: each["cpu_ms"])
        cpu, wall = least["cpu_ms"] / 1000, least["wall_ms"] / 1000
        print(f"  {title:34}{cpu:7.2f} s  {cpu * 1000 / offers:7.3f} ms  {wall:7.2f} s  {least['peak_mb']:6} MB")
    apart = sorted((b["cpu_ms"] - a["cpu_ms"]) / 1000 for a, b in rounds)
    more, memory = median(apart), max(b["peak_mb"] - a["peak_mb"] for a, b in rounds)
    each = f"{more * 1000 / offers:7.3f} ms"
    print(f"  {'what sources add, in the middle':34}{more:7.2f} s  {each}  {'':9}  {memory:6} MB")
    print(f"  {f'in all {ROUNDS} rounds':34}{'; '.join(f'{each:.2f}' for each in apart)} s")
    reading = min((measure("fill", sourced) for _ in range(3)), key=lambda each: each["own_us"])
    alone = reading["own_us"] / 1e6
    rows = f"{reading['rows']:,} rows"
    print(f"  {'reading and filling in, by itself':34}{alone:7.2f} s  {alone * 1000 / offers:7.3f} ms  {rows:>9}")
    return alone


def instructions(project: Path) -> int:
    """Return how many instructions a plan at rest takes, the interpreter's start included."""
    measure("plan", project)  # what is read again only now and then is read now
    count = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
    step = (sys.executable, str(HERE / "measure.py"), "plan", str(project))
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([*count, *step], check=True, capture_output=True, text=True, env=env)
    found = re.search(r"I +refs: +([\d,]+)", done.stderr)
    assert found is not None, done.stderr
    return int(found[1].replace(",", ""))


def sources_instructions(small: int, large: int, place: Path) -> None:
    """Print the instructions of an offer, and what sources add to them: for each offer, and once."""
    few = [instructions(project) for project in two_shops(small, place)]
    many = [instructions(project) for project in two_shops(large, place)]
    plain, sourced = ((b - a) / (large - small) for a, b in zip(few, many, strict=True))
    once = few[1] - few[0] - (sourced - plain) * small
    print(f"\ninstructions of a plan at rest, from {small:,} and {large:,} offers")
    print(f"  {'an offer with literal numbers':34}{plain / 1e6:7.3f} million")
    share = (sourced - plain) / plain
    print(
        f"  {'more, from two sources':34}{(sourced - plain) / 1e6:7.3f} million ({share:.1%}); once {once / 1e9:.2f} billion"
    )


def growth(costs: list[float], sizes: list[int]) -> float:
    """Return the exponent by which a cost grows with the size: 1 is linear."""
    return math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])


def main() -> None:
    """Measure all sizes."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    with tempfile.TemporaryDirectory() as place:
        if "--instructions" in sys.argv:
            sources_instructions(*([int(word) for word in words] or [1_000, 4_000]), Path(place))
            return
        sizes = [int(word) for word in words] or [2_000, 20_000]
        added = [sources_cost(offers, Path(place)) for offers in sizes]
        if len(sizes) > 1:
            print(f"\nreading and filling in grows with the exponent {growth(added, sizes):.2f}")


if __name__ == "__main__":
    main()
