"""Where an account is: known from `reconcile.yaml` and the spec of its marketplace alone."""

from collections.abc import Mapping
from typing import Any

from reconciler.documents.document import Account
from reconciler.model.memory import Site
from reconciler.model.spec import MarketplaceSpec

#: The address of the marketplace that lies in the project's own folder.
EMBEDDED = "simulator"


def site_of(account: Account, spec: MarketplaceSpec) -> Site:
    """Return the site of an account. Another environment or login is another site, another spelling is not."""
    return Site(account.marketplace, _api(account, spec), account.login)


def _api(account: Account, spec: MarketplaceSpec) -> str:
    environment: Any = account.environment
    if environment == EMBEDDED:
        return EMBEDDED
    addresses = environment if isinstance(environment, Mapping) else spec.environments[environment]
    return str(addresses["api"]).rstrip("/")
