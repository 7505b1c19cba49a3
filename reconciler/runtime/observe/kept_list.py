"""The last list of offers that was whole, kept so that a plan can be drawn without asking the marketplace for any.

A row is kept as JSON under its id, and written only when it says something else: a look at a shop at rest makes
the JSON and compares sums. Nothing that is written to the marketplace rests on it.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.values import Money, Value, from_jsonable, jsonable, plain
from reconciler.providers.base import Inventory
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.ledger.cache import sum_of

_LISTED = "listed"
_PLAINLY = orjson.OPT_PASSTHROUGH_DATACLASS


def keep_list(opened: Session, inventory: Inventory, at: str, resting: Collection[str] = ()) -> None:
    """Keep what a list says that was read `at` a moment (ISO), if it is whole. What rests says what is kept."""
    if not inventory.complete:
        return
    topic = _topic(opened)
    before = opened.cache.sums(topic)
    new: list[tuple[str, bytes, int]] = []
    for each in inventory.live:
        body = _packed(each)
        total = sum_of(body)
        if before.pop(each.remote_id, None) != total:
            new.append((each.remote_id, body, total))
    gone = before.keys() - {*resting}
    if new or gone:
        opened.cache.exchange(topic, new, gone)
    opened.cache.keep(_LISTED, str(opened.place.site), at, b"")


def kept_list(opened: Session) -> tuple[Inventory, str]:
    """Return the last list that was whole, and when it was read (ISO). StalePlan where none is kept."""
    listed = opened.cache.lookup(_LISTED, str(opened.place.site))
    if listed is None:
        raise StalePlan(
            f"account {opened.account.name}: no list of its offers is kept, and --refresh none reads none",
            "plan once without it",
        )
    rows = tuple(_unpacked(opened.account.name, body) for body in opened.cache.every(_topic(opened)))
    return Inventory(rows, complete=True), listed[0]


def _topic(opened: Session) -> str:
    return f"{_LISTED} {opened.place.site}"


def _packed(row: Live) -> bytes:
    name = row.key.name if row.key else None
    return orjson.dumps([row.remote_id, name, row.fields, row.facts, row.unreadable], _told, _PLAINLY)


def _told(value: Value) -> Value:
    if type(value) is Money:
        return {"amount": plain(value.amount), "currency": value.currency}
    return jsonable(value)


def _unpacked(account: str, body: bytes) -> Live:
    remote_id, name, fields, facts, unreadable = orjson.loads(body)
    return Live(
        key=Key(account, OFFER, name) if name is not None else None,
        kind=OFFER,
        remote_id=remote_id,
        fields=dict(_values(fields)),
        facts=dict(_values(facts)),
        unreadable=unreadable,
    )


def _values(said: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    return ((name, from_jsonable(value)) for name, value in said.items())
