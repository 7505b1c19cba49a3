"""Reading an http source as the product does, with a clock that only notes how long it was to wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.connectors.base import Record
from reconciler.model.tables import Column, ColumnType, Source
from reconciler.runtime.sources.http import http_records


class Waits:
    """A clock whose waits cost nothing."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 28, tzinfo=UTC)

    def microseconds(self) -> int:
        return 0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def source(columns: Mapping[str, str], **settings: Any) -> Source:
    """A source with these columns (name: place); all are texts, as nothing here looks at types."""
    return Source(
        name="erp",
        type="http",
        columns=tuple(Column(name=name, type=ColumnType.TEXT, place=place) for name, place in columns.items()),
        settings=settings,
    )


SKU = {"item": "sku", "quantity": "qty"}


def records(
    url: str,
    columns: Mapping[str, str] = SKU,
    environ: Mapping[str, str] | None = None,
    clock: Waits | None = None,
    **settings: Any,
) -> list[Record]:
    """Read a source to its end."""
    return list(http_records(source(columns, url=url, **settings), environ or {}, clock or Waits()))


def cells(url: str, *args: Any, **settings: Any) -> list[Any]:
    """The cells of all good rows."""
    return [each[1] for each in records(url, *args, **settings) if isinstance(each, tuple)]
