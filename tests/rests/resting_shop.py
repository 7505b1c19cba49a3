"""A small shop at rest, and what a plan says of it with the book and without."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import world
from world import World, differences

from reconciler.model.plan import Plan
from reconciler.model.plan_json import plan_to_json
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

NAMES = ("A-1", "A-2", "B-1", "B-2")
BOOK = ".reconcile/rests"
#: What differs between two plans of one world: ids, moments, and what was asked for.
_OWN = {"id", "ages", "plan_id", "created_at", "seen_at", "at", "as_of", "reads", "digest", "until"}
#: Moments with what was so since.
_SINCE = {"gone"}
#: Another description than any document has.
OTHER_TEXT = {"description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>Inny tekst</p>"}]}]}}
DEARER = {"sellingMode": {"price": {"amount": "777.00", "currency": "PLN"}}}


class Both(NamedTuple):
    """The plan with the book and the one without, and the offers whose documents the former has parsed."""

    book: Plan
    without: Plan
    parsed: set[str]


def document(name: str, **more: Any) -> dict[str, Any]:
    """An offer of its own title, and with labels."""
    whole = world.whole_offer(name)
    labels = {"shelf": "low" if name.endswith("1") else "high", "maker": name[:1]}
    first = {"kind": whole["kind"], "name": whole["name"], "labels": labels}
    return first | whole | {"content": whole["content"] | {"title": f"Talerz numer {name} biały"}} | more


def path_of(name: str) -> str:
    """Where the document of an offer lies: a folder for each letter."""
    return f"offers/{name[0].lower()}/{name}.yaml"


def declare(made: World, *bodies: Mapping[str, Any]) -> None:
    """Write documents of offers, each in its place."""
    for body in bodies:
        put(made, path_of(body["name"]), body)


def put(made: World, path: str, *bodies: Mapping[str, Any]) -> None:
    """Write a file of documents. JSON is YAML."""
    made.write(path, "\n---\n".join(json.dumps(body, ensure_ascii=False, indent=1) for body in bodies))


def shop(root: Path, *names: str, **more: Any) -> World:
    """These offers, or four of them, in two folders, just declared; the account has one besides."""
    made = World.make(root, world.seller([world.live_offer(1, "by-hand")]), [])
    declare(made, *(document(name, **more) for name in names or NAMES))
    return made


def at_rest(made: World) -> World:
    """Apply until everything is done and remembered, and plan once: the book is written."""
    for _ in range(3):
        made.apply(made.plan())
        made.rest()
    plan = made.plan()
    assert not differences(plan), differences(plan)
    return made


def copied(made: World, root: Path) -> World:
    """The same world in another folder."""
    shutil.copytree(made.root, root, symlinks=True)
    return World(root, made.login)


def without_book(made: World, root: Path) -> World:
    """The same world in another folder, where nobody knows what is at rest."""
    other = copied(made, root)
    (other.root / BOOK).unlink(missing_ok=True)
    return other


def planned(made: World, **options: Any) -> tuple[Plan, set[str]]:
    """Plan; and tell the offers whose documents were parsed."""
    workspace = Workspace(made.root)
    plan = make_plan(workspace, PlanOptions(**options), Silent())
    return plan, {Path(path).stem for path in workspace.read if path.startswith("offers/")}


def both(made: World) -> Both:
    """Plan with the book, and without it in a copy of the same world: they say the same."""
    other = copied(made, made.root.with_name(f"{made.root.name}-copy"))
    without, _ = planned(other, cached=False)
    plan, parsed = planned(made)
    assert said(plan) == said(without)
    return Both(plan, without, parsed)


def outcome(made: World, **options: Any) -> tuple[Any, set[str]]:
    """What a plan says, or is refused for, and what it has parsed."""
    try:
        plan, parsed = planned(made, **options)
    except BadDocuments as wrong:
        return [str(each) for each in wrong.diagnostics], set()
    return said(plan), parsed


def said(plan: Plan) -> Any:
    """What a plan says, without what is of its own."""
    return _bare(plan_to_json(plan))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if key not in _OWN and key not in _SINCE} | {
            key: [pieces for _, pieces in value[key]] for key in _SINCE & value.keys()
        }
    return [_bare(each) for each in value] if isinstance(value, list) else value


def panel(made: World, name: str, patch: Mapping[str, Any]) -> None:
    """A person edits an offer in the browser."""
    found = made.by_key(name)
    assert found is not None
    made.panel(found["id"], patch)


def unseen(made: World, name: str, patch: Mapping[str, Any]) -> None:
    """An offer is edited, and the marketplace tells of no event."""
    with made.simulator() as simulator:
        count = "SELECT COALESCE(MAX(rowid), 0) FROM events"
        before = simulator.world.store.one(count)[0]
        found = simulator.offer_by_external_id(made.login, name)
        simulator.panel_edit(made.login, found["id"], patch)
        simulator.world.store.run("DELETE FROM events WHERE rowid > ?", before)


def changed(plans: Iterable[Plan]) -> list[str]:
    """The names of what the plans change, once for each plan."""
    return [each.key.name for plan in plans for each in plan.changes]
