"""The control plane under /_sim/: no part of a marketplace, for people and tests that run one apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import orjson

from reconciler.simulator.clock import iso, moment_of
from reconciler.simulator.http import PLAIN, Reply, Request
from reconciler.simulator.marketplace import Marketplace
from reconciler.simulator.record import readable
from reconciler.simulator.world import Json

Action = Callable[[Marketplace, Json], Any]
M = TypeVar("M", bound=Marketplace)


def control(simulator: Marketplace, request: Request) -> Reply:
    """Do what is asked; whatever is wrong with it is told as a 400."""
    own = simulator.control(request)
    if own is not None:
        return own
    action = ACTIONS.get((request.method, request.path.removeprefix("/_sim/")))
    if action is None:
        return Reply(404, {"error": "unknown control"}, media=PLAIN)
    return done(action, simulator, request)


def done(action: Callable[[M, Json], Any], simulator: M, request: Request) -> Reply:
    """The answer to an order; whatever is wrong with it is told as a 400."""
    try:
        body = orjson.loads(request.content) if request.content else {}
        if request.method == "GET":
            body = {key: values[-1] for key, values in request.query.items()}
        return Reply(200, action(simulator, body) or {}, media=PLAIN)
    except (ValueError, KeyError, TypeError) as error:
        return Reply(400, {"error": f"{type(error).__name__}: {error}"}, media=PLAIN)


def _seed(simulator: Marketplace, body: Json) -> None:
    simulator.seed(body)


def _reset(simulator: Marketplace, _body: Json) -> None:
    simulator.reset()


def _clock(simulator: Marketplace, body: Json) -> Json:
    if "advance_seconds" in body:
        simulator.clock.advance(float(body["advance_seconds"]))
    elif "to" in body:
        simulator.clock.advance_to(moment_of(body["to"]))
    simulator.catch_up()
    return {"now": iso(simulator.clock.now())}


def _history(simulator: Marketplace, body: Json) -> Json:
    wanted = {key: value for key, value in body.items() if key not in {"since", "last"}}
    found = list(simulator.requests(int(body.get("since", 0)), **wanted))[-int(body.get("last", 100)) :]
    return {"requests": [{**one, "body": readable(one["body"])} for one in found]}


def _settings(simulator: Marketplace, body: Json) -> Json:
    simulator.change_settings(body)
    return simulator.settings.as_json()


def _revoke(simulator: Marketplace, body: Json) -> None:
    simulator.revoke(body["login"], body.get("kind", "all"))


def _faults(simulator: Marketplace, _body: Json) -> Json:
    return {"injected": simulator.injected(), "rules": simulator.fault_rules()}


def _rate(simulator: Marketplace, body: Json) -> Json:
    since = body.get("since")
    return simulator.rate(body.get("client", ""), body.get("login", ""), None if since is None else float(since))


def _run(simulator: Marketplace, _body: Json) -> None:
    simulator.begin_run()


def _census(simulator: Marketplace, body: Json) -> Json:
    return simulator.census(body["login"])


def _knobs(simulator: Marketplace, _body: Json) -> Json:
    simulator.catch_up()
    return simulator.settings.as_json()


ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "seed"): _seed,
    ("POST", "reset"): _reset,
    ("POST", "clock"): _clock,
    ("GET", "clock"): _clock,
    ("GET", "history"): _history,
    ("POST", "settings"): _settings,
    ("POST", "revoke"): _revoke,
    ("GET", "settings"): _knobs,
    ("GET", "faults"): _faults,
    ("GET", "rate"): _rate,
    ("POST", "run"): _run,
    ("GET", "census"): _census,
}
