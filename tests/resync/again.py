"""Resync as `reconcile resync` does it, and displays that interrupt it."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

from world import World

from reconciler.model.outcomes import Report
from reconciler.model.plan import Plan
from reconciler.runtime.commands.resync import ResyncOptions, make_resync, resume_resync, start_resync
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.workspace import Workspace


def options(**asked: Any) -> ResyncOptions:
    """What to resync, of the account that every world has."""
    return ResyncOptions(account="main", **asked)


def resync_plan(made: World, **asked: Any) -> Plan:
    """Plan a resync."""
    return make_resync(Workspace(made.root), options(**asked), Silent())


def start(made: World, plan: Plan, progress: Progress | None = None, **asked: Any) -> Report:
    """Start what was planned."""
    return start_resync(Workspace(made.root), plan, options(**asked), progress or Silent())


def resume(made: World, progress: Progress | None = None, **asked: Any) -> Report:
    """Go on with what is unfinished."""
    return resume_resync(Workspace(made.root), options(**asked), progress or Silent())


def sent_fields(plan: Plan) -> dict[str, list[str]]:
    """The fields of each offer that the actions carry."""
    found: dict[str, set[str]] = {}
    for action in plan.actions:
        for target in action.targets:
            found.setdefault(target.key.name, set()).update(target.after)
    return {name: sorted(paths) for name, paths in found.items()}


def writes(made: World) -> Counter[str]:
    """How often each write was sent: an edit by its address, a command by its id."""
    found: Counter[str] = Counter()
    for each in made.writes():
        body = json.loads(each["request_body"]) if each["request_body"] else {}
        found[f"{each['method']} {each['url']} {body.get('commandId', '')}".strip()] += 1
    return found


class Hook:
    """A progress display that does something at the n-th chunk of a task."""

    def __init__(self, chunks: int, then: Callable[[], None], task: str = "sending again") -> None:
        self._task = task
        self._left = chunks
        self._then = then
        self._sending = False
        self.notes: list[str] = []

    def start(self, task: str, total: int | None = None) -> None:
        self._sending = task.startswith(self._task)

    def advance(self, steps: int = 1) -> None:
        if self._sending:
            self._left -= 1
            if not self._left:
                self._then()

    def finish(self) -> None:
        self._sending = False

    def note(self, text: str) -> None:
        self.notes.append(text)


class Cut(Exception):  # noqa: N818 - it stands for a process that was killed
    """The process is gone."""


def cut() -> None:
    """End like a process that was killed: nothing after this chunk is done or said."""
    raise Cut


def press_ctrl_c() -> None:
    """Ask to stop, as a person does."""
    os.kill(os.getpid(), signal.SIGINT)
