"""Toggles that are to be said: the files as a diff, where each is said, and for how many."""

from collections.abc import Iterator
from typing import Any

from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import key_to_json, mark_to_json
from reconciler.model.toggling import Toggling
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
