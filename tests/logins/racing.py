"""One of several processes whose token is refused at the same moment; also what a killed one does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from logins.build import runner_of, stored
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.runtime.auth.tokens import StoredTokens
from reconciler.runtime.ledger import Ledger


class Killed(StoredTokens):
    """Dies when it has a new pair in its hands and has not stored it."""

    def _keep(self, *_given: object) -> bool:  # type: ignore[override]
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


async def race(base: str, where: str) -> None:
    """Ask whose token it is each time a line comes, and answer with the login."""
    ledger = Ledger(where)
    async with runner_of(base, ledger, stored(ledger, sys.argv[4])) as runner:
        while await asyncio.to_thread(sys.stdin.readline):
            identity = await runner.run(ALLEGRO.identity())
            print(identity.login, flush=True)
    ledger.close()


async def die(base: str, where: str) -> None:
    """Renew a token and be killed before it is stored."""
    ledger = Ledger(where)
    async with runner_of(base, ledger, stored(ledger, sys.argv[4], kind=Killed)) as runner:
        await runner.run(ALLEGRO.identity())


if __name__ == "__main__":
    asyncio.run({"race": race, "die": die}[sys.argv[1]](*sys.argv[2:4]))
