"""The last reading of each source, in the cache: one that is young is shared, and `explain` looks at it.

A cache only. Cells are JSON; money and decimals are texts, which their column's type turns back.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

from reconciler.model.tables import BadRow, Cell, ColumnType, ReadingState, Readout, Source
from reconciler.model.values import jsonable
from reconciler.runtime.ledger.cache import Cache

_TOPIC = "source"


def key_of(project: str, source: Source, definition: Mapping[str, Any], named: str = "") -> str:
    """Return what a reading is kept under: the same source, read in the same way, by the same project."""
    body = orjson.dumps([project, source.name, jsonable(definition), named], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def staged(cache: Cache, key: str, source: Source) -> tuple[datetime, Readout] | None:
    """Return when a source was read last, and what came of it; None where nobody knows."""
    kept = cache.lookup(_TOPIC, key)
    if kept is None:
        return None
    read_at, body = kept
    said = orjson.loads(body)
    reading = Readout(
        source=source.name,
        state=ReadingState(said["state"]),
        as_of=datetime.fromisoformat(said["as_of"]),
        rows=_rows(said["rows"], source),
        digest=said["digest"],
        bad=tuple(BadRow(**each) for each in said["bad"]),
        why=said["why"],
        hint=said["hint"],
        whole=said.get("whole", False),
    )
    return datetime.fromisoformat(read_at), reading


def stage(cache: Cache, key: str, reading: Readout, read_at: datetime) -> None:
    """Keep a reading; one that failed does not replace a good one."""
    if reading.state is not ReadingState.OK:
        return
    body = orjson.dumps(
        {
            "state": reading.state.value,
            "as_of": reading.as_of.isoformat(),
            "rows": reading.rows,
            "digest": reading.digest,
            "bad": [{"place": each.place, "why": each.why, "item": each.item} for each in reading.bad],
            "why": reading.why,
            "hint": reading.hint,
            "whole": reading.whole,
        },
        default=str,
    )
    cache.keep(_TOPIC, key, read_at.isoformat(), body)


_BACK: Mapping[ColumnType, Callable[[Any], Cell]] = {
    ColumnType.DECIMAL: Decimal,
    ColumnType.MONEY: Decimal,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.TIME: lambda said: datetime.fromisoformat(said) if len(said) > 15 else time.fromisoformat(said),
}


def _rows(rows: list[list[Any]], source: Source) -> tuple[tuple[Cell, ...], ...]:
    turned = [(at, _BACK[each.type]) for at, each in enumerate(source.columns) if each.type in _BACK]
    for row in rows:
        for at, back in turned:
            if row[at] is not None:
                row[at] = back(row[at])
    return tuple(map(tuple, rows))
