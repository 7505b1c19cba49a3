"""What goes from the marketplace into documents: the files as a diff, and what does not go, with the reasons."""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import key_to_json, mark_to_json
from reconciler.model.taking import Taken, Taking
from reconciler.model.values import jsonable
from reconciler.render.cells import shortened
from reconciler.render.change_text import name_of
from reconciler.render.style import Style
from reconciler.render.value_text import one_line
from reconciler.render.words import counted

_MEANINGS = {"+": "added", "-": "removed", "@": "dim"}


def taking_text(taking: Taking, style: Style) -> Iterator[str]:
    """Yield the diff of each file, what is left as it is, and the counts."""
    for path, (before, after) in taking.files.items():
        yield from diff_text(path, before, after, style)
        yield ""
    for each in taking.refused:
        place = f" ({each.mark})" if each.mark else ""
        yield f"{style('warning', 'left')} {style('strong', name_of(each.key))} {each.path}{place}: {each.reason}"
        room = max((style.width - 20) // 2, 40)
        declared, live = (shortened(one_line(value), room) for value in (each.declared, each.live))
        yield f"     declared {declared}, live {live}"
    if taking.refused:
        yield ""
    if not (taking.taken or taking.refused):
        yield "Nothing to take over: what is declared is what is live."
        return
    values, files = counted(len(taking.taken), "value"), counted(len(taking.files), "file")
    left = f"; {len(taking.refused):,} left as declared" if taking.refused else ""
    yield f"{values} of the marketplace for {files}{left}."


def diff_text(path: str, before: bytes, after: bytes, style: Style) -> Iterator[str]:
    """Yield what changes in a file, with two lines around it."""
    old, new = (text.decode("utf-8-sig").splitlines() for text in (before, after))
    for line in unified_diff(old, new, path, path, lineterm="", n=2):
        if line.startswith(("---", "+++")):
            if line.startswith("---"):
                yield style("strong", path)
            continue
        meaning = _MEANINGS.get(line[:1])
        yield f"  {style(meaning, line) if meaning else line}"


def taking_to_json(taking: Taking, *, written: bool) -> dict[str, Any]:
    """Turn it into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "written": written,
        "files": list(taking.files),
        "taken": [_taken(each) for each in taking.taken],
        "left": [{**_taken(each), "reason": each.reason} for each in taking.refused],
    }


def _taken(each: Taken) -> dict[str, Any]:
    return {
        "key": key_to_json(each.key),
        "path": each.path,
        "declared": jsonable(each.declared),
        "live": jsonable(each.live),
        "level": each.level,
        "mark": mark_to_json(each.mark),
    }
