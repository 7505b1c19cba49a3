"""Runs, their changes, and who wrote a value, as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.outcomes import Fault, Result
from reconciler.render.change_text import name_of
from reconciler.render.style import Style
from reconciler.render.told import Blame, Line, Row, Run
from reconciler.render.value_text import one_line, percent
from reconciler.render.words import counted, shortened

_MEANINGS = {
    Result.APPLIED: "added",
    Result.REFUSED: "error",
    Result.SKIPPED: "warning",
    Result.UNKNOWN: "warning",
}
