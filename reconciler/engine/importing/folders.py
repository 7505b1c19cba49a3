"""What the offers of a folder share goes to the folder's Defaults; an offer that differs says what is its own.

A value is imported only where every offer below the folder has that field, so that no offer inherits what it
does not have, and only in folders that hold no documents yet, so that no older document changes its meaning.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.values import canonical_json

SectionBody = dict[str, Any]
_AT_LEAST = 3


def fields_of_folders(sections: list[SectionBody], folders: list[str], elsewhere: Iterable[str]) -> frozenset[str]:
    """Return the fields whose value goes with the folder, such as the producer where each folder is a brand.

    No value stands in half of all offers, but one in nearly all offers of each folder. SectionBody that stand
    `elsewhere`, and objects (their members would be merged), are not asked.
    """
    values: dict[str, Counter[str]] = defaultdict(Counter)
    inside: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    barred = set(elsewhere)
    for section, folder in zip(sections, folders, strict=True):
        for key, value in section.items():
            text = value if isinstance(value, str) else canonical_json(value)
            values[key][text] += 1
            inside[key][folder][text] += 1
            if isinstance(value, Mapping) and value.keys() != {"id"}:
                barred.add(key)
    return frozenset(key for key in values if key not in barred and _goes_with_folder(values[key], inside[key]))


def _goes_with_folder(values: Counter[str], folders: Mapping[str, Counter[str]]) -> bool:
    everywhere = values.total()
    usual = sum(max(inside.values()) for inside in folders.values() if inside.total() >= _AT_LEAST)
    return max(values.values()) * 2 <= everywhere and usual * 10 >= everywhere * 9


def share_by_folder(
    sections: list[SectionBody], folders: list[str], above: str, occupied: Iterable[str]
) -> dict[str, SectionBody]:
    """Take what is shared out of the sections (in place) and return it by folder, `above` being over all."""
    taken = frozenset(occupied)
    common = {} if above in taken else _common(sections)
    found = {above: common} if common else {}
    members: dict[str, list[SectionBody]] = defaultdict(list)
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


def _common(sections: list[SectionBody]) -> SectionBody:
    """Return the value that more than half of the offers have, for each field that all of them have."""
    if len(sections) < _AT_LEAST:
        return {}
    found: SectionBody = {}
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
