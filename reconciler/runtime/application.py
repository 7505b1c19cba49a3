"""The execution of one account's plan: waves, base checks, requests, and reading back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from reconciler.engine.verify import missing, moved
from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.outcomes import Fault, FaultKind, Outcome, Result
from reconciler.model.plan import AccountPlan, Action, Target
from reconciler.model.spec import Shape
from reconciler.model.values import Value
from reconciler.providers.base import Context, MarketplaceFault, Parameter
from reconciler.providers.conversation import Conversation
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed
from reconciler.runtime.lookups import parameters_of, product_of
from reconciler.runtime.reading_back import Rereader
from reconciler.runtime.resolving import image_identity
from reconciler.runtime.runner import fault_text, gather
from reconciler.runtime.session import Session
from reconciler.runtime.transport import NoAnswer


@dataclass(slots=True, kw_only=True)
class Application:
    """The execution of one account's plan."""

    opened: Session
    part: AccountPlan
    parallelism: int
    stopped: str = ""
    _outcomes: list[Outcome] = field(default_factory=list)
    _parameters: dict[str, tuple[Parameter, ...]] = field(default_factory=dict)

    async def run(self) -> tuple[Outcome, ...]:
        """Run all waves and return one outcome for every target of every action."""
        total = sum(len(action.targets) for action in self.part.actions)
        if not total:
            return ()
        reread = Rereader(self.opened)
        await reread.rows(
            t for a in self.part.actions if not self._single(a) for t in a.targets if t.remote_id
        )
        await self._refuse_second_creations(reread)
        self.opened.progress.start("applying", total)
        for _, wave in groupby(self.part.actions, key=lambda action: action.wave):
            found = await gather([self._task(action, reread) for action in wave], self.parallelism)
            self._outcomes.extend(outcome for outcomes in found for outcome in outcomes)
        self.opened.progress.finish()
        return await self._read_back(reread)

    def _single(self, action: Action) -> bool:
        return self.opened.spec.kinds[action.kind].operations[action.operation].shape is Shape.SINGLE

    def _task(self, action: Action, reread: Rereader) -> Callable[[], Awaitable[tuple[Outcome, ...]]]:
        async def work() -> tuple[Outcome, ...]:
            outcomes = await self._act(action, reread)
            self.opened.progress.advance(len(action.targets))
            return outcomes

        return work

    async def _act(self, action: Action, reread: Rereader) -> tuple[Outcome, ...]:
        """One action: settle what it names, check its base, send what still holds, and say what became of it."""
        if self.stopped:
            return tuple(_skipped(action, target, self.stopped) for target in action.targets)
        action, orphans = self._settle(action)
        try:
            live = await self._base(action, reread)
            fresh, stale = self._still_true(action, live)
            outcomes = [*orphans, *stale]
            if fresh.targets:
                outcomes.extend(await self.opened.runner.run(await self._perform(fresh, live)))
        except NoAnswer as nothing:
            return (*orphans, *(_unknown(action, target, str(nothing)) for target in action.targets))
        except MarketplaceFault as refused:
            return (*orphans, *(self._refused(action, target, refused.fault) for target in action.targets))
        except MarketplaceFailed as failed:
            return (*orphans, *(_unknown(action, target, failed.summary) for target in action.targets))
        except AuthenticationFailed as denied:
            self.stopped = denied.summary
            return (*orphans, *(_skipped(action, target, denied.summary) for target in action.targets))
        return tuple(self._noted(outcome) for outcome in outcomes)

    def _noted(self, outcome: Outcome) -> Outcome:
        """A missing right holds for the whole run, not for one offer (facts: pitfall 49)."""
        if outcome.fault is not None and outcome.fault.kind is FaultKind.AUTH:
            self.stopped = f"not allowed: {fault_text(outcome.fault)}"
        return outcome

    def _refused(self, action: Action, target: Target, fault: Fault) -> Outcome:
        return self._noted(
            Outcome(
                action=action.id,
                key=target.key,
                result=Result.REFUSED,
                remote_id=target.remote_id,
                fault=fault,
            )
        )

    def _settle(self, action: Action) -> tuple[Action, list[Outcome]]:
        """Give targets that were created in this run their ids; what was not created is skipped."""
        if action.operation == "create":
            return action, []
        known, orphans = [], []
        for target in action.targets:
            remote_id = target.remote_id or self.opened.created.get((target.key.kind, target.key.name))
            if remote_id is None:
                orphans.append(_skipped(action, target, "it was not created"))
            else:
                known.append(replace(target, remote_id=remote_id))
        return replace(action, targets=tuple(known)), orphans

    async def _base(self, action: Action, reread: Rereader) -> dict[Key, Live]:
        """Read the live state that this action will be checked against."""
        if action.operation == "create":
            return {}
        kind = self.opened.spec.kinds[action.kind]
        found = {}
        for target in action.targets:
            listed = all(
                (known := kind.field(path)) is not None and "list" in known.views for path in target.after
            )
            if listed and not self._single(action):
                live = reread.row(target)
            else:
                live = await reread.full(target, kind)
            if live is not None:
                found[target.key] = live
        return found

    def _still_true(self, action: Action, live: Mapping[Key, Live]) -> tuple[Action, list[Outcome]]:
        """Leave out the rows whose live value is no longer what the plan saw."""
        if action.operation == "create":
            return action, []
        kind = self.opened.spec.kinds[action.kind]
        fresh, stale = [], []
        for target in action.targets:
            there = live.get(target.key)
            found = moved(self._translated(target), there, kind)
            if there is None:
                stale.append(_stale(action, target, "it is not on the account any more"))
            elif found and target.before:
                said = ", ".join(f"{path} is {_short(value)}" for path, value in found.items())
                stale.append(_stale(action, target, f"the marketplace has moved since the plan: {said}"))
            else:
                fresh.append(target)
        return replace(action, targets=tuple(fresh)), stale

    async def _perform(self, action: Action, live: Mapping[Key, Live]) -> Conversation[tuple[Outcome, ...]]:
        action = await self._with_products(action)
        context = Context(
            reading=self.opened.reading(),
            identify=self._identify,
            live=live,
            images=self._images(action),
            parameters=await self._definitions(action, live),
        )
        return self.opened.provider.perform(action, context)

    def _identify(self, kind: str, label: str) -> str | None:
        if label.startswith("#"):
            return label[1:]
        return self.opened.created.get((kind, label)) or self.part.references.get(kind, {}).get(label)

    def _images(self, action: Action) -> dict[str, str]:
        """Give the addresses of this action's images that are already on the marketplace."""
        return {name: address for name in _image_names(action) if (address := self._address(name))}

    def _address(self, name: str) -> str | None:
        return self.opened.images.get(name) or self.opened.images.get(image_identity(name))

    async def _with_products(self, action: Action) -> Action:
        """Mark the products of new offers that the catalogue does not know, so that they are proposed."""
        if action.kind != OFFER or action.operation != "create":
            return action
        target = action.targets[0]
        product = target.after.get("content.product") or {}
        if "gtin" not in product or await product_of(self.opened, product["gtin"]):
            return action
        after = {**target.after, "content.product": {**product, "new": True}}
        return replace(action, targets=(replace(target, after=after),))

    async def _definitions(
        self, action: Action, live: Mapping[Key, Live]
    ) -> dict[str, tuple[Parameter, ...]]:
        """Fetch the parameter definitions of the categories that this action needs."""
        found = {}
        for target in action.targets:
            if not target.after.get("content.parameters"):
                continue
            there = live.get(target.key)
            category = target.after.get("content.category") or (
                there.fields.get("content.category") if there else None
            )
            if category:
                if category not in self._parameters:
                    self._parameters[category] = await parameters_of(self.opened, category)
                found[category] = self._parameters[category]
        return found

    async def _refuse_second_creations(self, reread: Rereader) -> None:
        """No offer is created twice: one with our key that is there already makes the row stale."""
        new = [t for a in self.part.actions if a.operation == "create" and a.kind == OFFER for t in a.targets]
        there = await reread.present(target.key.name for target in new)
        for target in new:
            if target.key.name in there:
                remote_id = there[target.key.name]
                self.opened.created[OFFER, target.key.name] = remote_id
        if not there:
            return
        kept = []
        for action in self.part.actions:
            target = action.targets[0]
            if action.operation == "create" and action.kind == OFFER and target.key.name in there:
                self._outcomes.append(
                    _stale(action, target, f"offer {there[target.key.name]} with this key is there already")
                )
            else:
                kept.append(action)
        self.part = replace(self.part, actions=tuple(kept))

    # --- reading back ---------------------------------------------------------------------------------------

    async def _read_back(self, reread: Rereader) -> tuple[Outcome, ...]:
        """Turn `the marketplace says it is done` into `it is there`, or into unknown."""
        targets = {
            (action.id, target.key): (action, target)
            for action in self.part.actions
            for target in action.targets
        }
        done = [outcome for outcome in self._outcomes if outcome.result is Result.APPLIED]
        self.opened.progress.start("reading back", len(done))
        waiting = [(outcome, *targets[outcome.action, outcome.key]) for outcome in done]
        verified = await reread.verify(waiting, self._translated, self._single, missing)
        self.opened.progress.finish()
        return tuple(verified.get((o.action, o.key), o) for o in self._outcomes)

    def _translated(self, target: Target) -> Target:
        """Write a target's values as they read back: images by address, new objects by name."""
        return replace(target, after={path: self._as_read(value) for path, value in target.after.items()})

    def _as_read(self, value: Value) -> Value:
        if isinstance(value, list):
            return [self._as_read(each) for each in value]
        if isinstance(value, dict) and "image" in value:
            return {"image": self._address(value["image"]) or value["image"]}
        if isinstance(value, str) and ("@sha256:" in value or value.startswith("http")):
            return self._address(value) or value
        return value


def _skipped(action: Action, target: Target, why: str) -> Outcome:
    return Outcome(
        action=action.id, key=target.key, result=Result.SKIPPED, remote_id=target.remote_id, detail=why
    )


def _stale(action: Action, target: Target, why: str) -> Outcome:
    return replace(_skipped(action, target, why), stale=True)


def _unknown(action: Action, target: Target, why: str) -> Outcome:
    return Outcome(
        action=action.id, key=target.key, result=Result.UNKNOWN, remote_id=target.remote_id, detail=why
    )


def _short(value: Value) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _image_names(action: Action) -> set[str]:
    names: set[str] = set()
    for target in action.targets:
        names.update(target.after.get("content.images") or ())
        for section in target.after.get("content.description") or ():
            names.update(item["image"] for item in section if "image" in item)
    return names
