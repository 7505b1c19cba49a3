"""A comment on a pull request: a foreign text in it closes no table, span, link or tag, and calls nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from render import samples

from reconciler.model.plan import Plan
from reconciler.render.gate import through
from reconciler.render.markdown import folded, table, text
from reconciler.render.plan_markdown import MOST, plan_markdown

from .attacks import ATTACKS, harm, poisoned
from .test_renderers import WEEK

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
    return token.type in ("text", "text_special") or (token.type == "html_inline" and token.content == "<!-- -->")


def shown(plan: Plan) -> str:
    return through(plan_markdown(plan))


@pytest.mark.parametrize("attack", EVERY)
def test_an_attack_changes_nothing_but_words(attack: str) -> None:
    printed = shown(poisoned(WEEK, EVERY[attack]))
    assert structure(printed) == structure(shown(poisoned(WEEK, "niewinny")))
    assert not harm(printed)
    assert not re.search(
        r"(?<![\w`])@\w|(?<!&)#\d", re.sub(r"```+text\n.*?\n```+\n", "", printed, flags=re.DOTALL)
    )


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
        return structure(through([*lines, *folded("more", [f"  {words}", words], 5000)]))

    assert of(foreign) == of("niewinny")


def _big(count: int) -> Plan:
    from reconciler.model.changes import Verb

    name = "kubek-" * 20
    changes = [samples.change(f"{name}{n}", Verb.END, reason="its document was removed", title="\u202e" * 50) for n in range(count)]  # fmt: skip
    more = [samples.change(f"t-{n}", Verb.UPDATE, samples.field("content.title", "a" * 900, "\u200b" * 900)) for n in range(count)]  # fmt: skip
    return samples.plan(samples.account(*changes, *more, *samples.template_edit(100)))


@pytest.mark.parametrize("count", [3, 400, 3000])
def test_a_comment_has_room_for_so_much_and_what_is_cut_is_counted(count: int) -> None:
    printed = shown(_big(count))
    assert len(printed) <= MOST
    assert ("more lines are in the plan" in printed) == (count > 3)
    assert ("more that a comment has no room for" in printed) == (count > 3)
    assert structure(printed)[-1][:1] == ("html_block",)


def test_the_first_twenty_lines_say_what_a_decision_needs() -> None:
    week = samples.week()
    lines = shown(week).splitlines()
    first = "\n".join(lines[:20])
    assert lines[0] == "<!-- reconcile:main -->"
    assert lines[1].startswith("### Refused by price-change, price-shift: 1 to create")
    for said in ("149.00 PLN", "-90.0 %", "Ends 2, to zero 0", "needs 107 requests", "| settings | 812 |", "0 up, 1 down", "put on sale"):  # fmt: skip
        assert said in first
    assert "<details>" not in first
    assert "- wazon-stary ends: its document was removed" in lines


def test_each_account_has_its_comment() -> None:
    plan = samples.plan(
        samples.account(*samples.small()), samples.account(*samples.template_edit(5), name="kubki--k05")
    )
    printed = shown(plan)
    assert re.findall(r"<!-- reconcile:(.*?) -->", printed) == ["main", "kubki--k05"]
