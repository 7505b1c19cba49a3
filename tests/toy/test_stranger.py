"""A marketplace of somebody else's package: new files only, and everything works as on one of ours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conformance.stalls.base import ACCOUNT, Ware
from conformance.stalls.toy import ToyStall

from reconciler.documents.resources import spec_names
from reconciler.simulator.app import simulator_of
from reconciler.simulator.names import MARKETPLACES, practised

from .installed import toy  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("toy")


def test_nothing_of_ours_knows_of_it() -> None:
    found = [
        file
        for folder in ("reconciler", "specs", "schemas", "examples", "ci")
        for file in sorted((ROOT / folder).rglob("*"))
        if file.suffix in {".py", ".yaml", ".json", ".sh"}
        and re.search(r"\btoy", file.read_text("utf-8", "replace"))
    ]
    assert not found


def test_its_spec_its_client_and_its_practice_server_are_found_by_their_entry_points(tmp_path: Path) -> None:
    assert "toy" in spec_names()
    assert (*practised(),) == (*MARKETPLACES, "toy")
    assert simulator_of("toy").name == "toy"
    shop = ToyStall(tmp_path / "shop")
    assert "facts      toy, revision 2026-11-29" in shop.ask("version")
    assert "Toy" in shop.ask("spec", "show", "toy")
    assert "toy.yaml: no findings." in shop.ask("spec", "check")


def test_a_fresh_clone_has_something_to_practise_on(tmp_path: Path) -> None:
    """What documents name is there; no ware is."""
    shop = ToyStall(tmp_path / "shop")
    shutil.rmtree(shop.root / ".reconcile")
    shop.declare(Ware("N"))
    shop.apply()
    assert shop.look() == {"N": Ware("N")}
    shop.settled()


def test_a_kind_that_can_only_be_named_is_no_document(tmp_path: Path) -> None:
    """It has no operation: nothing of it can be written, and that is said where the document stands."""
    shop = ToyStall(tmp_path / "shop", Ware("A"))
    shop.declare(Ware("A"))
    shop.write("policy.yaml", {"kind": "ReturnPolicy", "name": "returns, 30 days", "account": ACCOUNT})
    said = shop.ask("plan", code=1)
    assert "policy.yaml:2:10: error[D507]: a return policy of Toy is not written: `returns, 30 days`" in said


def test_names_with_commas_are_told_apart(tmp_path: Path) -> None:
    """What has no name is called by what it says, which is a sentence at times."""
    shop = ToyStall(tmp_path / "shop", Ware("A"))
    shop.declare(Ware("A"), settings={"return_policy": "thirty"})
    assert "There are `no returns`, `returns, 30 days`" in shop.ask("plan", code=1)
