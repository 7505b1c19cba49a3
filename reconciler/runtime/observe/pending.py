"""What was accepted and does not show yet, when an account is observed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from reconciler.engine.settling import outdated
from reconciler.model.offers import OFFER, Snapshot
from reconciler.model.outcomes import Accepted
from reconciler.model.spec import Shape
from reconciler.model.values import Value
from reconciler.runtime.connection.session import Session
from reconciler.runtime.project.images import addressed

#: An accepted write is looked for so long: the marketplace forgets its operations after a week (facts: #8997).
_LOOKED_FOR = timedelta(days=7)


def accepted(opened: Session, snapshot: Snapshot) -> tuple[Accepted, ...]:
    """Return what was written to all that does not show its newest values yet, as these read back."""
    images = opened.ledger.images(opened.place)
    written = opened.ledger.pending.writes(opened.place, opened.clock.now() - _LOOKED_FOR)
    return tuple(
        replace(each, target=replace(each.target, after=_as_read(each.target.after, images)))
        for each in (*written, *_trailed(opened, snapshot))
    )


def _trailed(opened: Session, snapshot: Snapshot) -> list[Accepted]:
    """Return what was written to offers whose list row still shows what an edit has replaced.

    An edit is read back from the offer itself, and the list trails it (facts: #10367). Where the offer was read in
    full that is what counts; where the row is all that was read, it is not believed against what we have seen.
    """
    since = opened.clock.now() - opened.spec.list_lag
    rows = {each.remote_id: each for each in snapshot.live if each.kind == OFFER and not each.detailed}
    single = (o.name for o in opened.spec.kinds[OFFER].operations.values() if o.shape is Shape.SINGLE)
    edits = opened.ledger.pending.applied(opened.place, OFFER, single, since)
    return opened.ledger.pending.applied_to(opened.place, outdated(rows, edits), since)


def _as_read(after: Mapping[str, Value], images: Mapping[str, str]) -> dict[str, Value]:
    return {path: addressed(value, images) for path, value in after.items()}


def left_open(opened: Session, kind: str, name: str) -> datetime | None:
    """Return when a run that has ended sent a creation, where nobody knows what came of it: no key would tell."""
    if opened.spec.kinds[kind].key_given != "after":
        return None
    sent_at = opened.ledger.runs.left_open(opened.place, kind, name)
    return datetime.fromisoformat(sent_at) if sent_at else None
