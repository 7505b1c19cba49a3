"""May anything be written now? Every command that writes asks here, and `--allow freeze` lifts it."""

from collections.abc import Mapping

from reconciler.documents.document import Account, Project
from reconciler.documents.freezes import FREEZE, Freezes, freezes_at
from reconciler.documents.moments import MomentFault, zone_of
from reconciler.engine.freezes import Thawed, without_frozen
from reconciler.model.diagnostics import error
from reconciler.model.plan import AccountPlan
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import BadDocuments, GuardRefused
from reconciler.runtime.project.accounts import spec_of


def freezes_of(project: Project, account: Account, allow: Mapping[str, str]) -> Freezes:
    """Return what is frozen in an account at this moment: nothing where somebody has lifted it for this run."""
    if FREEZE in allow:
        return Freezes()
    name = account.timezone or spec_of(account).timezone
    zone = zone_of(name)
    if zone is None:
        raise BadDocuments(
            (error("D655", f"`timezone: {name}` is none that this machine knows", mark=account.mark),)
        )
    try:
        return freezes_at(project, zone, WallClock().now())
    except MomentFault as fault:
        raise BadDocuments((error(fault.code, fault.summary, hint=fault.hint),)) from fault


def thawed(freezes: Freezes, part: AccountPlan, spec: MarketplaceSpec) -> Thawed:
    """Return what of a plan may be sent now. GuardRefused where all of the account is frozen."""
    if not part.actions:
        return Thawed(part, {})
    insist_on_no_freeze(freezes, part.account)
    return without_frozen(part, freezes.why(), spec)


def insist_on_no_freeze(freezes: Freezes, account: str, what: str = "nothing was sent") -> None:
    """GuardRefused where all of an account is frozen."""
    if freezes.whole:
        raise GuardRefused(
            f"account {account} is {freezes.whole}; {what}",
            f"wait until then, or lift it for one run with --allow {FREEZE}",
        )
