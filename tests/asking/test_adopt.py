"""`reconcile adopt`: which live offer a document means, where several bear its key or the offer has none."""

from __future__ import annotations

import json

import jsonschema
import pytest
import world
from render.goldens import check
from world import World

from reconciler.cli.main import run
from reconciler.documents.resources import schema_text
from reconciler.render.adopting_text import ambiguous_text
from reconciler.render.style import PLAIN
from reconciler.runtime.commands.adopt import list_ambiguous
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

TEXT = "# dwa razy wystawiony\nkind: Offer\nname: TWIN  # klucz\n\nprice: 55.00 PLN # brutto\n"
FIRST, SECOND, KEYLESS = "17000000001", "17000000002", "17000000003"


@pytest.fixture
def shop(tmp_path):
    """Two offers with one key, one without a key, and one that is nobody's question."""
    second = {
        "name": "Kubek ceramiczny niebieski",
        "sellingMode": {"format": "BUY_NOW", "price": {"amount": "61.00", "currency": "PLN"}},
    }
    offers = [
        world.live_offer(1, "TWIN"),
        world.live_offer(2, "TWIN", **second),
        world.live_offer(3, None),
        world.live_offer(4, "PLAIN"),
    ]
    made = World.make(tmp_path, world.seller(offers), [])
    made.write("twin.yaml", TEXT)
    return made


def adopt(made, *arguments, code=0, capsys):
    capsys.readouterr()
    assert run(["-C", str(made.root), "adopt", *arguments, "--json"]) == code
    body = json.loads(capsys.readouterr().out)
    jsonschema.validate(body, json.loads(schema_text("failure" if "error" in body else "adopt")))
    return body


def test_what_is_ambiguous_is_listed_with_what_tells_it_apart(shop, capsys):
    body = adopt(shop, "--list", capsys=capsys)
    assert [(each["key"], [o["remote_id"] for o in each["offers"]]) for each in body["ambiguous"]] == [
        ("TWIN", [FIRST, SECOND]),
        (None, [KEYLESS]),
    ]
    twins = body["ambiguous"][0]
    assert twins["mark"] == {"file": "twin.yaml", "line": 3, "column": 7}
    assert [(each["price"], each["status"]) for each in twins["offers"]] == [
        ("49.99 PLN", "active"),
        ("61.00 PLN", "active"),
    ]
    check("ambiguous.txt", ambiguous_text(list_ambiguous(Workspace(shop.root), None, Silent()), PLAIN, width=None))


def test_the_document_says_it_and_its_file_changes_in_one_line(shop, capsys):
    """Then a plan knows which one it is, and it keeps its key."""
    assert any("P101" in each for each in world.diagnostics(shop.plan()))
    body = adopt(shop, "TWIN", SECOND, capsys=capsys)
    assert (body["file"], body["written"], body["key_there"]) == ("twin.yaml", True, "TWIN")
    adopted = TEXT.replace("klucz\n", f'klucz\nadopt: "{SECOND}"\n')
    assert (shop.root / "twin.yaml").read_text("utf-8") == adopted
    shop.converge()
    assert shop.stored()[SECOND]["sellingMode"]["price"]["amount"] == "55.00"
    assert shop.stored()[FIRST]["sellingMode"]["price"]["amount"] == "49.99"
    again = adopt(shop, "--list", capsys=capsys)["ambiguous"][0]
    assert [each["document"] for each in again["offers"]] == [None, "TWIN"]
    assert adopt(shop, "TWIN", SECOND, capsys=capsys)["written"] is False
    adopt(shop, "TWIN", FIRST, capsys=capsys)
    assert (shop.root / "twin.yaml").read_text("utf-8") == adopted.replace(SECOND, FIRST)


def test_an_offer_without_a_key_gets_the_documents(shop, capsys):
    """It is said before, and a plan says it again."""
    capsys.readouterr()
    assert run(["-C", str(shop.root), "adopt", "TWIN", KEYLESS]) == 0
    assert "the next apply gives it the key TWIN" in capsys.readouterr().out
    fields = {each.path: (each.before, each.after) for change in shop.plan().changes for each in change.fields}
    assert fields["external_id"] == (None, "TWIN")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["TWIN", "17000000009"], "D332", f"{FIRST}, {SECOND}"),
        (["TWIN", "17000000004"], "D332", "other.yaml"),
        (["TWINS", FIRST], "D330", "TWIN"),
    ],
)
def test_what_cannot_be_adopted_is_refused_with_a_remedy(shop, arguments, code, said, capsys):
    shop.write("other.yaml", "kind: Offer\nname: PLAIN\nprice: 49.99 PLN\n")
    (found,) = adopt(shop, *arguments, code=1, capsys=capsys)["error"]["diagnostics"]
    assert found["code"] == code
    assert said in found["hint"]
    assert (shop.root / "twin.yaml").read_text("utf-8") == TEXT


def test_half_a_question_is_wrong_usage(shop, capsys):
    for arguments in ([], ["TWIN"], ["TWIN", FIRST, "--list"]):
        assert adopt(shop, *arguments, code=64, capsys=capsys)["error"]["reason"] == "usage"
