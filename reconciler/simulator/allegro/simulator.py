"""Allegro to practise on: what it does by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.simulator.allegro import auth, exchange, lifecycle, sales, seed, tables, trouble
from reconciler.simulator.allegro.census import census
from reconciler.simulator.allegro.control import control
from reconciler.simulator.allegro.limits import HOUR, OF_CLIENT, bounds
from reconciler.simulator.allegro.panel import Panel
from reconciler.simulator.allegro.refusals import PUBLIC, Refusal, fault
from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.trouble import answer
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.clock import SteppedClock
from reconciler.simulator.faults import Trouble
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.rates import Bound
from reconciler.simulator.sales import are_planned, plan
from reconciler.simulator.settings import Settings
from reconciler.simulator.store import Store
from reconciler.simulator.traffic import Traffic
from reconciler.simulator.world import Json


class AllegroSimulator(Panel):
    """Allegro's REST API over one SQLite file, stricter than the original."""

    name = "allegro"
    media = PUBLIC
    tables = tables.TABLES
    knobs = AllegroSettings
    sorts = trouble.SORTS
    token_path = "/auth"  # noqa: S105 - a path
    of_client = OF_CLIENT
    longest = HOUR
    sweep_every = lifecycle.SWEEP_EVERY

    world: AllegroWorld

    @property
    def settings(self) -> AllegroSettings:
        return self.world.settings

    def new_world(self, store: Store, settings: Settings, clock: SteppedClock, traffic: Traffic) -> AllegroWorld:
        if not isinstance(settings, AllegroSettings):
            raise TypeError("Allegro has knobs of its own")
        return AllegroWorld(store, settings, clock, traffic)

    def serve(self, request: Request, trouble: Trouble | None = None) -> tuple[Reply, AllegroCall]:
        return exchange.serve(self.world, request, trouble)

    def named(self, request: Request) -> AllegroCall:
        return exchange.named(self.world, request)

    def answered(self, trouble: Trouble, request: Request) -> Reply:
        return answer(trouble, request)

    def too_large(self, message: str) -> Reply:
        return Reply(413, Refusal(413, fault("PayloadTooLarge", message)).body(), media=PUBLIC)

    def fill(self, account: Mapping[str, Any]) -> None:
        seed.seed(self.world, account)

    def bounds(self) -> Sequence[Bound]:
        return bounds(self.settings.limits)

    def expire(self, request: Request) -> bool:
        return auth.expire(self.world, request)

    def revoke_refresh(self, request: Request) -> None:
        auth.revoke_refresh(self.world, request)

    def sweep(self, now: float) -> None:
        lifecycle.sweep(self.world, now)

    def opened(self, now: float) -> None:
        if not are_planned(self.world, sales.KIND):
            plan(self.world, sales.KIND, now)

    def plan_sales(self, now: float) -> None:
        plan(self.world, sales.KIND, now)

    def census(self, login: str) -> Json:
        return census(self.world.store, self.seller_id(login))

    def control(self, request: Request) -> Reply | None:
        return control(self, request)
