"""Calls for many at once: each row stands or falls by itself, and the answer is a 207 when any fell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from reconciler.simulator.ebay.refusals import Refusal, error
from reconciler.simulator.ebay.shapes import (
    Errors,
    Shape,
    anything,
    items,
    record,
    refuse_unreadable,
    require,
    told,
)
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

AT_ONCE = 25  # of items, offers and prices


@dataclass(frozen=True)
class Rows:
    """The `requests` of a body. What cannot be read refuses the call; a wrong value only refuses its row."""

    call: EbayCall
    requests: list[Json]
    wrong: dict[int, Errors]

    def members(self, name: str) -> list[str]:
        """The values of one member, of the rows that have it."""
        return [row[name] for row in self.requests if row.get(name) is not None]

    def each(self, one: Callable[[Json], Json], *named: str) -> Reply:
        """Do each row; what was refused is told under the row's own members that `named` lists."""
        found = []
        for place, row in enumerate(self.requests):
            own = {name: row[name] for name in named if row.get(name) is not None}
            found.append(self.attempt(place, own, partial(one, row)))
        return answered(found)

    def attempt(self, place: int, own: Json, do: Callable[[], Json]) -> Json:
        """One act of the row at a place, wholly or not at all, with its warnings or its errors."""
        call = self.call
        if place in self.wrong:
            return {"statusCode": 400, **own, "errors": self.wrong[place]}
        if self._is_struck("rows_fail", place):
            return {"statusCode": 400, **own, "errors": [error(25002, "The row is refused.")]}
        before, call.warnings = call.warnings, []
        call.world.store.run("SAVEPOINT one_row")
        try:
            done = {**own, **do()}
        except Refusal as refusal:
            call.world.store.run("ROLLBACK TO one_row")
            return {"statusCode": refusal.status, **own, "errors": refusal.errors}
        finally:
            call.world.store.run("RELEASE one_row")
            warnings, call.warnings = call.warnings, before
        if self._is_struck("rows_unknown", place):
            return {"statusCode": 500, **own, "errors": [error(25001)]}
        return {**done, "warnings": warnings} if warnings else done

    def _is_struck(self, name: str, place: int) -> bool:
        """Whether trouble is about this row: about those at `rows`, the first unless told."""
        return self.call.is_troubled(name) and place in self.call.trouble.get("rows", [0])


def rows_of(call: EbayCall, shape: Shape) -> Rows:
    """The rows of the body; the call is refused when there are none, or when one cannot be read."""
    require(record({"requests": items(anything, 1)}, "requests"), call.body)
    wrong: dict[int, Errors] = {}
    for place, row in enumerate(call.body["requests"]):
        errors: Errors = []
        shape(row, f"requests[{place}]", errors)
        refuse_unreadable(errors)
        if errors:
            wrong[place] = told(errors, 25709)
    return Rows(call, call.body["requests"], wrong)


def answered(found: list[Json]) -> Reply:
    failed = any(one["statusCode"] >= 400 for one in found)
    return Reply(207 if failed else 200, {"responses": found})
