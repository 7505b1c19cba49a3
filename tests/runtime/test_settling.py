"""What is ours after a run, also when the process that began it was killed and another one finished it."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from undo.taking_back import Cut, CutsAfter
from world import World, differences

from reconciler.model.changes import Verb
from reconciler.model.outcomes import Result
from reconciler.runtime.commands.apply import apply_plan, resume
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace


def removed(made: World, *left: str) -> list[tuple[Verb, str]]:
    """What is planned when only these documents are left."""
    made.documents(*(world.offer(key, delivery={"handling": "PT24H"}) for key in left))
    return [(change.verb, change.key.name) for change in made.plan().changes]


def cut_off(root: Path) -> World:
    """A is as declared, B and the new N are written by an apply that is killed after the first of them."""
    live = [world.live_offer(1, "A"), world.live_offer(2, "B")]
    documents = [
        world.offer("A", stock={"always": 10}),
        world.offer("B", content={"title": "Talerz zupełnie inny niż był"}),
    ]
    made = World.make(root, world.seller(live), [*documents, world.whole_offer("N")])
    with pytest.raises(Cut):
        apply_plan(Workspace(root), made.plan(), ApplyOptions(parallelism=1), CutsAfter(1))
    return made


def finished(made: World) -> list[Result]:
    """Finish the run as the next command does, and tell what became of its rows."""
    return [each.result for each in resume(Workspace(made.root), ApplyOptions(), Silent()).outcomes]


def test_what_a_killed_run_has_written_is_ours_when_another_has_finished_it(tmp_path: Path) -> None:
    """Nothing is left to apply, so nothing else will ever remember it: a document that goes away ends its offer."""
    made = cut_off(tmp_path)
    assert set(finished(made)) == {Result.APPLIED}
    assert not differences(made.plan())
    assert removed(made, "A", "B") == [(Verb.END, "N")]
    assert removed(made, "A", "N") == [(Verb.END, "B")]


def test_what_was_as_declared_is_ours_after_a_killed_run_too(tmp_path: Path) -> None:
    made = cut_off(tmp_path)
    assert set(finished(made)) == {Result.APPLIED}
    assert removed(made, "B", "N") == [(Verb.END, "A")]


def test_a_killed_ending_is_forgotten_by_whoever_finishes_it(tmp_path: Path) -> None:
    """The offer of a removed document was ended by a run that was killed: it is ours no longer."""
    made = World.make(
        tmp_path,
        world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]),
        [world.offer("A", stock={"always": 4}), world.offer("B", stock={"always": 4})],
    )
    made.converge()
    made.documents(world.offer("A", stock={"always": 4}))
    with pytest.raises(Cut):
        apply_plan(Workspace(tmp_path), made.plan(), ApplyOptions(parallelism=1), CutsAfter(1))
    assert finished(made) == [Result.APPLIED]
    identity = made.by_key("B")
    assert identity is not None
    made.panel(identity["id"], {"publication": {"status": "ACTIVE"}})  # somebody sells it again by hand
    assert not made.plan().changes
