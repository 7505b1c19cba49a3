"""Which lines of documents differ from the last commit: whoever made that one has not written them.

Git is asked for names and contents only. It compares nothing itself: for that it would run the filters that a
repository names.
"""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from reconciler.model.bounds import DOCUMENT
from reconciler.model.changes import Change
from reconciler.model.plan import AccountPlan
from reconciler.runtime.git import GitSilent, blobs, git, in_repository, is_blob
from reconciler.runtime.progress import SILENT, Progress, in_steps
from reconciler.runtime.reading import read_file

#: Files that are compared line by line; of more than these each that differs counts as a whole.
_MOST_FILES = 200
#: Pairs of lines that are compared in one file, before all between its first and last difference counts as new.
_MOST_PAIRS = 4_000_000


class Uncommitted(NamedTuple):
    """Which lines of files differ from the last commit, and whether that has one of these files as another."""

    lines: Mapping[str, frozenset[int]] = {}
    edited: bool = False


def told_uncommitted(
    parts: Iterable[AccountPlan], root: Path, progress: Progress = SILENT
) -> tuple[tuple[AccountPlan, ...], bool]:
    """Return the plans of accounts with a word on each value that stands on a line which is not committed.

    With them comes whether a file of these values was edited that is committed.
    """
    parts = tuple(parts)
    lines: dict[str, set[int]] = defaultdict(set)
    for part in parts:
        for change in part.changes:
            for each in change.fields:
                if each.mark is not None:
                    lines[each.mark.file].add(each.mark.line)
    new, edited = uncommitted(root, lines, progress) if lines else Uncommitted()
    if not new:
        return parts, edited
    told = tuple(replace(part, changes=tuple(_told(each, new) for each in part.changes)) for part in parts)
    return told, edited


def _told(change: Change, new: Mapping[str, frozenset[int]]) -> Change:
    fields = tuple(
        replace(each, uncommitted=True) if each.mark and each.mark.line in new.get(each.mark.file, ()) else each
        for each in change.fields
    )
    return replace(change, fields=fields) if fields != change.fields else change


def uncommitted(root: Path, lines: Mapping[str, Iterable[int]], progress: Progress = SILENT) -> Uncommitted:
    """Return those of these lines whose values differ from the last commit; none where git cannot say."""
    committed = _committed(root, lines) if in_repository(root) else None
    if committed is None:
        return Uncommitted()
    differing: list[tuple[str, bytes, str]] = []
    for file in in_steps(lines, "looking what is committed", progress):
        data, blob = _bytes(f"{root}{os.sep}{file}"), committed.get(file, "")
        if data is not None and not (blob and is_blob(blob, data)):
            by_line = len(differing) < _MOST_FILES  # of the others all counts, and nobody needs their texts
            differing.append((file, data if by_line else b"", blob))
    before = _contents(root, [blob for _, _, blob in differing[:_MOST_FILES] if blob])
    found = {file: _new(before.get(blob), os.fsdecode(data), lines[file]) for file, data, blob in differing}
    return Uncommitted(found, any(blob for _, _, blob in differing))


def _committed(root: Path, files: Collection[str]) -> Mapping[str, str] | None:
    """Return the names of the contents of these files in the last commit, by path; None where there is none."""
    named = sorted(files) if len(files) <= _MOST_FILES else ()
    try:
        code, said = git(root, "ls-tree", "-r", "-z", "HEAD", "--", *named)
    except GitSilent:
        return None
    if code != 0:
        return None
    asked, found = frozenset(files), dict[str, str]()
    for entry in said.split("\0"):  # `mode type id<tab>path`, for many more files than are asked for
        end = entry.find("\t")
        if (path := entry[end + 1 :]) in asked:
            found[path] = entry[:end].rpartition(" ")[2]
    return found


def _contents(root: Path, names: Sequence[str]) -> Mapping[str, str]:
    try:
        return dict(zip(names, map(os.fsdecode, blobs(root, names)), strict=True))
    except GitSilent:
        return {}  # what was there is not known: all of a file that differs counts as new


def _bytes(file: str) -> bytes | None:
    try:
        return read_file(file, DOCUMENT)
    except OSError:
        return None


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
