"""What was left out of a new plan because nobody has reviewed it."""

from collections.abc import Iterator, Sequence

from reconciler.model.offers import Key
from reconciler.model.reviewed import NotReviewed
from reconciler.render.change_text import name_of
from reconciler.render.style import Style
from reconciler.render.words import counted

_MOST = 30


def reviewed_text(left_out: Sequence[NotReviewed], gone: Sequence[Key], style: Style) -> Iterator[str]:
    """Yield what a new plan would do besides, and what of the reviewed one is not to be done any more."""
    if left_out:
        yield style("warning", f"Left out: {counted(len(left_out), 'change')} that nobody has reviewed so")
        for each in left_out[:_MOST]:
            fields = f" {', '.join(each.paths)}" if each.paths else ""
            yield f"  {style('strong', name_of(each.key))}{fields}: {each.why}"
        if len(left_out) > _MOST:
            yield f"  … and {len(left_out) - _MOST:,} more"
        yield "They are in the next plan, to be reviewed there."
    if gone:
        yield f"Reviewed and not to be made any more: {len(gone):,}. They are there, or were taken back."
