"""Offers for which a source has no row, or none that can be used: listed, never taken for an empty warehouse."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.documents.effective import Effective
from reconciler.engine.rules.findings import Told, key_of
from reconciler.engine.rules.given import Given
from reconciler.engine.rules.stock import Allotted
from reconciler.engine.rules.tables import Table
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import Key
from reconciler.model.tables import MissingRow

#: Offers that are named in one line.
_NAMED = 3


def _by_source() -> defaultdict[str, dict[Key, tuple[Effective, str]]]:
    return defaultdict(dict)


@dataclass(frozen=True, slots=True)
class Lost:
    """Gathers these offers while documents are filled in, by their sources."""

    _rowless: Mapping[str, dict[Key, tuple[Effective, str]]] = field(default_factory=_by_source)
    _unusable: Mapping[str, dict[Key, tuple[Effective, str]]] = field(default_factory=_by_source)

    def without_row(self, source: str, offer: Effective) -> None:
        """Note an offer whose article has no row."""
        self._rowless[source][key_of(offer)] = (offer, "")

    def without_use(self, source: str, offer: Effective, why: str) -> None:
        """Note an offer whose article has a row that cannot be used, and why."""
        self._unusable[source].setdefault(key_of(offer), (offer, why))

    def tell(self, told: Told, given: Given) -> None:
        """List them all."""
        for source, rowless in self._rowless.items():
            _tell_rowless(told, given, source, [offer for offer, _ in rowless.values()])
        for source, unusable in self._unusable.items():
            _tell_unusable(told, given, source, list(unusable.values()))


def doubt(share: Allotted, table: Table, missing: MissingRow) -> str:
    """Say why a zero may be the fault of a row of which nobody knows what it is of; empty where it is none."""
    if not table.strays:
        return ""
    stray = f"{table.strays[0].place} cannot be read: {table.strays[0].why}"
    if share.quantity is None:
        return f"it has no row, and {stray}" if missing is MissingRow.ZERO else ""
    return f"it comes to none, and {stray}" if share.quantity == 0 and table.source.warehouse else ""


def _tell_rowless(told: Told, given: Given, source: str, lost: list[Effective]) -> None:
    """An error for each, unless the source says what they come to."""
    missing = given.sources[source].missing
    if missing is MissingRow.ERROR:
        for offer in lost:
            item = given.item(source, offer.document.name, offer.body.get("item"))
            told.error(
                "D617",
                f"{source} has no row of {item}, which {offer.document.name} follows",
                offer,
                "stock.from",
                hint="Correct its `item`, or say in the Source what it means: `missing: keep`, or `zero`.",
            )
        return
    what = "left as they are" if missing is MissingRow.KEEP else "counted as none in stock"
    summary = f"{source} has no row of {_offers(len(lost))}, {what}: {_names(lost)}"
    mark = given.sources[source].mark
    told.note(Diagnostic(severity=Severity.NOTE, code="P615", summary=summary, mark=mark))


def _tell_unusable(told: Told, given: Given, source: str, lost: list[tuple[Effective, str]]) -> None:
    names = _names(offer for offer, _ in lost)
    told.note(
        Diagnostic(
            severity=Severity.WARNING,
            code="P617",
            summary=f"{source} has no row that can be used of {_offers(len(lost))}, left as they are: {names}",
            mark=given.sources[source].mark,
            detail="; ".join(f"{offer.document.name}: {why}" for offer, why in lost[:_NAMED]),
            hint="Correct these rows where they come from.",
        )
    )


def _offers(count: int) -> str:
    return f"{count:,} offer{'s' * (count != 1)}"


def _names(offers: Iterable[Effective]) -> str:
    every = [each.document.name for each in offers]
    more = f" and {len(every) - _NAMED:,} more" if len(every) > _NAMED else ""
    return ", ".join(every[:_NAMED]) + more
