"""`plan --base`: what of a plan is of this pull request. `diff`: what two revisions mean differently."""

from __future__ import annotations

import json

import pytest
import world
from msgspec.structs import replace
from simulator import example
from world import World

from reconciler.documents.specs import load_spec
from reconciler.engine.causes import with_causes
from reconciler.engine.revisions import differences
from reconciler.model.changes import CausedBy, Change, FieldChange, Verb
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Desired, Key
from reconciler.model.plan_json import load_plan
from reconciler.runtime.errors import BadDocuments
from tests.published import fits, schema

from .test_history import _git, ask, commit
from .test_reviewed import offer, shop


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A is of this pull request, B was merged before; C has drifted; N is new."""
    root = tmp_path_factory.mktemp("causes")
    made = shop(root / "shop", offer("C", "59"))
    made.apply(made.plan())
    bodies = {body["external"]["id"]: number for number, body in made.stored().items()}
    made.panel(bodies["C"], {"sellingMode": {"price": example.money("58.00")}})
    made.documents(offer("A", "60"), offer("B", "61"), offer("C", "59"))
    commit(made)
    _git(made, "tag", "base")
    made.documents(offer("A", "62"), offer("B", "61"), offer("C", "59"), world.whole_offer("N"))
    return made


def causes(made: World, base: str) -> dict[str, str | None]:
    file = made.root.parent / "plan.json"
    ask(made, "plan", "--base", base, "--out", str(file))
    plan = load_plan(file.read_text())
    assert len(plan.base) == 40
    return {
        each.key.name: each.cause.value if each.cause else None
        for each in plan.changes
        if each.key.kind == "Offer"
    }


def test_each_change_has_its_cause(made: World) -> None:
    assert causes(made, "base") == {"A": "this", "B": "other", "C": "drift", "N": "this"}


def test_the_comment_and_the_text_say_it(made: World) -> None:
    lines = ask(made, "plan", "--base", "base", "--format", "markdown").splitlines()
    assert "2 of this pull request, 1 asked for before, 1 drift" in lines[2]
    told = ask(made, "plan", "--base", "base", "--no-color")
    assert "2 asked for since the base, 1 asked for before, 1 drift" in told
    assert "(asked for before)" in next(line for line in told.splitlines() if "61" in line)


def test_a_cause_is_only_told(made: World) -> None:
    """The digest is that of the plan without a base."""
    plans = [json.loads(ask(made, "plan", "--json", *more)) for more in ((), ("--base", "base"))]
    assert plans[0]["digest"] == plans[1]["digest"]
    assert plans[0]["changes" if "changes" in plans[0] else "accounts"][0]


def test_a_revision_that_is_not_there(made: World) -> None:
    with pytest.raises(BadDocuments) as wrong:
        ask(made, "plan", "--base", "nowhere")
    assert wrong.value.diagnostics[0].code == "P741"


KEY = Key("main", "Offer", "A")


def _change(path: str, **more: object) -> Change:
    field = FieldChange(path=path, module=None, before=1, after=2, **more)  # type: ignore[arg-type]
    return Change(key=KEY, verb=Verb.UPDATE, remote_id="1", fields=(field,))


def _said(change: Change, now: Desired | None, base: Desired | None) -> CausedBy | None:
    (found,) = with_causes([change], {KEY: now} if now else {}, {KEY: base} if base else {})
    return found.cause


WANTED = Desired(key=KEY, fields={"price.base": 2, "stock.quantity": 3})


@pytest.mark.parametrize(
    ("change", "now", "base", "cause"),
    [
        (_change("price.base"), WANTED, replace(WANTED, fields={"stock.quantity": 3}), CausedBy.THIS),
        (_change("price.base"), WANTED, replace(WANTED, fields={**WANTED.fields, "price.base": 1}), CausedBy.THIS),
        (
            _change("stock.status"),
            WANTED,
            replace(WANTED, fields={**WANTED.fields, "stock.quantity": 0}),
            CausedBy.THIS,
        ),
        (_change("stock.status"), WANTED, WANTED, CausedBy.OTHER),
        (_change("external_id"), replace(WANTED, moved_from="B"), WANTED, CausedBy.THIS),
        (_change("price.base", drift=True), WANTED, WANTED, CausedBy.DRIFT),
        (_change("price.base", rows={"erp/A": "1"}), WANTED, WANTED, CausedBy.SOURCE),
        (_change("stock.status"), None, WANTED, CausedBy.THIS),
        (_change("stock.status"), None, None, CausedBy.OTHER),
    ],
)
def test_by_what_the_documents_ask_for(change: Change, now: Desired, base: Desired, cause: CausedBy) -> None:
    assert _said(change, now, base) is cause


def _diff(made: World, *arguments: str) -> list[tuple[str, str, list[str]]]:
    body = fits("diff", json.loads(ask(made, "diff", *arguments, "--json")))
    return [
        (each["key"]["name"], each["verb"], [field["path"] for field in each["fields"]])
        for each in body["changes"]
    ]


def test_what_two_revisions_mean_differently(made: World) -> None:
    told = {name: (verb, paths) for name, verb, paths in _diff(made, "base")}
    assert told["A"] == ("update", ["price.base"])
    assert told["N"][0] == "create"
    assert set(told) == {"A", "N"}
    assert [(name, verb) for name, verb, _ in _diff(made, "base~1", "base")] == [("A", "create"), ("B", "create")]
    assert [(name, verb) for name, verb, _ in _diff(made, "base", "base~1")] == [("A", "delete"), ("B", "delete")]
    assert _diff(made, "base", "base") == []


@pytest.mark.parametrize("name", ["diff", "lint"])
def test_what_they_share_with_a_plan_is_described_as_there(name: str) -> None:
    shared = schema("plan")["$defs"]
    assert {part: shared[part] for part in schema(name)["$defs"]} == schema(name)["$defs"]


def test_the_words_are_those_of_a_plan(made: World) -> None:
    told = ask(made, "diff", "base", "--no-color")
    assert "60 PLN -> 62 PLN" in told
    assert told.splitlines()[-1] == "Documents: 1 added, 1 changed."
    assert "No difference." in ask(made, "diff", "base", "base")
    ask(made, "diff", "base", "--detailed-exitcode", code=2)


def test_toggles_labels_and_names_are_meant_too(made: World) -> None:
    spec = load_spec("allegro")
    old = Desired(key=KEY, fields={"price.base": 2}, modes={Module.PRICE: (Mode.AUTO, "")})
    new = Desired(
        key=KEY._replace(name="B"),
        fields={},
        unsynced={"price.base": 2},
        modes={Module.PRICE: (Mode.OFF, "offer")},
        labels={"season": "winter"},
        moved_from="A",
    )
    (found,) = differences([old], [new], {"main": spec})
    assert (found.verb, found.moved_from) == (Verb.RENAME, "A")
    assert {(each.path, each.before, each.after) for each in found.fields} == {
        ("sync.price", "auto", "off"),
        ("labels.season", None, "winter"),
    }


def test_documents_with_mistakes_are_not_compared(made: World) -> None:
    """A mistake is no removal; a project that cannot be read is not compared at all."""
    file = made.root / "documents" / "000.yaml"
    kept = file.read_bytes()
    try:
        file.write_bytes(kept.replace(b'"price"', b'"colour": "red", "price"'))
        body = json.loads(ask(made, "diff", "base", "--json"))
        assert [each["name"] for each in body["left_out"]] == ["A"]
        assert [each["key"]["name"] for each in body["changes"]] == ["N"]
        file.write_bytes(b"kind: [")
        with pytest.raises(BadDocuments):
            ask(made, "diff", "base")
        commit(made)
        with pytest.raises(BadDocuments) as wrong:
            ask(made, "diff", "HEAD", "base")
        assert wrong.value.diagnostics[0].code == "P742"
    finally:
        file.write_bytes(kept)
