"""The first law: after a clean apply the next plan is empty, whatever stood on the account."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pictures
from hypothesis import given
from world import World, differences, undone

from reconciler.model.changes import Verb
from reconciler.model.plan import Plan

from . import strategies
from .strategies import Scene

PIXEL = pictures.png()


def _world(root: Path, scene: Scene) -> World:
    world = World.make(root, scene.account, scene.documents, settings={"accepted_ratio": scene.accepted_ratio})
    world.write("images/c.png", PIXEL)
    return world


def _settle(world: World) -> None:
    plan = world.plan(refresh="full")
    report = world.apply(plan)
    assert not undone(report), (undone(report), differences(plan))
    assert sum(report.counts().values()) == sum(len(action.targets) for action in plan.actions)
    for refresh in ("auto", "full"):
        again = world.plan(refresh=refresh)
        assert not _to_do(again), (refresh, _to_do(again))
        assert not again.actions


def _to_do(plan: Plan) -> list[str]:
    return [line for line in differences(plan) if not line.startswith(Verb.REPORT)]


def _incident(world: World, scene: Scene, number: int, what: str, value: object) -> None:
    offer_id = scene.account["offers"][number]["offer"]["id"]
    with world.simulator() as simulator:
        simulator.clock.advance(60)
        simulator.catch_up()
        now = next((each for each in simulator.offers(world.login) if each["id"] == offer_id), None)
        if now is None:
            return
        on_sale = now["publication"]["status"] == "ACTIVE"
        if what == "panel":
            simulator.panel_edit(world.login, offer_id, value)
        elif what == "sell" and on_sale and now["stock"]["available"] > 1:
            simulator.sell(world.login, offer_id, 1)
        elif what == "end" and on_sale:
            simulator.end(world.login, offer_id, str(value))
        simulator.clock.advance(60)
        simulator.catch_up()


@given(scene=strategies.scenes())
def test_after_an_apply_nothing_is_left_to_do(scene: Scene) -> None:
    """From any account, and again after any incidents, one apply reaches `No changes.`"""
    with tempfile.TemporaryDirectory() as folder:
        world = _world(Path(folder), scene)
        _settle(world)
        for number, what, value in scene.incidents:
            _incident(world, scene, number, what, value)
        _settle(world)
