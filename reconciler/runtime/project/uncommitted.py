"""Which lines of documents differ from the last commit: whoever made that one has not written them.

Git is asked for names and contents only. It compares nothing itself: for that it would run the filters that a
repository names.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import Path

from msgspec.structs import replace

from reconciler.model.bounds import DOCUMENT
from reconciler.model.changes import Change
from reconciler.model.plan import AccountPlan
from reconciler.runtime.git import GitSilent, git, in_repository, is_blob
from reconciler.runtime.reading import read_file

#: Files that are compared line by line; of more than these each that differs counts as a whole.
_MOST_FILES = 200
#: Pairs of lines that are compared in one file, before all between its first and last difference counts as new.
_MOST_PAIRS = 4_000_000


def told_uncommitted(parts: Iterable[AccountPlan], root: Path) -> tuple[AccountPlan, ...]:
    """Return the plans of accounts with a word on each value that stands on a line which is not committed."""
    parts = tuple(parts)
    lines: dict[str, set[int]] = defaultdict(set)
    for part in parts:
        for change in part.changes:
            for each in change.fields:
                if each.mark is not None:
                    lines[each.mark.file].add(each.mark.line)
    new = uncommitted(root, lines) if lines else {}
    if not new:
        return parts
    return tuple(replace(part, changes=tuple(_told(each, new) for each in part.changes)) for part in parts)


def _told(change: Change, new: Mapping[str, frozenset[int]]) -> Change:
    fields = tuple(
        replace(each, uncommitted=True) if each.mark and each.mark.line in new.get(each.mark.file, ()) else each
        for each in change.fields
    )
    return replace(change, fields=fields)


def uncommitted(root: Path, lines: Mapping[str, Iterable[int]]) -> Mapping[str, frozenset[int]]:
    """Return those of these lines whose values differ from the last commit; none where git cannot say."""
    if not in_repository(root):
        return {}
    try:
        code, said = git(root, "ls-tree", "-r", "-z", "HEAD")
    except GitSilent:
        return {}
    blobs = dict(_named_blob(each) for each in said.split("\0") if each) if code == 0 else None
    if blobs is None:
        return {}
    found: dict[str, frozenset[int]] = {}
    compared = 0
    for file, asked in lines.items():
        data, blob = _bytes(root / file), blobs.get(file)
        if data is None or (blob and is_blob(blob, data)):
            continue
        compared += 1
        old = _content(root, blob) if blob and compared <= _MOST_FILES else None
        found[file] = _new(old, os.fsdecode(data), asked)
    return found


def _named_blob(entry: str) -> tuple[str, str]:
    """Read `mode type id<tab>path`."""
    about, _, path = entry.partition("\t")
    return path, about.rpartition(" ")[2]


def _bytes(file: Path) -> bytes | None:
    try:
        return read_file(file, DOCUMENT)
    except OSError:
        return None


def _content(root: Path, blob: str) -> str | None:
    try:
        code, said = git(root, "cat-file", "blob", blob)
    except GitSilent:
        return None
    return said if code == 0 else None


def _new(old: str | None, text: str, asked: Iterable[int]) -> frozenset[int]:
    """Return those of the lines on which a value begins that is not, as a whole, in the old text."""
    if old is None:
        return frozenset(asked)
    now = text.splitlines()
    changed = _changed(old.splitlines(), now)
    return frozenset(line for line in asked if any(each in changed for each in _value(now, line)))


def _changed(old: list[str], now: list[str]) -> set[int]:
    """Return the numbers of the lines that were not there, counted from 1."""
    least = min(len(old), len(now))
    first = next((at for at in range(least) if old[at] != now[at]), least)
    last = next((at for at in range(least - first) if old[-1 - at] != now[-1 - at]), least - first)
    before, after = old[first : len(old) - last], now[first : len(now) - last]
    changed = set(range(first + 1, first + len(after) + 1))
    if len(before) * len(after) <= _MOST_PAIRS:
        for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
            changed -= set(range(first + block.b + 1, first + block.b + block.size + 1))
    return changed


def _value(lines: list[str], number: int) -> Iterable[int]:
    """Yield the lines of the value that begins on this one: what is indented further, or the rest of its list."""
    if number > len(lines):
        return
    yield number
    begun = lines[number - 1]
    indent, item = _indent(begun), begun.lstrip().startswith("- ")
    for at in range(number, len(lines)):
        line = lines[at]
        deeper = not line.strip() or _indent(line) > indent
        if not deeper and not (item and _indent(line) == indent and line.lstrip().startswith("- ")):
            return
        yield at + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
