"""What a run has created whose ledger is lost, while the marketplace's list does not show it yet.

A ledger whose oldest run of an account is older than the grace of a lagging list remembers all that the list may
be missing. A younger one may stand in place of one that was lost. Then the marketplace's events are asked: they
name the offers that were listed lately, with their keys. What they cannot tell is a draft, and an offer that is
still on its way to being listed, so they are asked twice, some seconds apart. One that they do tell, and that the
list does not show, is the mark of a run that nobody remembers, and then its other creations are looked for, too,
until the grace is over.

Where a key is written after a creation (`key: {given: after}`) nothing tells what was begun but the list. So a
ledger that has known the account for less than the grace makes nothing before that is over: all that was made
before it is listed then. What bears the key, or the title and no key, is not made a second time.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct, field

from reconciler.engine.rereads import ON_ITS_WAY
from reconciler.engine.twins import words
from reconciler.model.offers import OFFER
from reconciler.model.plan import Target
from reconciler.model.spec import Role
from reconciler.model.states import LEFT_TO_SEND
from reconciler.providers.base import Activation
from reconciler.runtime.clock import Interrupted, slept
from reconciler.runtime.connection.session import Session
from reconciler.runtime.execute.readback import Rereader
from reconciler.runtime.ledger.rows import Operation
from reconciler.runtime.observe.events import known_since, lately_listed, may_lack_creations
from reconciler.runtime.observe.pending import left_open

#: While something is looked for, the events are asked so often, in seconds.
LOOK_EVERY = 20.0
#: How often a run asks before its first creation, in the usual case.
LOOKS = 2
_TITLE = "content.title"


class LostCreations(Struct):
    """The same for one run: of its own creations, and of all that its plan saw, if the ledger forgot them.

    `mine` are the ids that the run writes to. `tried` counts by title what this ledger knows to have sent, and not
    what became of it.
    """

    opened: Session
    reread: Rereader
    creations: frozenset[str]
    mine: frozenset[str] = frozenset()
    tried: Mapping[str, int] = field(default_factory=dict)
    _begun: Counter[str] | None = None
    _found: Mapping[str, Activation] = field(default_factory=dict)
    _asked_at: datetime | None = None
    _latest: datetime | None = None
    _names: frozenset[str] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def began(self, target: Target) -> bool:
        """Tell whether a ledger that is lost has begun a listing with this title: it bears no key yet.

        Told once for a run, before it makes anything: a young ledger waits until all of that is listed.
        """
        async with self._lock:
            if self._begun is None:
                await self._until_listed()
                created = self.opened.ledger.runs.ever_created(self.opened.place).values()
                ours = {*created, *self.opened.names.created.values(), *self.mine}
                rows = [each for each in await self.reread.nameless() if each.remote_id not in ours]
                self._begun = Counter(words(each.fields.get(_TITLE)) for each in rows)
            title = words(target.after.get(_TITLE))
            return self._begun[title] > self.tried.get(title, 0)

    async def _until_listed(self) -> None:
        """Wait until the list shows all that was made before this ledger knew the account."""
        since = known_since(self.opened) or self.opened.clock.now()
        left = (since + self.opened.spec.list_lag - self.opened.clock.now()).total_seconds()
        if left <= 0:
            return
        self.opened.progress.note(
            f"what an earlier ledger has made may not be listed yet: nothing is made for {left:.0f} s more"
        )
        if not await slept(self.opened.clock, left, self.opened.runner.stop):
            raise Interrupted

    async def latest(self) -> datetime | None:
        """Return when an offer was listed last that the list does not show: the mark of a run without a ledger."""
        async with self._lock:
            if self._asked_at is None:
                self._latest = await self._look()
                if self._latest is None and may_lack_creations(self.opened):
                    if not await slept(self.opened.clock, ON_ITS_WAY, self.opened.runner.stop):
                        raise Interrupted
                    self._latest = await self._look()
            return self._latest

    async def _look(self) -> datetime | None:
        await self._ask()
        shown = await self.reread.present(self._found) if self._found else {}
        return max((each.at for name, each in self._found.items() if name not in shown), default=None)

    async def remote_id(self, name: str) -> str | None:
        """Return the id of an offer with this key that was listed lately; while it is looked for, asked again."""
        async with self._lock:
            asked_at = self._asked_at if self._latest is not None else None
            if asked_at is not None and (self.opened.clock.now() - asked_at).total_seconds() >= LOOK_EVERY:
                await self._ask()
            return self._found[name].remote_id if name in self._found else None

    async def _ask(self) -> None:
        """Nothing is asked for a ledger that is old enough to know."""
        self._asked_at = self.opened.clock.now()
        if not may_lack_creations(self.opened):
            return
        self._found = await lately_listed(self.opened, self._forgotten())

    def _forgotten(self) -> frozenset[str]:
        """Return the names that no run of this ledger created, as the run begins.

        Those that it has compared are among them: the plan of this very run may have found them by their events.
        """
        if self._names is None:
            place, ledger = self.opened.place, self.opened.ledger
            created = {name for kind, name in ledger.runs.ever_created(place) if kind == OFFER}
            self._names = self.creations.union(self.opened.names.of(OFFER).values()) - created
        return self._names


def creations_of(opened: Session, reread: Rereader, operations: Iterable[Operation]) -> LostCreations:
    """Return what tells of the creations that the ledger forgot, beside those of a run."""
    every = tuple(operations)
    creations = [
        (each, target)
        for each in every
        if each.action.operation == Role.CREATE and each.action.kind == OFFER
        for target in each.action.targets
    ]
    created = opened.ledger.runs.ever_created(opened.place)
    return LostCreations(
        opened,
        reread,
        frozenset(target.key.name for _, target in creations),
        frozenset(target.remote_id for each in every for target in each.action.targets if target.remote_id),
        Counter(
            words(target.after.get(_TITLE))
            for each, target in creations
            if (each.sent_at and each.state in LEFT_TO_SEND) or left_open(opened, OFFER, target.key.name)
            if (OFFER, target.key.name) not in created
        ),
    )
