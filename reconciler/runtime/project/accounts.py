"""The accounts of a project from `reconcile.yaml` alone: a mistake in some document is in nobody's way."""

from reconciler.documents.document import Account, Project
from reconciler.documents.kinds import PROJECT_FILE
from reconciler.documents.load import load
from reconciler.documents.markets import on_site
from reconciler.documents.near import did_you_mean, listed
from reconciler.documents.specs import load_spec
from reconciler.model.diagnostics import error
from reconciler.model.marks import Mark
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace


def project_of(workspace: Workspace) -> Project:
    """Return what `reconcile.yaml` says. BadDocuments when it cannot be used."""
    try:
        data = workspace.project_file()
    except WorkspaceFault as wrong:
        summary = f"the file cannot be read: {wrong}"
        raise BadDocuments((error("D116", summary, mark=Mark(PROJECT_FILE)),)) from wrong
    documents = load([(PROJECT_FILE, data)])
    if documents.fatal:
        raise BadDocuments(documents.diagnostics)
    return documents.project


def spec_of(account: Account) -> MarketplaceSpec:
    """Return the facts of an account's marketplace. BadDocuments when nobody knows them."""
    try:
        return on_site(load_spec(account.marketplace), account)
    except LookupError as unknown:
        raise BadDocuments((error("D505", str(unknown), mark=account.mark),)) from unknown


def account_of(workspace: Workspace, name: str) -> Account:
    """Return an account of the project by its name; the only one, when none is given."""
    accounts = project_of(workspace).accounts
    if not name and len(accounts) == 1:
        return next(iter(accounts.values()))
    if name in accounts:
        return accounts[name]
    hint = did_you_mean(name, accounts, otherwise=f"The accounts are {listed(sorted(accounts))}.")
    said = f"there is no account {name}" if name else "which account? The project has several"
    raise BadDocuments((error("D305", said, hint=hint),))
