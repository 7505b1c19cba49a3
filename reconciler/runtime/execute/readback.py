"""Reading again: before a write, what is there; after it, whether it is there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine.match import members
from reconciler.engine.rereads import SWEPT, in_full, keys_to_ask, views_of
from reconciler.engine.stock import STATUS
from reconciler.model.exact import brief
from reconciler.model.offers import EXTERNAL_ID, OFFER, Key, Live
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.model.spec import KindSpec, Role
from reconciler.model.values import Value
from reconciler.runtime.clock import Interrupted, is_within, slept
from reconciler.runtime.connection.freshness import NEVER, Look
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.catalogue import explain, explained

_PARALLEL = 30
#: The list trails writes by seconds (facts: #10367), and activations take their time: look again after so long.
_PATIENCE = (0.0, 2.0, 5.0, 15.0, 40.0)
#: Who waits for longer looks less and less often, and at last every so many seconds.
_MOST = 300.0

Waiting = tuple[Outcome, Action, Target]
Translate = Callable[[Target], Target]
Missing = Callable[[Target, Live | None, KindSpec], dict[str, Value]]


class Rereader(Struct):
    """Fresh reads of one account during an apply. `wait` is for how long what was accepted is looked for."""

    opened: Session
    wait: float | None
    _rows: dict[str, Live] = field(default_factory=dict)
    _members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _one_reads: asyncio.Lock = field(default_factory=asyncio.Lock)
    _one_sweeps: asyncio.Lock = field(default_factory=asyncio.Lock)
    _swept: tuple[datetime, tuple[Live, ...]] | None = None
    _looks: dict[str, Look] = field(default_factory=dict)
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    def stop_waiting(self) -> None:
        """Let whoever waits here go on with what it has seen."""
        self._enough.set()

    def wait_again(self) -> None:
        """Forget that somebody was in a hurry."""
        self._enough.clear()

    @property
    def cut_short(self) -> bool:
        """Tell whether the waiting was ended before its time."""
        return self._enough.is_set()

    async def _rested(self, pause: float) -> bool:
        """Wait for the next look; False when somebody is in a hurry. The first look needs no waiting."""
        return not pause or await slept(self.opened.clock, pause, self._enough)

    def _pauses(self) -> Iterator[float]:
        """Give the pause before each look: longer and longer ones, until the timeout is over."""
        timeout = self.wait
        if timeout is None or self.opened.runner.stopping:
            yield from _PATIENCE
            return
        until = self.opened.clock.now() + timedelta(seconds=timeout)
        yield 0.0
        for pause in chain(_PATIENCE[1:], _growing(_PATIENCE[-1])):
            left = (until - self.opened.clock.now()).total_seconds()
            if left <= 0:
                return
            yield min(pause, left)

    async def rows(self, targets: Iterable[Target]) -> None:
        """Fetch the list rows of these offers: by key, or in one sweep when that takes fewer requests."""
        wanted = {
            target.remote_id: target.key for target in targets if target.key.kind == OFFER and target.remote_id
        }
        if not wanted:
            return
        view = self.opened.spec.kinds[OFFER].views["list"]
        labels = self.opened.names.of(OFFER)
        offers = max(self.opened.names.offers, len(labels), len(self._rows))
        names = keys_to_ask(wanted, self._borne(wanted, labels), view, offers)
        began = self.opened.clock.microseconds()
        if names is None:
            found = (await self.opened.ask(self.opened.provider.inventory(self.opened.reading()))).live
        else:
            found = tuple(each for rows in await self._by_key(names) for each in rows)
        look = Look(began, self.opened.clock.microseconds())
        for remote_id in wanted:
            self._rows.pop(remote_id, None)
            self._looks[remote_id] = look
        self._rows.update({each.remote_id: each for each in found})

    def _borne(self, wanted: Mapping[str, Key], labels: Mapping[str, str]) -> dict[str, str]:
        """Return the keys that offers bear on the marketplace: their own, where nothing else is known."""
        rows = ((remote_id, key, self._rows.get(remote_id)) for remote_id, key in wanted.items())
        return {
            remote_id: row.key.name if row is not None and row.key is not None else labels.get(remote_id, key.name)
            for remote_id, key, row in rows
        }

    async def _by_key(self, names: list[str]) -> list[tuple[Live, ...]]:
        most = self.opened.spec.kinds[OFFER].views["list"].keys
        if not most:
            return [await self._all_with_key(names)] if names else []
        portions = [names[start : start + most] for start in range(0, len(names), most)]

        def task(portion: list[str]) -> Callable[[], Awaitable[tuple[Live, ...]]]:
            async def read() -> tuple[Live, ...]:
                return await self.opened.ask(self.opened.provider.find(self.opened.reading(), portion))

            return read

        return await gather([task(each) for each in portions], _PARALLEL)

    async def _all_with_key(self, names: list[str]) -> tuple[Live, ...]:
        """Find keys where none can be asked for: in all of the list, read once for whoever asks just now."""
        wanted = set(names)
        swept = await self._sweep()
        return tuple(each for each in swept if each.key is not None and each.key.name in wanted)

    async def _sweep(self) -> tuple[Live, ...]:
        async with self._one_sweeps:
            now = self.opened.clock.now()
            if self._swept is None or not is_within(self._swept[0], timedelta(seconds=SWEPT), now):
                found = await self.opened.ask(self.opened.provider.inventory(self.opened.reading()))
                self._swept = now, found.live
            return self._swept[1]

    async def nameless(self) -> tuple[Live, ...]:
        """Return the drafts that bear no key."""
        return tuple(
            each
            for each in await self._sweep()
            if each.facts.get(EXTERNAL_ID) is None and each.fields.get(STATUS) == "draft"
        )

    async def present(self, names: Iterable[str]) -> dict[str, str]:
        """Return name -> id of the offers with these keys that are on the account already."""
        found = await self._by_key(list(names))
        return {each.key.name: each.remote_id for rows in found for each in rows if each.key}

    async def until_listed(self, names: list[str]) -> None:
        """Wait, within reason, until none of these offers is on its way to being listed."""
        for pause in self._pauses():
            if not await self._rested(pause):
                raise Interrupted
            rows = await self._by_key(names)
            if not any(each.facts.get("activating") for found in rows for each in found):
                return

    def seen(self, target: Target) -> Look:
        """Return when the list was last asked for this offer."""
        return self._looks.get(target.remote_id or "", NEVER)

    def row(self, target: Target) -> Live | None:
        """Return the list row that was fetched last."""
        return self._rows.get(target.remote_id or "")

    async def full(self, target: Target, kind: KindSpec) -> Live | None:
        """Read one resource through every view that its fields need; with its wire body."""
        views, remote_id = views_of(target, kind), target.remote_id or ""
        found = await self.opened.ask(
            self.opened.provider.read(self.opened.reading(), kind.name, remote_id, views)
        )
        if found is None:
            return None
        await explain(self.opened, target.after, found)
        return replace(found, key=target.key)

    async def look(self, target: Target, kind: KindSpec) -> Live | None:
        """Read one resource in full; what cannot be read is said in what is returned."""
        found = await self.opened.look(kind.name, target.remote_id or "", views_of(target, kind), target.key)
        if found is None:
            return None
        return replace(await explained(self.opened, target.after, found), key=target.key)

    async def verify(
        self,
        waiting: list[Waiting],
        translate: Translate,
        missing: Missing,
    ) -> Mapping[tuple[str, Key], Outcome]:
        """Read back every outcome that may be applied; what does not show up in time is unknown.

        Of those that were accepted (`settling`) it is known that they may come later.
        """
        verified: dict[tuple[str, Key], Outcome] = {}
        left: dict[tuple[str, Key], dict[str, Value]] = {}
        for pause in self._pauses():
            self._tell(pause, len(waiting))
            if not await self._rested(pause):
                break
            try:
                seen = await self._look(waiting)
            except Interrupted:
                self.stop_waiting()
                break
            still = []
            for outcome, action, target in waiting:
                where = (outcome.action, outcome.key)
                gone = action.operation == Role.DELETE
                kind = self.opened.spec.kinds[action.kind]
                lacking = {} if gone else missing(translate(target), seen.get(where), kind)
                if gone and seen.get(where) is not None:
                    lacking = {"": None}
                if lacking:
                    still.append((outcome, action, target))
                    left[where] = lacking
                else:
                    verified[where] = _there(outcome)
                    self.opened.progress.advance()
            waiting = still
            if not waiting:
                break
        for outcome, _, target in waiting:
            where = (outcome.action, outcome.key)
            verified[where] = _not_there(outcome, target, left.get(where))
        return verified

    def _tell(self, pause: float, rows: int) -> None:
        if pause > _PATIENCE[-1]:
            some = "1 row was" if rows == 1 else f"{rows:,} rows were"
            self.opened.progress.note(f"{some} sent and cannot be seen yet; looking again in {pause:.0f} s")

    async def _look(self, waiting: list[Waiting]) -> Mapping[tuple[str, Key], Live | None]:
        await self.rows(target for _, action, target in waiting if not self.in_full(action, target))
        single = [each for each in waiting if self.in_full(each[1], each[2])]
        tasks = [self._full_task(each) for each in single]
        full = await gather(tasks, _PARALLEL)
        seen: dict[tuple[str, Key], Live | None] = {
            (outcome.action, outcome.key): self.row(target)
            for outcome, action, target in waiting
            if not self.in_full(action, target)
        }
        seen.update({(each[0].action, each[0].key): live for each, live in zip(single, full, strict=True)})
        return seen

    def in_full(self, action: Action, target: Target) -> bool:
        """Tell whether a target of an action is read by itself, and not from the list."""
        kind = self.opened.spec.kinds[action.kind]
        return in_full(kind.operations[action.operation], target, kind)

    async def same_members(self, target: Target, remote_ids: Iterable[str]) -> str | None:
        """Return the bundle among these that has the target's members, slot by slot; each is read once."""
        wanted = members(target.after.get("slots") or ())
        kind = self.opened.spec.kinds[target.key.kind]
        async with self._one_reads:
            for remote_id in remote_ids:
                if remote_id not in self._members:
                    live = await self.full(replace(target, remote_id=remote_id), kind)
                    if live is None:
                        continue
                    self._members[remote_id] = members(live.fields.get("slots") or ())
                if self._members[remote_id] == wanted:
                    return remote_id
        return None

    def know_members(self, target: Target, remote_id: str) -> None:
        """Note what this run has created, so that it need not be read to be told from what comes next."""
        if slots := target.after.get("slots"):
            self._members[remote_id] = members(slots)

    def _full_task(self, waiting: Waiting) -> Callable[[], Awaitable[Live | None]]:
        outcome, action, target = waiting
        remote_id = outcome.remote_id or target.remote_id

        async def read() -> Live | None:
            return await self.look(replace(target, remote_id=remote_id), self.opened.spec.kinds[action.kind])

        return read


def _growing(pause: float) -> Iterator[float]:
    while True:
        pause = min(2 * pause, _MOST)
        yield pause


def _there(outcome: Outcome) -> Outcome:
    detail = "" if outcome.result is Result.UNKNOWN else outcome.detail
    return replace(outcome, result=Result.APPLIED, detail=detail, settling=False)


def _not_there(outcome: Outcome, target: Target, lacking: Mapping[str, Value] | None) -> Outcome:
    """Return what is known of a row that did not show up; `lacking` is None when nobody could look."""
    known = "accepted" if outcome.settling else "nobody knows whether it was accepted"
    if lacking is None:
        return replace(outcome, result=Result.UNKNOWN, detail=f"{known}, not read back: the run was interrupted")
    said = ", ".join(f"{path or target.key.name} reads back as {brief(value)}" for path, value in lacking.items())
    warned = f" (the marketplace says: {outcome.detail})" if outcome.detail and outcome.settling else ""
    return replace(outcome, result=Result.UNKNOWN, detail=f"{known}, but not there yet: {said}{warned}")
