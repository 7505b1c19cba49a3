"""Creations that wait until a list can be trusted to show all that an earlier ledger has made. Pure."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.spec import MarketplaceSpec


def told_of_waiting(
    changes: Iterable[Change], spec: MarketplaceSpec, known_since: datetime | None, now: datetime
) -> tuple[Diagnostic, ...]:
    """Say until when an apply makes nothing new: this ledger has not known the account for long enough."""
    late = [
        each for each in changes if each.verb is Verb.CREATE and spec.kinds[each.key.kind].key_given == "after"
    ]
    until = (known_since or now) + spec.list_lag
    if not late or until <= now:
        return ()
    some = "1 new offer is" if len(late) == 1 else f"{len(late):,} new offers are"
    return (
        Diagnostic(
            severity=Severity.NOTE,
            code="P513",
            summary=f"{some} not made before {until:%Y-%m-%d %H:%M:%S} UTC: what an earlier ledger has made may "
            "not be listed yet",
            mark=late[0].mark,
            detail=f"this one has known the account for less than {spec.list_lag_minutes} minutes, by which a "
            "list may trail",
            hint="an apply waits until then by itself; keep the ledger, and no later one has to",
        ),
    )
