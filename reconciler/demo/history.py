"""The ledger of a project that has been in use for a while: everything in it is managed and was seen true."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from reconciler.demo.offers import SHARED_ADDRESS, SHARED_IMAGE
from reconciler.demo.shop import Shop
from reconciler.engine.memory import digest_of, fingerprint
from reconciler.engine.stock import QUANTITY, is_literal
from reconciler.model.memory import Baseline, Counted, Managed
from reconciler.model.offers import OFFER, Desired
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.project.accounts import account_of, spec_of
from reconciler.runtime.project.images import image_identity
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.state import STATE
from reconciler.runtime.project.workspace import Workspace

ACCOUNT: Final = "main"
#: The shop has been managed for longer than it can tell.
SINCE: Final = "2026-01-01T00:00:00+00:00"


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


def write_ledger(directory: Path, shop: Shop, desired: tuple[Desired, ...], now: datetime) -> None:
    """Record all documents as ours and true by now, and where the shared picture is."""
    ids = _remote_ids(shop)
    ledger = Ledger(directory / STATE / "ledger.db")
    try:
        place = _place(Workspace(directory))
        known = [each for each in desired if (each.key.kind, each.key.name) in ids]
        remote = {each.key: ids[each.key.kind, each.key.name] for each in known}
        sold = {each.key: each.sold for each in shop.offers}
        seen = {each.key: _baseline(each, remote[each.key], sold.get(each.key.name, 0), now) for each in known}
        ledger.keep_baselines(place, seen)
        ledger.manage(place, (_managed(each, remote[each.key], place.project) for each in known))
        for name, address in known_images(Workspace(directory)).items():
            ledger.remember_image(place, name, address, at="", used=True)
    finally:
        ledger.close()


def _remote_ids(shop: Shop) -> Mapping[tuple[str, str], str]:
    offers = {(OFFER, each.key): each.remote_id for each in shop.offers}
    return {**shop.ids, **offers, **{("Bundle", pair.name): pair.remote_id for pair in shop.pairs}}


def _place(workspace: Workspace) -> Place:
    account = account_of(workspace, ACCOUNT)
    return place_of(account, spec_of(account))


def _baseline(desired: Desired, remote_id: str, sold: int, now: datetime) -> Baseline:
    digests = {path: digest_of(value) for path, value in desired.fields.items()}
    number = desired.fields.get(QUANTITY)
    literal = is_literal(desired)
    return Baseline(
        remote_id=remote_id,
        digests=digests,
        declared={QUANTITY: number} if literal else {},
        counted=Counted(left=int(number or 0), sold=sold, at=now.isoformat(timespec="seconds"))
        if literal
        else None,
        fingerprint=fingerprint(desired),
    )


def _managed(desired: Desired, remote_id: str, project: str) -> Managed:
    return Managed(key=desired.key, remote_id=remote_id, project=project, since=SINCE, run_id="")
