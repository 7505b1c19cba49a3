"""Findings as lines that editors and CI can follow: `path:line:col: error[D201]: summary`."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.diagnostics import Diagnostic, Severity, in_reading_order
from reconciler.render.style import Style
from reconciler.render.words import counted


def diagnostics_text(diagnostics: Iterable[Diagnostic], style: Style) -> Iterator[str]:
    """Yield all findings in reading order, without the count."""
    for each in in_reading_order(diagnostics):
        place = f"{each.mark}: " if each.mark else ""
        label = style(each.severity.value, f"{each.severity.value}[{each.code}]")
        yield f"{style('strong', place)}{label}: {each.summary}"
        if each.detail:
            yield f"    {each.detail}"
        if each.hint:
            yield style("dim", f"    hint: {each.hint}")


def findings(diagnostics: Iterable[Diagnostic]) -> str:
    """Return `2 errors, 1 warning`, or nothing."""
    found = Counter(each.severity for each in dict.fromkeys(diagnostics))
    return ", ".join(counted(found[severity], severity.value) for severity in Severity if found[severity])
