"""What two revisions of documents mean differently, in the words of a plan."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from reconciler.model.changes import Change, Verb
from reconciler.model.offers import Key
from reconciler.render.change_text import name_of
from reconciler.render.difference import Pen
from reconciler.render.grouping import Group, grouped
from reconciler.render.plan_text import group_text
from reconciler.render.words import counted, listed

_SAID = {Verb.CREATE: "added", Verb.UPDATE: "changed", Verb.RENAME: "renamed", Verb.DELETE: "removed"}
_FIRST = 3


def revisions_text(changes: Sequence[Change], left_out: Sequence[Key], pen: Pen) -> Iterator[str]:
    """Yield the differences of each account, those that are alike once, and a line that counts them."""
    for account, members in groupby(changes, key=lambda each: each.key.account):
        mine = list(members)
        yield pen.style("strong", f"Account {account}")
        yield ""
        for group in (Group((each,)) for each in mine) if pen.verbose else grouped(mine, pen.effort):
            yield from group_text(group, pen)
    said = [f"{count:,} {word}" for verb, word in _SAID.items() if (count := sum(e.verb is verb for e in changes))]
    yield pen.style("strong", f"Documents: {', '.join(said)}." if said else "No difference.")
    if left_out:
        names = listed([name_of(each) for each in left_out], len(left_out) if pen.verbose else _FIRST)
        yield pen.style("warning", f"Not compared: {counted(len(left_out), 'document')} with mistakes: {names}")
