"""Runs, their changes, and who wrote a value, as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.history import DIRTY, Blamed, FieldTold, RowTold, RunTold
from reconciler.model.outcomes import Result
from reconciler.model.states import RunPhase
from reconciler.render.cells import cells, padded, shortened
from reconciler.render.change_text import name_of
from reconciler.render.difference import Drawn, Pen, difference
from reconciler.render.fault_text import fault_lines
from reconciler.render.style import Style
from reconciler.render.value_text import full, one_line
from reconciler.render.words import counted

_MEANINGS: Mapping[Result, str] = {
    Result.APPLIED: "added",
    Result.REFUSED: "error",
    Result.SKIPPED: "warning",
    Result.UNKNOWN: "warning",
}
_SHORT = 8
_WHOSE = 44


def history_text(runs: Sequence[RunTold], style: Style) -> Iterator[str]:
    """Yield a line for each run, newest first."""
    if not runs:
        yield "No run yet. `reconcile apply` makes the first one."
        return
    account = max(len(each.account) for each in runs)
    whose = max(cells(_whose(each)) for each in runs)
    whose = min(whose, _WHOSE) if style.limited else whose
    for each in runs:
        who = padded(shortened(_whose(each), whose), whose)
        line = f"{moment(each.started_at)}  {each.account:<{account}}  {each.purpose:<6}  {who}"
        yield f"{style('strong', each.id[:_SHORT])}  {line}  {_counts(each, style)}".rstrip(" ")
    yield ""
    yield style("dim", "reconcile history show RUN lists its changes; reconcile undo RUN takes them back.")


def shown_text(run: RunTold, rows: Iterable[RowTold], style: Style) -> Iterator[str]:
    """Yield one run with every change that it made, and what became of it."""
    yield from _head(run, style)
    yield ""
    pen = Pen(style=style)
    for row in rows:
        yield from _row(row, pen)
    yield f"{_counts(run, style) or 'Nothing was done.'}"


def _head(run: RunTold, style: Style) -> Iterator[str]:
    what = f"{run.purpose} of run {run.undoes[:_SHORT]}" if run.undoes else run.purpose
    yield f"{style('strong', f'Run {run.id}')}: {what} on account {run.account}, {run.state}"
    until = f" to {moment(run.finished_at)}" if run.finished_at else ""
    yield f"  when     {moment(run.started_at)}{until}"
    known = {
        "commit": "commit",
        "author": "author",
        "approved": "approved",
        "ci": "CI run",
        "url": "run",
        "user": "user",
        "host": "host",
    }
    for name, label in (*known.items(), ("command", "command")):
        if run.who.get(name):
            yield f"  {label:<9}{run.who[name]}"


def _row(row: RowTold, pen: Pen) -> Iterator[str]:
    style = pen.style
    number = f"  #{row.remote_id}" if row.remote_id else ""
    result = _result(row, style)
    yield f"  {style('strong', name_of(row.key))}{style('dim', number)}  {row.operation}: {result}"
    label = max((len(each.path) for each in row.fields), default=0)
    for each in row.fields:
        place = style("dim", f"  {each.place}") if each.place else ""
        drawn = _change(each, pen)
        yield f"      {each.path:<{label}}  {drawn.body}{place}".rstrip(" ")
        yield from drawn.below
    if row.fault:
        yield from (f"      {line}" for line in fault_lines(row.fault, style))
    if row.detail:
        yield f"      {row.detail}"


def _result(row: RowTold, style: Style) -> str:
    if row.result is None:
        return style("warning", "sent, and not read back" if row.tried else "not tried")
    return style(_MEANINGS[row.result], row.result.value)


def _change(each: FieldTold, pen: Pen) -> Drawn:
    if each.before == each.after:
        return Drawn("~", f"{one_line(each.after)} (sent again)")
    return difference(each.before, each.after, pen)


def blame_text(blamed: Sequence[Blamed], style: Style) -> Iterator[str]:
    """Yield a line for each field: its value, the run, whose it was, and where the value was written."""
    where = None
    path = max(len(each.path) for each in blamed)
    for each in blamed:
        if each.key != where:
            where = each.key
            yield f"{style('strong', name_of(each.key))} on account {each.key.account}"
        value = full(each.value)
        shown = shortened(value, max(style.width - path - 4, 40)) if len(blamed) > 1 else value
        yield f"  {each.path:<{path}}  {shown}"
        yield style("dim", f"  {'':<{path}}  {_origin(each)}")
        if each.because:
            yield style("dim", f"  {'':<{path}}  {each.because}")


def _origin(each: Blamed) -> str:
    run = each.run
    of = f" of {run.undoes[:_SHORT]}" if run.undoes else ""
    what = "" if run.purpose == "apply" else f" ({run.purpose}{of})"
    doubt = " (unknown whether it arrived)" if each.result is Result.UNKNOWN else ""
    whose = _whose(run, committed=not each.place.endswith(DIRTY))
    parts = [f"{moment(each.at)} by run {run.id[:_SHORT]}{what}{doubt}", whose, each.place]
    return ", ".join(part for part in parts if part)


def _whose(run: RunTold, *, committed: bool = True) -> str:
    """Return who it was: the commit and its author where it is committed, else the user; and the CI run."""
    author = run.who.get("author", "").partition(" <")[0]
    commit = " ".join(part for part in (run.who.get("commit", ""), author) if part) if committed else ""
    ci = run.who.get("ci", "").partition("=")[2]
    return f"{commit or run.who.get('user', '')}{f' (CI {ci})' if ci else ''}"


def _counts(run: RunTold, style: Style) -> str:
    said = [
        style(_MEANINGS[result], f"{run.counts[result]:,} {result.value}")
        for result in Result
        if run.counts.get(result)
    ]
    if run.left:
        said.append(f"{counted(run.left, 'row')} left")
    state = "unfinished" if run.state is RunPhase.OPEN else run.state
    return ", ".join(said) + ("" if run.state is RunPhase.FINISHED else f" ({state})")


def moment(iso: str) -> str:
    """Return a time to the minute, in the zone in which it was recorded."""
    return iso[:16].replace("T", " ")
