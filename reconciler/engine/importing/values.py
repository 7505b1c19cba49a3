"""From a canonical live value to what a person would write for it: one function for each type of the spec.

The inverse of `canonical`. Nothing here has to be right for every value that a marketplace may hold: `checked`
reads back what was written, and leaves out what does not come out the same.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation

from reconciler.engine.importing.html import readable_html
from reconciler.model.gtin import due_digit, is_gtin
from reconciler.model.spec import FieldSpec, MarketplaceSpec, Type
from reconciler.model.values import Money, Value, plain

_HOURS = re.compile(r"PT(\d+)H")
Writer = Callable[[Value, FieldSpec, MarketplaceSpec], Value]


def written(field: FieldSpec, value: Value, spec: MarketplaceSpec) -> Value:
    """Return what to write for a live value; None where there is nothing to declare."""
    if value is None or value in ([], {}, ""):
        return None
    write = _BY_TYPE.get(field.type, _as_it_is)
    try:
        return write(value, field, spec)
    except (KeyError, TypeError, AttributeError, ArithmeticError):
        return value  # what could not be decoded is no canonical value; `checked` says so


def _as_it_is(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    return value


def _text(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    return value if isinstance(value, str) and value.strip() else None


def _money(value: Value, _field: FieldSpec, spec: MarketplaceSpec) -> Value:
    return money(value, spec) if isinstance(value, Money) else None


def money(value: Money, spec: MarketplaceSpec) -> str:
    """Write an amount with the digits that its currency takes: `289 CZK`, `49.90 PLN`."""
    digits = next((m.decimals for m in spec.marketplaces.values() if m.currency == value.currency), None)
    amount = value.amount
    if digits is not None:
        rounded = amount.quantize(Decimal(1).scaleb(-digits))
        amount = rounded if rounded == amount else amount
    return f"{plain(amount)} {value.currency}"


def _duration(value: Value, field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    """Write a duration as the marketplace spells it, else in whole days where it has more than two."""
    found = _HOURS.fullmatch(value)
    if field.values.get(value):
        return field.values[value]
    hours = int(found[1]) if found else 0
    return f"P{hours // 24}D" if hours > 48 and hours % 24 == 0 else value


def _reference(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    return {"id": value[1:]} if value.startswith("#") else value


def _product(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    codes = value.get("gtins") or []
    if len(codes) == 1 and is_gtin(codes[0]) and codes[0][-1] == due_digit(codes[0]):
        return {"gtin": codes[0]}
    return {"id": value["id"]} if value.get("id") else None


def _products(value: Value, field: FieldSpec, spec: MarketplaceSpec) -> Value:
    return [
        {"product": _product(item["product"], field, spec)}
        | ({"quantity": item["quantity"]} if item["quantity"] != 1 else {})
        for item in value
    ]


def _parameters(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    """Write the offer's own parameters, by name where no other one has it. The catalogue's are not ours."""
    names = Counter(each["name"].casefold() for each in value.values())
    own = {key: each for key, each in value.items() if each.get("section") != "product"}
    found = {_parameter_name(key, each["name"], names, value): _parameter(each) for key, each in own.items()}
    return {name: each for name, each in found.items() if each is not None} or None


def parameters_of(declared: Iterable[str], live: Mapping[str, Value]) -> dict[str, Value]:
    """Write these parameters, by the names or ids that are used for them; null where the marketplace has none."""
    by_name = {each["name"].casefold(): each for each in live.values() if each.get("name")}
    found = {name: live.get(name) or by_name.get(name.casefold()) for name in declared}
    return {name: _parameter(each) if each else None for name, each in found.items()}


def _parameter_name(key: str, name: str, names: Mapping[str, int], parameters: Mapping[str, Value]) -> str:
    return name if name and names[name.casefold()] == 1 and name not in parameters else key


def _parameter(live: Mapping[str, Value]) -> Value:
    if live.get("range") and not live.get("values"):
        return {end: _number(live["range"][end]) for end in ("from", "to")}
    values = live.get("values") or live.get("ids") or []
    return values[0] if len(values) == 1 else list(values) or None


def _number(text: Value) -> Value:
    """Write a number as one, where it is one in its shortest form."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return text
    if not number.is_finite() or len(str(text)) > 20:
        return text
    return int(number) if number == number.to_integral_value() else number


def _sections(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    sections = [[_item(item) for item in section] for section in value]
    if len(sections) == 1 and len(sections[0]) == 1 and "text" in sections[0][0]:
        return sections[0][0]["text"]
    return [section[0] if len(section) == 1 else section for section in sections]


def _item(item: Mapping[str, str]) -> Mapping[str, str]:
    return {"text": readable_html(item["text"])} if "text" in item else item


def _tax(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    return {key: _number(rate) if len(key) == 2 else rate for key, rate in value.items()}


def _object(value: Value, field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    """Write an object of which only the first of its members says something as that member alone."""
    if field.path == "settings.message_to_seller" and value.keys() == {"mode"}:
        return value["mode"]
    return value


def _list(value: Value, field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    """Write rows and columns of a table by their texts."""
    if field.path == "headers":
        return [head["name"] if head.keys() == {"name"} else head for head in value]
    if field.path == "values":
        return [row["cells"] if row.keys() == {"cells"} else row for row in value]
    return value


def _rates(value: Value, _field: FieldSpec, spec: MarketplaceSpec) -> Value:
    return {method: _rate(parts, spec) for method, parts in sorted(value.items())}


def _rate(parts: Mapping[str, Value], spec: MarketplaceSpec) -> Value:
    found = {name: money(part, spec) if isinstance(part, Money) else part for name, part in parts.items()}
    if "max_weight" in found:
        found["max_weight"] = _number(found["max_weight"])
    return found["first"] if found.keys() == {"first"} else found


def _slots(value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    """Write slots; without a word about the entry where it is the first slot, as it is by default."""
    entries = [bool(slot.get("entry")) for slot in value]
    usual = entries == [position == 0 for position in range(len(entries))]
    return [
        {"offers": list(slot["offers"])}
        | ({"quantity": slot["quantity"]} if slot["quantity"] != 1 else {})
        | ({} if usual else {"entry": entry})
        for slot, entry in zip(value, entries, strict=True)
    ]


def _nothing(_value: Value, _field: FieldSpec, _spec: MarketplaceSpec) -> Value:
    """Promotion costs money on every cycle: a person declares it, or nobody."""
    return None


_BY_TYPE: Mapping[Type, Writer] = {
    Type.TEXT: _text,
    Type.PLAIN: _text,
    Type.HTML: _as_it_is,
    Type.MONEY: _money,
    Type.DURATION: _duration,
    Type.REFERENCE: _reference,
    Type.PRODUCT: _product,
    Type.PRODUCTS: _products,
    Type.PARAMETERS: _parameters,
    Type.SECTIONS: _sections,
    Type.TAX: _tax,
    Type.OBJECT: _object,
    Type.LIST: _list,
    Type.RATES: _rates,
    Type.SLOTS: _slots,
    Type.PROMOTION: _nothing,
    Type.IMAGES: _as_it_is,
}
