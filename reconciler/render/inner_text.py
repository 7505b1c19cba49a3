"""What changed inside a nested value (parameters, description, images, delivery costs), item by item.

deepdiff finds the differences. It costs about 2 ms a value and 150 ms to import, so it is imported on first
use, and a plan of thousands of nested changes draws the first ones and names the rest (see `brief`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.values import Value, canonical_json
from reconciler.render.value_text import is_sections, one_line
from reconciler.render.words import counted, listed

InnerPath = tuple[str | int, ...]
InnerPlace = tuple[InnerPath, InnerPath]


@dataclass(frozen=True, slots=True)
class Inner:
    """One difference inside a value. `None` on a side: it is not there."""

    label: str
    before: Value
    after: Value


def inner_changes(before: Value, after: Value) -> tuple[Inner, ...]:
    """List the differences inside two nested values, in reading order."""
    if _reordered(before, after):
        return (Inner("order", before, after),)
    from deepdiff import DeepDiff  # noqa: PLC0415 - heavy, and most plans need it not at all

    sections = is_sections(before) or is_sections(after)
    old, new = (_section_texts(before), _section_texts(after)) if sections else (before, after)
    tree = DeepDiff(_leaves(old), _leaves(new), view="tree", threshold_to_diff_deeper=0)
    places = sorted({_place(level) for levels in tree.values() for level in levels}, key=_reading_order)
    say = _section_label if sections else _label
    return tuple(Inner(say(there or here), _at(old, here), _at(new, there)) for here, there in places)


def new_parts(value: Value) -> tuple[Inner, ...]:
    """List the parts of a nested value that is new as a whole; none for a simple one."""
    if isinstance(value, Mapping) and len(value) > 1:
        return tuple(Inner(str(key), None, each) for key, each in value.items() if each is not None)
    if is_sections(value):
        texts = enumerate(_section_texts(value), 1)
        return tuple(Inner(f"section {number}", None, text) for number, text in texts)
    if isinstance(value, list) and len(value) > 1:
        return tuple(Inner(f"#{number}", None, each) for number, each in enumerate(value, 1))
    return ()


def brief(before: Value, after: Value) -> str:
    """Name what changed, without drawing it."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return f"{listed([str(key) for key in keys], 5)} (-v shows the values)"
    if isinstance(before, list) and isinstance(after, list):
        return f"{counted(len(before), 'item')} -> {counted(len(after), 'item')} (-v shows them)"
    return f"{one_line(before)} -> {one_line(after)}"


def _reordered(before: Value, after: Value) -> bool:
    if not isinstance(before, list) or not isinstance(after, list) or len(before) != len(after):
        return False
    return sorted(map(canonical_json, before)) == sorted(map(canonical_json, after))


def _leaves(value: Value) -> Value:
    """Make a value of dicts, lists and texts only; a list of plain values in a mapping is one leaf."""
    if isinstance(value, Mapping):
        return {
            str(key): one_line(each) if _flat_list(each) else _leaves(each)
            for key, each in value.items()
            if each is not None
        }
    if isinstance(value, list | tuple):
        return [_leaves(each) for each in value]
    return value if isinstance(value, str) else one_line(value)


def _flat_list(value: Value) -> bool:
    return isinstance(value, list) and not any(isinstance(each, Mapping | list) for each in value)


def _section_texts(value: Value) -> list[str]:
    """One text for each section, so that an inserted one is seen as such, and words can be compared."""
    sections = value if isinstance(value, list) else []
    return ["  ".join(_item_text(item) for item in section) for section in sections if isinstance(section, list)]


def _item_text(item: Value) -> str:
    return str(item["text"]) if isinstance(item, Mapping) and "text" in item else one_line(item)


def _place(level: Any) -> InnerPlace:
    """Where a difference is on both sides: an insertion moves what comes after it. Empty: not there."""
    here, there = level.path(output_format="list"), level.path(output_format="list", use_t2=True)
    kind = level.report_type
    return (() if kind.endswith("_added") else tuple(here)), (() if kind.endswith("_removed") else tuple(there))


def _reading_order(place: InnerPlace) -> tuple[str, ...]:
    path = place[1] or place[0]
    return tuple(f"{part:06}" if isinstance(part, int) else str(part) for part in path)


def _at(value: Value, path: InnerPath) -> Value:
    if not path:
        return None
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        else:
            return None
    return value


def _label(path: InnerPath) -> str:
    return ".".join(f"#{part + 1}" if isinstance(part, int) else part for part in path)


def _section_label(path: InnerPath) -> str:
    numbers = [part for part in path if isinstance(part, int)]
    return f"section {numbers[0] + 1}" if numbers else "sections"
