"""What planning a shop at rest takes on each marketplace: requests, and processor time an offer beside the first one's.

Usage: marketplaces.py [--offers N] [NAME ...] (default: 5,000 offers, on Allegro and every other installed marketplace
that can be practised on). The practice marketplace's own time is taken off. The bars are those of issue 13.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench import measure, run

RECONCILE = (sys.executable, "-c", "from reconciler.cli.main import main; main()")
#: Requests of a plan of 5,000 offers at rest, at most; and how much of Allegro's processor time an offer may take.
BARS = {"etsy": 60, "ebay": 250}
SHARE = 1.5
ROUNDS = 3


def shop(name: str, offers: int, place: Path) -> Path:
    """Make a shop at rest, in which nothing has gone wrong."""
    project = place / name
    run(*RECONCILE, "demo", str(project), "--marketplaces", name, "--offers", str(offers))
    run(*RECONCILE, "demo", "--fix", str(project))
    allowed = [
        flag
        for rule in ("fees", "stock-baseline", "creates", "ends", "price-change")
        for flag in ("--allow", rule)
    ]
    run(*RECONCILE, "-C", str(project), "apply", "--auto-approve", *allowed)
    measure("rest", project)  # what is read once is kept
    return project


def main() -> int:
    """Print a row for each marketplace; return 1 where one is over its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offers", type=int, default=5_000)
    parser.add_argument("names", nargs="*", default=["allegro", "etsy"])
    asked = parser.parse_args()
    print(f"{'':12}{'offers':>8}{'changes':>9}{'requests':>10}{'CPU an offer':>14}{'of the first':>14}")
    first, over = 0.0, False
    with tempfile.TemporaryDirectory() as place:
        for name in asked.names:
            project = shop(name, asked.offers, Path(place))
            told = [measure("rest", project) for _ in range(ROUNDS)]
            cost = median(each["own_us"] / each["offers"] for each in told) / 1000
            first = first or cost
            requests, changes = told[-1]["requests"], told[-1]["changes"]
            print(
                f"{name:12}{told[-1]['offers']:>8,}{changes:>9,}{requests:>10,}{cost:>11.3f} ms{cost / first:>13.2f}x"
            )
            over = (
                over or cost > first * SHARE or requests > BARS.get(name, requests) * max(1, asked.offers / 5_000)
            )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
