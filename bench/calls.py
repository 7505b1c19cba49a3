"""The check that is no timed test: how many calls a plan takes, each in a process of its own: the first one of a shop,
one at rest, and one in which all prices changed.

Usage: calls.py [--renew] [--recorded FILE] [--offers N]. Calls of Python functions and from Python into C are counted; what the
embedded practice marketplace does is not. The exit code is 1 where a count is more than 10 % off the one that the
file has for this minor version of Python (bench/calls.json); `--renew` writes them down anew.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.cost.shop import edit, offers_of

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "bench" / "calls.json"
OFFERS, ALLOWED = 1_000, 10
RENEW = "python bench/calls.py --renew"
_KINDS = frozenset({"call", "c_call"})
#: The plans that are counted, in this order, and whether each finds something to do.
FIRST, AT_REST, ALL_PRICES = "first", "at rest", "all prices"
PLANS = {FIRST: False, AT_REST: False, ALL_PRICES: True}


class Counter:
    """Counts calls in all threads that begin while it does; `calls` is the count."""

    def __init__(self) -> None:
        self.calls = 0

    def begin(self) -> None:
        """Count from here."""
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def end(self) -> None:
        """Count no further; ending is not counted."""
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]

    def pause(self, there: bool) -> None:
        """Leave out what happens elsewhere."""
        sys.setprofile(None if there else self._note)

    def _note(self, _frame: Any, event: str, _argument: Any) -> None:
        if event in _KINDS:
            self.calls += 1


def counted(work: Callable[[], object]) -> int:
    """Return how many calls some work takes, the marketplace's left out."""
    from bench.cost.island import apart

    counter = Counter()
    with apart(outside=counter.pause):
        counter.begin()
        try:
            work()
        finally:
            counter.end()
    return counter.calls


def plan_in(project: Path, *, changes: bool) -> int:
    """Return the calls of a plan. ValueError where it finds something to do and should not, or the other way."""
    from reconciler.runtime.commands.plan import make_plan
    from reconciler.runtime.options import PlanOptions
    from reconciler.runtime.progress import Silent
    from reconciler.runtime.project.workspace import Workspace

    plans = []
    calls = counted(lambda: plans.append(make_plan(Workspace(project), PlanOptions(), Silent())))
    if bool(plans[0].changes) is not changes:
        raise ValueError(f"{len(plans[0].changes)} changes are planned in {project}")
    return calls


def count(offers: int) -> dict[str, int]:
    """Make a shop, and count its plans, each in a fresh process."""
    with tempfile.TemporaryDirectory() as place:
        shop = str(Path(place) / "shop")
        reconcile = ("-m", "reconciler.cli.main", "-C", shop)
        _python("-m", "bench.cost.shop", shop, str(offers))
        found = {FIRST: _counted_in(shop, FIRST)}
        _python(*reconcile, "apply", "--auto-approve")
        _python(*reconcile, "plan", "--detailed-exitcode")  # what is read once after an apply is read
        found[AT_REST] = _counted_in(shop, AT_REST)
        edit(offers_of(Path(shop)), title=False)
        return {**found, ALL_PRICES: _counted_in(shop, ALL_PRICES)}


def _counted_in(shop: str, plan: str) -> int:
    return int(_python(str(Path(__file__).resolve()), "--in", shop, "--plan", plan))


def _python(*words: str) -> str:
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    env = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout


def verdict(plan: str, calls: int, recorded: int | None) -> tuple[bool, str]:
    """Tell whether a count is as it was recorded, and what to say of it."""
    version = f"Python {_minor()}"
    if recorded is None:
        return True, f"plan, {plan}: {calls:,} calls; nothing is recorded for {version}: `{RENEW}`"
    off = (calls - recorded) / recorded * 100
    said = f"plan, {plan}: {calls:,} calls; {recorded:,} are recorded for {version} ({off:+.1f} %)"
    if abs(off) <= ALLOWED:
        return True, said
    way = (
        "Find what does more, or, where it has to be"
        if off > 0
        else "That is less, so write it down, or it is lost unseen"
    )
    return False, f"{said}, and {ALLOWED} % are allowed. {way}: `{RENEW}`"


def _minor() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> int:
    """Count, and compare or write down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--renew", action="store_true", help="write the count down for this Python")
    parser.add_argument("--recorded", type=Path, default=RECORDED, metavar="FILE")
    parser.add_argument("--offers", type=int, default=OFFERS)
    parser.add_argument("--in", dest="project", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--plan", choices=PLANS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.project:
        print(plan_in(asked.project, changes=PLANS[asked.plan]))
        return 0
    known = json.loads(asked.recorded.read_text("utf-8")) if asked.recorded.exists() else {}
    found = count(asked.offers)
    if asked.renew:
        asked.recorded.write_text(json.dumps({**known, _minor(): found}, indent=1, sort_keys=True) + "\n", "utf-8")
        print(f"recorded for Python {_minor()}: {', '.join(f'{plan} {calls:,}' for plan, calls in found.items())}")
        return 0
    before = known.get(_minor(), {})
    verdicts = [verdict(plan, calls, before.get(plan)) for plan, calls in found.items()]
    print("\n".join(said for _, said in verdicts))
    return 0 if all(right for right, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
