"""Delivery that the offers of a folder share goes to the folder's Defaults; the others say what is theirs.

A value is lifted only where every offer below the folder has that field, so that no offer inherits what it
does not have, and only in folders that hold no documents yet, so that no older document changes its meaning.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.values import canonical_json

Delivery = dict[str, Any]
_AT_LEAST = 3


def share_delivery(
    sections: list[Delivery], folders: list[str], above: str, occupied: Iterable[str]
) -> dict[str, Delivery]:
    """Take what is shared out of the sections (in place) and return it by folder, `above` being over all."""
    taken = frozenset(occupied)
    common = {} if above in taken else _common(sections)
    found = {above: common} if common else {}
    members: dict[str, list[Delivery]] = defaultdict(list)
    for section, folder in zip(sections, folders, strict=True):
        members[folder].append(section)
    for folder in sorted(members):
        own = {} if folder in taken else _common(members[folder])
        own = {key: value for key, value in own.items() if common.get(key) != value}
        if own:
            found[folder] = own
        inherited = common | own
        for section in members[folder]:
            for key in [key for key, value in section.items() if inherited.get(key) == value]:
                del section[key]
    return found


def _common(sections: list[Delivery]) -> Delivery:
    """Return the value that more than half of the offers have, for each field that all of them have."""
    if len(sections) < _AT_LEAST:
        return {}
    found: Delivery = {}
    for key in sections[0]:
        if all(key in section for section in sections):
            value, count = _most_common(section[key] for section in sections)
            if count * 2 > len(sections):
                found[key] = value
    return found


def _most_common(values: Iterable[Any]) -> tuple[Any, int]:
    texts: Counter[str] = Counter()
    kept: dict[str, Any] = {}
    for value in values:
        text = value if isinstance(value, str) else canonical_json(value)
        texts[text] += 1
        kept.setdefault(text, value)
    text, count = min(texts.items(), key=lambda item: (-item[1], item[0]))
    return kept[text], count


def without_empty(body: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out sections that have nothing left to say."""
    return {key: value for key, value in body.items() if value not in ({}, [])}
