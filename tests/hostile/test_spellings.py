"""A text is the same from the document to the marketplace and back, however it is spelled."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import Any

from documents.test_texts import SPELLINGS
from world import World, differences, live_offer, offer, seller, undone

from hostile.case import offer as text_of
from reconciler.model.plan_json import plan_to_json
from reconciler.model.texts import nfc
from reconciler.runtime.commands.pull import pull
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

TEXTS = sorted({nfc(each) for each in SPELLINGS})


def declared(root: Path) -> dict[str, Any]:
    """Return the parameter of each offer's document."""
    loaded = Workspace(root).load()
    return {each.name: each.body["content"]["parameters"]["Wzór"] for each in loaded.of("Offer")}


def test_law_a_text_is_the_same_in_the_plan_on_the_marketplace_and_when_it_is_pulled(tmp_path: Path) -> None:
    world = World.make(tmp_path / "shop", seller([]), [])
    for number, each in enumerate(SPELLINGS):
        if nfc(each) == each or nfc(each) not in SPELLINGS:
            text = text_of(name=each, parameters=f"{{Stan: Nowy, Wzór: {each}}}")
            world.write(f"documents/{number:03d}.yaml", text)
    plan = world.plan()
    changes = plan_to_json(plan)["accounts"][0]["changes"]
    assert sorted(each["key"]["name"] for each in changes) == TEXTS
    values = [
        field["after"] for each in changes for field in each["fields"] if field["path"] == "content.parameters"
    ]
    assert sorted(each["Wzór"][0] for each in values) == TEXTS
    assert undone(world.apply(plan)) == []
    assert sorted(body["external"]["id"] for body in world.stored().values()) == TEXTS
    assert declared(world.root) == {each: [each] for each in TEXTS}

    shutil.rmtree(world.root / "documents")
    pull(Workspace(world.root), (), world.root, Silent())
    assert declared(world.root) == {each: [each] for each in TEXTS}
    again = world.plan(refresh="full")
    assert differences(again) == []
    assert again.actions == ()


def test_what_is_live_and_decomposed_is_the_same_and_is_not_written(tmp_path: Path) -> None:
    """A panel, or another program, may have written any form; both are one name, one title, one text."""
    title, text = "Talerz żółty z uchem", "<p>Gęś i łoś źrebią się</p>"
    apart = {each: unicodedata.normalize("NFD", each) for each in ("żuk-1", title, text)}
    body = {"sections": [{"items": [{"type": "TEXT", "content": apart[text]}]}]}
    live = live_offer(1, apart["żuk-1"], name=apart[title], description=body)
    document = offer("żuk-1", content={"title": title, "description": text})
    world = World.make(tmp_path / "shop", seller([live]), [document])
    for refresh in ("auto", "full"):
        plan = world.plan(refresh=refresh)
        assert differences(plan) == []
        assert plan.actions == ()
    assert world.writes() == []
