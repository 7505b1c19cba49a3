"""`undo`: a plan that puts back what a run replaced. It is shown, approved and applied as any other plan.

The ledger tells what the run wrote and what stood there before; the marketplace tells what stands there now.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy

from msgspec import Struct
from msgspec.structs import replace

from reconciler.engine.diff import Scope
from reconciler.engine.known.subject import without
from reconciler.engine.migrating import PURPOSE
from reconciler.engine.ownership import protected_ends
from reconciler.engine.plan import assembled
from reconciler.engine.question import Question
from reconciler.engine.stock import QUANTITY, STATUS
from reconciler.engine.undo import Done, as_desired, undo
from reconciler.model.changes import Change
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.model.history import DIRTY, RowTold
from reconciler.model.marks import Mark
from reconciler.model.offers import OFFER, Desired, Key, Live, Origin
from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import AccountPlan, Plan, Problem
from reconciler.model.spec import Role
from reconciler.model.states import RunPhase
from reconciler.runtime.clock import WallClock
from reconciler.runtime.commands.apply import resume
from reconciler.runtime.commands.history import find_run, place_of_run, reading, rows_of
from reconciler.runtime.commands.resolving import load_what_can_be
from reconciler.runtime.commands.sealing import seal
from reconciler.runtime.commands.undo_said import impossible, mistaken, said_of_undo
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import RunStopped, StalePlan
from reconciler.runtime.execute.lock import locked
from reconciler.runtime.execute.run import look_back
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.observe.catalogue import explain, known
from reconciler.runtime.observe.known import refused_now, with_fees
from reconciler.runtime.observe.snapshot import Observed, observe
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import project_of
from reconciler.runtime.project.images import addressed
from reconciler.runtime.project.resolve import Wanted
from reconciler.runtime.project.workspace import Workspace

_SENT = frozenset({Result.APPLIED, Result.UNKNOWN})


class _Past(Struct, frozen=True, kw_only=True):
    """A run that is to be undone, and what it did."""

    run: Run
    done: tuple[Done, ...]

    @property
    def name(self) -> str:
        return self.run.id[:8]


def make_undo(
    workspace: Workspace,
    run_id: str,
    allow: Mapping[str, str],
    progress: Progress,
    *,
    lock_timeout: float = 0.0,
) -> Plan:
    """Plan the undoing of a run. RunStopped when there is no such run, StalePlan when its account has gone.

    Locked when the run is still going on, for longer than `lock_timeout` seconds.
    """
    with reading(workspace) as ledger:
        found = find_run(ledger, workspace, run_id)
    if found.purpose == PURPOSE:
        raise RunStopped(f"run {found.id[:8]} took listings in that were made elsewhere: there is no way back")
    mine = (found.account,) if found.account in project_of(workspace).accounts else ()
    wanted = _account_of(found, load_what_can_be(workspace, progress, mine).wanted)
    if found.state is RunPhase.OPEN:
        run(_look_back(workspace, wanted, found, lock_timeout, progress))
    with reading(workspace) as ledger:
        past, unclear = _decided(_past(ledger, found, wanted), wanted)
    plan_id = str(uuid.uuid4())
    part, notes = run(_plan(workspace, wanted, past, allow, plan_id, progress))
    notes = (*notes, *((mistaken(unclear),) if unclear else ()))
    return seal(
        Plan(
            id=plan_id,
            digest="",
            created_at=WallClock().now().isoformat(timespec="seconds"),
            accounts=(part,),
            diagnostics=in_reading_order(notes),
            allowed=dict(allow),
            purpose="undo",
            undoes=past.run.id,
            documents=workspace.fingerprint(),
        ),
        progress,
    )


def finish_interrupted(workspace: Workspace, run_id: str, options: ApplyOptions, progress: Progress) -> Report:
    """Finish what a process that is gone left open on the account of a run: an earlier undo of it, too.

    The run itself is not finished: it is undone as far as it came.
    """
    with reading(workspace) as ledger:
        past = find_run(ledger, workspace, run_id)
        left = ledger.runs.unfinished(place_of_run(past))
    if left is None or left.id == past.id:
        return Report(plan_id="", outcomes=(), started_at="", finished_at="")
    return resume(workspace, options, progress, (past.account,))


def _decided(past: _Past, wanted: Wanted) -> tuple[_Past, tuple[Key, ...]]:
    """Leave out what has a document that nobody can read: it may protect it, or give its stock to a source."""
    unclear = {Key(wanted.account.name, each.kind, name) for each in wanted.unusable for name in each.names}
    declared = {each.key for each in wanted.desired} if wanted.unread else set()
    left = {each.key for each in past.done if each.key in unclear or (wanted.unread and each.key not in declared)}
    return replace(past, done=tuple(each for each in past.done if each.key not in left)), tuple(sorted(left))


def _account_of(past: Run, every: Iterable[Wanted]) -> Wanted:
    found = next((each for each in every if each.account.name == past.account), None)
    if found is None:
        raise StalePlan(
            f"run {past.id[:8]} was on account {past.account}, which the project does not have any more",
            "declare the account in reconcile.yaml again",
        )
    return found


async def _look_back(
    workspace: Workspace, wanted: Wanted, past: Run, lock_timeout: float, progress: Progress
) -> None:
    """See what a run that was interrupted has sent: it may arrive a while after the run itself has gone."""
    opening = session(workspace, wanted.account, wanted.spec, progress)
    async with opening as opened, locked(opened, lock_timeout) as execution:
        await look_back(opened, execution, past)


# --- what the run did ------------------------------------------------------------------------------------------


def _past(ledger: Ledger, found: Run, wanted: Wanted) -> _Past:
    """Gather what was sent by resource: one offer may stand in several operations of a run."""
    done: dict[Key, Done] = {}
    created = ledger.runs.created(place_of_run(found), found.id)
    gone = {(kind, name) for kind, name in found.context["gone"]}
    for row in rows_of(ledger, found):
        if row.result in _SENT or row.tried or _left_a_draft(row):
            mine = replace(_done(row, created), removed=(row.key.kind, row.key.name) in gone)
            done[row.key] = _together(done[row.key], mine) if row.key in done else mine
    taken_back, followed = _taken_back(ledger, found), _followed(ledger, found, wanted)
    return _Past(
        run=found,
        done=tuple(
            replace(each, taken_back=taken_back.get(each.key, False), followed=followed.get(each.key, frozenset()))
            for each in done.values()
        ),
    )


def _followed(ledger: Ledger, run: Run, wanted: Wanted) -> dict[Key, frozenset[str]]:
    """Tell of which offers a source decides the stock: when the run was planned, or by the documents of now."""
    documents = {each.key: each for each in wanted.desired}
    now = {key for key, each in documents.items() if each.sourced and QUANTITY in each.sourced.sources}
    then = {each.key for each in ledger.runs.compared(run.id) if each.follows_source}
    return {
        key: frozenset({QUANTITY} if _says_status(documents.get(key)) else {QUANTITY, STATUS})
        for key in now | then
    }


def _says_status(document: Desired | None) -> bool:
    return document is not None and STATUS in document.fields


def _taken_back(ledger: Ledger, run: Run) -> dict[Key, bool | None]:
    """Tell of which offers undos of a run have taken its pieces back; None where nobody knows.

    An undo that was itself undone counts no more.
    """
    found: dict[Key, bool | None] = {}
    for later in ledger.history.undos(run):
        again = _taken_back(ledger, later)
        for row in rows_of(ledger, later):
            if all(each.path != QUANTITY for each in row.fields) or again.get(row.key):
                continue
            if row.result is Result.APPLIED and row.key not in again:
                found[row.key] = True
            elif row.result in _SENT or row.tried:
                found.setdefault(row.key, None)
    return found


def _left_a_draft(row: RowTold) -> bool:
    return row.operation == Role.CREATE and row.result is Result.REFUSED and row.remote_id is not None


def _done(row: RowTold, created: Mapping[tuple[str, str], str]) -> Done:
    return Done(
        key=row.key,
        remote_id=row.remote_id or created.get((row.key.kind, row.key.name)),
        before={each.path: each.before for each in row.fields},
        after={each.path: each.after for each in row.fields},
        created=row.operation == Role.CREATE,
        deleted=row.operation == Role.DELETE and row.result is Result.APPLIED,
        certain=row.result is not None and row.result is not Result.UNKNOWN,
        marks={each.path: _mark(each.place) for each in row.fields if each.place},
    )


def _mark(place: str) -> Mark:
    file, line, column = place.removesuffix(DIRTY).rsplit(":", 2)
    return Mark(file, int(line), int(column))


def _together(one: Done, other: Done) -> Done:
    return replace(
        one,
        remote_id=one.remote_id or other.remote_id,
        before={**one.before, **other.before},
        after={**one.after, **other.after},
        created=one.created or other.created,
        deleted=one.deleted or other.deleted,
        removed=one.removed or other.removed,
        certain=one.certain and other.certain,
        marks={**one.marks, **other.marks},
    )


# --- what is there now -----------------------------------------------------------------------------------------


async def _plan(
    workspace: Workspace,
    wanted: Wanted,
    past: _Past,
    allow: Mapping[str, str],
    plan_id: str,
    progress: Progress,
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        done = _with_hidden((_as_read(each, opened.names.images) for each in past.done), wanted)
        observed = await observe(opened, tuple(_asked(opened, each) for each in done), refresh="full")
        done = tuple(_found(each, observed) for each in done)
        live = {(each.kind, each.remote_id): each for each in observed.snapshot.live}
        done = tuple([await _seen_by_run(opened, each, live) for each in done])
        scope = Scope(now=opened.clock.now())
        undone = undo(done, live, wanted.spec, past.name, scope)
        if priced := await with_fees(opened, observed, undone.changes):
            fees = {(each.kind, each.remote_id): each.facts for each in priced.snapshot.live}
            live = {key: replace(each, facts={**fees.get(key, {}), **each.facts}) for key, each in live.items()}
            undone = undo(done, live, wanted.spec, past.name, scope)
        question = Question(
            plan_id=plan_id,
            login=opened.identity.login,
            site=str(opened.place.site),
            seen_at=opened.seen_at,
            base_market=opened.identity.base_market,
            scope=scope,
            guards=wanted.account.guards,
            allow=allow,
            references=observed.references,
            known=known(opened),
        )
        asked = [_as_declared(each, done) for each in undone.changes]
        gone = await refused_now(opened, undone.changes, asked, observed)
        changes = _in_order(without(undone.changes, gone))
        managed = opened.ledger.managed(opened.place)
        refused = protected_ends(changes, wanted.desired, live.values(), wanted.spec, wanted.protected, managed)
        part = assembled(changes, wanted.desired, observed.snapshot, wanted.spec, question, broken=bool(refused))
        if refused:  # a run is undone whole, or not at all
            part = replace(
                part, problem=Problem(reason="documents", summary=refused[0].summary, hint=refused[0].hint)
            )
        notes = (*undone.notes, *impossible(gone))
        return part, (*notes, *refused, *said_of_undo(past.run, done, replace(undone, changes=changes), wanted))


def _as_declared(change: Change, done: Sequence[Done]) -> Desired:
    """Return a change of an undo as if a document asked for it, where the run had its values from."""
    marks = next((each.marks for each in done if each.key == change.key), {})

    def origin(path: str) -> Origin:
        while path and path not in marks:
            path = path.rpartition(".")[0]
        return Origin("run", marks.get(path))

    return Desired(key=change.key, fields={each.path: each.after for each in change.fields}, origin=origin)


def _asked(opened: Session, each: Done) -> Desired:
    """Ask for the values from before, of what the run wrote to; of an offer that it made, for its end."""
    kind = opened.spec.kinds[each.key.kind]
    fields = {path: as_desired(kind, path, each.before.get(path)) for path in each.after}
    fields = {"stock.status": "ended"} if each.created and kind.name == OFFER else {**each.hidden, **fields}
    return Desired(key=each.key, fields=fields, adopt=each.remote_id)


def _with_hidden(every: Iterable[Done], wanted: Wanted) -> tuple[Done, ...]:
    """Add what documents say of fields that the marketplace shows of what is on sale only."""
    documents = {each.key: each for each in wanted.desired}
    found = []
    for each in every:
        document, fields = documents.get(each.key), wanted.spec.kinds[each.key.kind].fields
        said = {**document.unsynced, **document.fields} if document else {}
        shown = {path: said[path] for path, field in fields.items() if field.shown and path in said}
        found.append(replace(each, hidden=shown) if shown else each)
    return tuple(found)


def _found(each: Done, observed: Observed) -> Done:
    """A creation that was interrupted may have happened: then something bears our key."""
    if each.remote_id is not None or not each.created:
        return each
    there = observed.references.get(each.key.kind, {}).get(each.key.name)
    return replace(each, remote_id=there)


async def _seen_by_run(opened: Session, each: Done, live: Mapping[tuple[str, str], Live]) -> Done:
    """Look up the bar codes of what the run wrote, in a copy: the check before a write knows only its own."""
    there = live.get((each.key.kind, each.remote_id or ""))
    if there is None or each.key.kind != OFFER:
        return each
    copied = replace(there, fields=deepcopy(dict(there.fields)))
    await explain(opened, each.after, copied)
    return replace(each, seen=copied.fields)


def _as_read(each: Done, images: Mapping[str, str]) -> Done:
    """Write what the run asked for as it reads back: images by their address."""
    return replace(each, after={path: addressed(value, images) for path, value in each.after.items()})


def _in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda each: (each.key.kind == OFFER, each.key.kind, each.key.name)))
