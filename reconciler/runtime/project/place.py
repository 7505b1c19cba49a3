"""Where an account of a project is: known from `reconcile.yaml` alone."""

from collections.abc import Mapping
from typing import Any

from reconciler.documents.document import Account
from reconciler.model.memory import Site
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.ledger.place import Place

#: The address of the marketplace that lies in the project's own folder.
EMBEDDED = "simulator"


def place_of(account: Account, spec: MarketplaceSpec) -> Place:
    """Return the site of an account and its project. Another environment or login is another site."""
    return Place(Site(account.marketplace, _api(account, spec), account.login), account.project, account.name)


def _api(account: Account, spec: MarketplaceSpec) -> str:
    environment: Any = account.environment
    if environment == EMBEDDED:
        return EMBEDDED
    addresses = environment if isinstance(environment, Mapping) else spec.environments[environment]
    return str(addresses["api"]).rstrip("/")
