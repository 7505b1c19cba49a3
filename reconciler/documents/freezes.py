"""Times in which nothing is applied, as `reconcile.yaml` says them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.documents.document import Document, Project
from reconciler.documents.moments import MomentFault, moment_of, told
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark

#: What `--allow` takes.
FREEZE = "freeze"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A freeze that holds: until when by the account's clock, why, and where that is said."""

    until: str
    why: str
    mark: Mark

    def __str__(self) -> str:
        why = f": {self.why}" if self.why else ""
        return f"frozen until {self.until}{why} ({self.mark.file}:{self.mark.line})"


def frozen_at(project: Project, zone: ZoneInfo, now: datetime) -> Frozen | None:
    """Return the freeze that holds at a moment in an account of this zone; of several the one that ends last.

    MomentFault where a moment is none, or two.
    """
    found = [
        (ends, row, mark)
        for begins, ends, row, mark in (_span(each, mark, zone) for each, mark in _rows(project.document))
        if begins <= now < ends
    ]
    if not found:
        return None
    ends, row, mark = max(found, key=lambda each: each[0])
    return Frozen(until=f"{told(ends, zone)} ({zone.key})", why=row.get("why", ""), mark=mark)


def freeze_faults(project: Project, zones: Iterable[ZoneInfo]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the moments of freezes, by the clock of any account; each place once."""
    wrong: dict[tuple[str, Mark], Diagnostic] = {}
    for row, _ in _rows(project.document):
        for zone in zones:
            for each in _wrong(row, zone):
                if each.mark is not None:
                    wrong.setdefault((each.code, each.mark), each)
    return tuple(wrong.values())


def _wrong(row: dict[str, Any], zone: ZoneInfo) -> Iterator[Diagnostic]:
    moments = []
    for word in ("from", "until"):
        mark = row["marks"][word]
        try:
            moments.append(moment_of(row[word], zone))
        except MomentFault as fault:
            yield error(fault.code, fault.summary, mark=mark, hint=fault.hint)
    if len(moments) == len(("from", "until")) and moments[1] <= moments[0]:
        summary = f"the freeze is over before it begins: {row['from']} until {row['until']}"
        hint = "`until` is the first moment at which it does not hold any more."
        yield error("D653", summary, mark=row["marks"]["until"], hint=hint)


def _rows(document: Document | None) -> Iterator[tuple[dict[str, Any], Mark]]:
    if document is None:
        return
    for number, row in enumerate(document.body.get("freeze", ())):
        marks = {word: document.mark("freeze", number, word) for word in ("from", "until")}
        yield {**row, "marks": marks}, document.mark("freeze", number)


def _span(row: dict[str, Any], mark: Mark, zone: ZoneInfo) -> tuple[datetime, datetime, dict[str, Any], Mark]:
    return moment_of(row["from"], zone), moment_of(row["until"], zone), row, mark
