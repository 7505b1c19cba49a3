"""What looks at an account besides a plan, beside offers at rest and without any cache: both say the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reconciler.model.plan_json import plan_to_json
from reconciler.runtime.commands.pull import pull
from reconciler.runtime.commands.resync import ResyncOptions, make_resync
from reconciler.runtime.commands.update import make_update
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

from .judge import timeless, unlike
from .shop import Json, Shop


def _pulled(shop: Shop) -> Json:
    found = pull(Workspace(shop.root), (), shop.root, Silent())
    texts = {path: (shop.root / path).read_text("utf-8") for path in shop.files()}
    return {"files": found.files, "documents": dict(found.documents), "notes": found.notes, "texts": texts}


def _resynced(**named: Any) -> Callable[[Shop], Json]:
    def look(shop: Shop) -> Json:
        return plan_to_json(make_resync(Workspace(shop.root), ResyncOptions(account="main", **named), Silent()))

    return look


def _updated(**named: Any) -> Callable[[Shop], Json]:
    def look(shop: Shop) -> Json:
        found = make_update(Workspace(shop.root), PlanOptions(**named), Silent(), override=True).taking
        files = {path: after.decode() for path, (_, after) in found.files.items()}
        return {"taken": list(map(repr, found.taken)), "left": list(map(repr, found.refused)), "files": files}

    return look


LOOKS: Mapping[str, Callable[[Shop], Json]] = {
    "pull": _pulled,
    "resync of one": _resynced(targets=("K01",)),
    "resync of a folder": _resynced(files=("oferty/kubki",)),
    "update of one": _updated(targets=("K01",)),
    "update of some": _updated(targets=("K0*",)),
}


def unlike_looks(shop: Shop, which: int) -> list[str]:
    """Look in one of these ways in two copies, and return what differs, in lines; the shop stays as it is."""
    name = [*LOOKS][which % len(LOOKS)]
    with tempfile.TemporaryDirectory(dir=shop.root.parent) as folder:
        here = shop.copied(Path(folder) / "here")
        copied = shop.without_caches(Path(folder) / "copy")
        return unlike(name, *(_outcome(LOOKS[name], each) for each in (here, copied)))


def _outcome(look: Callable[[Shop], Json], shop: Shop) -> Any:
    try:
        return timeless(look(shop))
    except BadDocuments as wrong:
        return {"refused": [timeless(str(each)) for each in wrong.diagnostics]}
    except RunStopped as wrong:
        return {"stopped": [type(wrong).__name__, str(wrong)]}
