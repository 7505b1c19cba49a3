"""The page as a file: what it holds, what it may not hold, how large it is, and how `show` makes it."""

import base64
import errno
import hashlib
import json
import os
import re
from pathlib import Path

from msgspec.structs import replace
from render import samples

from reconciler.cli.main import run
from reconciler.documents.specs import load_spec
from reconciler.engine.guard_rules import RULES
from reconciler.engine.source_guards import SOURCE
from reconciler.model.changes import CREATED_AGAIN, Lasting, Verb
from reconciler.model.modules import Module
from reconciler.model.outcomes import Result
from reconciler.model.plan_json import dump_plan
from reconciler.model.requests import Errand
from reconciler.render import cost_text
from reconciler.render.html.page import LANGUAGES, findings, html_page, sentences, words
from reconciler.render.html.plan_data import DRIFT, HELD, REFUSED, plan_data
from reconciler.render.html.values import PageTexts
from reconciler.render.report_text import next_steps
from reconciler.render.summary import DEEDS

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e"


def hostile_plan():
    mug = samples.change(
        "kubek", samples.Verb.UPDATE, samples.field("content.title", "Kubek", HOSTILE), title=HOSTILE
    )
    return samples.plan(samples.account(mug))


def test_a_change_is_one_row_with_its_fields_and_flags():
    data = plan_data(samples.week())
    mug = next(row for row in data["rows"] if row[2] == "kubek-acme-300")
    fields = {data["names"][each[0]]: each for each in mug[11]}
    assert fields["price.base"][2:4] == [["$", "149.00", "PLN"], ["$", "14.90", "PLN"]]
    assert [fields[path][6] for path in ("price.base", "price.allegro-cz", "stock.quantity", "content.title")] == [
        REFUSED,
        0,
        DRIFT,
        HELD,
    ]
    assert {each["rule"] for each in data["guards"]} == {"price-shift", "price-change"}


def test_foreign_text_closes_no_element_and_hides_nothing():
    text = "".join(html_page(plan_data(hostile_plan()), "en"))
    assert text.count("<script") == 3  # the words, the data, and the page's own
    assert "\u202e" not in text
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1]
    assert "<" not in block
    assert json.loads(block)["rows"][0][3] == HOSTILE.replace("\u202e", "\\u202e")


def test_the_policy_names_the_very_style_and_script_and_nothing_else():
    text = "".join(html_page(plan_data(samples.week()), "en"))
    policy = re.search(r'content="(default-src [^"]*)"', text)[1]
    for tag, source in (("style", "style-src"), ("script", "script-src")):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[-1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{source} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=", text.split("<script>")[0])


def test_languages_say_the_same_words():
    english, polish = map(words, LANGUAGES)
    assert english.keys() <= polish.keys()
    for word, said in english.items():
        if isinstance(said, dict):
            assert polish[word].keys() == {"one", "few", "many", "other"}
        else:
            assert sorted(re.findall(r"\{\d\}", said)) == sorted(re.findall(r"\{\d\}", polish[word])), word


def test_polish_knows_each_code_that_a_plan_may_have_and_each_guard():
    table = (Path(__file__).parents[2] / "docs" / "messages.md").read_text("utf-8")
    assert sorted(findings("pl")) == sorted(re.findall(r"^\| ([DP]\d+) \|", table, re.MULTILINE))
    assert findings("en") == {}
    rules = {rule.replace("_", "-") for rule in (*RULES, SOURCE)}
    assert {f"guard.{rule}" for rule in rules} <= words("pl").keys()
    assert CREATED_AGAIN in dict(sentences("pl"))


def test_only_the_meanings_of_the_page_s_own_findings_are_in_it():
    text = "".join(html_page(plan_data(samples.week()), "pl"))
    assert '"finding.P301"' in text
    assert '"finding.P302"' not in text


def test_long_texts_have_a_room_and_the_rest_is_counted():
    texts = PageTexts(room=500, cut=100)
    assert texts.value("a" * 400) == "a" * 400
    assert texts.value([{"text": "b" * 400}]) == ["[", ["{", "text", "b" * 100 + " …"]]
    assert texts.value("c" * 100) == "c" * 100
    assert texts.shortened == 1


def test_show_writes_a_page(tmp_path, capsys, saved_report):
    plan, page = tmp_path / "plan.json", tmp_path / "report.html"
    plan.write_text(dump_plan(samples.week()), "utf-8")
    for file, said in ((plan, '"sort":"plan"'), (saved_report, '"sort":"report"')):
        assert run(["show", str(file), "--format", "html", "--out", str(page), "--lang", "pl"]) == 0
        text = page.read_text("utf-8")
        assert said in text
        assert '<html lang="pl">' in text
    assert capsys.readouterr().out == ""
    for flags in (["--format", "html"], ["--out", str(page)], ["--format", "html", "--json", "--out", str(page)]):
        assert run(["show", str(plan), *flags]) == 64
        assert "--format html --out report.html" in capsys.readouterr().err


def test_polish_has_a_word_for_whatever_a_plan_may_name():
    """Kinds, fields, budgets and what requests are for, of every marketplace; modules, verbs, results, what lasts."""
    needed = {f"module.{each.value}" for each in Module} | {f"verb.{each.value}" for each in Verb}
    needed |= {f"result.{each.value}" for each in Result} | {f"lasting.{each.value}" for each in Lasting}
    needed |= {f"deed.{each}" for each in DEEDS.values()}
    for file in SPECS.glob("*.yaml"):
        spec = load_spec(file.stem)
        needed |= {f"sort.{kind}" for kind in spec.kinds} | {f"budget.{name}" for name in spec.budgets}
        needed |= {f"field.{path}" for kind in spec.kinds.values() for path in kind.fields}
        told = {
            f"{kind.name}.{each.name}": each.told
            for kind in spec.kinds.values()
            for each in kind.operations.values()
        }
        needed |= {f"request.{cost_text.said(each, told)}" for each in (*told, *Errand, "Offer.list")}
    assert sorted(needed - words("pl").keys()) == []


def test_each_translated_sentence_is_one_that_we_say():
    """A sentence that is worded otherwise some day loses its translation: its longest part stands in our code."""
    code = re.sub(
        r'"\s*f?"', "", "\n".join(file.read_text("utf-8") for file in (ROOT / "reconciler").rglob("*.py"))
    )
    code += os.strerror(errno.ENOENT).lower()
    for english, polish in sentences("pl"):
        assert max(re.findall(r"[a-zA-Z]+(?: [a-z]+)*", english), key=len) in code, english
        assert sorted(re.findall(r"\{(\d)\}", english)) == sorted(re.findall(r"\{\*?(\d)\}", polish)), english
    assert sentences("en") == []


def test_the_next_steps_of_a_report_are_translated():
    """Whatever `next_steps` can say for a report of all results has a template."""
    report = samples.report()
    steps = list(next_steps(report)) + list(next_steps(replace(report, stops=())))
    known = [re.compile(re.sub(r"\\\{\d\\\}", "(.+)", re.escape(english))) for english, _ in sentences("pl")]
    assert [each for each in steps if not any(one.fullmatch(each) for one in known)] == []
    assert len(steps) > 4
