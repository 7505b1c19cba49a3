"""What has been done: the runs, every change of one of them, and who wrote a value. Needs the ledger alone."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from reconciler.model.history import Blamed, FieldTold, RowTold, RunTold
from reconciler.model.memory import Site
from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Target
from reconciler.model.states import UNDER_WAY, OperationState
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.history import Act
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import Operation, Run
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.accounts import project_of
from reconciler.runtime.project.state import read_ledger
from reconciler.runtime.project.workspace import Workspace

_RUN_ID = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


@contextmanager
def reading(workspace: Workspace) -> Iterator[Ledger]:
    """Open the ledger of a project, to read in it."""
    ledger = read_ledger(workspace.root, Silent().note)  # nothing that such a command learns would be kept
    try:
        yield ledger
    finally:
        ledger.close()


def history(workspace: Workspace, account: str | None, limit: int) -> tuple[RunTold, ...]:
    """Return the latest runs, newest first."""
    with reading(workspace) as ledger:
        runs = ledger.history.runs(project_of(workspace).name, account, limit)
        counts = ledger.history.counts(each.id for each in runs)
    return tuple(told(each, counts[each.id]) for each in runs)


def told(run: Run, counts: Mapping[Result, int]) -> RunTold:
    """Tell a run, with the counts of its outcomes."""
    rows = int(run.context.get("rows", 0))
    return RunTold(
        id=run.id,
        account=run.account,
        purpose=run.purpose,
        state=run.state,
        started_at=run.started_at,
        finished_at=run.finished_at,
        who=run.who,
        undoes=run.context.get("undoes", ""),
        counts=counts,
        left=max(0, rows - sum(counts.values())),
    )


def shown(workspace: Workspace, run_id: str) -> tuple[RunTold, tuple[RowTold, ...]]:
    """Return one run with everything that it did."""
    with reading(workspace) as ledger:
        run = find_run(ledger, workspace, run_id)
        counts = ledger.history.counts([run.id])
        rows = tuple(rows_of(ledger, run))
    return told(run, counts[run.id]), rows


def place_of_run(run: Run) -> Place:
    """Return where a run was."""
    return Place(Site(*run.site.split(" ", 2)), run.project, run.account)


def find_run(ledger: Ledger, workspace: Workspace, run_id: str) -> Run:
    """Find a run of the project by its id or the beginning of it; RunStopped says what is wrong with it."""
    look = "`reconcile history` lists the runs"
    if not _RUN_ID.fullmatch(run_id):
        raise RunStopped(f"`{run_id}` is not the id of a run, or four or more of its first characters", look)
    found = ledger.history.beginning_with(project_of(workspace).name, run_id)
    if not found:
        raise RunStopped(f"there is no run {run_id}", look)
    if len(found) > 1:
        raise RunStopped(f"more than one run begins with {run_id}", "give more of its id")
    return found[0]


def rows_of(ledger: Ledger, run: Run) -> Iterator[RowTold]:
    """Yield every row of a run in the order of its operations."""
    outcomes = ledger.history.outcomes(run.id)
    for operation in ledger.runs.operations(run.id):
        found = {outcome.key: (outcome, at) for outcome, at in outcomes.get(operation.action.id, ())}
        for target in operation.action.targets:
            outcome, at = found.get(target.key, (None, ""))
            if operation.state is OperationState.ANSWERED and outcome and outcome.result is Result.APPLIED:
                outcome = None  # accepted is not done
            yield _row(run, operation, target, outcome, at)


def _row(run: Run, operation: Operation, target: Target, outcome: Outcome | None, at: str) -> RowTold:
    return RowTold(
        key=target.key,
        remote_id=(outcome.remote_id if outcome else None) or target.remote_id,
        operation=operation.action.operation,
        result=outcome.result if outcome else None,
        fault=outcome.fault if outcome else None,
        detail=outcome.detail if outcome else "",
        at=at,
        tried=outcome is None and operation.state in UNDER_WAY,
        fields=tuple(
            FieldTold(path=path, before=target.before.get(path), after=after, place=_place(run, target.key, path))
            for path, after in target.after.items()
        ),
    )


def _place(run: Run, key: Key, path: str) -> str:
    """An undo's values stand in no file: the places that it was planned with declare what was undone."""
    if run.purpose == "undo":
        return ""
    origins: Mapping[str, Mapping[str, str]] = run.context.get("origins", {})
    return origins.get(str(key), {}).get(path, "")


def blame(
    workspace: Workspace, name: str, field: str | None = None, account: str | None = None
) -> tuple[Blamed, ...]:
    """Tell of each field of an offer (or of `Kind/name`) which run wrote the value that it was given last."""
    kind, slash, plain = name.partition("/")
    kind, plain = (kind, plain) if slash else (OFFER, name)
    with reading(workspace) as ledger:
        project = project_of(workspace).name
        acts = ledger.history.acts_on(kind, plain, project, account)
        if not acts and slash:  # a key may have a slash in it
            acts = ledger.history.acts_on(OFFER, name, project, account)
        counts = ledger.history.counts({act.run.id for act in acts})
    if not acts:
        raise RunStopped(f"no run has touched {name}", "blame knows what reconcile itself has written")
    found = _latest(acts, field, counts)
    if not found:
        what = f"`{field}` of {name}" if field else name
        raise RunStopped(f"no run has written {what}", "reconcile blame without a field lists what was written")
    return found


def writers(ledger: Ledger, key: Key, project: str) -> Mapping[str, Blamed]:
    """Return the newest write of each field of one resource; of a field that no run has written, nothing."""
    acts = ledger.history.acts_on(key.kind, key.name, project, key.account)
    counts = ledger.history.counts({act.run.id for act in acts})
    return {each.path: each for each in _latest(acts, None, counts)}


def _latest(acts: list[Act], field: str | None, counts: Mapping[str, Mapping[Result, int]]) -> tuple[Blamed, ...]:
    """Keep the newest write of each field that went through, or may have."""
    found: dict[tuple[str, str], Blamed] = {}
    for act in acts:
        if act.outcome.result not in (Result.APPLIED, Result.UNKNOWN):
            continue
        target = next(each for each in act.operation.action.targets if each.key == act.outcome.key)
        for path in target.after:
            if field is None or path == field or path.startswith(f"{field}."):
                found.setdefault((target.key.account, path), _blamed(act, target, path, counts))
    return tuple(found[where] for where in sorted(found))


def _blamed(act: Act, target: Target, path: str, counts: Mapping[str, Mapping[Result, int]]) -> Blamed:
    return Blamed(
        key=target.key,
        path=path,
        value=target.after[path],
        before=target.before.get(path),
        run=told(act.run, counts[act.run.id]),
        place=_place(act.run, target.key, path),
        because=act.run.context.get("because", {}).get(str(target.key), {}).get(path, ""),
        at=act.at,
        result=act.outcome.result,
    )
