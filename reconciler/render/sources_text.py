"""Sources as text: how many rows each had, as of when, and what is wrong with those that are not ok."""

from collections.abc import Iterable, Iterator

from reconciler.model.tables import ReadingState, SourceRead
from reconciler.render.style import Style
from reconciler.render.words import counted

_STATES = {
    ReadingState.OK: "ok",
    ReadingState.OLD: "too old",
    ReadingState.SHORT: "short",
    ReadingState.FAILED: "not readable",
}


def sources_text(sources: Iterable[SourceRead], style: Style) -> Iterator[str]:
    """Yield a line for each source, and one on what is wrong with it."""
    told = tuple(sources)
    width = max((len(each.name) for each in told), default=0)
    for each in told:
        yield from _source(each, width, style)
    if told:
        yield ""


def _source(each: SourceRead, width: int, style: Style) -> Iterator[str]:
    when = each.as_of[:16].replace("T", " ")
    if each.state is ReadingState.OK:
        said = f"{counted(each.rows, 'row')} as of {when} UTC, {each.digest[:8]}"
        yield f"Source {each.name.ljust(width)}  {style('dim', said)}"
        return
    yield f"Source {each.name.ljust(width)}  {style('error', _STATES[each.state])}: {each.why}"
    if each.hint:
        yield style("dim", f"    {each.hint}")
