"""What may still be written of each resource within a day, where the marketplace counts its changes: stock first.

A budget of scope `offer` counts the requests that change one resource, and lets so many leave a day. A fifth of
them is kept for stock: a number that cannot be lowered sells what is not there, and all else can wait. So what
would reach into that fifth waits, and is said to. The day is the last 24 hours, whenever the marketplace's begins:
then no day of its own holds more. Pure, linear in changes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from reconciler.engine.freezes import HeldFields, Thawed, without
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, warning
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.model.plan import AccountPlan
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.spent import Spent

#: How long a request counts.
DAY = timedelta(days=1)
#: One in so many changes of a day is kept for stock.
_SHARE = 5
#: What puts on sale, or takes off it, changes no listing that is there.
_NO_CHANGE = frozenset({Verb.CREATE, Verb.ACTIVATE, Verb.END, Verb.DELETE, Verb.REPORT})


class Room(Struct, frozen=True):
    """How many changes of a resource are left now, how many of them for all but stock, and when there are more."""

    left: int
    besides: int
    limit: int
    more_at: datetime | None
    refused: bool = False


class Allowance(Struct, frozen=True):
    """What is left of the allowances of an account: `spent` by resource."""

    spec: MarketplaceSpec
    now: datetime
    spent: Mapping[Key, Spent] = field(default_factory=dict)

    def room(self, key: Key) -> Room | None:
        """Return what is left for a resource; None where nobody counts."""
        limit = limit_of(self.spec)
        if not limit:
            return None
        spent = self.spent.get(key)
        if spent is None:
            return Room(limit, limit - limit // _SHARE, limit, None)
        if spent.refused is not None:  # others may write as well; stock is tried: a day of theirs may have begun
            return Room(max(1, limit - spent.times), 0, limit, spent.refused + DAY, refused=True)
        left = max(0, limit - spent.times)
        return Room(left, max(0, left - limit // _SHARE), limit, spent.first + DAY)


def limit_of(spec: MarketplaceSpec) -> int:
    """Return how many changes of one resource a day takes; 0: nobody counts."""
    limits = (each.per_day for each in spec.budgets.values() if each.scope == "offer")
    return min((limit for limit in limits if limit), default=0)


def counted(spec: MarketplaceSpec) -> frozenset[tuple[str, str]]:
    """Return the operations that are counted, as (kind, operation)."""
    mine = {each.name for each in spec.budgets.values() if each.scope == "offer"}
    return frozenset(
        (kind.name, operation.name)
        for kind in spec.kinds.values()
        for operation in kind.operations.values()
        if mine.intersection(operation.budgets)
    )


def within(part: AccountPlan, allowance: Allowance) -> Thawed:
    """Hold back what would go beyond the allowance of its resource, and what cannot be without it."""
    held = _held(part, allowance)
    return without(part, lambda change: held.get(change.key, {}), allowance.spec) if held else Thawed(part, {})


def told(part: AccountPlan, allowance: Allowance) -> Iterator[Diagnostic]:
    """Yield what to know before it is sent: whose changes of a day run out, and what of it waits."""
    held = _held(part, allowance)
    for change in part.changes:
        room = allowance.room(change.key)
        if change.verb in _NO_CHANGE or room is None or (room.besides and change.key not in held):
            continue
        waits = f"; `{'`, `'.join(held[change.key])}` waits" if change.key in held else ""
        yield warning(
            "P772" if waits else "P771",
            f"{change.key.name}: {_of(room)}{waits}",
            mark=change.mark,
            detail="what is left is kept for stock, which goes first" if room.left else "",
            hint="apply again then; change it less often",
            about=change.key,
        )


def _of(room: Room) -> str:
    more = f"; more from {room.more_at:%Y-%m-%d %H:%M} UTC on" if room.more_at else ""
    if room.refused:
        return f"the marketplace says that its {room.limit} changes of a day are used up{more}"
    return f"{room.left} of its {room.limit} changes of a day are left{more}"


def _held(part: AccountPlan, allowance: Allowance) -> dict[Key, HeldFields]:
    """Return the fields that wait, with the reason, by resource."""
    if not limit_of(allowance.spec):
        return {}
    operations = counted(allowance.spec)
    requests: dict[Key, list[tuple[str, ...]]] = defaultdict(list)
    for action in part.actions:
        if (action.kind, action.operation) in operations:
            for target in action.targets:
                requests[target.key].append(tuple(target.after))
    found: dict[Key, HeldFields] = {}
    for change in part.changes:
        if change.verb not in _NO_CHANGE and (mine := requests.get(change.key)):
            room = allowance.room(change.key)
            if room is not None and (gone := _waiting(change, mine, room)):
                found[change.key] = gone
    return found


def _waiting(change: Change, requests: list[tuple[str, ...]], room: Room) -> dict[str, str]:
    """Say which fields of one change wait: requests with stock go first, the others where there is room."""
    stock = {each.path for each in change.fields if each.module is Module.STOCK}
    left, besides = room.left, room.besides
    gone: list[str] = []
    for paths in sorted(requests, key=lambda paths: not stock.intersection(paths)):
        if besides > 0:
            left, besides = left - 1, besides - 1
        elif left > 0 and stock.intersection(paths):
            left -= 1
            gone += [path for path in paths if path not in stock]
        else:
            gone += paths
    return dict.fromkeys(gone, _of(room))
