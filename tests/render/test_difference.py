"""Every change is visible: two values that differ never look the same, wherever a change is shown."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.model.changes import FieldChange, Verb
from reconciler.model.exact import alike, brief, brief_pair
from reconciler.model.history import Blamed, FieldTold, RowTold, RunTold
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Result
from reconciler.model.states import RunPhase
from reconciler.model.values import Gain, Money, canonical_json
from reconciler.render.difference import Pen, difference
from reconciler.render.gate import through
from reconciler.render.history_text import blame_text, shown_text
from reconciler.render.plan_text import plan_text
from reconciler.render.style import PLAIN, Style
from reconciler.render.value_text import pair

from . import samples

#: Letters that look alike, blanks that are none, accents in two spellings, and what quoting could hide.
LETTERS = 'ab Aа\u00a0\u200bé\u0301e"\\n\n\t5,/:<p></p>null Ω\u2126'
texts = st.text(st.sampled_from(LETTERS), max_size=12)
money = st.builds(Money, st.decimals(-1000, 1000, places=2), st.sampled_from(["PLN", "CZK"]))
scalars = st.booleans() | st.integers(-5, 200) | texts | money
parameters = st.dictionaries(texts, st.lists(texts, max_size=3) | st.none() | scalars, max_size=3)
items = st.builds(lambda t: {"text": t}, texts) | st.builds(lambda t: {"image": t}, texts)
sections = st.lists(st.lists(items, max_size=2), max_size=3)
rates = st.dictionaries(
    texts, st.dictionaries(st.sampled_from(["first", "next", "max_quantity"]), scalars), max_size=3
)
nested = st.recursive(
    scalars | st.none(),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(texts, one, max_size=3),
    max_leaves=8,
)
#: Both sides of a field have its type.
TYPES = {
    "text": texts,
    "scalar": scalars,
    "money": money,
    "references, images": st.lists(texts, max_size=5),
    "parameters": parameters,
    "sections": sections,
    "rates": rates,
    "anything": nested,
}


@st.composite
def pairs(draw):
    """Two values of one type; often a text and the same text in another spelling."""
    values = TYPES[draw(st.sampled_from(sorted(TYPES)))]
    before, after = draw(values), draw(values)
    return before, after


def unequal(before, after):
    return canonical_json(before) != canonical_json(after) and before != after


def sides(line):
    """What a line shows as it was, and as it will be."""
    if re.search(r"\[-.*-\]|\{\+.*\+\}", line):
        gone = re.sub(r"\[-(.*?)-\]", r"\1", re.sub(r"\{\+.*?\+\} ?", "", line))
        come = re.sub(r"\{\+(.*?)\+\}", r"\1", re.sub(r"\[-.*?-\] ?", "", line))
        return gone, come
    if "moved from" in line:
        return "there", "here"
    before, arrow, after = line.partition(" -> ")
    return (before, after) if arrow else ("", line)


def shown(before, after, style=PLAIN, *, verbose=False):
    drawn = difference(before, after, Pen(style=style, verbose=verbose))
    return [through([line]) for line in drawn.lines]


@given(pairs(), st.booleans(), st.sampled_from([PLAIN, Style(width=60)]))
@example((None, [" "]), False, PLAIN)
@settings(max_examples=600, deadline=None)
def test_two_values_never_look_the_same(values, verbose, style):
    before, after = values
    if not unequal(before, after):
        return
    lines = shown(before, after, style, verbose=verbose)
    assert lines
    for line in lines:
        was, becomes = sides(line.strip())
        assert was != becomes, line


@given(scalars | texts, scalars | texts)
@settings(max_examples=600)
def test_on_one_line_they_do_not_look_the_same(before, after):
    if unequal(before, after):
        assert not alike(*pair(before, after))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("5", 5, '"5" -> 5'),
        ("true", True, None),
        (["a, b"], ["a", "b"], None),
        ({"Kolor": ["a, b"]}, {"Kolor": ["a", "b"]}, '~ Kolor  ["a, b"] -> ["a","b"]'),
        ("Kubek\u00a0ACME", "Kubek ACME", r'"Kubek\u00a0ACME" -> "Kubek ACME"'),
        ("zloty e\u0301", "zloty é", r'"zloty e\u0301" -> "zloty é"'),
        ("Kubеk", "Kubek", r'"Kub\u0435k" -> "Kubek"'),
        ("a  b", "a b", r'"a\u0020\u0020b" -> "a b"'),
        ([], None, "none -> null (cleared)"),
        ({"a": None}, {}, '{"a":null} -> {}'),
        (73, Gain(7), "73 -> 80 (+7)"),
    ],
)
def test_what_would_look_the_same_is_written_out(before, after, said):
    *_, line = shown(before, after)
    was, becomes = sides(line)
    assert said is None or line.strip() == said
    assert was != becomes


ONE_SECTION = [
    [{"text": f"<p>Kubek z grubej ceramiki. Do kawy.{' Wysyłamy w 24 godziny.' * 30} Gwarancja 24 mies.</p>"}]
]
OTHER = [[{"text": ONE_SECTION[0][0]["text"].replace("kawy", "soku").replace("24 mies", "36 mies")}]]


def plan_of(before, after):
    field = FieldChange(path="content.description", module=Module.CONTENT, before=before, after=after)
    return samples.plan(samples.account(samples.change("kubek", Verb.UPDATE, field)))


RUN = RunTold(
    id="0123456789", account="main", purpose="apply", state=RunPhase.FINISHED, started_at="2026-11-28T08:00:00+00:00",
    finished_at="", who={}, undoes="", counts={Result.APPLIED: 1}, left=0,
)  # fmt: skip


@pytest.mark.parametrize("style", [PLAIN, Style(width=80)])
@pytest.mark.parametrize("where", ["plan", "verbose", "unsynced", "history"])
def test_a_description_of_one_section_shows_its_words(where, style):
    """It said `1 section, 118 characters -> 1 section, 118 characters`."""
    if where == "history":
        told = FieldTold(path="content.description", before=ONE_SECTION, after=OTHER, place="a.yaml:3")
        row = RowTold(key=Key("main", OFFER, "kubek"), remote_id="1", operation="edit", result=Result.APPLIED, fields=(told,))  # fmt: skip
        lines = shown_text(RUN, [row], style)
    else:
        plan = plan_of(ONE_SECTION, OTHER)
        if where == "unsynced":
            (part,) = plan.accounts
            plan = samples.plan(samples.account(unsynced=part.changes))
        lines = plan_text(plan, style, verbose=where == "verbose", show_unsynced=True)
    text = " ".join(through(lines, style.width).replace("↳", "").split())
    assert "[-kawy.-] {+soku.+}" in text
    assert "[-24-] {+36+} mies." in text
    assert "characters" not in text


def test_blame_shows_the_text_that_somebody_wrote():
    blamed = Blamed(
        key=Key("main", OFFER, "kubek"), path="content.description", value=OTHER, before=ONE_SECTION, run=RUN,
        place="a.yaml:3", at="2026-11-28T08:00:00+00:00", result=Result.APPLIED,
    )  # fmt: skip
    assert OTHER[0][0]["text"] in through(blame_text([blamed], PLAIN))


@given(pairs())
@settings(max_examples=400, deadline=None)
def test_within_a_sentence_they_do_not_look_the_same_either(values):
    """As reports say what has moved since the plan, and an undo what was changed since its run."""
    before, after = values
    if unequal(before, after):
        was, now = brief_pair(before, after)
        assert through([was]) != through([now])
    assert "Money(" not in brief(before)
    assert len(brief([before] * 99)) <= 80
