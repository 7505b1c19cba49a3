"""A project from its first hour to its first accident, by the command line alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import world
from world import World

from .shell import reconcile


@pytest.fixture
def made(tmp_path: Path) -> World:
    """A project with one offer on sale whose price differs."""
    return World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")])


def test_from_init_to_no_changes(tmp_path: Path) -> None:
    """init, validate, plan, apply, plan: the last one says `No changes.`, and each answers 0."""
    steps = [("init",), ("validate",), ("plan",), ("apply", "--auto-approve"), ("plan", "--detailed-exitcode")]
    for step in steps:
        done = reconcile(tmp_path, *step)
        assert done.code == 0, done.said
    assert "No changes." in done.out


def test_a_reviewed_plan_is_what_runs(made: World) -> None:
    """plan --out, review, apply FILE: what was saved is executed; a second time it is stale (6)."""
    assert reconcile(made.root, "plan", "--out", "plan.json", "--detailed-exitcode").code == 2
    assert reconcile(made.root, "apply", "plan.json", "--auto-approve").code == 0
    assert made.by_key("A")["sellingMode"]["price"]["amount"] == "55.00"
    again = reconcile(made.root, "apply", "plan.json", "--auto-approve")
    assert again.code == 6
    assert "No changes." in reconcile(made.root, "plan").out


def test_an_edited_plan_is_refused(made: World) -> None:
    """A saved plan whose content was altered is not applied, and nothing is sent."""
    reconcile(made.root, "plan", "--out", "plan.json")
    file = made.root / "plan.json"
    file.write_text(file.read_text().replace('"55', '"5'))
    made.forget_requests()
    done = reconcile(made.root, "apply", "plan.json", "--auto-approve")
    assert done.code != 0
    assert not made.writes()


def test_a_guard_refuses_with_3_and_a_lifted_one_lets_go(made: World) -> None:
    """149.00 -> 14.90 is refused in full and sends nothing; `--allow` lifts the rules by name for one run."""
    main = {"marketplace": "allegro", "environment": "simulator", "login": made.login}
    made.project({"accounts": {"main": main}})
    made.documents(world.offer("A", price="4.99 PLN"))
    made.forget_requests()
    done = reconcile(made.root, "apply", "--auto-approve")
    assert done.code == 3, done.said
    assert "price-shift" in done.said
    assert not made.writes()
    allowed = ("--allow", "price-shift", "--allow", "price-change")
    assert reconcile(made.root, "apply", "--auto-approve", *allowed).code == 0


def test_a_wrong_login_is_4(made: World) -> None:
    """A token of another login is an authentication error, and nothing is sent."""
    main = {"marketplace": "allegro", "environment": "simulator", "login": "inny"}
    made.project({"accounts": {"main": main}})
    made.forget_requests()
    assert reconcile(made.root, "apply", "--auto-approve").code == 4
    assert not made.writes()


def test_a_missing_token_is_4_and_names_the_variable(made: World) -> None:
    """An account without credentials says which variable to set."""
    made.project({"accounts": {"main": {"marketplace": "allegro", "environment": "sandbox", "login": "x"}}})
    done = reconcile(made.root, "plan")
    assert done.code == 4
    assert "RECONCILE_MAIN_TOKEN" in done.said


def test_some_rows_refused_is_5(made: World) -> None:
    """When the marketplace refuses a row the rest goes through, and the answer is 5 with the reason."""
    creations = {"method": "POST", "path": "/sale/product-offers"}
    rule = {"do": "refuse", "status": 422, "message": "The brand is protected.", "times": None, "when": creations}
    made.set(faults={"schedule": [rule]})
    made.documents(world.offer("A", price="55 PLN"), world.whole_offer("N"))
    done = reconcile(made.root, "apply", "--auto-approve")
    assert done.code == 5, done.said
    assert "1 refused by the marketplace" in done.said
    assert "The brand is protected." in done.said
    assert made.by_key("A")["sellingMode"]["price"]["amount"] == "55.00"


def test_a_moved_marketplace_is_6(made: World) -> None:
    """When the only write of a saved plan is stale, nothing is sent and the answer is 6 or 5, said in words."""
    reconcile(made.root, "plan", "--out", "plan.json")
    made.panel("17000000001", {"sellingMode": {"price": {"amount": "77.00", "currency": "PLN"}}})
    made.forget_requests()
    done = reconcile(made.root, "apply", "plan.json", "--auto-approve")
    assert done.code in (5, 6), done.said
    assert "moved" in done.said
    assert not made.writes()


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve"), ("validate",)])
def test_json_stands_alone_on_stdout(made: World, command: tuple[str, ...]) -> None:
    """With --json stdout is one document with a format_version; progress and logs are elsewhere."""
    assert reconcile(made.root, *command, "--json").json["format_version"] >= 1


def test_json_of_a_mistake_is_json_too(made: World) -> None:
    """A machine that asked for JSON gets JSON also when the documents are wrong."""
    made.write("documents/bad.yaml", "kind: Offer\nname: [\n")
    done = reconcile(made.root, "plan", "--json")
    assert done.code == 1
    assert json.loads(done.out)


@pytest.mark.parametrize(
    "arguments",
    [("plan", "--nonsense"), ("nonsense",), ("plan", "--only", "nonsense"), ("apply", "--allow", "nonsense")],
)
def test_wrong_usage_is_64(made: World, arguments: tuple[str, ...]) -> None:
    """A command that does not exist, an option, a module or a rule: usage, nothing read, nothing sent."""
    made.forget_requests()
    done = reconcile(made.root, *arguments)
    assert done.code == 64, done.said
    assert not made.sent()


@pytest.mark.parametrize("stdin", ["", "no\n", "y\n", "YES\n", "yes please\n"])
def test_only_yes_is_consent(made: World, stdin: str) -> None:
    """Anything but the word sends nothing."""
    made.forget_requests()
    assert reconcile(made.root, "apply", stdin=stdin).code == 1
    assert not made.writes()


def test_outside_of_a_project_it_says_what_to_do(tmp_path: Path) -> None:
    """Without a project there is one sentence and a hint, no traceback."""
    done = reconcile(tmp_path, "plan")
    assert done.code == 1
    assert "reconcile init" in done.said


def test_published_json_keeps_to_its_schema(made: World) -> None:
    """The plan and the report that machines read are what schemas/ says."""
    import jsonschema
    from referencing import Registry, Resource

    made.documents(world.offer("A", price="55 PLN", content={"title": "Inny tytuł kubka"}), world.whole_offer("N"))
    plan, report = (
        reconcile(made.root, "plan", "--json").json,
        reconcile(made.root, "apply", "--auto-approve", "--json").json,
    )
    folder = Path(__file__).parents[2] / "schemas"
    bodies = {file.name: json.loads(file.read_text()) for file in folder.glob("*.json")}
    registry: Any = Registry().with_resources(
        (name, Resource.from_contents(body)) for name, body in bodies.items()
    )
    for name, body in (("plan", plan), ("report", report)):
        jsonschema.Draft202012Validator(bodies[f"{name}.schema.json"], registry=registry).validate(body)
