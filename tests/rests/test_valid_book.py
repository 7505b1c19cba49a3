"""`validate` and its book: what was found valid is not read again, and nothing is said of it that is not so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pictures
import pytest
from resting_shop import declare, document, put
from world import World

from reconciler.runtime.commands.validate import Validation, validate
from reconciler.runtime.project.workspace import Workspace

ERP = {"item": "text", "net": {"type": "money", "currency": "PLN"}}


def source(**columns: Any) -> dict[str, Any]:
    return {"kind": "Source", "name": "erp", "type": "csv", "path": "erp.csv", "columns": ERP | columns}


#: What happens, how many offers are not read, and what is said.
HAPPENS: dict[str, tuple[Callable[[World], Any], int, set[str]]] = {
    "nothing": (lambda _made: None, 3, {"D508"}),
    "a document": (lambda made: declare(made, document("A-1", price="1.00 PLN")), 2, {"D508"}),
    "a mistake": (lambda made: declare(made, document("A-1", price="?")), 2, {"D508", "D207"}),
    "a name taken": (lambda made: declare(made, document("C-1", sku="A-1")), 0, {"D508", "D301"}),
    "a name nearly meant": (
        lambda made: put(made, "p.yaml", {"kind": "ReturnPolicy", "account": "main", "name": "14 dnii"}),
        0,
        {"D508", "D308"},
    ),
    "a source": (lambda made: put(made, "s.yaml", source(net="decimal")), 3, {"D508", "D613"}),
    "no source": (lambda made: (made.root / "s.yaml").unlink(), 3, {"D508", "D613"}),
    "a template": (lambda made: made.write("title.j2", "{{ nothing }}"), 2, {"D508", "D403"}),
    "an image": (lambda made: made.write("image.png", pictures.png(60, 60)), 2, {"D508", "D522"}),
}


def told(found: Validation) -> Any:
    return found.diagnostics, found.kinds(), found.offers


@pytest.fixture
def made(tmp_path: Path) -> World:
    """B-1 takes its price from a source, A-2 its title from a template, B-2 has an image; all inherit a field of others."""
    made = World(tmp_path / "shop")
    account = {"marketplace": "allegro", "environment": "simulator", "login": made.login}
    made.write("reconcile.yaml", json.dumps({"accounts": {"main": account}}))
    (made.root / ".reconcile").mkdir()
    put(made, "defaults.yaml", {"kind": "Defaults", "Offer": {"content": {"materials": ["porcelana"]}}})
    put(made, "s.yaml", source())
    made.write("title.j2", "Talerz {{ name }} porcelanowy")
    made.write("image.png", pictures.png(600, 600))
    content = document("A-2")["content"]
    declare(
        made,
        document("A-1"),
        document("A-2", content=content | {"title": {"template": "title.j2"}}),
        document("B-1", price={"base": {"formula": "erp.net * 2"}}),
        document("B-2", content=content | {"images": ["image.png"]}),
    )
    assert not validate(Workspace(made.root)).unread
    return made


@pytest.mark.parametrize("name", HAPPENS)
def test_it_says_the_same_with_its_book(name: str, made: World) -> None:
    happens, unread, codes = HAPPENS[name]
    happens(made)
    found = validate(Workspace(made.root))
    assert told(found) == told(validate(Workspace(made.root), cached=False))
    assert {each.code for each in found.diagnostics} == codes
    assert sum(map(len, found.unread)) == unread
