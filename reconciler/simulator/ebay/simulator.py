"""eBay to practise on: what it does by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.simulator.clock import SteppedClock
from reconciler.simulator.ebay import auth, exchange, sales, seed, tables, trouble
from reconciler.simulator.ebay.census import census
from reconciler.simulator.ebay.control import control
from reconciler.simulator.ebay.limits import DAY, OF_CLIENT, bounds
from reconciler.simulator.ebay.panel import Panel
from reconciler.simulator.ebay.refusals import error
from reconciler.simulator.ebay.settings import EbaySettings
from reconciler.simulator.ebay.trouble import answer
from reconciler.simulator.ebay.world import JSON, EbayCall, EbayWorld
from reconciler.simulator.faults import Trouble
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.rates import Bound
from reconciler.simulator.settings import Settings
from reconciler.simulator.store import Store
from reconciler.simulator.traffic import Traffic
from reconciler.simulator.world import Json


class EbaySimulator(Panel):
    """eBay's selling APIs over one SQLite file, stricter than the original."""

    name = "ebay"
    media = JSON
    tables = tables.TABLES
    knobs = EbaySettings
    sorts = trouble.SORTS
    token_path = auth.TOKEN_PATH
    of_client = OF_CLIENT
    longest = DAY
    sweep_every = 3600.0

    world: EbayWorld

    @property
    def settings(self) -> EbaySettings:
        return self.world.settings

    def new_world(self, store: Store, settings: Settings, clock: SteppedClock, traffic: Traffic) -> EbayWorld:
        if not isinstance(settings, EbaySettings):
            raise TypeError("eBay has knobs of its own")
        return EbayWorld(store, settings, clock, traffic)

    def serve(self, request: Request, trouble: Trouble | None = None) -> tuple[Reply, EbayCall]:
        return exchange.serve(self.world, request, trouble)

    def named(self, request: Request) -> EbayCall:
        return exchange.named(self.world, request)

    def answered(self, trouble: Trouble, request: Request) -> Reply:
        return answer(trouble, request)

    def too_large(self, message: str) -> Reply:
        return Reply(413, {"errors": [error(2004, message)]}, media=JSON)

    def fill(self, account: Mapping[str, Any]) -> None:
        seed.seed(self.world, account)

    def bounds(self) -> Sequence[Bound]:
        return bounds(self.settings.limits)

    def expire(self, request: Request) -> bool:
        return auth.expire(self.world, request)

    def revoke_refresh(self, request: Request) -> None:
        auth.revoke_refresh(self.world, request)

    def sweep(self, now: float) -> None:
        """Forget pictures that nobody used and tokens that have run out."""
        store = self.world.store
        with store.write():
            store.run("DELETE FROM images WHERE expires <= ?", now)
            store.run("DELETE FROM tokens WHERE expires <= ? AND kind != 'refresh'", now)
            store.put("swept", now)

    def opened(self, now: float) -> None:
        if not sales.are_planned(self.world):
            sales.plan(self.world, now)

    def plan_sales(self, now: float) -> None:
        sales.plan(self.world, now)

    def census(self, login: str) -> Json:
        return census(self.world, self.seller_id(login))

    def control(self, request: Request) -> Reply | None:
        return control(self, request)
