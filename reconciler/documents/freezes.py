"""Times in which nothing is applied, as `reconcile.yaml` says them. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from reconciler.documents.document import Document, Project
from reconciler.documents.moments import MomentFault, moment_of, told
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.model.modules import Module

#: What `--allow` takes.
FREEZE = "freeze"


class Frozen(Struct, frozen=True, kw_only=True):
    """A freeze that holds: until when by the account's clock, why, and where that is said.

    `modules` are those that it is of; all of them, and all that is of none, where it names none.
    """

    until: str
    why: str
    mark: Mark
    modules: tuple[Module, ...] = ()

    def __str__(self) -> str:
        why = f": {self.why}" if self.why else ""
        return f"frozen until {self.until}{why} ({self.mark.file}:{self.mark.line})"


class Freezes(Struct, frozen=True):
    """What is frozen in an account at a moment: `whole`, if all of it is, and each freeze of some modules."""

    whole: Frozen | None = None
    parts: tuple[Frozen, ...] = ()

    def why(self) -> dict[Module, str]:
        """Return the modules that are frozen, each with the reason: of several the freeze that ends last."""
        return {module: str(each) for each in self.parts for module in each.modules}


def freezes_at(project: Project, zone: ZoneInfo, now: datetime) -> Freezes:
    """Return the freezes that hold at a moment in an account of this zone, in the order in which they end.

    MomentFault where a moment is none, or two.
    """
    spans = (_span(each, mark, zone) for each, mark in _rows(project.document))
    holding = sorted((each for each in spans if each[0] <= now < each[1]), key=lambda each: each[1])
    found = [
        Frozen(
            until=f"{told(ends, zone)} ({zone.key})",
            why=row.get("why", ""),
            mark=mark,
            modules=tuple(Module(name) for name in row.get("modules", ())),
        )
        for _, ends, row, mark in holding
    ]
    whole = next((each for each in reversed(found) if not each.modules), None)
    return Freezes(whole, tuple(each for each in found if each.modules))


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
