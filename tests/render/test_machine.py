"""SARIF, JUnit, code quality and annotations: as those who read them want it, whatever stands in a plan."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from gate.attacks import ATTACKS, poisoned
from jsonschema import Draft4Validator

from reconciler.cli.machine import folder_in_repository
from reconciler.cli.main import run
from reconciler.model.diagnostics import error, warning
from reconciler.model.marks import Mark
from reconciler.model.plan import Problem
from reconciler.model.plan_json import dump_plan
from reconciler.model.report_json import to_text
from reconciler.render.gate import commanded
from reconciler.render.machine import of_plan
from reconciler.render.machine_json import MOST, code_quality, sarif
from reconciler.render.machine_text import annotations, junit

from . import samples

#: As the authors of the format published it (rtm.5), from the package @microsoft/jest-sarif, MIT.
SCHEMA = json.loads((Path(__file__).parent / "witness/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
HOSTILE = {**ATTACKS, "a property": "a,line=1::x%0A::error::y", "the end of a tag": "]]></failure>\"'<x>"}
FOUND = (
    error("D201", "unknown key `pryce`", mark=Mark("offers/a b.yaml", 14, 3), hint="did you mean `price`?"),
    error("D201", "unknown key `pryce`", mark=Mark("offers/a b.yaml", 20, 3), hint="did you mean `price`?"),
    warning("P201", "price is off", detail="offers may go stale"),
)
PLAN = samples.plan(samples.account(samples.mugs(), violations=samples.violations()), diagnostics=FOUND)


def checked(found):
    """Return a SARIF log that its schema has nothing against."""
    log = json.loads(to_text(sarif(found, "1.0")))
    assert not [each.message for each in Draft4Validator(SCHEMA).iter_errors(log)]
    return log


def test_sarif_has_what_guards_refuse_and_what_was_found_with_their_places():
    (told,) = checked(of_plan(PLAN, "shop/"))["runs"]
    results = told["results"]
    assert [each["ruleId"] for each in results] == ["price-shift", "D201", "D201", "P201"]
    assert results[0]["message"]["text"].splitlines() == [
        "kubek-acme-300 price.base 149.00 PLN -> 14.90 PLN (-90.0 %)",
        "a decimal point has moved (x10, x100, /10, /100)",
        "also refused by price-change",
    ]
    place = results[1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "shop/offers/a%20b.yaml"
    assert place["region"] == {"startLine": 14, "startColumn": 3}
    assert results[3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/reconcile.yaml"
    assert all(told["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in results)
    assert [each["level"] for each in results] == ["error", "error", "error", "warning"]


def test_of_more_results_than_are_taken_the_rest_is_counted():
    many = [error("D201", f"unknown key {n}", mark=Mark("a.yaml", n + 1)) for n in range(MOST + 7)]
    (told,) = checked(of_plan(samples.plan(diagnostics=tuple(many))))["runs"]
    assert len(told["results"]) == MOST
    assert (
        told["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
        == "7 results more: see the plan."
    )


def test_a_finding_is_known_again_when_lines_move_and_no_two_are_the_same():
    moved = samples.plan(samples.account(samples.mugs(), violations=samples.violations()), diagnostics=(FOUND[2], *(
        error(each.code, each.summary, mark=Mark(each.mark.file, each.mark.line + 5), hint=each.hint) for each in FOUND[:2]
    )))  # fmt: skip
    first, second = code_quality(of_plan(PLAN)), code_quality(of_plan(moved))
    assert [each["fingerprint"] for each in first] == [each["fingerprint"] for each in second]
    assert len({each["fingerprint"] for each in first}) == len(first) == 4
    assert [each["severity"] for each in first] == ["blocker", "critical", "critical", "minor"]
    assert first[1]["location"] == {"path": "offers/a b.yaml", "lines": {"begin": 14}}


def test_junit_fails_for_each_error_and_passes_where_there_is_none():
    told = ET.fromstring(junit(of_plan(PLAN), "plan"))
    assert told.attrib == {"tests": "4", "failures": "3", "errors": "0"}
    assert [each.get("type") for each in told.iter("failure")] == ["price-shift", "D201", "D201"]
    assert next(told.iter("system-out")).text == "reconcile.yaml:1:1: warning | price is off | offers may go stale"
    quiet = ET.fromstring(junit(of_plan(samples.quiet()), "plan"))
    assert [(each.get("name"), len(each)) for each in quiet.iter("testcase")] == [("plan", 0)]
    assert quiet.attrib == {"tests": "1", "failures": "0", "errors": "0"}


def test_annotations_are_one_command_each_the_worst_first():
    assert commanded(annotations(of_plan(PLAN))).splitlines() == [
        (
            "::error file=offers/kubek.yaml,line=12,col=8,title=price-shift::kubek-acme-300 price.base 149.00 PLN -> 14.90 PLN"
            " (-90.0 %25)%0Aa decimal point has moved (x10, x100, /10, /100)%0Aalso refused by price-change"
        ),
        "::error file=offers/a b.yaml,line=14,col=3,title=D201::unknown key `pryce`%0Ahint: did you mean `price`?",
        "::error file=offers/a b.yaml,line=20,col=3,title=D201::unknown key `pryce`%0Ahint: did you mean `price`?",
        "::warning file=reconcile.yaml,line=1,col=1,title=P201::price is off%0Aoffers may go stale",
    ]
    assert not commanded(annotations(of_plan(samples.quiet())))


@pytest.mark.parametrize("attack", HOSTILE)
def test_no_text_ends_a_command_a_tag_or_a_document(attack):
    found = of_plan(poisoned(PLAN, HOSTILE[attack]))
    assert len(checked(found)["runs"][0]["results"]) == len(found)
    assert len(json.loads(to_text(code_quality(found)))) == len(found)
    cases = list(ET.fromstring(junit(found, "plan")).iter("testcase"))
    assert len(cases) == len(found)
    assert all(len(each) == 1 and not len(each[0]) for each in cases)
    lines = commanded(annotations(found)).splitlines()
    assert len(lines) == len(found)
    for line in lines:  # as a runner reads it: the properties end at the first `::`, and are parted by commas
        properties = re.fullmatch(r"::(?:error|warning|notice) (.*?)::.*", line)[1]
        assert [each.partition("=")[0] for each in properties.split(",")] == ["file", "line", "col", "title"]


def test_a_problem_of_an_account_is_there_too():
    lost = Problem(reason="authentication", summary="account main: no login", hint="run `reconcile login`")
    (told,) = of_plan(samples.plan(samples.account(problem=lost)))
    assert (told.rule, told.summary, told.more) == ("authentication", "account main: no login", ("hint: run `reconcile login`",))  # fmt: skip


def test_files_are_named_from_where_the_repository_begins(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "a/shop").mkdir(parents=True)
    assert folder_in_repository(tmp_path) == ""
    assert folder_in_repository(tmp_path / "a/shop") == "a/shop/"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A practice shop with planted mistakes, in a folder of a repository."""
    repository = tmp_path_factory.mktemp("repository")
    (repository / ".git").mkdir()
    assert run(["demo", str(repository / "shop")]) == 0
    return repository / "shop"


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_validate_and_plan_say_the_same_in_each_format(shop, capsys, command):
    def told(form):
        code = run([command, "-C", str(shop), "--format", form])
        said = capsys.readouterr().out
        assert code == 1
        return said

    log = json.loads(told("sarif"))
    assert not list(Draft4Validator(SCHEMA).iter_errors(log))
    results = log["runs"][0]["results"]
    files = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    assert all(each.startswith("shop/") for each in files)
    assert ("price-shift" in {each["ruleId"] for each in results}) == (command == "plan")
    if command == "plan":
        return
    assert len(json.loads(told("codequality"))) == len(results)
    assert len(list(ET.fromstring(told("junit")).iter("testcase"))) == len(results)
    assert len(re.findall("^::(error|warning|notice) file=shop/", told("annotations"), re.MULTILINE)) == len(
        results
    )


def test_show_says_it_of_a_saved_plan(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("plan.json").write_text(dump_plan(samples.week()), "utf-8")
    assert run(["show", "plan.json", "--format", "annotations"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("::error file=offers/kubek.yaml,line=12,col=8,title=price-shift::kubek-acme-300")
    assert said.count("\n") == 2
    assert run(["show", "plan.json", "--format", "junit"]) == 0
    assert capsys.readouterr().out.startswith("<?xml")
