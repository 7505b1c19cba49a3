"""By which clock an account reckons, and which moment a person means."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from reconciler.documents.document import Account, Documents
from reconciler.documents.freezes import FREEZE, freeze_faults, freezes_at
from reconciler.documents.markets import on_site
from reconciler.documents.moments import MomentFault, moment_of, zone_of
from reconciler.documents.near import did_you_mean
from reconciler.documents.specs import load_spec
from reconciler.engine.rules.given import Market
from reconciler.model.diagnostics import Diagnostic, Severity, error
from reconciler.model.marks import Mark
from reconciler.runtime.clock import WallClock


def markets_of(documents: Documents) -> tuple[dict[str, Market], tuple[Diagnostic, ...]]:
    """Return what rules have to know of each account, and the accounts whose time zone is none."""
    found, wrong = {}, []
    for name, account in documents.project.accounts.items():
        try:
            spec = on_site(load_spec(account.marketplace), account)
        except LookupError:
            continue  # told where the account is resolved
        zone = zone_of(account.timezone or spec.timezone)
        if zone is None:
            wrong.append(_no_zone(documents, account))
        found[name] = Market(spec=spec, base_market=spec.base_market, zone=zone or ZoneInfo("UTC"))
    return found, tuple(wrong)


def moment_meant(at: str, documents: Documents, names: Sequence[str]) -> tuple[datetime, tuple[Diagnostic, ...]]:
    """Return the moment that is meant, by the clock of the chosen accounts; now, and why, where it cannot be."""
    now = WallClock().now()
    markets, _ = markets_of(documents)
    zones = {markets[name].zone.key: markets[name].zone for name in names if name in markets}
    if not at or not zones:
        return now, ()
    try:
        found = {moment_of(at, zone) for zone in zones.values()}
    except MomentFault as fault:
        return now, (error(fault.code, f"--at {fault.summary}", hint=fault.hint),)
    if len(found) > 1:
        hint = f"Say the difference to UTC as well, {at}+01:00, or choose an account."
        return now, (error("D657", f"--at {at} is {len(found)} moments: {', '.join(sorted(zones))}", hint=hint),)
    (moment,) = found
    if moment < now:
        return now, (error("D658", f"--at {at} is over", hint="Name a moment to come, or leave it away."),)
    summary = f"a plan with the prices of {at} ({', '.join(sorted(zones))}); it is not applied before"
    hint = "Everything else is as it is now, what sources say and the live values among it."
    return moment, (Diagnostic(severity=Severity.NOTE, code="P763", summary=summary, hint=hint),)


def freeze_findings(documents: Documents, names: Sequence[str], moment: datetime) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the freezes of a project; else which hold at a moment in the chosen accounts."""
    project = documents.project
    markets, _ = markets_of(documents)
    zones = {market.zone.key: market.zone for market in markets.values()}
    if wrong := freeze_faults(project, zones.values()):
        return wrong
    found = []
    for name in names:
        if name not in markets:
            continue
        frozen = freezes_at(project, markets[name].zone, moment)
        if frozen.whole:
            found.append(_holds(f"account {name} is {frozen.whole}; an apply is refused", frozen.whole.mark))
            continue
        found.extend(
            _holds(f"{', '.join(each.modules)} of account {name}: {each}; held back", each.mark)
            for each in frozen.parts
        )
    return tuple(found)


def _holds(summary: str, mark: Mark) -> Diagnostic:
    hint = f"Wait, or lift it for one run: `--allow {FREEZE}`."
    return Diagnostic(severity=Severity.NOTE, code="P764", summary=summary, hint=hint, mark=mark)


def _no_zone(documents: Documents, account: Account) -> Diagnostic:
    document = documents.project.document
    return error(
        "D655",
        f"`timezone: {account.timezone}` of account {account.name} is no time zone that this machine knows",
        mark=document.mark("accounts", account.name, "timezone") if document else account.mark,
        hint=did_you_mean(account.timezone, sorted(available_timezones()), otherwise="Such as Europe/Warsaw."),
    )
