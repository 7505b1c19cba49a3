"""The verbs of a seller's dictionary, the same for every kind: list, get, create, replace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.simulator.allegro.refusals import PUBLIC, refuse
from reconciler.simulator.allegro.seller_things import (
    count_things,
    keep_thing,
    required_thing,
    things,
)
from reconciler.simulator.allegro.shapes import Shape, require
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import without_nulls
from reconciler.simulator.world import Json


def _as_it_is(_call: AllegroCall, body: Json) -> Json:
    return body


def _no_change(_call: AllegroCall, sent: Json, _old: Json | None) -> Json:
    return sent


@dataclass(frozen=True)
class Kind:
    """One dictionary and where it differs from the others."""

    name: str
    path: str
    key: str  # of the list in the answer
    shape: Shape
    update: Shape | None = None  # of a PUT, when it differs
    parameter: str = "id"
    limit: tuple[int, int] | None = (60, 60)  # default and highest; None where the list has no paging
    reach: int = 59  # highest offset
    total: bool = False  # whether the list tells totalCount
    counted: bool = True
    cap: int | None = None
    created: int = 201
    readable: bool = True  # whether one can be got by itself
    error_media: str = PUBLIC
    row: Callable[[AllegroCall, Json], Json] = _as_it_is  # as a list shows it
    view: Callable[[AllegroCall, Json], Json] = _as_it_is  # as a single read shows it
    kept: Callable[[AllegroCall, Json, Json | None], Json] = _no_change  # checks, and what is stored

    def rows(self, call: AllegroCall) -> Reply:
        found = things(call.world, call.seller, self.name)
        page = found
        if self.limit:
            default, highest = self.limit
            offset = call.number("offset", 0, 0, self.reach)
            page = found[offset : offset + call.number("limit", default, 1, highest)]
        answer: Json = {self.key: [self.row(call, one) for one in page]}
        if self.counted:
            answer["count"] = len(page)
        if self.total:
            answer["totalCount"] = len(found)
        return Reply(200, answer)

    def get(self, call: AllegroCall) -> Reply:
        return Reply(200, self.view(call, required_thing(call, self.name, call.params[self.parameter])))

    def create(self, call: AllegroCall) -> Reply:
        require(self.shape, call.body)
        if self.cap is not None and count_things(call.world, call.seller, self.name) >= self.cap:
            raise refuse(422, "LimitExceeded", f"There may be {self.cap} of these at most.")
        body = self.kept(call, without_nulls(call.body), None)
        body = {**body, "id": call.world.uuid(self.name)}
        keep_thing(call.world, call.seller, self.name, body)
        return Reply(self.created, self.view(call, body))

    def replace(self, call: AllegroCall) -> Reply:
        """A PUT replaces the whole: what is not sent is gone."""
        old = required_thing(call, self.name, call.params[self.parameter])
        require(self.update or self.shape, call.body)
        body = {**self.kept(call, without_nulls(call.body), old), "id": old["id"]}
        keep_thing(call.world, call.seller, self.name, body)
        return Reply(200, self.view(call, body))

    def routes(self) -> list[AllegroRoute]:
        one = f"{self.path}/{{{self.parameter}}}"
        told = self.error_media
        routes = [
            AllegroRoute("GET", self.path, self.rows, error_media=told),
            AllegroRoute("POST", self.path, self.create, content=PUBLIC, error_media=told),
            AllegroRoute("PUT", one, self.replace, content=PUBLIC, error_media=told),
        ]
        return routes + ([AllegroRoute("GET", one, self.get, error_media=told)] if self.readable else [])
