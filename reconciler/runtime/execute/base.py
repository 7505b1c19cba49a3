"""The base of a write: what stands on the marketplace under its rows, whether they are still what the plan saw."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, partial

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine.fees import unshown
from reconciler.engine.freezes import Why, frozen_row
from reconciler.engine.lapsed import ended
from reconciler.engine.outdated import FRESH
from reconciler.engine.stock import QUANTITY
from reconciler.engine.verify import missing, moved, stranger
from reconciler.model.exact import brief_pair
from reconciler.model.offers import Key, Live
from reconciler.model.outcomes import LAPSED, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import Role, Shape
from reconciler.runtime.clock import WallClock
from reconciler.runtime.connection.freshness import NEVER, Look
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.execute.readback import Rereader
from reconciler.runtime.execute.run_state import done_row, skipped, stale_row
from reconciler.runtime.ledger.rows import Run

_PARALLEL = 30


class Base(Struct):
    """What was seen last under the rows of one action, and when. With `NEVER`, nothing is known of them yet."""

    live: dict[Key, Live] = field(default_factory=dict)
    look: Look = NEVER


class Bases(Struct, kw_only=True, dict=True):
    """The bases of one run. `translate` writes a target's values as they read back.

    `resumed` tells that an earlier process began the run: its numbers may be old.
    """

    opened: Session
    run: Run
    reread: Rereader
    translate: Callable[[Target], Target]
    resumed: bool = False
    frozen: Why = field(default_factory=dict)
    now: Callable[[], datetime] = field(default_factory=lambda: WallClock().now)
    _one_looks: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def first(self, action: Action) -> Base:
        """Return what is known before an action waits for its turn.

        A command says nothing but what it changes, so it is made without a look; the one before it leaves decides.
        The request of a single write repeats what is there, so this must be read; so must what no list tells.
        """
        if self._is_single(action) or self._one_by_one(action):
            return await self.read(action)
        if any(self.reread.in_full(action, target) for target in action.targets):
            return Base()
        looks = [self.reread.seen(target) for target in action.targets]
        return Base(self._rows(action), min(looks, default=NEVER))

    async def read(self, action: Action) -> Base:
        """Look at all rows of an action: from the list where it shows them, else each in full."""
        if self._requests(action) < 2:
            return await self._read(action)
        async with self._one_looks:  # many looks at once would all be old by the time that the last has come
            return await self._read(action)

    def _requests(self, action: Action) -> int:
        """Return how many offers of an action are asked for one by one: in full, or where a row takes that."""
        if self._one_by_one(action):
            return len(action.targets)
        return sum(self.reread.in_full(action, each) for each in action.targets)

    def _one_by_one(self, action: Action) -> bool:
        """Tell whether each row takes a read of its own, and not one for many."""
        view = self.opened.spec.kinds[action.kind].views.get("list")
        return view is not None and bool(view.besides)

    async def _read(self, action: Action) -> Base:
        began = self.opened.clock.microseconds()
        await self.reread.rows(each for each in action.targets if not self.reread.in_full(action, each))
        live = self._rows(action)
        kind = self.opened.spec.kinds[action.kind]
        single = [each for each in action.targets if self.reread.in_full(action, each)]
        full = await gather([partial(self.reread.look, each, kind) for each in single], _PARALLEL)
        live |= {each.key: found for each, found in zip(single, full, strict=True) if found is not None}
        return Base(live, Look(began, self.opened.clock.microseconds()))

    def judge(self, action: Action, base: Base) -> tuple[Action, list[Outcome]]:
        """Leave out the rows whose live value is no longer what the plan saw, if anything is known of them.

        So are those whose price holds no more, unless it stands there: an earlier attempt may have sent it.
        """
        if base.look == NEVER:
            return action, []
        fresh, left_out = [], []
        for target in action.targets:
            outcome = self._judged(action, target, base.live.get(target.key))
            if outcome is None:
                fresh.append(target)
            else:
                left_out.append(outcome)
        return replace(action, targets=tuple(fresh)), left_out

    def late(self, action: Action, target: Target) -> Outcome | None:
        """Return what becomes of a row that may not be sent any more, or not now.

        Its price does not hold any more, by the clock that chose its window; or it is of a module that is frozen.
        """
        if why := frozen_row(action, target, self.frozen, self.opened.spec):
            return skipped(action.id, target, f"held back: {why}")
        holds = self.run.context.get("until")
        over = ended(target, holds, self.now()) if holds else ""
        return stale_row(action, target, f"{LAPSED} {over}: plan again") if over else None

    def differs(self, action: Action, old: Base, new: Base, *, rested: bool = False) -> bool:
        """Tell whether the request of an action must be made anew after another look.

        With `rested` only for rows that have moved: what reads otherwise each time would never be sent.
        """
        _, left_out = self.judge(action, new)
        changed = not rested and self._is_single(action) and _states(old.live) != _states(new.live)
        return bool(left_out) or changed

    def _judged(self, action: Action, target: Target, there: Live | None) -> Outcome | None:
        kind = self.opened.spec.kinds[action.kind]
        if there is None:
            gone = action.operation == Role.DELETE
            return done_row(action, target) if gone else stale_row(action, target, "it is not on the account")
        if whose := stranger(target, there, self._known_as(target)):
            return stale_row(action, target, f"what is shown under its id is not this offer: {whose}")
        if odd := there.unclear((*target.before, *target.after)):
            return stale_row(action, target, f"what the marketplace answers for it cannot be read ({odd})")
        if late := self.late(action, target):
            return late if missing(self.translate(target), there, kind) else done_row(action, target)
        if self._is_outdated(target):
            return stale_row(action, target, f"its number came from a source at {self.run.started_at}: plan again")
        if target.before and (found := moved(self.translate(target), there, kind)):
            pairs = {path: brief_pair(target.before.get(path), value) for path, value in found.items()}
            said = ", ".join(f"{path} is {now}, and was {was}" for path, (was, now) in pairs.items())
            return stale_row(action, target, f"the marketplace has moved since the plan: {said}")
        if set(target.after) == {"stock.status"} and not missing(target, there, kind):
            return done_row(action, target)  # to activate or to end twice is refused
        if fee := unshown(target, there, kind, self.run.context.get("fees", {}), self.opened.clock.now()):
            return stale_row(action, target, f"{fee}: plan again")
        return None

    def _is_outdated(self, target: Target) -> bool:
        """Tell whether this would write a number that a source gave long ago; the same again hurts nobody."""
        number = target.after.get(QUANTITY)
        if not self.resumed or not isinstance(number, int) or number == target.before.get(QUANTITY):
            return False
        age = self.opened.clock.now() - datetime.fromisoformat(self.run.started_at)
        return age > FRESH and target.key in self._followed

    @cached_property
    def _followed(self) -> frozenset[Key]:
        return frozenset(each.key for each in self.opened.ledger.runs.compared(self.run.id) if each.follows_source)

    def _is_single(self, action: Action) -> bool:
        return self.opened.spec.kinds[action.kind].operations[action.operation].shape is Shape.SINGLE

    def _rows(self, action: Action) -> dict[Key, Live]:
        rows = ((each.key, self.reread.row(each)) for each in action.targets)
        return {key: row for key, row in rows if row is not None}

    def _known_as(self, target: Target) -> str | None:
        """Return the key under which the plan saw an offer that it takes over; of others only ours will do.

        What a creation has begun is ours by its id, and was seen without a key.
        """
        applies = self.run.purpose == "apply"
        if applies and [target.key.kind, target.key.name] not in self.run.context["adopted"]:
            return target.key.name
        seen = self.opened.names.of(target.key.kind).get(target.remote_id or "")
        return None if applies and seen == target.key.name else seen


def _states(live: Mapping[Key, Live]) -> dict[Key, tuple[Live, object]]:
    """Return all of what was read: a `Live` is compared without its wire body."""
    return {key: (each, each.wire) for key, each in live.items()}
