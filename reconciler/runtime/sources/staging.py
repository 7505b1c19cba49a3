"""The last reading of each source, in the cache: one that is young is shared, and `explain` looks at it.

A cache only. Cells are JSON; money, decimals and very large numbers are texts, which the type of their column
turns back.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import orjson

from reconciler.model.tables import BadRow, Cell, ColumnType, ReadingState, Readout, Source
from reconciler.model.values import jsonable
from reconciler.runtime.ledger.cache import Cache

_TOPIC = "source"
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_NOTHING: Mapping[str, str] = MappingProxyType({})


def key_of(
    project: str,
    source: Source,
    definition: Mapping[str, Any],
    named: str = "",
    environ: Mapping[str, str] = _NOTHING,
    query: str = "",
) -> str:
    """Return what a reading is kept under: the same source, read in the same way, by the same project.

    `named` is a file that it is read from instead. What the variables hold that a definition names belongs to it:
    one document reads the warehouse here, and its copy for tests there; and so does the text of its `query`.
    """
    held = {name: environ[name] for name in sorted(_variables(definition)) if name in environ}
    said = [project, source.name, jsonable(definition), named, held, query]
    return hashlib.blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()


def _variables(said: Any) -> Iterator[str]:
    """Yield the texts of a definition that may name a variable."""
    if isinstance(said, Mapping):
        for each in said.values():
            yield from _variables(each)
    elif isinstance(said, list | tuple):
        for each in said:
            yield from _variables(each)
    elif isinstance(said, str) and _VARIABLE.fullmatch(said):
        yield said


def staged(
    cache: Cache, key: str, source: Source, after: datetime | None = None
) -> tuple[datetime, Readout] | None:
    """Return when a source was read last, and what came of it; None where it was not, or not `after` a moment."""
    kept = cache.lookup(_TOPIC, key)
    if kept is None:
        return None
    read_at, body = datetime.fromisoformat(kept[0]), kept[1]
    if after is not None and read_at <= after:
        return None
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
    return read_at, reading


def stage(cache: Cache, key: str, reading: Readout, read_at: datetime) -> None:
    """Keep a reading; one that failed does not replace a good one."""
    if reading.state is not ReadingState.OK:
        return
    said = {
        "state": reading.state.value,
        "as_of": reading.as_of.isoformat(),
        "rows": reading.rows,
        "digest": reading.digest,
        "bad": [{"place": each.place, "why": each.why, "item": each.item} for each in reading.bad],
        "why": reading.why,
        "hint": reading.hint,
        "whole": reading.whole,
    }
    try:
        body = orjson.dumps(said, default=str)
    except orjson.JSONEncodeError:  # it takes whole numbers of 64 bits only
        body = orjson.dumps({**said, "rows": [[*map(_short, row)] for row in reading.rows]}, default=str)
    cache.keep(_TOPIC, key, read_at.isoformat(), body)


def _short(cell: Cell) -> Cell:
    return str(cell) if type(cell) is int else cell


_BACK: Mapping[ColumnType, Callable[[Any], Cell]] = {
    ColumnType.WHOLE: int,
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
