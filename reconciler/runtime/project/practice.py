"""A practice marketplace for a project that has none: its sellers, and what its documents name.

Documents refer to categories, products and named objects that the real marketplace has. Here they are made up from
what the documents say, so that a fresh clone with `environment: simulator` plans and applies. No offer is made.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reconciler.documents.sites import EMBEDDED
from reconciler.providers.base import provider
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace


def sellers(directory: Path, marketplace: str, api: str = "") -> Iterator[Mapping[str, Any]]:
    """Describe the sellers of a project's accounts that practise on a marketplace, as its simulator takes them.

    These are the accounts of the embedded marketplace, and those of the one that listens at `api`.
    """
    for wanted in resolve_project(Workspace(directory)).wanted:
        environment = wanted.account.environment
        served = isinstance(environment, Mapping) and str(environment.get("api")).rstrip("/") == api
        if wanted.account.marketplace == marketplace and (environment == EMBEDDED or served):
            login = wanted.account.login or wanted.account.name
            yield provider(marketplace).practised(login, wanted.desired, wanted.spec)
