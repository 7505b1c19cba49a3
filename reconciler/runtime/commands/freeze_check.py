"""May anything be applied now? Not in a freeze."""

from collections.abc import Mapping

from reconciler.documents.document import Account, Project
from reconciler.documents.freezes import FREEZE, frozen_at
from reconciler.documents.moments import MomentFault, zone_of
from reconciler.model.diagnostics import error
from reconciler.model.plan import AccountPlan
from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import BadDocuments, GuardRefused
from reconciler.runtime.project.accounts import spec_of


def insist_on_no_freeze(project: Project, account: Account, part: AccountPlan, allow: Mapping[str, str]) -> None:
    """GuardRefused where something would be sent to an account whose freeze holds at this moment."""
    if not part.actions or FREEZE in allow:
        return
    name = account.timezone or spec_of(account).timezone
    zone = zone_of(name)
    if zone is None:
        raise BadDocuments(
            (error("D655", f"`timezone: {name}` is none that this machine knows", mark=account.mark),)
        )
    try:
        frozen = frozen_at(project, zone, WallClock().now())
    except MomentFault as fault:
        raise BadDocuments((error(fault.code, fault.summary, hint=fault.hint),)) from fault
    if frozen:
        raise GuardRefused(
            f"account {account.name} is {frozen}; nothing was sent",
            f"wait until then, or lift it for one run with --allow {FREEZE}",
        )
