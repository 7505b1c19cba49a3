"""The site of its marketplace on which an account sells: its plain prices are those of that site."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from reconciler.documents.document import Account, Project
from reconciler.documents.near import did_you_mean
from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.spec import MarketplaceSpec


def spec_for(account: Account) -> MarketplaceSpec:
    """Return the spec of an account's marketplace, whose plain prices are those of the account's site.

    LookupError when there is no such marketplace.
    """
    return _at(account.marketplace, account.market)


@cache
def _at(marketplace: str, market: str) -> MarketplaceSpec:
    spec = load_spec(marketplace)
    known = market in spec.marketplaces and market != spec.base_market
    return replace(spec, base_market=market) if known else spec


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
