"""Values on one line, as a person would say them."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from reconciler.model.exact import alike, exact_pair
from reconciler.model.values import Gain, Money, Value
from reconciler.render.words import counted

CLEARED = "null"


def one_line(value: Value) -> str:
    """Say a value on one line; a nested one is flattened."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Money):
        return str(value)
    if value is None:
        return CLEARED
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return _list(value)
    return str(value)


def full(value: Value) -> str:
    """Say a value on one line with all that is in it: of a description its texts, and not how long they are."""
    if not is_sections(value):
        return one_line(value)
    return " / ".join("  ".join(str(item.get("text") or one_line(item)) for item in each) for each in value)


def from_to(before: Value, after: Value) -> str:
    """Say a change on one line; a difference of pieces also as what it comes to."""
    if isinstance(after, Gain):
        return f"{one_line(before)} -> {one_line((before or 0) + after.amount)} ({after})"
    return " -> ".join(pair(before, after))


def pair(before: Value, after: Value) -> tuple[str, str]:
    """Say two values on one line each; where both would look the same, so that one sees what differs."""
    was, becomes = one_line(before), one_line(after)
    return exact_pair(before, after) if alike(was, becomes) else (was, becomes)


def _text(text: str) -> str:
    """Quote what could be taken for something else; leave words, ids and durations bare."""
    if text and not any(c.isspace() for c in text) and text not in ("null", "true", "false"):
        return text
    return f'"{text}"'


def _mapping(value: Mapping[str, Value]) -> str:
    if not value:
        return "nothing"
    if value.keys() == {"gtin"}:
        return f"GTIN {value['gtin']}"
    if value.keys() == {"first"}:  # a delivery method with a price and nothing else
        return one_line(value["first"])
    if value.keys() == {"product", "quantity"}:
        return f"{value['quantity']} x {one_line(value['product'])}"
    return (
        ", ".join(f"{key}: {_inner(each)}" for key, each in value.items() if each not in (None, "")) or "nothing"
    )


def _inner(value: Value) -> str:
    if isinstance(value, Mapping) and len(value) > 1:
        return f"({_mapping(value)})"
    return " / ".join(_bare(each) for each in value) if isinstance(value, list) else _bare(value)


def _bare(value: Value) -> str:
    """Say one of many: a text is quoted where nobody would see where it begins or ends."""
    return value if isinstance(value, str) and value and value == value.strip() else one_line(value)


def _list(value: list[Value] | tuple[Value, ...]) -> str:
    if not value:
        return "none"
    if is_sections(value):
        return _sections(value)
    return ", ".join(_bare(each) for each in value)


def is_sections(value: Value) -> bool:
    """Tell whether a value is a description: a list of lists of texts and images."""
    return isinstance(value, list) and bool(value) and all(map(_is_section, value))


def _is_section(value: Value) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _sections(value: list[Value] | tuple[Value, ...]) -> str:
    items = [item for section in value for item in section if isinstance(item, Mapping)]
    texts = [item["text"] for item in items if "text" in item]
    written = [text for text in texts if isinstance(text, str)]
    said = [counted(len(value), "section")]
    if written:
        said.append(counted(sum(map(len, written)), "character"))
    said += [f"by {text['template']}" for text in texts if isinstance(text, Mapping) and "template" in text]
    if len(texts) < len(items):
        said.append(counted(len(items) - len(texts), "image"))
    return ", ".join(said)


def percent(before: Value, after: Value) -> str:
    """Return `-90.0 %` for two amounts of one currency, else nothing."""
    if not isinstance(before, Money) or not isinstance(after, Money):
        return ""
    if before.currency != after.currency:
        return "another currency"
    if not before.amount:
        return ""
    share = (after.amount - before.amount) * 100 / before.amount
    rounded = share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{rounded or 0:+,.1f} %" if rounded else f"{'+' if share > 0 else '-'}0.0 %"
