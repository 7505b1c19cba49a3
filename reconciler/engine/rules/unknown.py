"""Offers of which a source says no number, or no price: an error for each, or one line for all. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from reconciler.documents.effective import Effective
from reconciler.engine.rules.findings import Told, key_of
from reconciler.engine.rules.stock import Allotted
from reconciler.engine.rules.tables import Table
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.tables import MissingRow, Source

_NAMED = 3
#: The error of an offer that its source says nothing of.
ROWLESS = "D617"


class Unknown(NamedTuple):
    """An offer without a number, and why: an article of it has no row (`rowless`), or a row that does not say.

    `unusable`: there is a row that cannot be used, for its stock or for its price. `zero`: that is none in stock.
    `unpriced`: it is a price that comes to nothing.
    """

    offer: Effective
    why: str
    rowless: bool = False
    unusable: bool = False
    zero: bool = False
    unpriced: bool = False


def doubt(share: Allotted, table: Table) -> str:
    """Say why what looks like a zero may be a row of which nobody knows what it is of; empty where it is none."""
    if not table.strays:
        return ""
    stray = f"{table.strays[0].place} cannot be read: {table.strays[0].why}"
    if share.quantity is None:
        zero = share.rowless and table.source.missing is MissingRow.ZERO
        return f"it has no row, and {stray}" if zero else ""
    return f"it comes to none, and {stray}" if share.quantity == 0 and table.source.warehouse else ""


def tell_unknown(told: Told, source: Source, offers: Iterable[Unknown]) -> None:
    """List them: each as an error, unless the source says what a missing row comes to, or lets bad rows pass."""
    all_ = list(offers)
    _tell_unusable(told, source, [each for each in all_ if each.unusable])
    _tell_unpriced(told, source, [each for each in all_ if each.unpriced])
    every = [each for each in all_ if not each.unusable and not each.unpriced]
    if source.missing is MissingRow.ERROR:
        for each in every:
            told.error(
                ROWLESS,
                f"{each.why}, which {each.offer.document.name} follows",
                each.offer,
                "stock.from",
                hint="Correct its `item`, or say in the Source what it means: `missing: keep`, or `zero`."
                if each.rowless
                else "Fill in the cell, or say in the Source what an empty one means: `{type: whole, empty: 0}`.",
            )
        return
    rowless = [each for each in every if each.rowless]
    _tell(told, source, [each for each in rowless if each.zero], "row of", zero=True)
    _tell(told, source, [each for each in rowless if not each.zero], "row of", zero=False)
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


def _tell_unusable(told: Told, source: Source, offers: list[Unknown]) -> None:
    _warn(
        told,
        source,
        offers,
        "P617",
        f"{source.name} has a row that cannot be used of",
        hint="Correct these rows where they come from.",
    )


def _tell_unpriced(told: Told, source: Source, offers: list[Unknown]) -> None:
    _warn(
        told,
        source,
        offers,
        "P618",
        f"a rule over {source.name} comes to no price of",
        hint="Correct it where it comes from, or say in the rule what stands in for it: `default(x, y)`.",
    )


def _warn(told: Told, source: Source, offers: list[Unknown], code: str, what: str, *, hint: str) -> None:
    """Say one line of all offers, and why of the first ones."""
    if not offers:
        return
    first = {key_of(each.offer): each for each in reversed(offers)}  # one for stock and all prices of an offer
    every = sorted(first.items())
    one, some = len(every) == 1, every[:_NAMED]
    names = ", ".join(key.name for key, _ in some)
    more = f" and {len(every) - _NAMED:,} more" if len(every) > _NAMED else ""
    left = "left as it is" if one else "left as they are"
    told.note(
        Diagnostic(
            severity=Severity.WARNING,
            code=code,
            summary=f"{what} {len(every):,} offer{'s' * (not one)}, {left}: {names}{more}",
            mark=source.mark,
            detail="; ".join(f"{key.name}: {each.why}" for key, each in some),
            hint=hint,
        )
    )
