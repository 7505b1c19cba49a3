"""What was made elsewhere, and what became of taking it in, as text and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.model.offers import MadeElsewhere
from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.typed import typed
from reconciler.render.report_text import report_rows
from reconciler.render.style import Style
from reconciler.render.words import counted


def elsewhere_text(account: str, found: Sequence[MadeElsewhere], style: Style) -> Iterator[str]:
    """Yield what was made elsewhere, each with what stands in the way of its migration."""
    if not found:
        yield f"Nothing on account {account} was made elsewhere."
        return
    many = counted(len(found), "listing")
    yield f"{many} on account {style('strong', account)} made elsewhere; no plan touches them:"
    yield from _rows(found, style)
    stopped = sum(bool(each.stops) for each in found)
    if stopped < len(found):
        yield ""
        yield style("dim", f"{typed('migrate', account)} --listing ID migrates one, --all every one that can be;")
        yield style("dim", "there is no way back: only this API changes them from then on.")


def nothing_apart(title: str) -> str:
    """Say that a marketplace has no such thing."""
    return f"{title} keeps nothing apart that was made elsewhere: its offers are all in the plan."


def no_way_back(chosen: Sequence[MadeElsewhere], title: str, style: Style) -> Iterator[str]:
    """Yield what is about to be migrated, and that it is for good."""
    yield from _rows(chosen, style)
    yield style(
        "warning",
        f"There is no way back: the pages of {title} and other programs cannot edit what is migrated as before.",
    )


def migrated_text(report: Report, style: Style) -> Iterator[str]:
    """Yield what became of a migration, and what comes next."""
    yield from report_rows(report, style)
    done = report.counts()[Result.APPLIED]
    meaning = "added" if done == len(report.outcomes) else "warning"
    yield f"{style(meaning, 'Migrated:')} {done:,} of {counted(len(report.outcomes), 'listing')}."
    for each in report.stops:
        yield f"Stopped: {each.summary.rstrip('.')}."
        yield f"Next: {each.hint}."
    if done and not report.stops:
        yield "Next: reconcile pull writes their documents"


def _rows(found: Sequence[MadeElsewhere], style: Style) -> Iterator[str]:
    number = max(len(each.remote_id) for each in found)
    name = max(len(each.name) for each in found)
    price = max(len(each.price) for each in found)
    for each in found:
        pieces = "" if each.pieces is None else f"{each.pieces:,} pcs"
        key = style("strong", f"{each.name:<{name}}")
        said = f"  {each.remote_id:<{number}}  {key}  {each.price:>{price}}  {pieces:>8}"
        stops = f"  {style('warning', each.stops)}" if each.stops else ""
        title = f"  {each.title}" if each.title else ""
        yield f"{said}{title}{stops}".rstrip()


def elsewhere_to_json(account: str, found: Sequence[MadeElsewhere]) -> dict[str, Any]:
    """Turn what was made elsewhere into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "account": account,
        "listings": [
            {
                "remote_id": each.remote_id,
                "key": each.name or None,
                "title": each.title or None,
                "price": each.price or None,
                "pieces": each.pieces,
                "stops": each.stops or None,
            }
            for each in found
        ],
    }
