"""Parameters of an offer: which section they belong to, and how they are written.

The sections are strict (#7427): what describes the product is never sent as the offer's own. The list is
always sent whole, since what is left out is erased (#4429, #9676).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from reconciler.model.catalogue import Parameter
from reconciler.model.values import Value
from reconciler.providers.allegro.decoding import GTIN


class Definitions(Struct, frozen=True):
    """The parameters that a category knows, found by id or by name."""

    known: tuple[Parameter, ...]

    def find(self, name: str) -> Parameter | None:
        """Find by id, then by name, then by name in any case."""
        by_id = next((p for p in self.known if p.id == name), None)
        exact = next((p for p in self.known if p.name == name), None)
        folded = name.casefold()
        return by_id or exact or next((p for p in self.known if p.name.casefold() == folded), None)


def definitions(category: str | None, known: Mapping[str, tuple[Parameter, ...]]) -> Definitions:
    """Choose the category's definitions; all that there are, when the category is not known."""
    if category is not None and category in known:
        return Definitions(known[category])
    return Definitions(tuple(p for found in known.values() for p in found) if category is None else ())


def created(declared: Mapping[str, Value], defined: Definitions, section: str) -> list[dict[str, Any]]:
    """Write the declared parameters of one section for a new offer."""
    chosen = ((name, value, defined.find(name)) for name, value in declared.items() if value is not None)
    return [
        written(name, value, found)
        for name, value, found in chosen
        if (found.section if found else "offer") == section
    ]


def overlaid(
    live: Iterable[Mapping[str, Any]],
    declared: Mapping[str, Value],
    defined: Definitions,
    of_product: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Write the offer's own parameters: the live ones with the declared ones over them; None removes.

    `of_product` holds the live product's parameters (id -> name): a catalogue's facts, not writable here.
    """
    result = {p["id"]: echoed(p) for p in live}
    names = {str(p.get("name") or "").casefold(): p["id"] for p in live}
    theirs = set(of_product) | {name.casefold() for name in of_product.values()}
    for name, value in declared.items():
        found = defined.find(name)
        key = found.id if found else names.get(name.casefold(), name)
        if (found and found.section == "product") or (not found and {key, name.casefold()} & theirs):
            continue
        if value is None:
            result.pop(key, None)
        else:
            result[key] = written(key if key in result else name, value, found, known=key in result)
    return list(result.values())


def echoed(live: Mapping[str, Any]) -> dict[str, Any]:
    """Repeat a live parameter: a dictionary's id and its custom text belong together (#5365, #9263)."""
    kept = {name: live.get(name) for name in ("values", "valuesIds", "rangeValue")}
    return {"id": live["id"], **{name: value for name, value in kept.items() if value is not None}}


def written(name: str, value: Value, found: Parameter | None, *, known: bool = False) -> dict[str, Any]:
    """Write one parameter: ids where the category has a dictionary and it knows the value."""
    head = {"id": found.id if found else name} if found or known or name.isdigit() else {"name": name}
    if isinstance(value, Mapping):
        return {**head, "rangeValue": {"from": str(value["from"]), "to": str(value["to"])}}
    values = [str(item) for item in (value if isinstance(value, list | tuple) else [value])]
    ids = [found.value_id(item) for item in values] if found else []
    if ids and all(ids):
        return {**head, "valuesIds": ids}
    return {**head, "values": values}


def bar_code(gtin: str, defined: Definitions) -> dict[str, Any]:
    """Write the bar code of a product that we propose to the catalogue."""
    named = next((p for p in defined.known if p.id == GTIN or "GTIN" in p.name.upper()), None)
    return {"id": named.id if named else GTIN, "values": [gtin]}
