"""What is said once for many documents of an account, with their number. Pure.

Each document has a share in it, as a text; whoever has counted the shares, now or before, can say the sentence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import OFFER, Desired
from reconciler.model.resting import CHANGES
from reconciler.model.spec import MarketplaceSpec

#: The codes of what is said so.
SUMMED = frozenset({"D508", "P201", "P762"})
#: With these the texts begin: a module that is off and the level that says so; a field that is not there; when
#: prices change, by the clock of which zone, and whose.
_OFF, _NOT_THERE = "off", "not-there"


def shares(desired: Desired) -> Iterator[str]:
    """Yield the shares of one document."""
    if desired.besides is not None:
        yield from desired.besides.shares
    yield from (f"{_NOT_THERE} {path}" for path in desired.not_there)
    if desired.key.kind != OFFER:
        return
    for module in (Module.PRICE, Module.STOCK):
        mode, level = desired.modes.get(module, (None, ""))
        if mode is Mode.OFF:
            yield f"{_OFF} {module} {level}"
    if desired.until:
        yield " ".join((CHANGES, desired.until, *desired.until_there, desired.key.account))


def summed(
    desired: Iterable[Desired], spec: MarketplaceSpec, before: Mapping[str, int] | None = None
) -> tuple[Diagnostic, ...]:
    """Say what documents have shares in; `before` are the shares of those that are not looked at, counted."""
    counts = Counter(before or {})
    counts.update(share for each in desired for share in shares(each))
    return told_of(counts, spec)


def told_of(counts: Mapping[str, int], spec: MarketplaceSpec) -> tuple[Diagnostic, ...]:
    """Say what documents have shares in, by how many have each."""
    missing: list[tuple[str, int]] = []
    off: list[tuple[str, str, int]] = []
    changes: list[tuple[str, int]] = []
    for share, count in sorted(counts.items()):
        what, _, rest = share.partition(" ")
        if what == _NOT_THERE:
            missing.append((rest, count))
        elif what == CHANGES:
            changes.append((rest, count))
        else:
            module, _, level = rest.partition(" ")
            off.append((module, level, count))
    return (*_not_there(missing, spec), *(_stale(*each) for each in off), *_next_change(changes))


def _next_change(changes: list[tuple[str, int]]) -> Iterator[Diagnostic]:
    """Say when prices of an account change next, and of how many offers: the first of these."""
    if changes:
        said, count = changes[0]
        _, there, zone, account = said.split(" ", 3)
        yield Diagnostic(
            severity=Severity.NOTE,
            code="P762",
            summary=f"prices of {account} change next at {there} ({zone}): {count:,} offer{'s' * (count != 1)}",
            hint=f"Plan again then, or look ahead: `reconcile plan --at {there}`.",
        )


def _not_there(missing: list[tuple[str, int]], spec: MarketplaceSpec) -> Iterator[Diagnostic]:
    """Say once what documents inherit and the marketplace does not have: it was meant for others."""
    if missing:
        told = ", ".join(f"{path} ({count:,} document{'s' * (count != 1)})" for path, count in missing)
        yield Diagnostic(severity=Severity.NOTE, code="D508", summary=f"not on {spec.title}: {told}")


def _stale(module: str, level: str, count: int) -> Diagnostic:
    """Warn once per deciding level where price or stock is off: such offers may go stale."""
    return warning(
        "P201",
        f"{module} is off for {count} offer{'s' * (count != 1)} (decided by {level})",
        hint="these offers may go stale; what differs is counted as not synced",
    )
