"""Short forms -> long forms: what a person may write in one word, everybody else reads in one way."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from reconciler.documents.grammar import added
from reconciler.documents.kinds import BUNDLE, OFFER, PRICE_LIST, RELEASED, SOURCE, TEMPLATE, modules, references
from reconciler.documents.scalars import written
from reconciler.model.modules import Module
from reconciler.model.spec import Type

Body = dict[str, Any]


def long_form(kind: str, body: Mapping[str, Any]) -> Body:
    """Return the body of a valid document, or of a part of one, in long forms. The input is left alone."""
    out = dict(body)
    for word in ("labels", "match"):
        if word in out:
            out[word] = {key: text(value) for key, value in out[word].items()}
    if "sync" in out:
        out["sync"] = sync(out["sync"])
    for word in ("adopt", "item", "sku"):
        if word in out:
            out[word] = text(out[word])
    if "moved" in out:
        out["moved"] = {"from": text(out["moved"]["from"])}
    if "for" in out:
        out["for"] = {name: long_form(kind, part) for name, part in out["for"].items()}
    rewrite = _KINDS.get(kind)
    out = rewrite(out) if rewrite else out
    return out if kind == OFFER or kind not in modules() else _with_added(kind, out)


def text(value: Any) -> Any:
    """Return a number as the text that was meant (an identifier, a post code); leave everything else.

    Only numbers of the plainest spelling come here: of all others the text was kept (`as_written`).
    """
    return value if isinstance(value, str) or value is None else written(value)


def whole(value: Any) -> int:
    """Return `5.0`, which JSON Schema counts as a whole number, as 5."""
    return int(value)


def sync(modes: Mapping[str, Any]) -> dict[str, str]:
    """`true` is auto, `false` is off."""
    return {module: {True: "auto", False: "off"}.get(mode, mode) for module, mode in modes.items()}


def percent(value: Any) -> Any:
    """Return `30%` as Decimal("30"); leave a number and `off`."""
    return Decimal(value.removesuffix("%")) if isinstance(value, str) and value != "off" else value


def guards(limits: Mapping[str, Any]) -> Body:
    """Return guards with numbers for percentages and lists of money for floor and ceiling."""
    out = dict(limits)
    if "price_change" in out:
        out["price_change"] = percent(out["price_change"])
    if out.get("price_shift") is False:
        out["price_shift"] = "off"
    for key in ("price_floor", "price_ceiling", "delivery_ceiling", "fees"):
        if isinstance(out.get(key), str) and out[key] != "off":
            out[key] = [out[key]]
    if out.get("currency") is False:
        out["currency"] = "off"
    for key in ("updates", "creates", "ends", "zeros", "zero_wave", "stock_change"):
        if isinstance(out.get(key), dict):
            rewrite = {"share": percent, "count": whole, "pieces": whole, "times": percent}
            out[key] = {word: rewrite[word](value) for word, value in out[key].items()}
    if "labels" in out:
        out["labels"] = [
            {**guards(row), "match": {key: text(value) for key, value in row["match"].items()}}
            for row in out["labels"]
        ]
    return out


def _offer(out: Body) -> Body:
    for section, rewrite in _SECTIONS.items():
        if section in out:
            out[section] = rewrite(out[section])
    for section, types in _added_to_offers().items():
        if section in out and isinstance(inner := out[section], dict) and not types.keys().isdisjoint(inner):
            told = {key: _by_type(types[key], value) for key, value in inner.items() if key in types}
            out[section] = {**inner, **told}
    return out


@cache
def _added_to_offers() -> Mapping[str, Mapping[str, Type]]:
    """Return what marketplaces add to an offer: section -> key -> type."""
    found: dict[str, dict[str, Type]] = {}
    for path, field in added(OFFER).items():
        section, _, key = path.partition(".")
        found.setdefault(section, {})[key] = field.type
    return found


def _with_added(kind: str, out: Body) -> Body:
    """Write out what a marketplace adds to a kind that is no Offer."""
    known = added(kind)
    return {key: _by_type(known[key].type, value) if key in known else value for key, value in out.items()}


def _by_type(type_: Type, value: Any) -> Any:
    match type_:
        case Type.REFERENCE:
            return _reference(value)
        case Type.TEXT | Type.ENUM:
            return text(value)
        case Type.LIST | Type.REFERENCES if value:
            return [text(each) for each in value]
        case Type.INTEGER if value is not None:
            return whole(value)
        case Type.RATES if value:
            return {name: _method(rule) for name, rule in value.items()}
    return value


def _settings_section(value: Any) -> Body:
    if isinstance(value, str):
        return {"template": value}
    out = _settings(dict(value))
    if "template" in out:
        out["template"] = text(out["template"])
    return out


def _settings(out: Body) -> Body:
    for field in _references_of_settings():
        if field in out:
            out[field] = _reference(out[field])
    if out.get("tax"):
        out["tax"] = {key: _rate(value) if len(key) == 2 else value for key, value in out["tax"].items()}
    if isinstance(out.get("message_to_seller"), str):
        out["message_to_seller"] = {"mode": out["message_to_seller"]}
    if out.get("location") and "post_code" in out["location"]:
        out["location"] = {**out["location"], "post_code": text(out["location"]["post_code"])}
    if out.get("tags"):
        out["tags"] = [text(tag) for tag in out["tags"]]
    return out


@cache
def _references_of_settings() -> tuple[str, ...]:
    inside = f"{Module.SETTINGS}."
    return tuple(path.removeprefix(inside) for path, _ in references() if path.startswith(inside))


def _rate(value: Any) -> str:
    return value if value == "exempt" else f"{Decimal(value):.2f}"


def _reference(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {"id": text(value["id"])} if "id" in value else _texts(value)


def _texts(value: Any) -> Any:
    """Write what is said in the place of a name as texts, at every depth."""
    if isinstance(value, dict):
        return {name: _texts(each) for name, each in value.items()}
    return value if value is None else text(value)


def _delivery(value: Any) -> Body:
    if isinstance(value, str):
        return {"prices": value}
    return {key: _reference(each) if key == "prices" else each for key, each in value.items()}


def _content(value: Mapping[str, Any]) -> Body:
    out = dict(value)
    if "category" in out:
        out["category"] = text(out["category"])
    if "product" in out:
        out["product"] = _product(out["product"])
    if "parameters" in out:
        out["parameters"] = {
            name: [inner] if inner.__class__ is str else _parameter(inner)  # most are one text
            for name, inner in out["parameters"].items()
        }
    if "description" in out:
        out["description"] = _description(out["description"])
    return out


def _product(value: Any) -> Any:
    return {key: text(inner) for key, inner in value.items()} if value else value


def _parameter(value: Any) -> Any:
    match value:
        case None:
            return None
        case dict():
            return {"from": text(value["from"]), "to": text(value["to"])}
        case list():
            return [text(inner) for inner in value]
    return [text(value)]


def _description(value: Any) -> Any:
    match value:
        case None:
            return None
        case list():
            return [section if isinstance(section, list) else [section] for section in value]
    return [[{"text": value}]]  # one text, or the one template that writes it


def _price(value: Any) -> Body:
    return {"base": value} if isinstance(value, str) else value


def _stock(value: Any) -> Body:
    """`73` is a baseline; `{count: 73}` and `{always: 5}` say how else the number is meant."""
    if not isinstance(value, dict):
        return {"quantity": whole(value)}
    value = {key: whole(each) if key in _PIECES else each for key, each in value.items()}
    if isinstance(value.get("warehouses"), list):
        value["warehouses"] = [text(name) for name in value["warehouses"]]
    form = next((each for each in ("count", "always") if each in value), None)
    if form:
        rest = {key: each for key, each in value.items() if key != form}
        return {**rest, "quantity": {form: whole(value[form])}}
    return {**value, "quantity": whole(value["quantity"])} if "quantity" in value else value


#: Numbers of pieces in a rule for stock.
_PIECES = frozenset({"buffer", "minimum", "cap"})


def as_written(body: Any, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return where a value of the long form was written: `{count: 73}` is a quantity, and has no such key."""
    if path[-1:] != ("quantity",):
        return path
    for step in path:
        if not isinstance(body, Mapping) or step not in body:
            return path
        body = body[step]
    return (*path[:-1], next(iter(body))) if isinstance(body, dict) else path


def _further_products(value: Any) -> Any:
    if value is None:
        return None
    return [
        {**row, "product": _product(row["product"]), "quantity": whole(row.get("quantity", 1))}
        | ({"item": text(row["item"])} if "item" in row else {})
        for row in value
    ]


def _price_list(out: Body) -> Body:
    if "methods" in out:
        out["methods"] = {name: _method(rule) for name, rule in out["methods"].items()}
    return out


def _method(value: Any) -> Body:
    if isinstance(value, str):
        return {"first": value}
    out = dict(value)
    if "max_quantity" in out:
        out["max_quantity"] = whole(out["max_quantity"])
    if out.get("max_weight") is not None:
        out["max_weight"] = f"{Decimal(out['max_weight']):.3f}"
    return out


def _bundle(out: Body) -> Body:
    if "slots" in out:
        slots = [dict(slot) for slot in out["slots"]]
        unmarked = not any(slot.get("entry") for slot in slots)
        out["slots"] = [
            {
                "offers": [text(name) for name in slot["offers"]],
                "quantity": whole(slot.get("quantity", 1)),
                "entry": slot.get("entry", unmarked and position == 0),
            }
            for position, slot in enumerate(slots)
        ]
    if out.get("discount"):
        out["discount"] = _discount(out["discount"])
    return out


def _discount(value: Mapping[str, Any]) -> Body:
    if "whole" in value:
        return {"whole": {key: whole(number) for key, number in value["whole"].items()}}
    return {"slots": [{key: whole(number) for key, number in row.items()} for row in value["slots"]]}


def _size_table(out: Body) -> Body:
    if "headers" in out:
        out["headers"] = [{"name": head} if isinstance(head, str) else head for head in out["headers"]]
    if "values" in out:
        rows = (row["cells"] if isinstance(row, dict) else row for row in out["values"])
        out["values"] = [{"cells": [text(cell) for cell in row]} for row in rows]
    if "template" in out:
        out["template"] = {"id": text(out["template"]["id"])}
    return out


def _released(out: Body) -> Body:
    return {"of": out.get("of", OFFER), "names": [text(name) for name in out["names"]]}


def _source(out: Body) -> Body:
    """A column by one word has that type; its place is its own name, unless it says another."""
    columns = {}
    for name, said in out["columns"].items():
        column = {"type": said} if isinstance(said, str) else dict(said)
        columns[name] = {**column, "from": text(column.get("from", name))}
    out["columns"] = columns
    if "warehouses" in out:
        out["warehouses"] = {ours: text(theirs) for ours, theirs in out["warehouses"].items()}
    if "rows" in out:
        rows = dict(out["rows"])
        out["rows"] = {key: percent(each) if key == "shrink" else whole(each) for key, each in rows.items()}
    return out


def _addressed(out: Body) -> Body:
    """Post codes of named objects may have been written as numbers."""
    for key, value in out.items():
        if isinstance(value, dict):
            out[key] = _addressed(dict(value))
        elif key in {"post_code", "postal_code"}:
            out[key] = text(value)
    return out


_SECTIONS: Mapping[str, Callable[[Any], Any]] = {
    "settings": _settings_section,
    "delivery": _delivery,
    "content": _content,
    "price": _price,
    "stock": _stock,
    "bundle": _further_products,
}
_KINDS: Mapping[str, Callable[[Body], Body]] = {
    OFFER: _offer,
    TEMPLATE: _settings,
    PRICE_LIST: _price_list,
    BUNDLE: _bundle,
    RELEASED: _released,
    SOURCE: _source,
    "SizeTable": _size_table,
    "ReturnPolicy": _addressed,
    "ImpliedWarranty": _addressed,
    "ResponsibleProducer": _addressed,
    "ResponsiblePerson": _addressed,
}
