"""`stock: {from: …}` as a person writes it -> StockRule, with what is wrong with it at its place."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct

from reconciler.documents.near import did_you_mean, listed
from reconciler.engine.rules.faults import RuleFault
from reconciler.model.tables import Source

FULL, SPLIT, PERCENT, PRIORITY = "full", "split", "percent", "priority"


class Share(NamedTuple):
    """What an offer may sell of its article: everything, an even part, a percentage, or in order of priority."""

    kind: str = FULL
    number: Decimal = Decimal(0)

    def __str__(self) -> str:
        if self.kind == PERCENT:
            return f"{self.number:f}%"
        return f"{self.kind} {self.number:f}" if self.kind == PRIORITY else self.kind


class StockRule(Struct, frozen=True, kw_only=True):
    """One offer's rule. `warehouses` are the source's own names, None for all; `names` maps them to ours."""

    source: str
    warehouses: frozenset[str] | None = None
    share: Share
    buffer: int = 0
    minimum: int = 0
    cap: int | None = None
    at_zero: str = "end"
    on_restock: str = "resume"
    only: str = ""
    names: Mapping[str, str]

    def ours(self, warehouse: str) -> str:
        """Return what we call a warehouse of the source."""
        return self.names.get(warehouse, warehouse)

    @property
    def named(self) -> list[str]:
        """Our names of the warehouses that count."""
        return sorted(map(self.ours, self.warehouses or ()))


def stock_rule_of(body: Mapping[str, Any], source: Source) -> StockRule:
    """Return the typed rule. Raise RuleFault for the first thing that is wrong with it."""
    names = {str(theirs): ours for ours, theirs in source.warehouses.items()}
    return StockRule(
        source=source.name,
        warehouses=_warehouses(body.get("warehouses", "all"), source),
        share=_share(body.get("share", FULL)),
        buffer=body.get("buffer", 0),
        minimum=body.get("minimum", 0),
        cap=body.get("cap"),
        at_zero=body.get("at_zero", "end"),
        on_restock=body.get("on_restock", "resume"),
        only=body.get("only", ""),
        names=names,
    )


def _warehouses(said: Any, source: Source) -> frozenset[str] | None:
    if said == "all":
        return None
    if not source.warehouse:
        hint = f"Source `{source.name}` has no column for warehouses; say which it is with `warehouse:`."
        raise RuleFault(("warehouses",), f"Source `{source.name}` knows no warehouses", hint)
    found = []
    for index, name in enumerate(said):
        if source.warehouses and name not in source.warehouses:
            hint = did_you_mean(name, source.warehouses, otherwise=f"There is {listed(source.warehouses)}.")
            raise RuleFault(("warehouses", str(index)), f"Source `{source.name}` has no warehouse `{name}`", hint)
        found.append(str(source.warehouses.get(name, name)))
    return frozenset(found)


def _share(said: Any) -> Share:
    if isinstance(said, Mapping):
        return Share(PRIORITY, Decimal(said["priority"]))
    if said in (FULL, SPLIT):
        return Share(said)
    number = Decimal(str(said).removesuffix("%"))
    if number > 100:
        raise RuleFault(("share",), f"a share of {said} is more than there is")
    return Share(PERCENT, number)
