"""The comparison of all pairs of an account: what differs, what is remembered of them, and what is quiet. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reconciler.engine.creation import creation
from reconciler.engine.diff import diff
from reconciler.engine.match import Matched
from reconciler.engine.memory import compare
from reconciler.engine.ownership import moved_from_nothing
from reconciler.engine.question import Question
from reconciler.engine.resting import is_quiet
from reconciler.engine.stock import Stock, not_on_sale, told, told_of_ended
from reconciler.engine.undone import Tally
from reconciler.model.changes import CREATED_AGAIN, Change, Settling, Verb
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.memory import Compared
from reconciler.model.offers import Desired, Key, Live, Snapshot
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.undone import Reason
from reconciler.model.values import Value


class Differences(Struct, frozen=True):
    """All that the comparison of an account has found, and what is left undone."""

    changes: tuple[Change, ...]
    unsynced: tuple[Change, ...]
    notes: tuple[Diagnostic, ...]
    compared: tuple[Compared, ...]
    held: tuple[Desired, ...]
    tally: Tally
    quiet: tuple[tuple[Desired, Live], ...]

    def listed(self, settling: Iterable[Settling]) -> tuple[Change, ...]:
        """Return all that differs, whether it is sent or not."""
        return (*self.changes, *self.unsynced, *(each.change for each in settling))


def differences(
    matched: Matched, spec: MarketplaceSpec, question: Question, snapshot: Snapshot, alike: Mapping[Key, Live]
) -> Differences:
    """Compare each document with what is there of it; `alike` are the twins of what is not."""
    changes: list[Change] = []
    unsynced: list[Change] = []
    notes: list[Diagnostic] = []
    compared: list[Compared] = []
    held: list[Desired] = []
    quiet: list[tuple[Desired, Live]] = []
    stocks: list[tuple[Desired, Live, Stock]] = []
    ended: list[tuple[Desired, Value]] = []
    tally = Tally()
    for desired, live in question.counted(matched.pairs, "comparing offers"):
        kind = spec.kinds[desired.key.kind]
        if live is not None:
            found = diff(desired, live, kind, question.scope)
        elif snapshot.complete:
            found = creation(desired, kind, question.scope)
            if found.change is not None and desired.key in alike:
                held.append(desired)
                continue
            notes.extend([moved_from_nothing(desired)] if desired.moved_from else ())
        else:
            tally.add(Reason.MISSING, [desired.key])
            continue  # missing only in a complete snapshot: a short listing never creates a second offer
        if live is not None and found.stock is not None:
            stocks.append((desired, live, found.stock))
        if live is not None and (pieces := not_on_sale(desired, live, found.change)):
            ended.append((desired, pieces))
        notes.extend(found.notes)
        tally.note(desired.key, found)
        if found.unsynced is not None:
            unsynced.append(found.unsynced)
        if found.change is not None:
            again = found.change.verb is Verb.CREATE and desired.key in question.managed
            changes.append(replace(found.change, reason=CREATED_AGAIN) if again else found.change)
        if question.remembered is not None and not kind.implied and (live is not None or found.change is not None):
            seen = compare(desired, live, found, kind, question.remembered)
            compared.extend([seen] if seen else [])
            quiet.extend(
                [(desired, live)] if live is not None and not seen and is_quiet(desired, live, found) else []
            )
    notes.extend((*told(stocks), *told_of_ended(ended)))
    return Differences(
        tuple(changes), tuple(unsynced), tuple(notes), tuple(compared), tuple(held), tally, tuple(quiet)
    )
