"""What is said of a spec that is wrong, and of a field that a spec does not have."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from world import World, live_offer, offer, seller

from reconciler.documents.layers import effective
from reconciler.documents.resources import spec_text
from reconciler.documents.specs import check_spec, load_spec
from reconciler.engine.resolve import resolve
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.names import MARKETPLACES

SPEC = spec_text("allegro")
#: An operation under the name of a view.
_TWICE = "      detail: {request: PUT /x, shape: single, completion: immediate, wave: 30, budgets: [client]}"


def test_a_field_that_the_marketplace_lacks_is_named(tmp_path: Path) -> None:
    """D502: a document's key without a field in the spec is said at its place, not dropped."""
    shop = World.make(tmp_path / "p", seller([live_offer(1, "A")]), [offer("A", price="49.99 PLN")])
    spec = load_spec("allegro")
    kind = spec.kinds["Offer"]
    unpriced = replace(kind, fields={path: each for path, each in kind.fields.items() if "price." not in path})
    documents, _ = effective(Workspace(shop.root).load(), render=None)
    _, said = resolve(documents, replace(spec, kinds={"Offer": unpriced}), lambda name: name)
    assert [(each.code, each.mark.file) for each in said] == [("D502", "documents/000.yaml")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SPEC + "\n---\n" + SPEC, "S101"),
        (SPEC.replace("shape: single", "shape: round", 1), "S102"),
        (SPEC.replace("budgets: [client, offer_writes]", "budgets: [client, offer_writs]", 1), "S103"),
        (SPEC.replace("      edit: {", f"{_TWICE}\n      edit: {{", 1), "S104"),
    ],
)
def test_a_wrong_spec_is_told_at_its_line(text: str, code: str) -> None:
    """S101 to S104: two documents in one, a word outside the vocabulary, a name of nothing, one name for two things."""
    said = check_spec("specs/x.yaml", text.encode())
    assert {each.code for each in said} == {code}
    assert code == "S101" or all(each.mark and each.mark.line > 1 for each in said)


@pytest.mark.parametrize("name", MARKETPLACES)
def test_a_packed_spec_is_sound(name: str) -> None:
    """What ships has no finding."""
    assert check_spec(f"specs/{name}.yaml", spec_text(name).encode()) == ()
