"""Calls for many at once: each row stands or falls by itself, and the answer is a 207 when any fell."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.simulator.ebay.refusals import Refusal, error
from reconciler.simulator.ebay.shapes import Shape, items, record, require
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

AT_ONCE = 25  # of items, offers and prices


def rows_of(call: EbayCall, shape: Shape) -> list[Json]:
    """The `requests` of the body, in their shape."""
    require(record({"requests": items(shape, 1)}, "requests"), call.body)
    rows: list[Json] = call.body["requests"]
    return rows


def answered(call: EbayCall, rows: list[Json], one: Callable[[Json], Json | list[Json]], *named: str) -> Reply:
    """Do each row; what was refused is told under the row's own members that `named` lists."""
    found: list[Json] = []
    for place, row in enumerate(rows):
        found.extend(_row(call, place, row, one, named))
    failed = any(each["statusCode"] >= 400 for each in found)
    return Reply(207 if failed else 200, {"responses": found})


def _row(
    call: EbayCall, place: int, row: Json, one: Callable[[Json], Json | list[Json]], named: tuple[str, ...]
) -> list[Json]:
    own = {name: row[name] for name in named if row.get(name) is not None}
    if _is_struck(call, "rows_fail", place):
        return [{"statusCode": 400, **own, "errors": [error(25002, "The row is refused.")]}]
    before, call.warnings = call.warnings, []
    call.world.store.run("SAVEPOINT one_row")
    try:
        done = one(row)
    except Refusal as refusal:
        call.world.store.run("ROLLBACK TO one_row")
        return [{"statusCode": refusal.status, **own, "errors": refusal.errors}]
    finally:
        call.world.store.run("RELEASE one_row")
        warnings, call.warnings = call.warnings, before
    told = done if isinstance(done, list) else [done]
    if warnings:
        told = [{**each, "warnings": warnings} for each in told]
    if _is_struck(call, "rows_unknown", place):
        return [{"statusCode": 500, **own, "errors": [error(25001)]}]
    return told


def _is_struck(call: EbayCall, name: str, place: int) -> bool:
    """Whether trouble is about this row: about those at `rows`, the first unless told."""
    return call.is_troubled(name) and place in call.trouble.get("rows", [0])
