"""A small shop at rest, and what a plan says of it with the book and without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import world
from world import World, differences

from reconciler.model.plan import Plan
from reconciler.model.plan_json import plan_to_json

NAMES = ("A-1", "A-2", "B-1", "B-2")
#: What differs between two plans of one world: ids, moments, and what was asked for.
_OWN = {"id", "plan_id", "created_at", "seen_at", "reads", "requests", "digest"}


def document(name: str, **more: Any) -> dict[str, Any]:
    """An offer of its own title."""
    whole = world.whole_offer(name)
    return whole | {"content": whole["content"] | {"title": f"Talerz numer {name} biały"}} | more


def path_of(name: str) -> str:
    """Where the document of an offer lies: a folder for each letter."""
    return f"offers/{name[0].lower()}/{name}.yaml"


def shop(root: Path, *names: str, project: dict[str, Any] | None = None, **more: Any) -> World:
    """These offers, or four of them, in two folders, just declared; the account has one besides."""
    made = World.make(root, world.seller([world.live_offer(1, "by-hand")]), [], project=project)
    for name in names or NAMES:
        declare(made, document(name, **more))
    return made


def declare(made: World, body: dict[str, Any], path: str = "") -> None:
    """Write a document."""
    made.write(path or path_of(body["name"]), json.dumps(body, ensure_ascii=False, indent=1))


def at_rest(made: World) -> World:
    """Apply, let everything settle and be remembered, and plan once: the book is written."""
    for _ in range(3):
        made.apply(made.plan())
        made.rest()
    plan = made.plan()
    assert not differences(plan), differences(plan)
    return made


def said(plan: Plan) -> dict[str, Any]:
    """What a plan says, without what is of its own."""
    return _bare(plan_to_json(plan))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if key not in _OWN}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def both(made: World, **options: Any) -> tuple[Plan, Plan]:
    """Plan with the book, and without it in a copy of the same world."""
    other = World(made.root.parent / f"{made.root.name}-copy", made.login)
    shutil.rmtree(other.root, ignore_errors=True)
    shutil.copytree(made.root, other.root)
    without = other.plan(cached=False, **options)
    return made.plan(**options), without
