"""What changed inside a nested value (parameters, description, images, delivery costs), item by item.

Mappings are compared key by key; mappings in mappings, of which a shop has a few (policies, ways of delivery), by
deepdiff. Lists are compared as texts are: what was put in or taken out is seen as such, and what stands at another
place has moved.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeGuard

from msgspec import Struct

from reconciler.model.values import Value, canonical_json
from reconciler.render.value_text import is_sections, one_line
from reconciler.render.word_diff import Effort


class Inner(Struct, frozen=True):
    """One difference inside a value. `None` on a side: it is not there. `moved_from`: at that place."""

    label: str
    before: Value
    after: Value
    moved_from: str = ""


def inner_changes(before: Value, after: Value, effort: Effort | None = None) -> tuple[Inner, ...]:
    """List the differences inside two nested values, in reading order."""
    effort = effort or Effort()
    if is_sections(before) or is_sections(after):
        old, new = _sections(before), _sections(after)
        if old is not None and new is not None:
            return tuple(_in_lists(old, new, "section ", effort))
    return tuple(_within(before, after, "", effort))


def new_parts(value: Value) -> tuple[Inner, ...]:
    """List the parts of a nested value that is new as a whole; none for a simple one."""
    if isinstance(value, Mapping) and len(value) > 1:
        return tuple(Inner(str(key), None, each) for key, each in value.items() if each is not None)
    if is_sections(value):
        texts = enumerate(map(section_text, value), 1)
        return tuple(Inner(f"section {number}", None, text) for number, text in texts)
    if isinstance(value, list) and len(value) > 1:
        return tuple(Inner(f"#{number}", None, each) for number, each in enumerate(value, 1))
    return ()


def section_text(section: Sequence[Value]) -> str:
    """Return one text for a section, so that words can be compared."""
    return "  ".join(map(_item_text, section))


def _item_text(item: Value) -> str:
    return str(item["text"]) if isinstance(item, Mapping) and "text" in item else one_line(item)


def _sections(value: Value) -> list[str] | None:
    """Return the texts of a description; None where it is none, or where two sections would look the same."""
    if value in (None, []):
        return []
    if not is_sections(value):
        return None
    texts = list(map(section_text, value))
    return texts if len(set(texts)) == len(set(map(canonical_json, value))) else None


def _within(before: Value, after: Value, label: str, effort: Effort) -> Iterator[Inner]:
    if _is_tree(before) and _is_tree(after):
        yield from _in_trees(before, after, label)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _in_mappings(before, after, label, effort)
    elif isinstance(before, list) and isinstance(after, list) and not (label and _plain(before) and _plain(after)):
        yield from _in_lists(before, after, f"{label}.#" if label else "#", effort)
    else:
        yield Inner(label, before, after)


def _is_tree(value: Value) -> TypeGuard[Mapping[str, Value]]:
    """Tell whether a value is a mapping of mappings, without a list in it."""
    if not isinstance(value, Mapping):
        return False
    parts = list(value.values())
    return any(isinstance(each, Mapping) for each in parts) and not any(map(_has_list, parts))


def _has_list(value: Value) -> bool:
    return isinstance(value, list) or (isinstance(value, Mapping) and any(map(_has_list, value.values())))


def _in_trees(before: Mapping[str, Value], after: Mapping[str, Value], label: str) -> Iterator[Inner]:
    from deepdiff import DeepDiff  # noqa: PLC0415 - 150 ms to import, and most plans need it not at all

    old, new = _spelled(before), _spelled(after)
    found = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0)
    changed = {tuple(level.path(output_format="list")) for levels in found.values() for level in levels}
    for path in dict.fromkeys((*_paths(old), *_paths(new))):
        if path in changed:
            yield Inner(".".join((label, *path) if label else path), _reached(before, path), _reached(after, path))


def _spelled(value: Value) -> Any:
    """Return a tree of texts: money and the like are one leaf, and what is null is not there."""
    if not isinstance(value, Mapping):
        return canonical_json(value)
    return {str(key): _spelled(each) for key, each in value.items() if each is not None}


def _paths(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, each in value.items() if isinstance(value, Mapping) else ():
        yield (*above, key)
        yield from _paths(each, (*above, key))


def _reached(value: Value, path: tuple[str, ...]) -> Value:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _in_mappings(
    before: Mapping[str, Value], after: Mapping[str, Value], label: str, effort: Effort
) -> Iterator[Inner]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        name = f"{label}.{key}" if label else str(key)
        yield from _within(old, new, name, effort)


def _in_lists(before: list[Value], after: list[Value], label: str, effort: Effort) -> Iterator[Inner]:
    old, new = list(map(canonical_json, before)), list(map(canonical_json, after))
    gone: dict[str, list[int]] = {}
    rows: list[tuple[int, Inner]] = []
    come: list[int] = []
    for tag, a, b, c, d in _operations(old, new, effort):
        if tag == "equal":
            continue
        both = 0 if tag != "replace" else _paired(old[a:b], new[c:d])
        for here, there in zip(range(a, a + both), range(c, c + both), strict=True):
            rows.extend((there, each) for each in _at(before[here], after[there], f"{label}{there + 1}", effort))
        for here in range(a + both, b):
            gone.setdefault(old[here], []).append(here)
        come.extend(range(c + both, d))
    for there in come:
        places = gone.get(new[there])
        if places:
            moved_from = f"{label}{places.pop(0) + 1}"
            rows.append((there, Inner(f"{label}{there + 1}", after[there], after[there], moved_from)))
        else:
            rows.append((there, Inner(f"{label}{there + 1}", None, after[there])))
    left = ((here, Inner(f"{label}{here + 1}", before[here], None)) for places in gone.values() for here in places)
    rows.extend(left)
    yield from (row for _, row in sorted(rows, key=lambda each: each[0]))


def _paired(old: list[str], new: list[str]) -> int:
    """Return how many of a stretch are the same item with another value: none where one only moved."""
    return 0 if set(old) & set(new) else min(len(old), len(new))


def _at(before: Value, after: Value, label: str, effort: Effort) -> Iterator[Inner]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _in_mappings(before, after, label, effort)
    else:
        yield Inner(label, before, after)


def _operations(old: list[str], new: list[str], effort: Effort) -> list[tuple[str, int, int, int, int]]:
    if len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) == 1:
        place = next(n for n, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
        return [("replace", place, place + 1, place, place + 1)]
    if not effort.allows(len(old) * len(new)):
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _plain(value: list[Value]) -> bool:
    return not any(isinstance(each, Mapping | list) for each in value)
