"""Toggles that are to be said: the files as a diff, where each is said, and for how many."""

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.model.modules import Mode
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import key_to_json, mark_to_json
from reconciler.model.toggling import ModuleToggles, Toggling
from reconciler.render.style import Style
from reconciler.render.taking_text import diff_text
from reconciler.render.words import counted, listed

_PLACES = 3


def toggling_text(toggling: Toggling, style: Style) -> Iterator[str]:
    """Yield the diff of each file, and for each module how many follow another toggle, and where it is said."""
    for path, (before, after) in toggling.files.items():
        yield from diff_text(path, before, after, style)
        yield ""
    for module, chosen in toggling.chosen.items():
        count = sum(each.module is module for each in toggling.toggled)
        places = [f"{each.level} ({each.mark})" for each in toggling.places if each.module is module]
        if places:
            of = f"{count:,} of {counted(chosen, 'chosen resource')}"
            said = f"said by {listed(places, _PLACES)}"
            yield f"{style('strong', module)} becomes {toggling.mode} for {of}, {said}."
        else:
            resources = counted(chosen, "resource")
            yield f"{style('strong', module)} is {toggling.mode} already for what was chosen: {resources}."


def toggling_to_json(toggling: Toggling, *, written: bool) -> dict[str, Any]:
    """Turn it into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "written": written,
        "mode": toggling.mode.value,
        "chosen": {module.value: count for module, count in toggling.chosen.items()},
        "files": list(toggling.files),
        "places": [
            {"module": each.module.value, "level": each.level, "mark": mark_to_json(each.mark)}
            for each in toggling.places
        ],
        "toggled": [
            {"key": key_to_json(each.key), "module": each.module.value, "before": each.before.value}
            for each in toggling.toggled
        ],
    }


def status_text(rows: Sequence[ModuleToggles], style: Style) -> Iterator[str]:
    """Yield a table of accounts and modules, and for what is not `auto` which levels say so."""
    head = ("account", "module", *Mode, "said by")
    cells = [(each.account, each.module.value, *_counts(each), _said_by(each)) for each in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    yield style("strong", _line(head, widths))
    for row in cells:
        yield _line(row, widths)


def _counts(row: ModuleToggles) -> Iterator[str]:
    return (f"{row.count(mode):,}" for mode in Mode)


def _said_by(row: ModuleToggles) -> str:
    """Name the levels of what is manual and off, each with its count."""
    parts = []
    for mode in (Mode.MANUAL, Mode.OFF):
        levels = [f"{each.level} {each.count:,}" for each in row.decided if each.mode is mode]
        parts += [f"{mode}: {listed(levels, _PLACES)}"] if levels else []
    return "; ".join(parts)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """Names to the left, numbers to the right."""
    account, module, *counts, said = row
    first, second, *rest, _ = widths
    numbers = (f"{count:>{width}}" for count, width in zip(counts, rest, strict=True))
    return "  ".join((f"{account:<{first}}", f"{module:<{second}}", *numbers, said)).rstrip(" ")


def status_to_json(rows: Sequence[ModuleToggles]) -> dict[str, Any]:
    """Turn it into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "modules": [
            {
                "account": each.account,
                "module": each.module.value,
                **{mode.value: each.count(mode) for mode in Mode},
                "decided": [
                    {"mode": one.mode.value, "level": one.level, "count": one.count} for one in each.decided
                ],
            }
            for each in rows
        ],
    }
