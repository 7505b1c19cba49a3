"""Every cost is linear: a change of a long run takes as many steps and rows as a change of a short one."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import world
from torture import shop as shop_of_all
from world import World

import reconciler
from reconciler.cli.main import run as cli
from reconciler.engine.fewest import worth_a_command
from reconciler.runtime.connection.session import run as run_to_its_end
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.database import Database

SMALL, LARGE = 120, 240
#: So much more a change of the long run may take, and what is too little to be told from chance.
MOST, NOTHING = 1.2, 5.0
#: What waits for its slot costs by the time that it waits, and by how many wait beside it: 30 at the most. (A look at
#: whether a base is fresh: 18 steps a change of 120 changes, 24 of 480, 18 of 960.)
_WAITING = (
    "runtime/ratelimit/",
    "runtime/connection/freshness.py",
    "runtime/ledger/budgets.py",
    "runtime/clock.py",
)
#: One sweep over the list stands for a hundred rows a page at least, or for those that bear another key: how often that
#: pays is a matter of numbers, and a page has a thousand rows whoever is asked for.
_SWEEP = " inventory"
_OURS, _ISLAND = str(Path(reconciler.__file__).parent), str(Path(reconciler.__file__).parent / "simulator")


class Cost:
    """The steps (lines and rounds of loops) of each of our functions, the rows read from SQL, and SQLite's own steps."""

    def __init__(self) -> None:
        self.steps: Counter[str] = Counter()
        self._names: dict[Any, str] = {}

    def watch(self, frame: FrameType, _event: str, _arg: object) -> Any:
        code = frame.f_code
        if code not in self._names:
            ours = code.co_filename.startswith(_OURS) and not code.co_filename.startswith(_ISLAND)
            where = f"{code.co_filename[len(_OURS) + 1 :]}:{code.co_firstlineno} {code.co_name}"
            self._names[code] = where if ours else ""
        if not self._names[code]:
            return None
        name, steps = self._names[code], self.steps

        def step(_frame: FrameType, _event: str, _arg: object) -> Any:
            steps[name] += 1
            return step

        steps[name] += 1
        return step


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cost]:
    cost, read = Cost(), Database.rows

    def rows(self: Database, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        found = read(self, sql, values)
        cost.steps[f"rows of: {' '.join(sql.split())[:120]}"] += len(found)
        return found

    before = sys.gettrace()
    connect = sqlite3.connect

    def connected(path: Any, *given: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(path, *given, **named)
        if Path(path).name == "ledger.db":
            connection.set_progress_handler(lambda: cost.steps.update({"hundred steps of SQLite": 1}), 100)
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(Database, "rows", rows)
        patched.setattr(sqlite3, "connect", connected)
        sys.settrace(cost.watch)
        try:
            yield cost
        finally:
            sys.settrace(before)


def grown(small: Cost, large: Cost) -> list[str]:
    """What takes more for each of many changes than for each of few."""
    found = []
    for name, steps in sorted(large.steps.items()):
        few, many = small.steps[name] / SMALL, steps / LARGE
        if many > max(few, NOTHING) * MOST and not (name.startswith(_WAITING) or name.endswith(_SWEEP)):
            found.append(f"{name}: {few:.1f} -> {many:.1f} for each change")
    return found


Shop = Callable[[int], tuple[list[dict[str, Any]], list[dict[str, Any]]]]


def shop(count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A quarter of the changes are prices, a quarter are edits, a quarter are creations, and a quarter are ends."""
    part = count // 4
    live = [world.live_offer(number, f"O{number:04d}") for number in range(3 * part)]
    prices = [world.offer(f"O{n:04d}", price=f"{150 + n}.00 PLN") for n in range(part)]
    edits = [
        world.offer(f"O{n:04d}", content={"title": f"Talerz zupełnie inny numer {n}"})
        for n in range(part, 2 * part)
    ]
    created = [world.whole_offer(f"N{n:04d}") for n in range(part)]
    return live, [*prices, *edits, *created]


def sale(count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All offers get one price, which one command carries."""
    live = [world.live_offer(number, f"O{number:04d}") for number in range(count)]
    return live, [world.offer(each["offer"]["external"]["id"], price="150.00 PLN") for each in live]


def cost_of(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    before: Callable[[World], object],
    act: Callable[[World], object],
    changes: Shop = shop,
) -> Cost:
    live, documents = changes(count)
    known = [world.offer(each["offer"]["external"]["id"], delivery={"handling": "PT24H"}) for each in live]
    made = World.make(root / str(count), world.seller(live), known)
    made.converge()
    made.documents(*documents)
    before(made)
    with counted(monkeypatch) as cost:
        act(made)
    return cost


@pytest.mark.parametrize("changes", [shop, sale])
def test_a_change_of_a_long_run_costs_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: Shop
) -> None:
    """A plan, its apply, and the next plan."""

    def act(made: World) -> None:
        report = made.apply(made.plan())
        assert not world.undone(report), world.undone(report)[:3]
        assert not made.plan().changes

    costs = [cost_of(tmp_path, monkeypatch, n, lambda _: None, act, changes) for n in (SMALL, LARGE)]
    found = grown(*costs)
    assert not found, "\n".join(found)


def test_what_settles_costs_no_more_where_much_of_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything was accepted and does not show: the next plan and apply know it by its rows."""

    def before(made: World) -> None:
        made.set(accepted_ratio=1.0, operation_seconds=[36_000.0, 36_000.0], command_seconds=[36_000.0, 36_000.0])
        made.apply(made.plan(), wait=0.0)

    def act(made: World) -> None:
        plan = made.plan()
        assert len(plan.accounts[0].settling) >= SMALL
        made.apply(plan, wait=0.0)

    found = grown(*(cost_of(tmp_path, monkeypatch, count, before, act) for count in (SMALL, LARGE)))
    assert not found, "\n".join(found)


#: What people look with at all that there is; `plan.json` is a plan of it, and HEAD has other documents.
LOOKS = (
    "validate",
    "validate --changed-since HEAD",
    "fmt --check",
    "lint",
    "graph",
    "graph --format dot",
    "graph --apart --format mermaid",
    "diff HEAD",
    "plan",
    "plan --no-cache",
    "plan --changed-since HEAD",
    "plan --base HEAD",
    "plan --only price",
    "plan --format markdown",
    "plan --format sarif",
    "plan --by offer --show-unsynced",
    "show plan.json",
    "show plan.json --format markdown",
    "show plan.json --format html --out page.html",
    "show plan.json --format json",
    "list",
    "list --offline",
    "list --state changes",
    "drift",
    "pull",
    "adopt --list",
    "sync status",
    "state list",
    "history",
)


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A few and many offers in one folder, which were applied; of all of them the price is another now."""
    found = {}
    for count in (SMALL, LARGE):
        live, documents = sale(count)
        known = [world.offer(each["offer"]["external"]["id"], delivery={"handling": "PT24H"}) for each in live]
        made = World.make(tmp_path_factory.mktemp("looks") / str(count), world.seller(live), known)
        made.converge()
        (made.root / ".gitignore").write_text(".reconcile/\nplan.json\npage.html\n")
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "as it was")):
            who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
            subprocess.run(["git", "-C", str(made.root), *who, *words], check=True, capture_output=True)
        made.documents(*documents)
        assert cli(["-C", str(made.root), "plan", "--out", str(made.root / "plan.json")]) == 0
        found[count] = made.root
    return found


@pytest.mark.parametrize("command", LOOKS)
def test_a_look_at_many_costs_no_more_for_each(
    command: str, looked_at: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = []
    for count, root in looked_at.items():
        here = shutil.copytree(root, tmp_path / str(count))
        monkeypatch.chdir(here)
        with counted(monkeypatch) as cost:
            code = cli(["-C", str(here), *command.split()])
        assert code in (0, 2), command
        costs.append(cost)
    found = grown(*costs)
    assert not found, "\n".join(found)


def test_weighing_many_groups_costs_no_more_for_each_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal changes of many prices: each group might be a command, and each offer is in two of them."""
    costs = []
    for count in (SMALL, LARGE):
        groups = [[f"{group // 2}/{member}" for member in range(30)] for group in range(count)]
        with counted(monkeypatch) as cost:
            worth_a_command(groups, [1000] * count, 25)
        costs.append(cost)
    assert not grown(*costs)


def test_a_plan_asks_at_most_twice_what_we_manage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once to observe and once to judge, not once for each kind."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="60 PLN")])
    made.converge()
    asked: list[object] = []
    managed = Ledger.managed

    def noted(self: Ledger, *where: Any) -> Any:
        asked.append(where)
        return managed(self, *where)

    monkeypatch.setattr(Ledger, "managed", noted)
    made.plan()
    assert len(asked) <= 2


def test_a_bundle_is_read_once_to_be_told_from_many_new_ones(tmp_path: Path) -> None:
    """Nothing but its members tells a bundle: those that are there are read for the run, not for each creation."""
    keys = [f"O{number}" for number in range(12)]
    products = (shop_of_all.example.PRODUCT, world.SECOND_PRODUCT)  # two neighbours are of different ones
    live = [shop_of_all.live_offer(number, key, products[number % 2]) for number, key in enumerate(keys)]
    bundles = [shop_of_all.bundle(f"zestaw {first}", (keys[first], keys[first + 1])) for first in range(11)]
    made = World.make(tmp_path, world.seller(live), bundles[:5])
    made.converge()
    made.documents(*bundles)
    plan = made.plan()
    made.forget_requests()
    assert not world.undone(made.apply(plan))
    reads = [each for each in made.sent() if each["method"] == "GET" and "/sale/flexible-bundles/" in each["url"]]
    assert len(reads) == 5 + 6, "five that are there, and each of the six new ones is read back"
    assert plan.forecast.requests["Bundle.detail"] == 5 + 6


class Large:
    """Something whose text nobody needs."""

    written = 0

    def __repr__(self) -> str:
        self.written += 1
        return "a very long text"


def test_nobody_writes_a_result_as_a_text() -> None:
    """Python 3.11 does, of what a task returns, when it puts back the handler of Ctrl-C."""

    async def main() -> Large:
        return Large()

    assert run_to_its_end(main()).written == 0
