"""The law behind the toggles, over generated accounts: an apply moves what is declared and owned, and nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pictures
from hypothesis import given
from hypothesis import strategies as st
from property import strategies
from property.strategies import Scene
from world import World

from .wire_fields import fields, moved

MODULES = ("settings", "content", "delivery", "price", "stock", "bundle")
PIXEL = pictures.png()


@given(
    scene=strategies.scenes(3), modes=st.dictionaries(st.sampled_from(MODULES), st.sampled_from(["off", "manual"]))
)
def test_an_apply_moves_declared_and_owned_fields_only(scene: Scene, modes: dict[str, str]) -> None:
    """Whatever is planned together, every stored field that moves was declared in a module that is on."""
    for document in scene.documents:
        if document["kind"] == "Offer":
            document["sync"] = {**modes, **document.get("sync", {})}
    with tempfile.TemporaryDirectory() as folder:
        made = World.make(
            Path(folder), scene.account, scene.documents, settings={"accepted_ratio": scene.accepted_ratio}
        )
        made.write("images/c.png", PIXEL)
        before = _all(made)
        made.apply(made.plan())
        after = _all(made)
        owned = {each["offer"]["id"]: _owned(scene, each, before) for each in scene.account["offers"]}
        for offer_id, was in before.items():
            strange = {
                n: v for n, v in moved(was, after[offer_id]).items() if not _is_owned(n, v, owned[offer_id])
            }
            assert not strange, (offer_id, strange)


def _all(made: World) -> dict[str, dict[str, Any]]:
    bodies, tags = made.stored(), made.tags()
    return {offer_id: fields(body, tags[offer_id]) for offer_id, body in bodies.items()}


def _owned(scene: Scene, entry: dict[str, Any], before: dict[str, Any]) -> set[str]:
    offer_id = entry["offer"]["id"]
    key = (entry["offer"].get("external") or {}).get("id")
    document = next(
        (d for d in scene.documents if d["kind"] == "Offer" and (d["name"] == key or d.get("adopt") == offer_id)),
        None,
    )
    owned: set[str] = set()
    for module in MODULES:
        section = (document or {}).get(module, ...)
        if section is ... or document["sync"].get(module, "auto") != "auto":
            continue
        if module == "bundle":
            owned.add("bundle.items")
        elif isinstance(section, dict):
            owned |= {f"{module}.{'quantity' if name == 'always' else name}" for name in section}
        else:
            owned.add("stock.quantity" if module == "stock" else "price.base")
    if "stock.quantity" in owned:
        owned.add("stock.status")  # nothing in stock ends an offer
    return owned


def _is_owned(name: str, values: tuple[Any, Any], owned: set[str]) -> bool:
    """A field itself, one of its parts, or what the catalogue fills in where nothing stood."""
    if " of " in name and "bundle.items" in owned and None in values:
        return True  # a product that came, or that went
    if name.startswith("content.parameters.") and "content.parameters" in owned:
        return True
    if name.startswith(("settings.safety", "settings.producer")) and values[0] is None:
        return True
    return name in owned
