"""Every trouble of the marketplace, with every kind of action: a true report, and an empty plan when it is over."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import world
from world import Project, differences

from reconciler.model.outcomes import Report, Result
from reconciler.runtime.commands.apply import resume
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from torture import trouble
from torture.crash import calm
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.trouble import Kind

#: So often one request may leave: an offer that is busy is asked for half an hour. All else is tried six times, and
#: images look alike here: their bytes are not in the record.
MOST_SENDS = 40


def faults_of(at: Ground) -> dict[str, Mapping[str, Any]]:
    """Every trouble of a marketplace: name -> knobs."""
    return {**trouble.FAULTS, **trouble.lagging(at.lag), **at.faults}


def case(
    root: Path,
    kind: Kind,
    knobs: Mapping[str, Any],
    *,
    at: Ground = ALLEGRO,
    after: Callable[[Project], None] | None = None,
) -> list[str]:
    """Apply in trouble, hold the report against what is there, then once more in peace. Empty when all is well."""
    made = at.case(root, kind)
    plan = made.plan()
    planned = [target.key for part in plan.accounts for action in part.actions for target in action.targets]
    if not planned:
        return ["nothing was planned: the case tests nothing"]
    made.set(**knobs)
    made.forget_requests()
    found: list[str] = []
    try:
        found += untrue(made, made.apply(plan), len(planned), at)
    except RunStopped as stopped:
        if not (stopped.summary and stopped.hint):
            found.append(f"stopped without a word of help: {type(stopped).__name__} {stopped.summary!r}")
        calm(made, at)
    found += sent_for_ever(made)
    if after:
        after(made)
    found += unsettled(made, at)
    if not found:
        shutil.rmtree(root)
    return found


def sent_for_ever(made: Project) -> list[str]:
    """Writes of one apply that left oftener than any patience explains."""
    left = Counter((each["method"], each["url"], each["request_body"]) for each in made.writes())
    return [f"{method} {url} left {times} times" for (method, url, _), times in left.items() if times > MOST_SENDS]


def untrue(made: Project, report: Report, planned: int, at: Ground = ALLEGRO) -> list[str]:
    """What a report says that is not so, once everything has come to rest."""
    found = []
    if sum(report.counts().values()) != planned:
        found.append(f"{planned} rows planned, the report has {sum(report.counts().values())}")
    for each in report.outcomes:
        if each.result is not Result.APPLIED and not (each.detail or each.fault):
            found.append(f"{each.key} {each.result} without a reason")
    calm(made, at)
    results: dict[Any, set[Result]] = {}
    for each in report.outcomes:
        results.setdefault(each.key, set()).add(each.result)
    left = {change.key for change in made.plan(refresh="full").changes}
    found += [f"{key} was reported applied and is not" for key in left if results.get(key) == {Result.APPLIED}]
    refused = [key for key, seen in results.items() if Result.REFUSED in seen or Result.SKIPPED in seen]
    found += [f"{key} was reported {results[key]} and is there" for key in refused if key not in left]
    return found


def unsettled(made: Project, at: Ground = ALLEGRO) -> list[str]:
    """Finish what was left open and apply once more: everything is applied, nothing twice, nothing left to do."""
    workspace = Workspace(made.root)
    found = []
    try:
        resume(workspace, ApplyOptions(), Silent())
        plan = made.plan()
        report = made.apply(plan)
        found += [f"in peace: {each}" for each in world.undone(report)]
        found += [f"in peace: planned again: {each}" for each in differences(made.plan(refresh="full"))]
    except RunStopped as stopped:
        found.append(f"in peace: {type(stopped).__name__} {stopped.summary}")
    return found + [f"twice: {each}" for each in at.twice(made)]


def matrix(
    folder: Path, *, at: Ground = ALLEGRO, faults: list[str] | None = None, kinds: list[str] | None = None
) -> tuple[Counter[str], list[str]]:
    """Every fault with every kind; the count of cases, and what was wrong."""
    counts: Counter[str] = Counter()
    wrong, known = [], faults_of(at)
    for name in faults or known:
        for kind in kinds or at.kinds:
            counts["cases"] += 1
            try:
                found = case(folder / f"{len(wrong)}-{counts['cases']}", at.kinds[kind], known[name], at=at)
            except Exception as problem:  # noqa: BLE001 - a campaign goes on and tells all
                found = [f"{type(problem).__name__}: {problem}"]
            wrong += [f"{name} x {kind}: {each}" for each in found]
            counts["with faults"] += bool(found)
    return counts, wrong
