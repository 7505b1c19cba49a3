"""What a run has created whose ledger is lost, while the marketplace's list does not show it yet.

A ledger whose oldest run of an account is older than the grace of a lagging list remembers all that the list may
be missing. A younger one may stand in place of one that was lost. Then the marketplace's events are asked: they
name the offers that were listed lately, with their keys. What they cannot tell is a draft, and an offer that is
still on its way to being listed, so they are asked twice, some seconds apart. One that they do tell, and that the
list does not show, is the mark of a run that nobody remembers, and then its other creations are looked for, too,
until the grace is over.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.engine.rereads import ON_ITS_WAY
from reconciler.model.offers import OFFER
from reconciler.providers.base import Activation
from reconciler.runtime.clock import Interrupted, slept
from reconciler.runtime.connection.session import Session
from reconciler.runtime.execute.readback import Rereader
from reconciler.runtime.observe.events import lately_listed, may_lack_creations

#: While something is looked for, the events are asked so often, in seconds.
LOOK_EVERY = 20.0
#: How often a run asks before its first creation, in the usual case.
LOOKS = 2


@dataclass(slots=True)
class LostCreations:
    """The same for one run: of its own creations, and of all that its plan saw, if the ledger forgot them."""

    opened: Session
    reread: Rereader
    creations: frozenset[str]
    _found: Mapping[str, Activation] = field(default_factory=dict)
    _asked_at: datetime | None = None
    _latest: datetime | None = None
    _names: frozenset[str] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

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
