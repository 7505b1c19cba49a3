"""A mistake in a document costs what depends on it: through the files, the planner and the marketplace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from e2e.shell import reconcile
from world import World

TITLE = {"title": "Kubek ceramiczny czerwony"}
SHORT = {"title": "Kubek"}  # D503: too short
BROKEN = "kind: Offer\nname: A\nprice: [\n"
WRONG_KEY = "kind: Offer\nname: A\npricee: 6 PLN\n"


def made_of(root: Path) -> World:
    """Two offers that an apply has made ours, A and B, each in its own folder; C is live and nobody's."""
    live = [world.live_offer(n, key) for n, key in enumerate("ABC", 1)]
    made = World.make(root, world.seller(live), [])
    write(made, "a/a.yaml", world.offer("A", price="50 PLN"))
    write(made, "b/b.yaml", world.offer("B", price="50 PLN"))
    made.apply(made.plan())
    write(made, "a/a.yaml", world.offer("A", price="51 PLN"))
    write(made, "b/b.yaml", world.offer("B", price="51 PLN"))
    return made


def write(made: World, path: str, *bodies: dict[str, Any] | str) -> None:
    import json

    texts = (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) for body in bodies)
    made.write(path, "\n---\n".join(texts))


#: What is written over the project: files, the codes of the errors, and what is held back; B goes on.
MISTAKES: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    "a key that is none": ({"a/a.yaml": WRONG_KEY}, {"D204"}, {"A"}),
    "a key that stands twice": (
        {"a/a.yaml": "kind: Offer\nname: A\nprice: 5 PLN\nprice: 6 PLN\n"},
        {"D109"},
        {"A"},
    ),
    "a limit": ({"a/a.yaml": world.offer("A", content=SHORT)}, {"D503"}, {"A"}),
    "a file that is no YAML": ({"a/a.yaml": BROKEN}, {"D105"}, set()),
    "a kind that is none": ({"a/a.yaml": "kind: Ofer\nname: A\n"}, {"D203"}, set()),
    "an account that is none": ({"a/a.yaml": world.offer("A", account="mian", price="51 PLN")}, {"D302"}, {"A"}),
    "Defaults with a mistake": ({"a/defaults.yaml": "kind: Defaults\nOffer: {pricee: 5 PLN}\n"}, {"D204"}, {"A"}),
    "Defaults that are no YAML": ({"a/defaults.yaml": "kind: Defaults\nOffer: [\n"}, {"D105"}, {"A"}),
    "two Defaults": ({"a/d.yaml": "kind: Defaults\n---\nkind: Defaults\n"}, {"D305"}, {"A"}),
    "a template that is none": ({"a/a.yaml": world.offer("A", settings={"template": "x"})}, {"D304"}, {"A"}),
    "a template with a mistake": (
        {
            "a/a.yaml": world.offer("A", settings={"template": "x"}),
            "x.yaml": "kind: SettingsTemplate\nname: x\ninvoicee: vat\n",
        },
        {"D204"},
        {"A", "x"},
    ),
    "a text that cannot be written": (
        {"a/a.yaml": world.offer("A", content={"title": {"template": "no.txt"}})},
        {"D401"},
        {"A"},
    ),
    "an image that is not there": (
        {"a/a.yaml": world.offer("A", content={"images": ["no.png"]})},
        {"D506"},
        {"A"},
    ),
    "a name that is taken": (
        {"a/a2.yaml": world.offer("A", price="52 PLN")},
        {"D301"},
        {"A"},
    ),
    "released and declared": ({"a/r.yaml": {"kind": "Released", "names": ["A"]}}, {"D309"}, {"A"}),
    "a new name without its value": (
        {"a/a.yaml": "kind: Offer\nname: A2\nmoved: {from: A}\nstock: x\n"},
        {"D206"},
        {"A2"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_what_depends_on_it(tmp_path: Path, mistake: str) -> None:
    """B is planned and applied; A is left as it is: not ended, not unmanaged, not forgotten."""
    files, codes, held = MISTAKES[mistake]
    made = made_of(tmp_path)
    for path, body in files.items():
        write(made, path, body)
    plan = made.plan()
    [part] = plan.accounts
    assert codes <= {each.code for each in plan.diagnostics if each.severity == "error"}
    assert [(str(each.verb), each.key.name) for each in part.changes] == [("update", "B")]
    assert {each.name for each in part.held} == held
    assert bool(part.unread) is (
        "D105" in codes or "D203" in codes or mistake in ("Defaults with a mistake", "two Defaults")
    )
    assert set(part.unmanaged) == (set() if part.unread else {"C"})
    report = made.apply(plan)
    assert [(each.key.name, str(each.result)) for each in report.outcomes] == [("B", "applied")]
    stored = made.stored()
    assert stored["17000000001"]["publication"]["status"] == "ACTIVE"
    assert stored["17000000001"]["sellingMode"]["price"]["amount"] == "50.00"
    made.documents()
    for path in (*files, "b/b.yaml", "a/a.yaml"):
        (tmp_path / path).unlink(missing_ok=True)
    assert {(str(each.verb), each.key.name) for each in made.plan().changes} == {("end", "A"), ("end", "B")}


def test_a_project_that_is_broken_stops_everything(tmp_path: Path) -> None:
    made = made_of(tmp_path)
    made.write(
        "reconcile.yaml",
        "accounts: {main: {marketplace: allegro, environment: simulator, login: sklep}}\nsink: 1\n",
    )
    done = reconcile(tmp_path, "plan")
    assert done.code == 1
    assert "Nothing was sent" in done.err


def test_plan_shows_the_errors_and_apply_does_the_rest(tmp_path: Path) -> None:
    """Exit 1 of a plan with errors; 5 of its apply, which says what was held back and why; saved plans, too."""
    made = made_of(tmp_path)
    write(made, "a/a.yaml", world.offer("A", content=SHORT))
    shown = reconcile(tmp_path, "plan", "--out", "p.json")
    assert shown.code == 1
    assert "D503" in shown.out
    assert "Next: reconcile apply p.json" in shown.out
    seen = reconcile(tmp_path, "plan", "--json").json
    [part] = seen["accounts"]
    assert part["held"][0]["key"] == {"account": "main", "kind": "Offer", "name": "A"}
    assert seen["diagnostics"][0]["about"] == part["held"][0]["key"]
    done = reconcile(tmp_path, "apply", "p.json")
    assert done.code == 5
    assert "1 resource held back" in done.out
    assert "A  `content.title` of A" in done.out
    again = reconcile(tmp_path, "apply", "--auto-approve")
    assert again.code == 1, again.said
    write(made, "a/a.yaml", world.offer("A", content=TITLE))
    assert reconcile(tmp_path, "apply", "--auto-approve").code == 0


def test_a_saved_plan_whose_held_back_was_taken_out_is_refused(tmp_path: Path) -> None:
    """What apply relies upon is under the digest."""
    made = made_of(tmp_path)
    write(made, "a/a.yaml", world.offer("A", content=SHORT))
    reconcile(tmp_path, "plan", "--out", "p.json")
    saved = tmp_path / "p.json"
    text = saved.read_text()
    for before, after in (('"held":[{', '"held":[],"was":[{'), ('"unread":[]', '"unread":["a/a.yaml"]')):
        assert before in text
        saved.write_text(text.replace(before, after))
        assert "was altered" in reconcile(tmp_path, "apply", "p.json").err
