"""Where an account of a project is: known from `reconcile.yaml` alone."""

from reconciler.documents.document import Account
from reconciler.documents.sites import site_of
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.ledger.place import Place


def place_of(account: Account, spec: MarketplaceSpec) -> Place:
    """Return the site of an account and its project."""
    return Place(site_of(account, spec), account.project, account.name)
