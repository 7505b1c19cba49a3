"""What refuses one account costs that account; what was tampered with is refused whole; one account is as ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import world
from world import World

from accounts.market import many, prices
from reconciler.cli.exit_codes import WORST, Exit, worst
from reconciler.cli.main import run

NAMES = ("a", "b", "c")
Asked = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made(tmp_path: Path) -> World:
    """Three accounts of two offers, and a plan of all of them in plan.json."""
    texts = {
        name: "\n---\n".join(json.dumps(world.offer(f"{name}-{n}", price="52 PLN")) for n in range(2))
        for name in NAMES
    }
    made = many(tmp_path, NAMES, 2, texts)
    assert run(["-C", str(tmp_path), "plan", "--out", str(tmp_path / "plan.json"), "--json"]) == 0
    return made


@pytest.fixture
def asked(made: World, capsys: pytest.CaptureFixture[str]) -> Asked:
    """One command of this process, in the project."""

    def ask(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["-C", str(made.root), *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return ask


def changed_project(made: World, **of_b: object) -> None:
    """Write reconcile.yaml anew, with b otherwise; without b where nothing is given."""
    accounts = json.loads((made.root / "reconcile.yaml").read_text())["accounts"]
    accounts["b"] |= of_b
    made.project({"accounts": accounts if of_b else {name: accounts[name] for name in ("a", "c")}})


REFUSALS = {
    "its account is gone": ({}, Exit.STALE, "which the project does not have"),
    "its guard is another": ({"guards": {"price_change": 1}}, Exit.GUARD, "price-change"),
    "its login is another": ({"login": "s77"}, Exit.STALE, "the plan was made for"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_a_refusal_of_a_saved_plan_costs_its_account(made: World, asked: Asked, why: str) -> None:
    """The others are applied; the code is that account's, and its line says why."""
    of_b, code, said = REFUSALS[why]
    changed_project(made, **of_b)
    ended, out, _ = asked("apply", str(made.root / "plan.json"), "--json")
    body = json.loads(out)
    assert ended == code
    assert [each["exit_code"] for each in body["ends"]] == [0, code, 0]
    assert [each["applied"] for each in body["ends"]] == [2, 0, 2]
    assert said in body["ends"][1]["problem"]
    assert [prices(made, login) for login in ("s01", "s02", "s03")] == [{"52.00"}, {"49.99"}, {"52.00"}]


def test_what_was_tampered_with_is_refused_whole(made: World, asked: Asked) -> None:
    """Nothing is sent to any account, whichever part it is."""
    saved = made.root / "plan.json"
    body = json.loads(saved.read_text())
    body["accounts"][2]["problem"] = {"reason": "guard", "summary": "nothing", "hint": ""}
    saved.write_text(json.dumps(body))
    made.forget_requests()
    ended, _, err = asked("apply", str(saved))
    assert ended == 1
    assert "altered" in err
    assert not made.writes()


def test_a_run_that_cannot_be_finished_costs_its_account(made: World, asked: Asked) -> None:
    """b was cut off, and its login is refused now: a and c are planned and applied all the same."""
    down = {"do": "401", "times": None, "when": {"login": "s02", "path": "/sale/offer-"}}
    made.set(faults={"schedule": [down]})
    ended, out, _ = asked("apply", "--auto-approve", "--account", "b")
    assert ended == 4, out
    assert "marketplace  planned" not in out  # one account has no table
    made.set(faults={"schedule": [{"do": "401", "times": None, "when": {"login": "s02"}}]})
    ended, out, err = asked("apply", "--auto-approve")
    assert ended == 4, out + err
    assert [prices(made, login) for login in ("s01", "s02", "s03")] == [{"52.00"}, {"49.99"}, {"52.00"}]
    made.set(faults={"schedule": []})
    assert asked("apply", "--auto-approve")[0] == 0
    assert prices(made, "s02") == {"52.00"}


def test_the_worst_counts(made: World, asked: Asked) -> None:
    """Every code has its place in the order, and both tables are in JSON."""
    assert sorted(WORST) == sorted(Exit)
    assert worst([Exit.OK, Exit.PARTLY, Exit.GUARD]) is Exit.GUARD
    assert worst([]) is Exit.OK
    body = json.loads(asked("plan", "--json", "--detailed-exitcode")[1])
    assert [each["exit_code"] for each in body["ends"]] == [2, 2, 2]
    assert [each["applied"] for each in body["ends"]] == [None] * 3


def test_a_guard_beside_a_mistake(made: World, asked: Asked) -> None:
    """A plan has errors first of all; an apply sends nothing to an account that a guard refuses."""
    changed_project(made, guards={"price_change": 1})
    made.write("b/wrong.yaml", "kind: Offer\nname: wrong\nprise: 1 PLN\n")
    made.forget_requests()
    assert asked("plan", "--account", "b")[0] == Exit.ERROR
    assert asked("apply", "--auto-approve", "--account", "b")[0] == Exit.GUARD
    assert not made.writes()


def test_the_rest_of_a_plan_is_applied_by_the_same_file(made: World, asked: Asked) -> None:
    """b was not let in: the second time a and c are told as done, whatever refuses them by now, and b goes on."""
    saved = str(made.root / "plan.json")
    made.set(faults={"schedule": [{"do": "401", "times": None, "when": {"login": "s02"}}]})
    assert asked("apply", saved)[0] == Exit.AUTHENTICATION
    made.set(faults={"schedule": [{"do": "401", "times": None, "when": {"login": "s01"}}]})
    made.forget_requests()
    ended, out, err = asked("apply", saved, "--json")
    body = json.loads(out)
    assert ended == 0, out + err
    assert [(each["planned"], each["applied"], each["exit_code"]) for each in body["ends"]] == [(2, 2, 0)] * 3
    assert [each["problem"] for each in body["ends"]] == [""] * 3
    assert (body["counts"]["applied"], len(body["outcomes"])) == (6, 6)
    assert list(body["earlier"]) == ["a", "c"]
    assert body["requests"]["identity"] == body["forecast"]["requests"]["identity"] == 1
    assert len(made.writes()) == 1
    assert prices(made, "s02") == {"52.00"}
    (made.root / "done.json").write_text(out)
    comment = asked("show", str(made.root / "done.json"), "--format", "markdown")[1]
    assert comment.count("had its part of this plan by run") == 2


def test_what_is_done_is_told(made: World, asked: Asked) -> None:
    """In words, beside the table, which has no problem."""
    saved = str(made.root / "plan.json")
    made.set(faults={"schedule": [{"do": "401", "times": None, "when": {"login": "s02"}}]})
    asked("apply", saved)
    made.set(faults={"schedule": []})
    ended, out, _ = asked("apply", saved)
    assert ended == 0
    assert "Apply complete: 6 applied of 6 planned." in out
    assert out.count("had its part of this plan by run") == 2
    assert "3 accounts.\n" in out


def test_a_plan_that_was_applied_everywhere_is_applied_once(made: World, asked: Asked) -> None:
    """Nothing of it is left in any account."""
    saved = str(made.root / "plan.json")
    assert asked("apply", saved)[0] == 0
    made.forget_requests()
    ended, out, _ = asked("apply", saved)
    assert ended == Exit.STALE
    assert out.count("this plan was applied on") >= 3
    assert not made.writes()


@pytest.mark.parametrize("since", ["a later plan", "an undo", "a row that had moved"])
def test_what_does_not_hold_any_more_is_not_called_done(made: World, asked: Asked, since: str) -> None:
    """A later run has overtaken a's part, took it back, or it never was whole: a says so, and b goes on."""
    saved = str(made.root / "plan.json")
    made.set(faults={"schedule": [{"do": "401", "times": None, "when": {"login": "s02"}}]})
    if since == "a row that had moved":
        with made.simulator() as simulator:
            moved = {"sellingMode": {"price": {"amount": "51.00", "currency": "PLN"}}}
            simulator.panel_edit("s01", "17000000100", moved)
    asked("apply", saved)
    made.set(faults={"schedule": []})
    if since == "a later plan":
        made.write("a/offers.yaml", json.dumps(world.offer("a-0", price="53 PLN")))
        assert asked("apply", "--auto-approve", "--account", "a", "--target", "a-0")[0] == 0
    if since == "an undo":
        run_of_a = json.loads(asked("history", "--account", "a", "--json")[1])["runs"][0]["id"]
        assert asked("undo", run_of_a, "--auto-approve")[0] == 0
    ended, out, _ = asked("apply", saved, "--json")
    body = json.loads(out)
    assert [each["exit_code"] for each in body["ends"]] == [Exit.STALE, 0, 0]
    assert ended == Exit.STALE
    assert list(body["earlier"]) == ["c"]
    assert prices(made, "s02") == {"52.00"}


def test_a_part_of_which_a_freeze_held_some_is_not_called_done(made: World, asked: Asked) -> None:
    """Every row of its run was applied, and the run had less than the plan: a new plan has the rest."""
    saved = str(made.root / "plan.json")
    body = world.offer("a-0", price="52 PLN", content={"title": "Kubek ceramiczny czerwony z uchem"})
    made.write("a/offers.yaml", json.dumps(body))
    assert asked("plan", "--out", saved)[0] == 0
    accounts = json.loads((made.root / "reconcile.yaml").read_text())["accounts"]
    made.project(
        {
            "accounts": accounts,
            "freeze": [{"from": "2020-01-01T00:00", "until": "2099-01-01T00:00", "modules": ["content"]}],
        }
    )
    made.set(faults={"schedule": [{"do": "401", "times": None, "when": {"login": "s02"}}]})
    asked("apply", saved)
    assert prices(made, "s01") == {"49.99", "52.00"}
    made.set(faults={"schedule": []})
    made.project({"accounts": accounts})
    ended, out, _ = asked("apply", saved, "--json")
    assert ended == Exit.STALE
    assert [each["exit_code"] for each in json.loads(out)["ends"]] == [Exit.STALE, 0, 0]


def test_a_guard_that_was_lifted_is_no_problem_of_an_apply(made: World, asked: Asked) -> None:
    """The plan was refused, and the apply allows it: the table says that all was applied, and no more."""
    changed_project(made, guards={"price_change": 1})
    saved = str(made.root / "plan.json")
    assert asked("plan", "--out", saved)[0] == Exit.GUARD
    ended, out, _ = asked("apply", saved, "--allow", "price-change=5", "--json")
    ends = json.loads(out)["ends"]
    assert (ended, [(each["applied"], each["problem"]) for each in ends]) == (0, [(2, "")] * 3)
