"""The last list of offers that was whole, kept so that a plan can be drawn without asking the marketplace for any.

A row is kept as JSON under its id, and written only when it says something else: a look at a shop at rest makes
the JSON and compares sums. Nothing that is written to the marketplace rests on it.
"""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Any

import orjson

from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.values import Money, Value, from_jsonable, jsonable, plain
from reconciler.providers.base import Inventory
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.ledger.cache import sum_of

_LISTED = "listed"


def keep_list(
    opened: Session, inventory: Inventory, at: str, rested: Mapping[str, bytes] = MappingProxyType({})
) -> None:
    """Keep what a list says that was read `at` a moment (ISO), if it is whole.

    What rests says what is kept, and so does a row with the digest that it had when it `rested`, by remote id.
    """
    if not inventory.complete:
        return
    topic, digests = _topic(opened), inventory.digests
    as_kept = {remote_id for remote_id, digest in digests.items() if rested.get(remote_id) == digest}
    resting = (*inventory.resting, *as_kept)
    live = {each.remote_id: _packed(each) for each in inventory.live if each.remote_id not in as_kept}
    before, gone = _kept_before(opened, live.keys(), resting)
    sums = ((remote_id, body, sum_of(body)) for remote_id, body in live.items())
    new = [each for each in sums if before.get(each[0]) != each[2]]
    site, count = str(opened.place.site), str(len(live) + len(resting)).encode()
    if new or gone:
        opened.cache.forget(_LISTED, site)  # what is cut off here has not been counted
        opened.cache.exchange(topic, new, gone)
    opened.cache.keep(_LISTED, site, at, count)


def _kept_before(
    opened: Session, live: AbstractSet[str], resting: Collection[str]
) -> tuple[Mapping[str, int], AbstractSet[str]]:
    """Return the sums of the rows that are kept of these, and what is kept and not there any more.

    Where most are at rest, as many are looked at as are not, unless more are kept than there are.
    """
    topic = _topic(opened)
    listed = opened.cache.lookup(_LISTED, str(opened.place.site)) if resting else None
    if listed is not None:
        some = opened.cache.sums_of(topic, live)
        if listed[1] == str(len(some) + len(resting)).encode():
            return some, set()
    every = opened.cache.sums(topic)
    return every, every.keys() - live - {*resting}


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
    return orjson.dumps([row.remote_id, name, row.fields, row.facts, row.unreadable], _told)


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
