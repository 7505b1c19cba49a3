"""Drift as text."""

from collections.abc import Iterator

from reconciler.model.changes import Change
from reconciler.model.plan import Plan
from reconciler.render.change_text import name_of
from reconciler.render.style import Style
from reconciler.render.value_text import pair
from reconciler.render.words import counted


def drift_text(drift: Plan, style: Style) -> Iterator[str]:
    """Yield each resource with what is declared, what is live, and where it is declared."""
    for part in drift.accounts:
        if part.problem:
            yield f"{style('error', f'Account {part.account}:')} {part.problem.summary}"
        for change in part.changes:
            yield from _resource(change, style)
    fields = sum(len(change.fields) for change in drift.changes)
    if fields:
        yield f"Drift: {counted(fields, 'field')} of {counted(len(drift.changes), 'resource')}."
        yield "Next: write what shall stay into the documents, or `reconcile apply` to put back what is declared."
    else:
        yield "No drift."


def _resource(change: Change, style: Style) -> Iterator[str]:
    number = style("dim", f"  #{change.remote_id}") if change.remote_id else ""
    yield f"{style('strong', name_of(change.key))}{number}"
    for each in change.fields:
        place = style("dim", f"  {each.mark}") if each.mark else ""
        live, declared = pair(each.before, each.after)
        yield f"    {each.path}  declared {declared}, live {live}{place}"
    yield ""
