"""Long work tells how far it is: each phase by its name, to its end, and short work tells nothing."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import world
from world import World

from reconciler.cli.saving import save_plan
from reconciler.model.plan import Plan
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import in_steps
from reconciler.runtime.project.workspace import Workspace
from runtime.test_uncommitted import git

MANY = 2_100


@dataclass
class Heard:
    """Keeps each task with its total, and how many steps of it were told."""

    tasks: dict[tuple[str, int | None], int] = field(default_factory=dict)
    now: tuple[str, int | None] = ("", None)
    ended: int = 0

    def start(self, task: str, total: int | None = None) -> None:
        self.now = task, total
        self.tasks[self.now] = 0

    def advance(self, steps: int = 1) -> None:
        self.tasks[self.now] += steps

    def finish(self) -> None:
        self.ended += 1

    def note(self, text: str) -> None: ...


@pytest.mark.parametrize("count", [2_000, 2_499, 2_500, 5_000])
def test_steps_add_up(count: int) -> None:
    heard = Heard()
    assert list(in_steps(range(count), "counting", heard)) == list(range(count))
    assert heard.tasks == {("counting", count): count}
    assert heard.ended == 1


def test_what_is_short_tells_nothing() -> None:
    heard = Heard()
    assert list(in_steps(range(1_999), "counting", heard)) == list(range(1_999))
    assert heard == Heard()


def test_who_stops_early_has_ended_the_task() -> None:
    heard = Heard()
    steps = in_steps(range(3_000), "counting", heard)
    assert next(steps) == 0
    steps.close()
    assert heard.ended == 1


def test_every_phase_of_a_plan_is_told_to_its_end(tmp_path: Path) -> None:
    """Reading, merging, resolving, checking, the list by its pages, and comparing; of what changed, what follows."""
    names = [f"N-{number}" for number in range(MANY)]
    live = [world.live_offer(number, name) for number, name in enumerate(names, 1)]
    made = World.make(tmp_path / "shop", world.seller(live), [])
    priced(made, names, "10.00")
    git(made.root, "init", "-q")
    git(made.root, "commit", "-qm", "nothing yet", "--allow-empty")
    first = {
        "reading documents": (MANY + 1, MANY + 1),  # with reconcile.yaml
        "merging layers": (MANY + 1, MANY + 1),
        "resolving documents": (MANY, MANY),
        "checking limits": (MANY, MANY),
        "reading the list of offers": (MANY, MANY),
        "comparing offers": (MANY, MANY),
    }
    changed = {
        "packing changes": (MANY, MANY),
        "looking what would be refused": (MANY, MANY),
        "looking what is committed": (MANY, MANY),
    }
    plan, told = heard_of(made)
    rows = len(plan.changes) + len(plan.actions) + len(plan.accounts[0].compared)
    assert len(plan.changes) == MANY
    assert told == {**first, **changed, "sealing the plan": (rows, rows), "writing the plan": (rows, rows)}
    made.apply(plan)
    assert heard_of(made)[1] == first  # what is remembered is not said again
    priced(made, names, "11.00")
    told = heard_of(made)[1]
    assert told.pop("looking into files") == (MANY, MANY)
    assert told == {**first, **changed, "sealing the plan": (rows, rows), "writing the plan": (rows, rows)}


def priced(made: World, names: list[str], price: str) -> None:
    """Let every offer have a price."""
    for name in names:
        made.write(f"offers/{name}.yaml", f"kind: Offer\nname: {name}\nprice: {price} PLN\n")


def heard_of(made: World) -> tuple[Plan, dict[str, tuple[int | None, int]]]:
    """Make a plan and save it, and return what was told of it."""
    heard = Heard()
    plan = make_plan(Workspace(made.root), PlanOptions(), heard)
    save_plan(made.root / "plan.json", plan, heard)
    return plan, {task: (total, done) for (task, total), done in heard.tasks.items() if total}
