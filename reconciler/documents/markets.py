"""The site of its marketplace on which an account sells: its plain prices are those of that site."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.documents.document import Account, Project
from reconciler.documents.near import did_you_mean
from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.spec import MarketplaceSpec

#: Specs on other sites than the usual one, by the spec that they were made of: each is made once.
_MADE: dict[tuple[int, str], tuple[MarketplaceSpec, MarketplaceSpec]] = {}


def on_site(spec: MarketplaceSpec, account: Account) -> MarketplaceSpec:
    """Return the spec of an account's marketplace, whose plain prices are those of the account's site."""
    if account.market == spec.base_market or account.market not in spec.marketplaces:
        return spec
    key = id(spec), account.market
    if key not in _MADE:
        _MADE[key] = spec, replace(spec, base_market=account.market)
    return _MADE[key][1]


def check_markets(project: Project) -> Iterator[Diagnostic]:
    """Yield the accounts whose marketplace has no such site."""
    for name, account in project.accounts.items():
        if not account.market or account.marketplace not in spec_names() or project.document is None:
            continue
        sites = load_spec(account.marketplace).marketplaces
        if account.market not in sites:
            yield error(
                "D323",
                f"{account.marketplace} has no site `{account.market}`",
                mark=project.document.mark("accounts", name, "market"),
                hint=did_you_mean(account.market, sites, otherwise=f"The sites are {', '.join(sites)}."),
            )
