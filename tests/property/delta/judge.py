"""The judge: a plan made in place, and one of a copy without any cache, at the same moment; both must say the same."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec.structs import fields

from reconciler.model.plan_json import plan_to_json
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.options import PlanOptions

from .shop import Json, Shop

#: What differs by nature: fresh ids, moments, what was asked and how long that takes.
FRESH = frozenset({"id", "digest", "created_at", "seen_at", "reads", "ages", "forecast"})
#: What a plan leaves in the ledger, without the moments of it.
REMEMBERED = {
    "managed": "site, project, kind, name, remote_id, stock, protected",
    "baselines": "site, project, kind, name, body",
    "prices": "site, remote_id, path, said",
    "created": "site, kind, name, remote_id",
    "readings": "project, source, rows, digest",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+")
#: The way to a full plan that the options may offer, besides the loss of all caches.
FULL = {"cached": False} if "cached" in {each.name for each in fields(PlanOptions)} else {}


def differences(shop: Shop, **options: Any) -> list[str]:
    """Plan twice and return what differs, in lines; the caches of the shop are as the first plan leaves them.

    `options` are those of the plan.
    """
    with tempfile.TemporaryDirectory(dir=shop.root.parent) as folder:
        copied = shop.without_caches(Path(folder) / "copy")
        said = outcome(shop, **options), outcome(copied, **options, **FULL)
        kept = remembered(shop), remembered(copied)
    shop.later(0)
    shop.keep_copies()
    return [*unlike("plan", *said), *unlike("ledger", *kept)]


def outcome(shop: Shop, **options: Any) -> Json:
    """Return all that a plan says, or how planning ended."""
    try:
        plan = plan_to_json(shop.plan(**options))
    except BadDocuments as wrong:
        return {"refused": [timeless(str(each)) for each in wrong.diagnostics]}
    except RunStopped as wrong:
        return {"stopped": [type(wrong).__name__, str(wrong)]}
    return timeless(plan)


def remembered(shop: Shop) -> Json:
    """Return the rows of the ledger that a plan may touch or is made of."""
    file = shop.root / ".reconcile" / "ledger.db"
    if not file.exists():
        return {}
    with closing(sqlite3.connect(file)) as db:
        asked = ((name, f"select {columns} from {name}") for name, columns in REMEMBERED.items())
        return {name: sorted(map(repr, db.execute(sql))) for name, sql in asked}


def timeless(value: Any) -> Any:
    """Return what is said without what differs by nature."""
    if isinstance(value, dict):
        if value.get("lowest"):  # it was seen until the plan's own moment, in whole seconds
            value = {**value, "lowest": {**value["lowest"], "until": "<moment>"}}
        if value.get("counted"):  # so was this look
            value = {**value, "counted": {**value["counted"], "at": "<moment>"}}
        return {key: timeless(each) for key, each in value.items() if key not in FRESH}
    if isinstance(value, list):
        return [timeless(each) for each in value]
    return _MOMENT.sub("<moment>", value) if isinstance(value, str) else value


def unlike(path: str, first: Any, second: Any) -> list[str]:
    """Name every place where two values of JSON differ."""
    if first == second:
        return []
    if isinstance(first, dict) and isinstance(second, dict):
        names = sorted({*first, *second})
        return [line for name in names for line in unlike(f"{path}.{name}", first.get(name), second.get(name))]
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        both = enumerate(zip(first, second, strict=True))
        return [line for number, (one, other) in both for line in unlike(f"{path}[{number}]", one, other)]
    return [f"{path}: {first!r} with caches, {second!r} without"]
