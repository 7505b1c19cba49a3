"""`kind: Source` -> Source: what a table is declared to hold, and what is wrong with that by itself."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from reconciler.documents.document import Document
from reconciler.documents.expressions import ExpressionFault, Kind, Typed, compile_expression, type_of
from reconciler.documents.near import did_you_mean
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.model.tables import Cell, Column, ColumnType, LoweredBy, MissingRow, RowLimits, Source

#: What every source has; all other keys are its connector's.
_COMMON = frozenset(
    {
        "columns",
        "item",
        "warehouse",
        "available",
        "warehouses",
        "freshness",
        "rows",
        "missing",
        "orders",
        "map",
        "type",
        "settings",
    }
)
_SPAN = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
WAREHOUSE = "warehouse"
QUANTITY = "quantity"


def source_of(document: Document) -> Source:
    """Return the typed source of a valid Source document, in long form."""
    return source_from(document.name, document.body, document.mark("name"))


def source_from(name: str, body: Mapping[str, Any], mark: Mark | None = None) -> Source:
    """Return the typed source of a long form; numbers may be texts, as plans have them."""
    columns = tuple(_column(each, said) for each, said in body["columns"].items())
    names = {each.name for each in columns}
    return Source(
        name=name,
        type=body["type"],
        columns=columns,
        item=body.get("item", "item"),
        warehouse=body.get("warehouse", WAREHOUSE if WAREHOUSE in names else ""),
        available=body.get("available", ""),
        warehouses=body.get("warehouses", {}),
        freshness=span(body["freshness"]) if "freshness" in body else None,
        rows=_limits(body.get("rows", {})),
        missing=MissingRow(body.get("missing", MissingRow.ERROR)),
        orders=_orders(body.get("orders")),
        map=body.get("map", ""),
        settings={key: value for key, value in body.items() if key not in _COMMON},
        mark=mark,
    )


def _limits(said: Mapping[str, Any]) -> RowLimits:
    usual = RowLimits()
    return RowLimits(
        minimum=int(said.get("minimum", usual.minimum)),
        shrink=Decimal(said.get("shrink", usual.shrink)),
        bad=int(said.get("bad", usual.bad)),
    )


def span(said: str) -> timedelta:
    """Return `30m` as a time.

    >>> span("30m"), span("2d")
    (datetime.timedelta(seconds=1800), datetime.timedelta(days=2))
    """
    return timedelta(**{_SPAN[said[-1]]: int(said[:-1])})


def _column(name: str, said: Mapping[str, Any]) -> Column:
    kind = ColumnType(said["type"])
    return Column(
        name=name,
        type=kind,
        place=said["from"],
        currency=said.get("currency", ""),
        private=said.get("private", False),
        empty=_empty(kind, said.get("empty")),
    )


def _empty(kind: ColumnType, said: Any) -> Cell:
    """Return what an empty cell stands for, in the column's type; a text where the type is one of moments."""
    if said is None or isinstance(said, bool):
        return said
    if kind in (ColumnType.DECIMAL, ColumnType.MONEY):
        return Decimal(str(said)) if _is_number(said) else said
    if kind is ColumnType.WHOLE and _is_number(said) and Decimal(str(said)) == int(Decimal(str(said))):
        return int(Decimal(str(said)))
    return said if kind is not ColumnType.TEXT else str(said)


def _is_number(said: Any) -> bool:
    return isinstance(said, int | Decimal) or bool(re.fullmatch(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?", str(said)))


def _orders(said: Any) -> LoweredBy | str | None:
    if isinstance(said, Mapping):
        return LoweredBy(name=said["by"], within=span(said["within"]))
    return said  # type: ignore[no-any-return]


def check_source(document: Document) -> Iterator[Diagnostic]:
    """Yield what is wrong with a Source by itself; its connector looks at what is its own."""
    source = source_of(document)
    names = [each.name for each in source.columns]
    for word, said in ((name, getattr(source, name)) for name in ("item", "warehouse")):
        if said and said not in names:
            hint = did_you_mean(said, names, otherwise=f"The columns are {', '.join(names)}.")
            mark = document.mark(word) if word in document.body else document.mark("columns")
            yield error("D602", f"Source `{source.name}` has no column `{said}`", mark=mark, hint=hint)
    for each in source.columns:
        yield from _wrong_column(document, each)
    yield from _wrong_available(document, source)
    if source.orders == "ours":
        yield error(
            "D603",
            f"nothing of this project writes orders into Source `{source.name}`",
            mark=document.mark("orders"),
            hint="Name the program that does: `orders: {by: wfirma, within: 15m}`.",
        )


def _wrong_column(document: Document, column: Column) -> Iterator[Diagnostic]:
    where = ("columns", column.name)
    if (column.type is ColumnType.MONEY) != bool(column.currency):
        wrong = (
            "does not say its currency" if column.type is ColumnType.MONEY else "has a currency, and is no money"
        )
        hint = "Write `{type: money, currency: PLN}`."
        yield error("D602", f"the column `{column.name}` {wrong}", mark=document.mark(*where), hint=hint)
    if column.empty is not None and not isinstance(column.empty, _CELLS[column.type]):
        summary = f"the column `{column.name}` is {column.type.value}, and `empty` is not"
        yield error("D602", summary, mark=document.mark(*where, "empty"))


_CELLS: Mapping[ColumnType, tuple[type, ...]] = {
    ColumnType.TEXT: (str,),
    ColumnType.WHOLE: (int,),
    ColumnType.DECIMAL: (Decimal,),
    ColumnType.MONEY: (Decimal,),
    ColumnType.YES_NO: (bool,),
    ColumnType.DATE: (),
    ColumnType.TIME: (),
}


def _wrong_available(document: Document, source: Source) -> Iterator[Diagnostic]:
    if not source.available:
        return
    names = {each.name: type_of(each) for each in source.columns}
    try:
        compile_expression(source.available, names, wants=Typed(Kind.NUMBER))
    except ExpressionFault as fault:
        yield told(fault, document, "available")


def told(fault: ExpressionFault, document: Document, *path: str) -> Diagnostic:
    """Turn a fault of an expression into a finding at its place within the text."""
    return error("D604", fault.summary, mark=document.within(*path, offset=fault.offset), hint=fault.hint)


def sources_of(documents: tuple[Document, ...]) -> tuple[Mapping[str, Source], frozenset[str], list[Diagnostic]]:
    """Return the sources by name, the names of those that cannot be used, and what is wrong with them."""
    found: dict[str, Source] = {}
    first: dict[str, Document] = {}
    broken: set[str] = set()
    said: list[Diagnostic] = []
    for document in documents:
        other = first.setdefault(document.name, document)
        wrong = list(check_source(document))
        if other is not document:
            detail = f"It was given before at {other.mark('name')}."
            summary = f"the name `{document.name}` is taken by another Source"
            wrong.append(error("D601", summary, mark=document.mark("name"), detail=detail))
        said.extend(wrong)
        if wrong:
            broken.add(document.name)
        found.setdefault(document.name, source_of(document))
    return {name: each for name, each in found.items() if name not in broken}, frozenset(broken), said
