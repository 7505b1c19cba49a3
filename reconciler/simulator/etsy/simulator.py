"""Etsy to practise on: what it does by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.simulator.clock import SteppedClock
from reconciler.simulator.etsy import auth, exchange, sales, seed, tables, trouble
from reconciler.simulator.etsy.census import census
from reconciler.simulator.etsy.control import control
from reconciler.simulator.etsy.limits import DAY, OF_CLIENT, bounds
from reconciler.simulator.etsy.panel import Panel
from reconciler.simulator.etsy.settings import EtsySettings
from reconciler.simulator.etsy.trouble import answer
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.faults import Trouble
from reconciler.simulator.http import PLAIN, Reply, Request
from reconciler.simulator.rates import Bound
from reconciler.simulator.settings import Settings
from reconciler.simulator.store import Store
from reconciler.simulator.traffic import Traffic
from reconciler.simulator.world import Json


class EtsySimulator(Panel):
    """Etsy's Open API v3 over one SQLite file, stricter than the original."""

    name = "etsy"
    media = PLAIN
    tables = tables.TABLES
    knobs = EtsySettings
    sorts = trouble.SORTS
    token_path = auth.TOKENS
    of_client = OF_CLIENT
    longest = DAY
    sweep_every = DAY

    world: EtsyWorld

    @property
    def settings(self) -> EtsySettings:
        return self.world.settings

    def new_world(self, store: Store, settings: Settings, clock: SteppedClock, traffic: Traffic) -> EtsyWorld:
        if not isinstance(settings, EtsySettings):
            raise TypeError("Etsy has knobs of its own")
        return EtsyWorld(store, settings, clock, traffic)

    def serve(self, request: Request, trouble: Trouble | None = None) -> tuple[Reply, EtsyCall]:
        return exchange.serve(self.world, request, trouble)

    def named(self, request: Request) -> EtsyCall:
        return exchange.named(self.world, request)

    def answered(self, trouble: Trouble, request: Request) -> Reply:
        return answer(trouble, request)

    def too_large(self, message: str) -> Reply:
        return Reply(413, {"error": message})

    def fill(self, account: Mapping[str, Any]) -> None:
        seed.seed(self.world, account)

    def bounds(self) -> Sequence[Bound]:
        return bounds(self.settings.limits)

    def expire(self, request: Request) -> bool:
        return auth.expire(self.world, request)

    def revoke_refresh(self, request: Request) -> None:
        auth.revoke_refresh(self.world, request)

    def sweep(self, now: float) -> None:
        """Tokens and codes that have run out."""
        with self.world.store.write():
            self.world.store.put("swept", now)
            self.world.store.run("DELETE FROM tokens WHERE expires <= ?", now - DAY)

    def opened(self, now: float) -> None:
        if not sales.are_planned(self.world):
            sales.plan(self.world, now)

    def plan_sales(self, now: float) -> None:
        sales.plan(self.world, now)

    def census(self, login: str) -> Json:
        return census(self.world.store, self.seller_id(login))

    def control(self, request: Request) -> Reply | None:
        return control(self, request)
