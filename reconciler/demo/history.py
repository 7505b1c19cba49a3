"""The ledger of a project that has been in use for a while: everything in it is managed and was seen true."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from reconciler.demo.offers import SHARED_ADDRESS, SHARED_IMAGE
from reconciler.demo.shop import Shop
from reconciler.model.offers import OFFER, Desired
from reconciler.model.values import digest
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.project.images import image_identity
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.state import STATE
from reconciler.runtime.project.workspace import Workspace

ACCOUNT: Final = "main"


def known_images(workspace: Workspace) -> dict[str, str]:
    """Return the address of the picture that the collection shares, by what the ledger knows it as."""
    named = f"{SHARED_IMAGE}@sha256:{workspace.digest(SHARED_IMAGE)}"
    return {image_identity(named): SHARED_ADDRESS}


def resolve(workspace: Workspace) -> tuple[Desired, ...]:
    """Return what the documents want; a mistake in them is ours."""
    images = known_images(workspace)
    resolved = resolve_project(workspace, lambda _account: images)
    wrong = [each for each in resolved.diagnostics if each.severity == "error"]
    if wrong:
        raise ValueError(f"the demo's own documents are wrong: {wrong[0].mark}: {wrong[0].summary}")
    return resolved.wanted[0].desired


def write_ledger(directory: Path, shop: Shop, desired: tuple[Desired, ...]) -> None:
    """Record all documents as ours and true, and where the shared picture is."""
    ids = _remote_ids(shop)
    ledger = Ledger(directory / STATE / "ledger.db")
    try:
        ledger.manage(
            (each.key, ids[each.key.kind, each.key.name], _digests(each))
            for each in desired
            if (each.key.kind, each.key.name) in ids
        )
        for name, address in known_images(Workspace(directory)).items():
            ledger.remember_image(ACCOUNT, name, address, at="", used=True)
    finally:
        ledger.close()


def _remote_ids(shop: Shop) -> Mapping[tuple[str, str], str]:
    offers = {(OFFER, each.key): each.remote_id for each in shop.offers}
    return {**shop.ids, **offers, **{("Bundle", pair.name): pair.remote_id for pair in shop.pairs}}


def _digests(desired: Desired) -> dict[str, str]:
    return {path: digest(value)[:16] for path, value in desired.fields.items()}
