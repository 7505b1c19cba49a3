"""The facts of one marketplace as tables: fields by module, operations, budgets. Text, or Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.budgets import BudgetSpec
from reconciler.model.modules import Module
from reconciler.model.spec import FieldSpec, KindSpec, MarketplaceSpec, OperationSpec
from reconciler.model.values import Value
from reconciler.render.style import Cells, Style

_FIELD_HEAD = ("Field", "Type", "Equal when", "Limits", "Read in", "Written by", "Frozen")
_OPERATION_HEAD = ("Operation", "Request", "Shape", "At most", "Done when", "Wave", "Budgets")
_BUDGET_HEAD = ("Budget", "Counted for each", "Counts", "Limit")
_MARKET_HEAD = ("Marketplace", "Currency", "Decimals")


def spec_text(spec: MarketplaceSpec, style: Style) -> Iterator[str]:
    """Yield a spec as aligned text."""
    yield style("strong", f"{spec.title} ({spec.name}), revision {spec.revision}")
    yield style("dim", spec.source)
    for title, head, rows in _tables(spec):
        yield ""
        yield style("strong", title)
        yield from _aligned(head, rows, style)


def spec_markdown(spec: MarketplaceSpec) -> Iterator[str]:
    """Yield a spec as Markdown tables."""
    yield f"# {spec.title}"
    yield ""
    yield f"Facts as of {spec.revision}. Source: <{spec.source}>"
    for title, head, rows in _tables(spec):
        yield ""
        yield f"## {title}"
        yield ""
        yield piped(head)
        yield piped(["---"] * len(head))
        yield from (piped(row) for row in rows)


def _tables(spec: MarketplaceSpec) -> Iterator[tuple[str, Cells, list[Cells]]]:
    for kind in spec.kinds.values():
        for module, fields in _by_module(kind):
            name = f"{kind.name}: {module}" if module else f"{kind.name}: fields"
            yield name, _FIELD_HEAD, [_field(each) for each in fields]
    for kind in spec.kinds.values():
        if kind.operations:
            yield (
                f"{kind.name}: operations",
                _OPERATION_HEAD,
                [_operation(o) for o in kind.operations.values()],
            )
    yield "Budgets", _BUDGET_HEAD, [budget_cells(each) for each in spec.budgets.values()]
    markets = spec.marketplaces.values()
    yield "Marketplaces", _MARKET_HEAD, [(m.name, m.currency, str(m.decimals)) for m in markets]
    if spec.couplings:
        yield (
            "Written together",
            ("Module", "Module"),
            [(str(one), str(other)) for one, other in spec.couplings],
        )


def _by_module(kind: KindSpec) -> Iterator[tuple[str, list[FieldSpec]]]:
    for module in (*Module, None):
        fields = [each for each in kind.fields.values() if each.module is module]
        if fields:
            yield module.value if module else "", fields


def _field(each: FieldSpec) -> Cells:
    return (
        each.path + (" (required)" if each.required else ""),
        f"{each.type}{f' -> {each.refers}' if each.refers else ''}",
        str(each.equality),
        _limits(each.limits, each.values),
        ", ".join(each.views),
        ", ".join(each.by) or "never",
        ", ".join(each.frozen) or "-",
    )


def _limits(limits: Mapping[str, Value], values: Mapping[str, str]) -> str:
    said = [f"{name.replace('_', ' ')} {_limit(limit)}" for name, limit in limits.items()]
    if values:
        said.append(f"one of {' '.join(values)}")
    return "; ".join(said) or "-"


def _limit(limit: Value) -> str:
    return " ".join(str(each) for each in limit) if isinstance(limit, list | tuple) else str(limit)


def _operation(each: OperationSpec) -> Cells:
    return (
        each.name,
        each.request,
        str(each.shape),
        str(each.max),
        str(each.completion),
        str(each.wave),
        ", ".join(each.budgets),
    )


def budget_cells(each: BudgetSpec) -> Cells:
    """Return a limit as four cells: its name, for whom it is counted, what counts, and how many."""
    names = {1: "second", 60: "minute", 3600: "hour", 86_400: "day"}
    limits = ", ".join(f"{limit:,} a {names[seconds]}" for limit, seconds in each.windows())
    return each.name, each.scope, each.counts, limits


def _aligned(head: Cells, rows: Sequence[Cells], style: Style) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    yield style("dim", _columns(head, widths))
    yield from (_columns(row, widths) for row in rows)


def _columns(row: Cells, widths: Sequence[int]) -> str:
    return "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip(" ")


def piped(cells: Iterable[str]) -> str:
    """Return a row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
