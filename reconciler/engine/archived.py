"""Offers that follow a source and are not on the account any more: archived, weeks after they ended. Pure.

Nothing resumes them; all that can be done is to list a new one, and that is what their documents have to ask for.
"""

from reconciler.engine.stock import STATUS
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.memory import Baseline
from reconciler.model.offers import Desired


def is_listed_anew(desired: Desired) -> bool:
    """Tell whether its document wants it on sale, whoever ended it; else it drops out."""
    return desired.fields.get(STATUS) in ("active", "draft")


def told_of_archived(desired: Desired, last: Baseline) -> Diagnostic:
    """Say what becomes of it."""
    anew = is_listed_anew(desired)
    what = "a new offer takes its place" if anew else "it does not follow its stock any more"
    return Diagnostic(
        severity=Severity.NOTE,
        code="P616",
        summary=f"{desired.key.name} ({last.remote_id}) is not on the account any more (archived): {what}",
        mark=desired.origin("stock.from").mark,
        hint="" if anew else "`status: active` in its document lists it again, as a new offer",
        about=desired.key,
    )
