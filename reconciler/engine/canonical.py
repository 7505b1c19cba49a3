"""From what a person may write to the one canonical value of a type. One function per type of the spec.

Each takes the document's value (long form, JSON's types with Decimal) and raises ValueError with a sentence
for a person where the value makes no sense.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from html import unescape

from reconciler.model.gtin import is_gtin
from reconciler.model.html import canonical_html
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.values import Money, Value

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?)?")


def duration(text: str) -> str:
    """Write a duration in hours: `P2D` and `PT48H` are the same; `unlimited` stays.

    >>> duration("P2D"), duration("PT24H"), duration("PT0S")
    ('PT48H', 'PT24H', 'PT0H')
    """
    if text in ("unlimited", "PT0S"):
        return "PT0H" if text == "PT0S" else text
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        raise ValueError(f"`{text}` is not a duration in days and hours, such as PT24H or P3D")
    return f"PT{int(found[1] or 0) * 24 + int(found[2] or 0)}H"


def _text(value: Value) -> str:
    """Collapse runs of space; line breaks stay, since safety texts and warranties have paragraphs."""
    text = str(value)
    if text.isprintable():  # in one line
        return " ".join(text.split())
    return "\n".join([" ".join(line.split()) for line in text.strip().splitlines()])


_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def _plain(sections: Value) -> str:
    """Return the text of a description without HTML: its parts are paragraphs, its entities signs."""
    if isinstance(sections, str):
        return _text(sections)  # it is one already
    parts = [item for section in sections for item in section]
    if any("image" in item for item in parts):
        raise ValueError("the marketplace takes a text without images")
    if found := next((tag for item in parts if (tag := _TAG.search(item["text"]))), None):
        raise ValueError(f"the marketplace takes a text without HTML, and `{found[0]}` is some")
    return _text("\n\n".join(unescape(item["text"]) for item in parts))


def _html(sections: Value) -> str:
    """Return the HTML of a description as one piece: its parts follow each other."""
    if isinstance(sections, str):
        return canonical_html(sections)  # it is one already
    parts = [item for section in sections for item in section]
    if any("image" in item for item in parts):
        raise ValueError("the marketplace takes pictures of a description as `<img>` in its HTML only")
    return canonical_html("".join(item["text"] for item in parts))


def number_text(value: Value) -> str:
    """Write a number without exponent and trailing zeros: `23.00` is `23`."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as wrong:
        raise ValueError(f"`{value}` is not a number") from wrong
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def reference(value: Value) -> str:
    """Return the label of a reference: a name as it stands, an explicit id as `#<id>`."""
    if isinstance(value, Mapping) and "id" not in value:
        raise ValueError("it is named: what it says stands in a document of its own")
    return f"#{value['id']}" if isinstance(value, Mapping) else str(value)


def _references(value: Value) -> list[str]:
    return sorted({reference(each) for each in value})


@lru_cache(maxsize=4096)
def _amount(text: str) -> Money:
    """Shops have thousands of offers and hundreds of prices."""
    return Money.parse(text)


def _money(value: Value) -> Money:
    return _amount(str(value))


def _tax(value: Mapping[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, rate in value.items():
        words = key in ("subject", "exemption") or (isinstance(rate, str) and rate.isalpha())
        found[key] = str(rate).lower() if words else number_text(rate)
    return found


_MONTHS = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?")


def months_of(period: Value) -> int | None:
    """Count the months of a period of years and months; None for what is none.

    >>> months_of("P2Y"), months_of("P24M"), months_of("P14D")
    (24, 24, None)
    """
    found = _MONTHS.fullmatch(period) if isinstance(period, str) else None
    return int(found[1] or 0) * 12 + int(found[2] or 0) if found and any(found.groups()) else None


def _period(value: Value) -> Value:
    """Write months that are full years as years: `P24M` is `P2Y`."""
    months = months_of(value)
    return f"P{months // 12}Y" if months and not months % 12 else value


def _object(value: Value) -> Value:
    """Decimals inside a nested body become canonical text; the rest stays."""
    if isinstance(value, Mapping):
        return {key: _period(each) if key == "period" else _object(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_object(each) for each in value]
    return number_text(value) if isinstance(value, Decimal) else value


def product(value: Mapping[str, Value]) -> dict[str, Value]:
    """Return {gtin} or {id}. A GTIN has 8, 12, 13 or 14 digits."""
    if "gtin" in value and not is_gtin(str(value["gtin"])):
        raise ValueError(f"`{value['gtin']}` is not a GTIN: it has 8, 12, 13 or 14 digits")
    return {key: str(value[key]) for key in ("gtin", "id") if key in value}


def _products(value: Value) -> list[dict[str, Value]]:
    return [{"product": product(each["product"]), "quantity": each.get("quantity", 1)} for each in value]


def _parameters(value: Mapping[str, Value]) -> dict[str, Value]:
    return {str(name): each if _are_texts(each) else _parameter(each) for name, each in value.items()}


def _parameter(value: Value) -> Value:
    match value:
        case None:
            return None
        case list() | tuple():
            return [_word(each) for each in value]
        case Mapping():
            return {"from": number_text(value["from"]), "to": number_text(value["to"])}
        case _:
            return [_word(value)]


def _are_texts(value: Value) -> bool:
    """Tell whether a value is a list of texts, canonical as it stands: the document and what it wants share it."""
    if value.__class__ is not list:
        return False
    return value[0].__class__ is str if len(value) == 1 else {str}.issuperset(map(type, value))


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "Tak" if value else "Nie"
    return number_text(value) if isinstance(value, Decimal) else str(value)


def _sections(value: Value) -> list[list[dict[str, str]]]:
    return [[_item(item) for item in section] for section in value]


def _item(item: dict[str, str]) -> dict[str, str]:
    if "text" not in item:
        return item if len(item) == 1 else {"image": item["image"]}
    text = canonical_html(item["text"])
    return item if text is item["text"] and len(item) == 1 else {"text": text}


def _promotion(value: Mapping[str, Value]) -> dict[str, Value] | None:
    """No package at all is none."""
    package, extras = value.get("package"), sorted(value.get("extras") or ())
    return {"package": package, "extras": extras} if package or extras else None


def _rates(value: Mapping[str, Mapping[str, Value]]) -> dict[str, Value]:
    return {name: {key: _rate_part(key, part) for key, part in rate.items()} for name, rate in value.items()}


def _rate_part(key: str, value: Value) -> Value:
    if value is None:
        return None
    if key == "next":
        return _money(value) if _money(value).amount else None  # no price is a price of nothing
    if key == "first":
        return _money(value)
    if key == "time":
        return {end: duration(value[end]) for end in ("from", "to")}
    if key == "to":
        return sorted(map(str, value)) or None
    return number_text(value) if key == "max_weight" else value


def _slots(value: Value) -> list[dict[str, Value]]:
    return [
        {
            "offers": sorted(slot["offers"]),
            "quantity": slot.get("quantity", 1),
            "entry": slot.get("entry", False),
        }
        for slot in value
    ]


_BY_TYPE: dict[Type, Callable[[Value], Value]] = {
    Type.TEXT: _text,
    Type.PLAIN: _plain,
    Type.HTML: _html,
    Type.INTEGER: lambda value: value,
    Type.BOOLEAN: lambda value: value,
    Type.ENUM: lambda value: value,
    Type.STATUS: lambda value: value,
    Type.MONEY: _money,
    Type.DURATION: duration,
    Type.REFERENCE: reference,
    Type.REFERENCES: _references,
    Type.OBJECT: _object,
    Type.LIST: _object,
    Type.PRODUCT: product,
    Type.PRODUCTS: _products,
    Type.PARAMETERS: _parameters,
    Type.SECTIONS: _sections,
    Type.IMAGES: list,
    Type.TAX: _tax,
    Type.RATES: _rates,
    Type.SLOTS: _slots,
    Type.DISCOUNT: _object,
    Type.PROMOTION: _promotion,
}


def canonical(spec: FieldSpec, value: Value) -> Value:
    """Return the canonical value of a field. ValueError with a sentence where it makes no sense."""
    return spec.cleared if value is None else _BY_TYPE[spec.type](value)


def spelling_of(type_: Type) -> Callable[[Value], Value]:
    """Return what spells the values of a type, none of them null, for whoever has many of one field."""
    return _BY_TYPE[type_]
