"""Applying one operation of a run, whoever calls it.

Claim, look up what an earlier attempt may have done, check the base, send, record guarded by the epoch. Who runs
which operation and when is the driver's business.
"""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from reconciler.engine.fees import Purse, may_cost, purse
from reconciler.engine.freezes import Why
from reconciler.engine.rereads import category_of
from reconciler.engine.verify import carried
from reconciler.model.catalogue import Parameter
from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.outcomes import Fault, FaultKind, Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.model.spec import Role
from reconciler.model.values import Value
from reconciler.providers.base import Context, MarketplaceFault
from reconciler.providers.conversation import Conversation
from reconciler.runtime.auth.credentials import remedy
from reconciler.runtime.clock import Interrupted, slept
from reconciler.runtime.connection.freshness import NEVER, Freshness, Look, Moved, Restless
from reconciler.runtime.connection.runner import FENCE, Overtaken, fault_text
from reconciler.runtime.connection.session import Session
from reconciler.runtime.connection.transport import NoAnswer
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed
from reconciler.runtime.execute.base import Base, Bases
from reconciler.runtime.execute.creations import Creations, asked_twice
from reconciler.runtime.execute.declared import not_listed, placed
from reconciler.runtime.execute.lost_creations import LostCreations
from reconciler.runtime.execute.numbers import Numbers, adds
from reconciler.runtime.execute.readback import Rereader
from reconciler.runtime.execute.run_state import (
    Claimed,
    RunState,
    cut_off,
    doubted,
    not_let_in,
    skipped,
    stale_row,
)
from reconciler.runtime.execute.splitting import Splitting
from reconciler.runtime.ledger.rows import Operation, Run
from reconciler.runtime.observe.lookups import is_proposed, parameters_of
from reconciler.runtime.project.images import image_identity, image_names
from reconciler.runtime.ratelimit.priority import LANE

#: So often a request is made anew because its offer reads otherwise; what never rests is sent as it was seen last.
_ROUNDS = 3
#: What repeats all of it never is: that would put back what moves meanwhile. Nobody looks oftener than this.
_MOST_ROUNDS = 12
_RESTLESS = "it moves faster than it can be read, or is read too slowly to be written by: plan again"
#: An edit is at work for seconds, seldom for minutes (facts: #9620).
_BUSY_PAUSES = (3.0, 10.0, 30.0, 90.0)
#: A request may have been patient itself: what took longer than this is not sent again (microseconds).
_PATIENCE = 300_000_000


@dataclass(slots=True, kw_only=True)
class Sender:
    """The sender of one run on one account; `resumed` tells that an earlier process began it.

    `frozen` are modules of which nothing is sent now, with the reason.
    """

    opened: Session
    run: Run
    reread: Rereader
    run_state: RunState
    lost: LostCreations
    resumed: bool = False
    frozen: Why = field(default_factory=dict)
    _bases: Bases = field(init=False)
    _numbers: Numbers = field(init=False)
    _splitting: Splitting = field(init=False)
    _uploads: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    #: What requests that replace the whole repeated, as it was read: it has to read back as well.
    repeated: dict[Key, dict[str, Value]] = field(default_factory=dict)
    _unlisted: set[Key] = field(default_factory=set)
    _parameters: dict[str, tuple[Parameter, ...]] = field(default_factory=dict)
    _purse: Purse = field(init=False)
    _one_pays: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Judge bases by the values as they read back."""
        self._bases = Bases(
            opened=self.opened,
            run=self.run,
            reread=self.reread,
            translate=self.translated,
            resumed=self.resumed,
            frozen=self.frozen,
        )
        self._purse = purse(self.run.context, resumed=self.resumed)
        self._numbers = Numbers(ledger=self.opened.ledger, run=self.run, resumed=self.resumed)
        self._splitting = Splitting(run_state=self.run_state, progress=self.opened.progress)

    async def apply(self, operation: Operation) -> None:
        """Apply one operation and record what became of every row of it.

        One that was stopped in the middle stays claimed: whoever goes on with the run looks what it did.
        """
        if self.run_state.stopped or self.opened.runner.stopping:
            return
        fence = await self.run_state.take(operation.action)
        if fence is None:
            return
        LANE.set(operation.lane)
        FENCE.set(fence)
        parts: tuple[Operation, ...] = ()
        try:
            outcomes = self._placed(operation.action, await self._act(operation.action, fence))
            self._numbers.note(operation.action, outcomes)
            parts = self._splitting.record(fence, operation, outcomes)
        except Interrupted:
            pass
        except Overtaken:
            self.run_state.look_for_successor()
        except AuthenticationFailed as denied:
            self.run_state.deny(denied)
        finally:
            self.run_state.keep(fence)
        for part in parts:
            await self.apply(part)

    def _placed(self, action: Action, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        if not any(each.fault for each in outcomes):
            return outcomes
        targets = {target.key: target for target in action.targets}
        origins: Mapping[str, Mapping[str, str]] = self.run.context.get("origins", {})
        return tuple(placed(each, targets[each.key], origins.get(str(each.key), {})) for each in outcomes)

    async def _act(self, action: Action, fence: Claimed) -> tuple[Outcome, ...]:
        """Settle what the action names, check its base, send what still holds, and say what became of it."""
        action, orphans = self._settle(action)
        action, numberless = self._numbers.without(action)
        orphans.extend(numberless)
        try:
            if action.operation == Role.CREATE or self._takes_in(action):
                outcomes = [*orphans, *await self._send(action, Base(), fence)]
            elif action.targets:
                base = await self._bases.first(action)
                fresh, left_out = self._bases.judge(action, base)
                sent = await self._send(fresh, base, fence) if fresh.targets else ()
                outcomes = [*orphans, *left_out, *sent]
            else:
                outcomes = orphans
        except NoAnswer as nothing:
            if adds(action):
                raise Interrupted from nothing  # it stays claimed: whoever goes on repeats it under the same id
            return (*orphans, *(cut_off(action, target, str(nothing), fence) for target in action.targets))
        except MarketplaceFault as refused:
            return (*orphans, *(self._refused(action, target, refused.fault) for target in action.targets))
        except MarketplaceFailed as failed:
            return (*orphans, *(cut_off(action, target, failed.summary, fence) for target in action.targets))
        self._forget_lost_images(action, outcomes)
        return tuple(self._noted(outcome) for outcome in outcomes)

    def _forget_lost_images(self, action: Action, outcomes: Iterable[Outcome]) -> None:
        """What the marketplace has deleted, or we with an offer, is uploaded again by the next plan."""
        lost = {o.key for o in outcomes if o.fault and o.fault.code.startswith("ImageNotFound")}
        names = {name for target in action.targets if target.key in lost for name in image_names(target)}
        if names:
            addresses = {self.opened.names.address(name) or name for name in names}
            identities = {image_identity(name) for name in names}
            identities |= {known for known, address in self.opened.names.images.items() if address in addresses}
            self.opened.ledger.forget_images(self.opened.place, identities)
        if action.operation == Role.DELETE and self.opened.spec.images.of == "offer":
            gone = {o.key.name for o in outcomes if o.result is Result.APPLIED}
            theirs = {known for known in self.opened.names.images if known.partition("#")[2] in gone}
            self.opened.ledger.forget_images(self.opened.place, theirs)

    async def _send(self, action: Action, base: Base, fence: Claimed) -> tuple[Outcome, ...]:
        async with AsyncExitStack() as uploading:
            if may_cost(action, self.opened.spec):  # what one costs depends on those before it
                await uploading.enter_async_context(self._one_pays)
            for identity in sorted(self._not_uploaded(action)):
                # two operations with one new image: the second waits for its address
                await uploading.enter_async_context(self._uploads[identity])
            return await self._send_now(action, base, fence)

    def _takes_in(self, action: Action) -> bool:
        """Tell whether an action takes in what was made elsewhere: there is nothing of ours to compare."""
        return action.operation == self.opened.spec.kinds[action.kind].migrate

    def _not_uploaded(self, action: Action) -> set[str]:
        """Return the new images of an action by their bytes: two files may hold the same, and are one image."""
        names = {name for target in action.targets for name in image_names(target)}
        return {image_identity(name) for name in names if self.opened.names.address(name) is None}

    async def _send_now(self, action: Action, base: Base, fence: Claimed) -> tuple[Outcome, ...]:
        await self._members_listed(action)
        if self._takes_in(action):  # what was done before is looked for in its course: it may be asked again
            return await asked_twice(lambda: self._perform(action, {}), self.opened)
        if action.operation != Role.CREATE:
            return await self._send_when_free(action, base, fence)
        creations = Creations(self.opened, self.reread, self.lost, self._bases.late)
        outcomes = await creations.perform(action, fence.since, lambda begun: self._perform(begun, base.live))
        return tuple([await self._if_listed(action, outcome) for outcome in outcomes])

    async def _send_fresh(self, action: Action, base: Base, fence: Claimed) -> tuple[Outcome, ...]:
        """Send what still is as the plan saw it when its turn comes; what moves while it waits is left out."""
        left_out: list[Outcome] = []
        anew = 0  # it may leave, be sent again, and find what it has done itself: that may go on for ever
        operation = self.opened.spec.kinds[action.kind].operations[action.operation]

        async def look() -> tuple[Look, bool]:
            rounds = max(freshness.looks, anew)
            if rounds > _MOST_ROUNDS:
                raise Restless
            seen = await self._bases.read(action)
            rested = rounds > _ROUNDS and not operation.replaces
            differs = self._bases.differs(action, base, seen, rested=rested)
            base.live, base.look = seen.live, seen.look
            return seen.look, differs

        freshness = fence.freshness = Freshness(last=base.look, seconds=operation.fresh_seconds, look=look)
        try:
            while action.targets:
                try:
                    sent = await self.opened.runner.run(await self._perform(action, base.live))
                    self._note_repeated(action, base)
                except Moved:
                    anew += 1
                    freshness.moved = False
                    action, gone = self._bases.judge(action, base)
                    left_out.extend(doubted(each, fence) for each in gone)
                except Restless:
                    gone = [stale_row(action, each, _RESTLESS) for each in action.targets]
                    return (*left_out, *(doubted(each, fence) for each in gone))
                else:
                    return (*left_out, *sent)
        finally:
            fence.freshness = None
            freshness.close()
        return tuple(left_out)

    def _note_repeated(self, action: Action, base: Base) -> None:
        kind = self.opened.spec.kinds[action.kind]
        for target in action.targets:
            if found := carried(target, base.live[target.key], kind.operations[action.operation], kind):
                self.repeated[target.key] = found

    async def _send_when_free(self, action: Action, base: Base, fence: Claimed) -> tuple[Outcome, ...]:
        """Send; rows that came while the marketplace was still at an earlier edit go again, as a new command.

        What stands there by then is looked at anew: it has just been edited.
        """
        patient_until = self.opened.clock.microseconds() + _PATIENCE
        outcomes = await self._send_fresh(action, base, fence)
        for attempt, pause in enumerate(_BUSY_PAUSES):
            busy = {o.key for o in outcomes if o.fault and o.fault.kind is FaultKind.CONFLICT}
            if not busy or self.opened.clock.microseconds() > patient_until:
                break
            if not await slept(self.opened.clock, pause, self.opened.runner.stop):
                raise Interrupted
            again = replace(
                action,
                id=str(uuid.uuid5(uuid.UUID(action.id), f"again {attempt}")),
                targets=tuple(target for target in action.targets if target.key in busy),
            )
            base.look = NEVER
            later = await self._send_fresh(again, base, fence)
            by_key = {outcome.key: replace(outcome, action=action.id) for outcome in later}
            outcomes = tuple(by_key.get(outcome.key, outcome) for outcome in outcomes)
        return outcomes

    async def _members_listed(self, action: Action) -> None:
        """A bundle takes active offers only, and those of this run may still be activating (facts: #2320)."""
        slots = [slot for target in action.targets for slot in target.after.get("slots") or ()]
        names = sorted({name for slot in slots for name in slot["offers"] if not name.startswith("#")})
        if names:
            await self.reread.until_listed(names)

    async def _if_listed(self, action: Action, outcome: Outcome) -> Outcome:
        """A creation leaves a draft when its listing is refused, and says why only in the draft (facts: #9902)."""
        target = action.targets[0]
        if outcome.result is not Result.APPLIED or target.after.get("stock.status") != "active":
            return outcome
        kind = self.opened.spec.kinds[action.kind]
        live = await self.reread.full(replace(target, remote_id=outcome.remote_id), kind)
        fault = not_listed(live) if live else None
        if live is None or fault is None:
            return outcome
        self._unlisted.add(target.key)
        context = await self._context(action, {target.key: live})
        fault = self.opened.provider.led_home(fault, live.wire or {}, target, context)
        return replace(outcome, result=Result.REFUSED, fault=fault, detail="it was created as a draft")

    def _noted(self, outcome: Outcome) -> Outcome:
        """A missing right, or a marketplace that is too busy, holds for the whole run, not for one offer."""
        fault = outcome.fault
        if fault is not None and fault.kind is FaultKind.AUTH:
            account = self.opened.account
            summary = f"account {account.name} is not allowed to do this: {fault_text(fault)}"
            self.run_state.halt(not_let_in(account.name, summary, remedy(account)))
        if fault is not None and fault.kind is FaultKind.THROTTLED:
            self.run_state.stopped = "the marketplace was too busy; nothing was sent: run apply again later"
            return replace(outcome, result=Result.SKIPPED, fault=None, detail=self.run_state.stopped)
        return outcome

    def _refused(self, action: Action, target: Target, fault: Fault) -> Outcome:
        return self._noted(
            Outcome(
                action=action.id, key=target.key, result=Result.REFUSED, remote_id=target.remote_id, fault=fault
            )
        )

    def _settle(self, action: Action) -> tuple[Action, list[Outcome]]:
        """Give targets that were created in this run their ids; what was not created is skipped."""
        if action.operation == Role.CREATE:
            return action, []
        known, orphans = [], []
        for target in action.targets:
            remote_id = target.remote_id or self.opened.names.created.get((target.key.kind, target.key.name))
            if remote_id is None:
                orphans.append(skipped(action.id, target, "it was not created"))
            elif target.key in self._unlisted:
                orphans.append(skipped(action.id, target, "it is a draft: its listing was refused"))
            else:
                known.append(target if target.remote_id else replace(target, remote_id=remote_id))
        return replace(action, targets=tuple(known)), orphans

    async def _perform(self, action: Action, live: Mapping[Key, Live]) -> Conversation[tuple[Outcome, ...]]:
        action = await self._with_products(action)
        return self.opened.provider.perform(action, await self._context(action, live))

    async def _context(self, action: Action, live: Mapping[Key, Live]) -> Context:
        return Context(
            reading=self.opened.reading(),
            identify=self._identify,
            live=live,
            images=self._images(action),
            parameters=await self._definitions(action, live),
            timeout=self.reread.wait,
            pays=self._purse.pays,
            began=min(datetime.fromisoformat(self.run.started_at), self.opened.clock.now()),
        )

    def _identify(self, kind: str, label: str) -> str | None:
        if label.startswith("#"):
            return label[1:]
        references: Mapping[str, Mapping[str, str]] = self.run.context["references"]
        return self.opened.names.created.get((kind, label)) or references.get(kind, {}).get(label)

    def _images(self, action: Action) -> dict[str, str]:
        """Give the addresses of this action's images that are already on the marketplace."""
        return {
            name: address
            for target in action.targets
            for name in image_names(target)
            if (address := self.opened.names.address(name))
        }

    async def _with_products(self, action: Action) -> Action:
        """Mark the products of new offers that the catalogue does not know, so that they are proposed."""
        if action.kind != OFFER or action.operation != Role.CREATE:
            return action
        target = action.targets[0]
        product = target.after.get("content.product") or {}
        if "gtin" not in product or not await is_proposed(self.opened, product["gtin"]):
            return action
        after = {**target.after, "content.product": {**product, "new": True}}
        return replace(action, targets=(replace(target, after=after),))

    async def _definitions(self, action: Action, live: Mapping[Key, Live]) -> dict[str, tuple[Parameter, ...]]:
        """Fetch the parameter definitions of the categories that this action needs."""
        found = {}
        for target in action.targets:
            there = live.get(target.key)
            if category := category_of(target, there.fields if there else {}):
                if category not in self._parameters:
                    self._parameters[category] = await parameters_of(self.opened, category)
                found[category] = self._parameters[category]
        return found

    def translated(self, target: Target) -> Target:
        """Write a target's values as they read back: images by their address on the marketplace."""
        after = {path: self._as_read(value) for path, value in target.after.items()}
        return target if after == target.after else replace(target, after=after)

    def _as_read(self, value: Value) -> Value:
        if isinstance(value, list):
            return [self._as_read(each) for each in value]
        if isinstance(value, dict) and "image" in value:
            return {"image": self.opened.names.address(value["image"]) or value["image"]}
        if isinstance(value, str) and ("@sha256:" in value or value.startswith("http")):
            return self.opened.names.address(value) or value
        return value
