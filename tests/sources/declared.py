"""Sources as documents declare them, for the tests of what reads them."""

from __future__ import annotations

from typing import Any

from reconciler.model.tables import Cell, Column, ColumnType, Source


def column(name: str, kind: str = "text", *, place: str = "", **more: Any) -> Column:
    """One column, called the same where it comes from unless said."""
    return Column(name=name, type=ColumnType(kind), place=place or name, **more)


def source(*columns: Column, warehouse: str = "", **settings: Any) -> Source:
    """A source of columns, with the settings of its connector."""
    return Source(name="erp", type="csv", columns=columns, warehouse=warehouse, settings=settings)


def stock(**settings: Any) -> Source:
    """What most tests read: articles in warehouses, how many there are and what they cost."""
    return source(
        column("item"),
        column("warehouse"),
        column("quantity", "whole"),
        column("net", "money", currency="PLN"),
        warehouse="warehouse",
        **settings,
    )


def of(kind: str, *, empty: Cell = None, **settings: Any) -> Source:
    """A source with one column of interest, `x`, beside the item."""
    currency = "PLN" if kind == "money" else ""
    return source(column("item"), column("x", kind, empty=empty, currency=currency), **settings)
