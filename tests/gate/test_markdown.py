"""A comment on a pull request: a foreign text in it closes no table, span, link or tag, and calls nobody."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace
from render import samples

from reconciler.model.changes import Verb
from reconciler.model.diagnostics import error
from reconciler.model.marks import Mark
from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Report, Stop, StopReason
from reconciler.model.plan import Breach, Plan, Problem, Violation
from reconciler.render.gate import through
from reconciler.render.machine import of_plan
from reconciler.render.markdown import code, folded, folded_table, table, text
from reconciler.render.plan_markdown import MOST, plan_markdown
from reconciler.render.report_markdown import report_markdown
from reconciler.runtime.collector import collector_off

from .attacks import ATTACKS, harm, poisoned
from .test_renderers import FOUND, WEEK

MARKUP = {
    "closes what is folded": "</details></summary>",
    "opens something": "<details><b><a href=x>",
    "a script": "<script>alert(1)</script>",
    "a comment": "<!-- x",
    "the end of a comment": "--> x",
    "instructions": "<?php ?> <![CDATA[ ]]>",
    "a cell": "a | b || c",
    "a row": "|---|---|",
    "an escaped cell": "a \\| b \\",
    "code": "`x` ``y",
    "a fence": "```` ``` ~~~",
    "emphasis": "**x** _y_ ~~z~~ *a",
    "a link": "[x](https://evil.example) [y]: z <https://evil.example>",
    "a bare link": "https://evil.example www.evil.example http://x.y",
    "an image": "![x](https://evil.example/pixel.png)",
    "a person": "@everyone @org/team a@b.example",
    "a thread": "#1 org/repo#2 GH-3 !4",
    "an entity": "&lt;b&gt; &#60;b> &amp;",
    "a heading": "# x",
    "a list": "- x",
    "a numbered list": "1. x 2) y",
    "a quotation": "> x",
    "a rule": "--- *** ___ ===",
    "indented code": "     x",
    "mathematics": "$x$ $`y`$",
    "an emoji": ":boom:",
}
EVERY = {**ATTACKS, **MARKUP}
RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def structure(markdown: str) -> list[Any]:
    """What a text is made of, without its words; what is ours of HTML stays."""
    found: list[Any] = []
    for token in RENDERER.parse(markdown):
        if token.type == "inline":
            kept = [each for each in token.children or () if not _is_words(each)]
            found.append([(each.type, each.content if "html" in each.type else "") for each in kept])
        else:
            html = token.content if token.type == "html_block" else ""
            found.append((token.type, token.tag, token.nesting, re.sub(r"reconciler?:\S*|\d+", "", html)))
    return found


def _is_words(token: Any) -> bool:
    return token.type in ("text", "text_special", "code_inline") or (
        token.type == "html_inline" and token.content == "<!-- -->"
    )


def shown(plan: Plan) -> str:
    return through(plan_markdown(plan))


@pytest.mark.parametrize("attack", EVERY)
def test_an_attack_changes_nothing_but_words(attack: str) -> None:
    printed = shown(poisoned(WEEK, EVERY[attack]))
    assert structure(printed) == structure(shown(poisoned(WEEK, "niewinny")))
    assert not harm(printed)
    unquoted = re.sub(r"```+text\n.*?\n```+\n|`[^`\n]+`", "", printed, flags=re.DOTALL)
    assert not re.search(r"(?<![\w`])@\w|(?<!&)#\d", unquoted)


@pytest.mark.parametrize("attack", EVERY)
def test_an_attack_in_a_cell_and_in_an_item_is_read_as_it_was_written(attack: str) -> None:
    foreign = EVERY[attack]
    lines = through([*table(("a", "b"), [(text(foreign), "b")]), "", f"- {text(foreign)}"])
    words = ["".join(t.content for t in each.children if _is_words(t) and t.type != "html_inline") for each in RENDERER.parse(lines) if each.type == "inline"]  # fmt: skip
    assert len(words) == 5
    seen = through([through([foreign]).strip()])
    assert words[2] == words[4]
    assert re.sub(r"\\x3a|\\x23", "", words[2]).replace(":", "").replace("#", "").split() == (
        re.sub(r"\\x3a|\\x23", "", seen).replace(":", "").replace("#", "").split()
    )


@given(st.text(st.sampled_from("ab<>|`*_~[]()\\!@#&;-+=.:1 \n\"'$^{}"), max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_in_a_cell_an_item_and_a_fence(foreign: str) -> None:
    def of(words: str) -> list[Any]:
        lines = [*table(("a", "b"), [(text(words), "b")]), "", f"- x {text(words)}", ""]
        return structure(through([*lines, *folded("more", [f"  {words}", words], 5000).lines]))

    assert of(foreign) == of("niewinny")


@given(st.text(st.sampled_from("ab<>|`*_~[]()\\!@#&;-+=.:1 \n\"'$^{}"), max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_in_a_span_of_code(foreign: str) -> None:
    def of(words: str) -> list[Any]:
        rows = [(code(words), text(words), "b")]
        return structure(
            through([f"- x {code(words)} y", "", *folded_table("more", ("a", "b", "c"), rows, 5000).lines])
        )

    assert of(foreign) == of("niewinny")


#: The HTML that a comment is made of.
OURS = re.compile(
    r"<!-- reconcile:[A-Za-z0-9_.-]+ -->|<details><summary>[^<>]*</summary>|</details>|<!-- -->", re.ASCII
)
SHORT_WEEK = samples.plan(
    samples.account(
        samples.mugs(),
        samples.nested(),
        samples.rates(),
        samples.new_offer(),
        *samples.small(),
        *samples.template_edit(6),
        unsynced=samples.unsynced(),
        violations=(*samples.violations(), *samples.slips()),
    ),
    diagnostics=FOUND,
)


@given(st.text(st.sampled_from("ab<>|`*_~[]()\\!@#&;-+=.:/1 \n\"'$^{}"), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_whatever_a_plan_says_calls_nobody_and_opens_nothing(foreign: str) -> None:
    printed = shown(poisoned(SHORT_WEEK, foreign))
    for token in RENDERER.parse(printed):
        assert token.type not in ("code_block", "blockquote_open", "hr")
        if token.type == "html_block":
            assert not OURS.sub("", token.content).strip()
        for each in token.children or ():
            assert each.type not in ("image", "link_open", "s_open")
            assert each.type != "html_inline" or each.content == "<!-- -->"
    unquoted = re.sub(r"```+text\n.*?\n```+\n|`[^`\n]+`", "", printed, flags=re.DOTALL)
    assert not re.search(r"(?<!\w)@\w|(?<!&)#\d", unquoted)


def _big(count: int) -> Plan:
    name = "kubek-" * 20
    changes = [samples.change(f"{name}{n}", Verb.END, reason="its document was removed", title="\u202e" * 50) for n in range(count)]  # fmt: skip
    more = [samples.change(f"t-{n}", Verb.UPDATE, samples.field("content.title", "a" * 900, "\u200b" * 900)) for n in range(count)]  # fmt: skip
    return samples.plan(samples.account(*changes, *more, *samples.template_edit(100)))


@pytest.mark.parametrize("count", [3, 400, 3000])
def test_a_comment_has_room_for_so_much_and_what_is_cut_is_counted(count: int) -> None:
    printed = shown(_big(count))
    assert len(printed) <= MOST
    assert ("told in part or not at all" in printed) == (count > 3)
    assert ("more that a comment has no room for" in printed) == (count > 3)
    assert structure(printed)[-1][:1] == ("html_block",)


def test_the_first_twenty_lines_say_what_a_decision_needs() -> None:
    lines = shown(samples.week()).splitlines()
    first = "\n".join(lines[:20])
    assert lines[0] == "<!-- reconcile:main -->"
    assert lines[1].startswith("### Refused: 1 price looks like a slip · 1 to create, ")
    for said in (
        "| kubek-acme-300 | price-shift, price-change | 149.00 PLN | **14.90 PLN** (-90.0 %) | `offers/kubek.yaml:12` |",
        "**Next:** correct `offers/kubek.yaml:12`, or allow it for one run with `--allow price-shift --allow price-change=91`.",
        "needs 107 requests, about 1 s",
        "**Ends 2, to zero 0**",
        "| price | 2 | 0 up, 1 down, **1 refused**; 1 new; **off** for 2 fields (account main, folder offers/talerze) |",
        "| settings | 812 | return&#95;policy zwroty-14 -&#62; zwroty-30 on 812, from `templates/standard.yaml:7` |",
        "put on sale",
    ):  # fmt: skip
        assert said in first
    assert "<details>" not in first
    assert "- wazon-stary ends: its document was removed" in lines


def test_an_offer_that_goes_to_zero_and_ends_has_one_line_and_all_of_them_are_there() -> None:
    def gone(name: str) -> Any:
        fields = samples.field("stock.quantity", 6, 0), samples.field("stock.status", "active", "ended")
        return samples.change(name, Verb.END, *fields, at=Mark(f"offers/{name}.yaml", 3))

    few = shown(samples.plan(samples.account(gone("a"), gone("b")))).splitlines()
    assert few[5:8] == ["**Ends 2, to zero 2**", *(f"- {name} goes from 6 to 0 and ends · `offers/{name}.yaml:3`" for name in "ab")]  # fmt: skip
    zero = samples.change("c", Verb.UPDATE, samples.field("stock.quantity", 6, 0))
    assert "- c goes from 6 to 0" in shown(samples.plan(samples.account(zero))).splitlines()
    many = shown(samples.plan(samples.account(*(gone(f"k-{n}") for n in range(200)))))
    assert "**Ends 200, to zero 200**: k-0, k-1, k-2 … and 197 more" in many
    assert (
        len(re.findall(r"^- k-\d+ goes from 6 to 0 and ends", many.partition("<details>")[0], re.MULTILINE)) == 200
    )


def test_the_ten_largest_moves_and_what_keeps_to_no_rule() -> None:
    prices = [samples.change(f"k-{n}", Verb.UPDATE, samples.field("price.base", samples.pln(100 + n), samples.pln(f"{(100 + n) * 1.05:.2f}"))) for n in range(40)]  # fmt: skip
    odd = samples.change("odd", Verb.UPDATE, samples.field("price.base", samples.pln(100), samples.pln(130), at=Mark("offers/odd.yaml", 9)))  # fmt: skip
    printed = shown(samples.plan(samples.account(*prices, odd)))
    moves = printed.partition("Largest price moves (10)")[2].splitlines()
    assert moves[4] == "| odd | 100 PLN | 130 PLN | +30.0 % | `offers/odd.yaml:9` |"
    assert len([line for line in moves[4 : moves.index("</details>")] if line]) == 10
    assert "| 40 | `price.base` &#43;5.0 % |  |" in printed
    assert "| 1 | exceptions: odd 100 PLN -&#62; 130 PLN |  |" in printed
    assert "| price | 41 | 41 up, 0 down; median +5.0 %; +5.0 % on 40 |" in printed.replace("&#43;5.0", "+5.0")


def test_of_what_is_too_many_the_rule_is_told_once_with_its_limit() -> None:
    rows = tuple(Breach(key=Key("main", OFFER, f"k-{n}"), mark=Mark(f"offers/k-{n}.yaml", 3)) for n in range(120))
    ends = Violation(rule="ends", message="ended in one plan: 100 offers at most, 120 here", rows=rows)
    lines = shown(
        samples.plan(samples.account(samples.mugs(), violations=(ends, *samples.violations())))
    ).splitlines()
    assert lines[1].startswith("### Refused: 1 price looks like a slip, 120 ends are too many · ")
    assert lines[8] == "| ended in one plan: 100 offers at most, 120 here | ends |  |  |  |"
    assert "ends: ended in one plan: 100 offers at most, 120 here (120 rows)" in lines
    assert len(of_plan(samples.plan(samples.account(violations=(ends,))))) == 120


def test_what_many_offers_use_is_said_with_their_number() -> None:
    used = replace(samples.rates(), uses=1204)
    printed = shown(samples.plan(samples.account(used)))
    assert "| delivery | 1 delivery price list | DeliveryPriceList/paczkomaty-24h on **1,204 offers**: Paczkomat InPost" in printed  # fmt: skip


def test_what_comes_next_is_the_command_the_place_or_nothing() -> None:
    def following(plan: Plan) -> str:
        return next(plan_line for plan_line in shown(plan).splitlines() if plan_line.startswith("**Next:**"))

    assert following(samples.week(refused=False)) == "**Next:** approve; `reconcile apply PLAN.json` applies exactly this."  # fmt: skip
    assert following(samples.quiet()) == "**Next:** nothing."
    wrong = error("D201", "unknown key", mark=Mark("offers/a.yaml", 14, 3))
    assert "correct 1 mistake, first at `offers/a.yaml:14`" in following(samples.plan(samples.account(samples.mugs()), diagnostics=(wrong,)))  # fmt: skip
    lost = samples.account(problem=Problem(reason="authentication", summary="account main: no login", hint="run `reconcile login`"))  # fmt: skip
    assert following(samples.plan(lost)) == "**Next:** run &#96;reconcile login&#96;"


def test_forty_thousand_changes_have_room_and_time() -> None:
    changes = [_one_of_many(number) for number in range(40_000)]
    plan = samples.plan(samples.account(*changes))
    with collector_off():
        begun = time.process_time()
        printed = shown(plan)
        took = time.process_time() - begun
    assert len(printed) < MOST
    assert took < 4  # under 2 s on a quiet core
    assert "### 40,000 to change" in printed


def _one_of_many(number: int) -> Any:
    at = Mark(f"offers/kubki/kubek-{number}.yaml", 12)
    fields = (
        ("price.base", samples.pln(f"{50 + number % 97}.90"), samples.pln(f"{53 + number % 97}.90"), at),
        ("stock.quantity", number % 40 + 2, number % 40 + (52, 3, 13)[number % 3], at),
        ("settings.invoice", "vat", "vat_margin", Mark("templates/a.yaml", 6)),
        (
            "content.title",
            f"Kubek ceramiczny ACME {number} ml biały do kawy",
            f"Kubek ACME {number} ml do herbaty",
            at,
        ),
    )
    path, before, after, mark = fields[number % 4]
    return samples.change(f"kubek-ceramiczny-acme-{number}", Verb.UPDATE, samples.field(path, before, after, at=mark), at=at)  # fmt: skip


def test_each_account_has_its_comment() -> None:
    plan = samples.plan(
        samples.account(*samples.small()), samples.account(*samples.template_edit(5), name="kubki--k05")
    )
    printed = shown(plan)
    assert re.findall(r"<!-- reconcile:(.*?) -->", printed) == ["main", "kubki--k05"]


def told(report: Report) -> str:
    return through(report_markdown(report))


@pytest.mark.parametrize("attack", EVERY)
def test_an_attack_in_a_report_changes_nothing_but_words(attack: str) -> None:
    report = samples.refused_report()
    assert structure(told(poisoned(report, EVERY[attack]))) == structure(told(poisoned(report, "niewinny")))


def test_a_report_says_what_was_not_applied_in_the_place_of_the_plan() -> None:
    lines = told(samples.report()).splitlines()
    assert lines[:4] == [
        "<!-- reconcile:main -->",
        "### Applied 17 of 20 changes: 1 refused, 1 skipped, 1 unknown · account main",
        "from `2026-11-23 08:00` to `2026-11-23 08:00` · 118 requests, about 14 s · plan `p-1`\\",
        "**Next:** `reconcile plan`",
    ]
    assert lines[5].startswith("- Unknown rows are looked up before anything is sent again: running apply")
    rows = lines[lines.index("| not applied |  | why |") + 2 :][:3]
    assert rows[0].startswith("| kubek-acme-300 | refused | price.base: Cena musi być wyższa niż 1,00 zł ")
    assert [row.split(" | ")[1] for row in rows] == ["refused", "unknown", "skipped"]
    quiet = told(replace(samples.slow_report(), outcomes=samples.slow_report().outcomes[:2]))
    assert "### Applied 2 of 2 changes · account main" in quiet
    assert "**Next:** nothing." in quiet
    assert told(replace(samples.report(), outcomes=())) == "### Nothing was to be applied"


def test_each_account_of_a_report_has_its_comment_and_room_for_all_of_them() -> None:
    first = samples.report()
    other = replace(first.outcomes[17], key=first.outcomes[17].key._replace(account="k05"))
    stop = Stop(
        account="k05", reason=StopReason.LOCKED, summary="account k05: somebody else is at work", hint="wait"
    )
    printed = told(replace(first, outcomes=(*first.outcomes, *[other] * 5000), stops=(stop,)))
    assert re.findall(r"<!-- reconcile:(.*?) -->", printed) == ["main", "k05"]
    second = printed.partition("<!-- reconcile:k05 -->")[2]
    assert len(second) < MOST
    assert "### Applied 0 of 5,000 changes: 5,000 refused · account k05" in second
    assert "**Next:** wait." in second
    assert "**Stopped:** account k05: somebody else is at work" in second
    assert "told in part or not at all" in second
