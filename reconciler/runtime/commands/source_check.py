"""Before a plan is applied: do its sources still say what it was made of?

Read again is what is older than its `freshness`; rows that have moved are left out of the run, and said. Where a
source is and with whose password it is read is never taken from a plan file, which anybody may have written: it is
what the project's document says, and that has to be what the plan was made by.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from reconciler.documents.sources import source_from, span
from reconciler.engine.outdated import FRESH, Judge
from reconciler.engine.rules.tables import Table
from reconciler.model.plan import Plan
from reconciler.model.tables import ReadingState, Readout, SourceRead
from reconciler.model.values import jsonable
from reconciler.runtime.clock import WallClock
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.tables import source_definitions
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.gather import SourceReader


def judge_of_rows(workspace: Workspace, plan: Plan, project: str, progress: Progress) -> Judge | None:
    """Return how to judge the rows of a plan; None where all of its sources are young enough."""
    due = {each.name: each for each in plan.sources if _is_due(each, plan)}
    if not due:
        return None
    declared = source_definitions(workspace)
    definitions = {name: declared[name] for name, each in due.items() if _is_same(each, declared.get(name))}
    sources = {name: source_from(name, each) for name, each in definitions.items()}
    readings = SourceReader(workspace=workspace, progress=progress, allow=plan.allowed)(
        sources, definitions, project
    )
    tables = {name: Table(sources[name], reading) for name, reading in readings.items() if _is_ok(reading)}

    def judge(row: str, digest: str) -> str:
        name, _, item = row.partition("/")
        if name not in due:
            return ""
        if name not in definitions:
            return f"{name} cannot be read again: the project declares it otherwise by now, or not at all"
        if name not in tables:
            return f"{name} cannot be read again: {readings[name].why}"
        return "" if tables[name].digest(item) == digest else f"{name} says something else of {item} by now"

    return judge


def _is_same(seen: SourceRead, declared: Mapping[str, Any] | None) -> bool:
    return declared is not None and jsonable(seen.definition) == jsonable(declared)


def _is_ok(reading: Readout) -> bool:
    return reading.state is ReadingState.OK


def _is_due(each: SourceRead, plan: Plan) -> bool:
    """Tell whether numbers are older by now than their source lets them be; where it says nothing, the plan is.

    A file's numbers may be older than the plan, and none are younger, whatever the plan says of them.
    """
    fresh = _freshness(each.definition)
    made = datetime.fromisoformat(plan.created_at)
    of = made if fresh is None else min(made, datetime.fromisoformat(each.as_of))
    return each.state is ReadingState.OK and WallClock().now() - of > (fresh or FRESH)


def _freshness(definition: Mapping[str, Any]) -> timedelta | None:
    """Return what a plan file says of it; one without sense is held against the project's document, as all are."""
    try:
        return span(str(definition["freshness"]))
    except (LookupError, ValueError, OverflowError):
        return None
