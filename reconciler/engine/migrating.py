"""What was made elsewhere and is taken in for good: told by a plan, and the actions of a command of its own."""

import uuid
from collections.abc import Iterator, Sequence

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import EXTERNAL_ID, OFFER, Key, MadeElsewhere, Snapshot
from reconciler.model.plan import Action, Target
from reconciler.model.spec import KindSpec
from reconciler.model.typed import typed
from reconciler.model.values import canonical_json

PURPOSE = "migrate"


def made_elsewhere(snapshot: Snapshot) -> Iterator[Diagnostic]:
    """Yield how many were made elsewhere: no plan touches them."""
    count = snapshot.elsewhere
    if count:
        were = "listing was" if count == 1 else "listings were"
        yield Diagnostic(
            severity=Severity.NOTE,
            code="P123",
            summary=f"{count:,} {were} made elsewhere: `{typed('migrate', snapshot.account)}` shows "
            f"{'it' if count == 1 else 'them'}",
        )


def changes(some: Sequence[MadeElsewhere], account: str) -> tuple[Change, ...]:
    """Return what a migration changes: each is known by its key from then on, and nothing else of it moves."""
    return tuple(
        Change(
            key=Key(account, OFFER, each.name),
            verb=Verb.ADOPT,
            remote_id=each.remote_id,
            title=each.title,
            fields=(FieldChange(path=EXTERNAL_ID, module=None, before=None, after=each.name),),
        )
        for each in some
    )


def actions(some: Sequence[MadeElsewhere], account: str, kind: KindSpec, plan_id: str) -> tuple[Action, ...]:
    """Pack a migration into requests of as many as one takes. The number of each is its id until it is done."""
    operation = kind.operations[kind.migrate]
    found = []
    for start in range(0, len(some), operation.max):
        targets = tuple(
            Target(
                key=Key(account, OFFER, each.name),
                remote_id=each.remote_id,
                before={EXTERNAL_ID: None},
                after={EXTERNAL_ID: each.name},
            )
            for each in some[start : start + operation.max]
        )
        content = canonical_json([kind.name, operation.name, [each.remote_id for each in targets]])
        action_id = str(uuid.uuid5(uuid.UUID(plan_id), f"{account} {content}"))
        found.append(
            Action(id=action_id, kind=kind.name, operation=operation.name, wave=operation.wave, targets=targets)
        )
    return tuple(found)
