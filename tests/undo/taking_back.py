"""Undo as `reconcile undo` does it, and what stands on the account, field by field."""

from __future__ import annotations

from typing import Any

from toggles.wire_fields import fields, moved
from world import World

from reconciler.engine.canonical import duration
from reconciler.model.history import RunTold
from reconciler.model.outcomes import Report
from reconciler.model.plan import Plan
from reconciler.runtime.commands.history import history
from reconciler.runtime.commands.undo import make_undo
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace


def runs(made: World) -> tuple[RunTold, ...]:
    """All runs of a project, newest first."""
    return history(Workspace(made.root), None, 50)


def undo_plan(made: World, run: str | None = None, **allow: str) -> Plan:
    """Plan the undoing of a run, by default of the latest."""
    return make_undo(Workspace(made.root), run or runs(made)[0].id, allow, Silent())


def undo(made: World, run: str | None = None) -> tuple[Plan, Report]:
    """Plan the undoing of a run and apply it."""
    plan = undo_plan(made, run)
    return plan, made.apply(plan)


def standing(made: World) -> dict[str, dict[str, Any]]:
    """Every field of every offer as the marketplace stores it, by the offer's id."""
    stored, tags = made.stored(), made.tags()
    return {key: fields(body, tags.get(key, [])) for key, body in stored.items()}


def changed(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The fields of the offers of `before` that are not what they were, as far as a document can own them."""
    found = {key: moved(_ownable(before[key]), _ownable(after.get(key, {}))) for key in before}
    return {key: names for key, names in found.items() if names}


def _ownable(names: dict[str, Any]) -> dict[str, Any]:
    """Leave out what goes with a field and is nobody's: GPSR facts of a bundled product, a hint with its mode."""
    kept = {name: value for name, value in names.items() if " of " not in name}
    message = kept.get("settings.message_to_seller")
    handling = kept.get("delivery.handling")
    return {
        **kept,
        "settings.message_to_seller": message and message.get("mode"),
        "delivery.handling": handling and duration(handling),  # one time has several spellings
    }


class Cut(Exception):  # noqa: N818 - it stands for a process that was killed
    """The process is gone."""


class CutsAfter:
    """A progress display in whose process the power fails."""

    def __init__(self, chunks: int) -> None:
        self.left = chunks
        self.task = ""

    def start(self, task: str, total: int | None = None) -> None:
        self.task = task

    def advance(self, steps: int = 1) -> None:
        if self.task == "applying":
            self.left -= 1
            if not self.left:
                raise Cut

    def finish(self) -> None: ...

    def note(self, text: str) -> None: ...
