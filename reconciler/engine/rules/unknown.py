"""Offers of which a source does not say how many there are: an error for each, or one line for all. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from reconciler.documents.effective import Effective
from reconciler.engine.rules.findings import Told
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.tables import MissingRow, Source

_NAMED = 3


class Unknown(NamedTuple):
    """An offer without a number, and why: an article of it has no row (`rowless`), or a row that does not say."""

    offer: Effective
    why: str
    rowless: bool


def tell_unknown(told: Told, source: Source, offers: Iterable[Unknown]) -> None:
    """List them: each as an error, unless the source says what a missing row comes to."""
    every = list(offers)
    if source.missing is MissingRow.ERROR:
        for each in every:
            told.error(
                "D617",
                f"{each.why}, which {each.offer.document.name} follows",
                each.offer,
                "stock.from",
                hint="Correct its `item`, or say in the Source what it means: `missing: keep`, or `zero`."
                if each.rowless
                else "Fill in the cell, or say in the Source what an empty one means: `{type: whole, empty: 0}`.",
            )
        return
    rowless = [each for each in every if each.rowless]
    _tell(told, source, rowless, "row of", zero=source.missing is MissingRow.ZERO)
    _tell(told, source, [each for each in every if not each.rowless], "number for", zero=False)


def _tell(told: Told, source: Source, offers: list[Unknown], lack: str, *, zero: bool) -> None:
    if not offers:
        return
    one = len(offers) == 1
    names = ", ".join(each.offer.document.name for each in offers[:_NAMED])
    more = f" and {len(offers) - _NAMED:,} more" if len(offers) > _NAMED else ""
    left = "left as it is" if one else "left as they are"
    what = "counted as none in stock" if zero else left
    summary = f"{source.name} has no {lack} {len(offers):,} offer{'s' * (not one)}, {what}: {names}{more}"
    told.note(Diagnostic(severity=Severity.NOTE, code="P615", summary=summary, mark=source.mark))
