"""A draft that is to be put on sale: the marketplace has judged it already, and a full read says how (#9902)."""

from collections.abc import Iterator

from reconciler.engine.known.subject import Subject
from reconciler.model.diagnostics import Diagnostic

_STATUS = "stock.status"


def drafts(subject: Subject) -> Iterator[Diagnostic]:
    """Yield why a draft would not be listed, where nothing of it changes that could mend it."""
    live = subject.live
    if live is None or subject.after.get(_STATUS) != "active" or live.fields.get(_STATUS) != "draft":
        return
    problems = live.facts.get("problems")
    if problems and not subject.after.keys() - {_STATUS}:
        yield subject.problem(
            "P240",
            f"the draft {live.remote_id} cannot be put on sale: {'; '.join(map(str, problems))}",
            _STATUS,
            detail="the marketplace's own words about it, as it is now",
            hint="declare what is missing",
        )
