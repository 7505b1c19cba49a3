"""What was accepted and does not show yet, when an account is observed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from reconciler.engine.settling import Behind, outdated
from reconciler.model.offers import OFFER, Desired, Key, Live, Snapshot
from reconciler.model.outcomes import Accepted
from reconciler.model.spec import Shape
from reconciler.model.values import Gain, Value
from reconciler.runtime.connection.session import Session
from reconciler.runtime.project.images import addressed

#: An accepted write is looked for so long: the marketplace forgets its operations after a week (facts: #8997).
_LOOKED_FOR = timedelta(days=7)


def accepted(opened: Session, snapshot: Snapshot) -> tuple[Accepted, ...]:
    """Return what was written to all that does not show its newest values yet, as these read back."""
    written = opened.ledger.pending.writes(opened.place, opened.clock.now() - _LOOKED_FOR)
    return _as_read(opened, (*written, *_trailed(opened, snapshot)))


def with_own_edits(opened: Session, desired: Iterable[Desired], live: tuple[Live, ...]) -> tuple[Live, ...]:
    """Return rows of which the list trails an edit of ours as they are, where their documents ask for something
    else by now: a plan from what stood there before would be none that an apply finds true.

    Of one that still asks for what was written nothing is to be done, and it settles. Pieces that a row lacks may
    have been sold instead: then the apply finds so, before it writes.
    """
    behind = _behind(opened, live)
    wanted = {each.key: each.fields for each in desired if each.key in behind} if behind else {}
    again = {
        behind[key].remote_id: written
        for key, fields in wanted.items()
        if (written := {path: each for path, each in behind[key].written.items() if not isinstance(each, Gain)})
        and any(fields.get(path, value) != value for path, value in written.items())
    }
    if not again:
        return live
    return tuple(
        replace(each, fields={**each.fields, **again[each.remote_id]}) if each.remote_id in again else each
        for each in live
    )


def _trailed(opened: Session, snapshot: Snapshot) -> list[Accepted]:
    """Return what was written to offers whose list row still shows what an edit has replaced.

    An edit is read back from the offer itself, and the list trails it (facts: #10367). What a row says goes before
    what was read in full of its offer, and is not believed against what we have seen.
    """
    behind = _behind(opened, snapshot.live)
    return opened.ledger.pending.applied_to(opened.place, behind, _trails_since(opened))


def _behind(opened: Session, live: Iterable[Live]) -> Mapping[Key, Behind]:
    """Return what of the list trails an edit of ours."""
    kind, since = opened.spec.kinds[OFFER], _trails_since(opened)
    single = (each.name for each in kind.operations.values() if each.shape is Shape.SINGLE)
    edits = opened.ledger.pending.applied(opened.place, OFFER, single, since)
    rows = {each.remote_id: each for each in live if each.kind == OFFER} if edits else {}
    perhaps = outdated(rows, _as_read(opened, edits), kind)
    every = opened.ledger.pending.applied_to(opened.place, perhaps, since)  # whatever wrote to them after an edit
    return outdated(rows, _as_read(opened, every), kind)


def _trails_since(opened: Session) -> datetime:
    return opened.clock.now() - opened.spec.list_lag


def _as_read(opened: Session, writes: Collection[Accepted]) -> tuple[Accepted, ...]:
    """Return what was written as it reads: where an image lies, not which file it was."""
    images = opened.ledger.images(opened.place) if writes else {}

    def read(after: Mapping[str, Value]) -> dict[str, Value]:
        return {path: addressed(value, images) for path, value in after.items()}

    return tuple(replace(each, target=replace(each.target, after=read(each.target.after))) for each in writes)


def left_open(opened: Session, kind: str, name: str) -> datetime | None:
    """Return when a run that has ended sent a creation, where nobody knows what came of it: no key would tell."""
    if opened.spec.kinds[kind].key_given != "after":
        return None
    sent_at = opened.ledger.runs.left_open(opened.place, kind, name)
    return datetime.fromisoformat(sent_at) if sent_at else None
