"""Creating something exactly once, on a marketplace that has no idempotency key.

An offer's key (`external.id`) is not unique there, and its list trails writes (facts: #13278, #10367). So
before a creation may be sent again, what the first attempt did is observed: by the id that it remembered, or by
our key, patiently, until the grace time since the attempt is over.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.model.spec import Identity
from reconciler.providers.conversation import Conversation, Remember
from reconciler.runtime.clock import Interrupted, slept
from reconciler.runtime.connection.session import Session
from reconciler.runtime.connection.transport import NoAnswer
from reconciler.runtime.execute.lost_creations import LOOK_EVERY, LostCreations
from reconciler.runtime.execute.readback import Rereader
from reconciler.runtime.observe.pending import left_open

#: So far may the marketplace's clock be from ours, at most.
_CLOCKS_APART = timedelta(minutes=2)

Perform = Callable[[Action], Awaitable[Conversation[tuple[Outcome, ...]]]]

#: Why nothing is made where something is already that no attempt of this ledger has made.
_APPEARED = "something with this key has appeared since the plan"


class Creations(Struct):
    """The creations of one run. `late` tells what becomes of one whose price does not hold any more."""

    opened: Session
    reread: Rereader
    lost: LostCreations
    late: Callable[[Action, Target], Outcome | None]

    async def perform(self, action: Action, since: datetime | None, perform: Perform) -> tuple[Outcome, ...]:
        """Create what the action says, unless an attempt since `since` has done it already.

        An attempt may be known by its traces alone, when the ledger that knew of it is lost.
        """
        target = action.targets[0]
        if self._is_address(target):
            return await self._at_address(action, target, perform, again=since is not None)
        since = since or left_open(self.opened, target.key.kind, target.key.name)
        known = self.opened.names.created.get((target.key.kind, target.key.name))
        if since is None and target.key.kind == OFFER:
            since = await self.lost.latest()
        if known is None and since is not None:
            known = await self._look_up(target, since)
        if known is None and since is None and (why := await self._forgotten(target)):
            return (self._second(action, target, why),)
        if known is not None and not self._given_after(target):
            return (self._done(action, target, known),)
        if late := self.late(action, target):
            return (late,)
        began = self.opened.clock.now()
        try:
            outcomes = await self.opened.runner.run(await perform(_going_on(action, known)))
        except NoAnswer:
            outcomes = await self._after_no_answer(action, target, perform, began)
        for each in outcomes:
            if each.remote_id is not None:
                self.reread.know_members(target, each.remote_id)
        return outcomes

    async def _forgotten(self, target: Target) -> str:
        """Say what is there already that no attempt of this ledger has made."""
        if self._given_after(target) and await self.lost.began(target):
            return "a draft with this title and no key has appeared since the plan"
        return _APPEARED if await self._present(target) else ""

    def _is_address(self, target: Target) -> bool:
        """Tell whether a resource lies under its key: to create it again does no harm."""
        return self.opened.spec.kinds[target.key.kind].key_given == "address"

    async def _at_address(
        self, action: Action, target: Target, perform: Perform, *, again: bool
    ) -> tuple[Outcome, ...]:
        """Create what lies under its key. What an earlier attempt of ours has begun is gone on with."""
        if not again and await self._present(target):
            return (self._second(action, target),)
        going_on = _going_on(action, target.key.name)
        if late := self.late(action, target):
            return (late,)
        try:
            return await self.opened.runner.run(await perform(going_on if again else action))
        except NoAnswer:
            if late := self.late(action, target):
                return (late,)
            return await self.opened.runner.run(await perform(going_on))

    async def _after_no_answer(
        self, action: Action, target: Target, perform: Perform, began: datetime
    ) -> tuple[Outcome, ...]:
        known = self.opened.names.created.get((target.key.kind, target.key.name)) or await self._look_up(
            target, self.opened.clock.now(), began
        )
        if known is not None and not self._given_after(target):
            return (self._done(action, target, known),)
        if late := self.late(action, target):
            return (late,)
        return await self.opened.runner.run(await perform(_going_on(action, known)))

    def _given_after(self, target: Target) -> bool:
        """Tell whether what bears an id may still lack its key, and all that follows its creation."""
        return self.opened.spec.kinds[target.key.kind].key_given == "after"

    async def _look_up(self, target: Target, since: datetime, began: datetime | None = None) -> str | None:
        """Look for our key until the grace time is over; what is found is remembered at once.

        What bears no key yet is looked for when the answers to other creations have come: it could be theirs. It
        is known by when the attempt `began`, which is `since` where nobody says.
        """
        began = (began or since) - _CLOCKS_APART
        if self._given_after(target) and not await slept(self.opened.clock, LOOK_EVERY, self.opened.runner.stop):
            raise Interrupted
        while True:
            found = await self._present(target) or await self._begun(target, began)
            if found:
                self.opened.runner.remember(Remember("created", str(target.key), found))
                return found
            now = self.opened.clock.now()
            since = min(since, now)  # it may have been noted while the clock was ahead
            left = (since + self.opened.spec.list_lag - now).total_seconds()
            if left <= 0:
                return None
            self.opened.progress.note(
                f"{target.key.name}: an earlier attempt may have created it; looking for it for {left:.0f} s more"
            )
            if not await slept(self.opened.clock, min(LOOK_EVERY, left), self.opened.runner.stop):
                raise Interrupted

    async def _present(self, target: Target) -> str | None:
        """Return the id of what bears our key now."""
        kind = self.opened.spec.kinds[target.key.kind]
        if kind.name == OFFER:
            found = (await self.reread.present([target.key.name])).get(target.key.name)
            return found or await self._remembered(target) or await self.lost.remote_id(target.key.name)
        objects = await self.opened.ask(self.opened.provider.objects(self.opened.reading(), kind.name))
        if kind.identity is Identity.MEMBERS:
            return await self.reread.same_members(target, [remote_id for remote_id, _ in objects])
        return next((remote_id for remote_id, name in objects if name == target.key.name), None)

    async def _begun(self, target: Target, since: datetime) -> str | None:
        """Return the id of what an attempt has begun and not given its key, and no other creation has."""
        if not self._given_after(target):
            return None
        place, names = self.opened.place, self.opened.names
        found = await self.opened.ask(self.opened.provider.begun(self.opened.reading(), target, since))
        others = {*names.created.values(), *self.opened.ledger.runs.ever_created(place).values()}
        return next((each for each in found if each not in others), None)

    async def _remembered(self, target: Target) -> str | None:
        """Return the id of an offer that a run created, or that a list has shown, and that this one misses.

        What was created under this key and has moved to another one since is the offer of another document.
        """
        place, key = self.opened.place, target.key
        created = self.opened.ledger.runs.newest_created(place, key.kind, key.name)
        remote_id = created or self.opened.cache.seen(str(place.site), [key.name]).get(key.name)
        if remote_id is None:
            return None
        live = await self.reread.full(replace(target, remote_id=remote_id), self.opened.spec.kinds[key.kind])
        if live is None:
            return None
        bears = str(live.facts.get("external_id") or remote_id)
        moved = bool(self.opened.ledger.baselines_of(place, [key._replace(name=bears)]))
        return remote_id if bears == key.name or (created and not moved) else None

    def _done(self, action: Action, target: Target, remote_id: str) -> Outcome:
        return Outcome(action=action.id, key=target.key, result=Result.APPLIED, remote_id=remote_id)

    def _second(self, action: Action, target: Target, why: str = _APPEARED) -> Outcome:
        return Outcome(
            action=action.id,
            key=target.key,
            result=Result.SKIPPED,
            detail=why,
            stale=True,
        )


async def asked_twice(
    perform: Callable[[], Awaitable[Conversation[tuple[Outcome, ...]]]], opened: Session
) -> tuple[Outcome, ...]:
    """Hold a conversation that looks itself what is done already; once more where an answer was lost."""
    try:
        return await opened.runner.run(await perform())
    except NoAnswer:
        return await opened.runner.run(await perform())


def _going_on(action: Action, known: str | None) -> Action:
    """Return the creation with the id of what was begun: it is gone on with, and nothing is made anew."""
    return replace(action, targets=(replace(action.targets[0], remote_id=known),)) if known else action
