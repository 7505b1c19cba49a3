"""A terminal's lines fit its columns and lose nothing; in a pipe no line is cut."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler.model.changes import Verb
from reconciler.model.marks import Mark
from reconciler.render.cells import NOT_NARROW, cells, fitted, in_the_middle, shortened
from reconciler.render.gate import through
from reconciler.render.plan_text import plan_text
from reconciler.render.report_text import report_text
from reconciler.render.style import MARK, PLAIN, Style

from . import samples

LETTERS = "ab żó-_/.  茶壺🍵☕👍🏽e\u0301\u200b\n\x1b:#<"
names = st.text(st.sampled_from(LETTERS), min_size=1, max_size=90)
widths = st.integers(40, 200)
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def widest(text):
    return max(cell_len(_ESCAPES.sub("", line)) for line in text.split("\n"))


def long_plan(name, count=5):
    """Changes of all drawings: a table, what is alike, ends, zeros, one of everything else."""
    at = Mark(f"offers/{name}.yaml", 7)
    zero = samples.field("stock.quantity", 5, 0, at=at)
    price = [samples.field("price.base", samples.pln(f"{n + 9}.00"), samples.pln(f"{n * n + 10}.00"), at=at) for n in range(count)]  # fmt: skip
    return samples.plan(
        samples.account(
            samples.nested(),
            samples.rates(),
            *(samples.change(f"{name}{n}", Verb.UPDATE, price[n], title=name * 2, at=at) for n in range(count)),
            *(samples.change(f"z{n}{name}", Verb.UPDATE, zero, title=name) for n in range(count)),
            *(
                samples.change(f"e{n}{name}", Verb.END, title=name, number="7", reason="gone")
                for n in range(count)
            ),
            samples.change(
                f"one {name}", Verb.UPDATE, samples.field("content.title", name, f"{name} {name}", at=at)
            ),
            *samples.template_edit(6),
            unsynced=samples.unsynced(),
            violations=samples.violations(),
            unmanaged=(name, name),
        )
    )


@given(names, widths, st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_lines_of_a_plan_fit_the_columns(name, width, colour, verbose):
    style = Style(colour=colour, width=width)
    text = through(plan_text(long_plan(name), style, verbose=verbose, show_unsynced=True), width)
    assert widest(text) <= width


@given(widths)
@settings(max_examples=20, deadline=None)
def test_the_lines_of_a_report_fit_the_columns(width):
    style = Style(colour=True, width=width)
    assert widest(through(report_text(samples.report(), style, plan=samples.week()), width)) <= width


@given(
    st.text(st.sampled_from(LETTERS.replace("\n", "").replace("\x1b", "").replace("<", "")), max_size=300), widths
)
@settings(max_examples=300, deadline=None)
def test_what_does_not_fit_goes_on_below_and_nothing_is_lost(text, width):
    lines = list(fitted(text, width))
    assert all(cells(line) <= width for line in lines)
    joined = "".join(re.sub("^ *↳ ", "", line) if n else line for n, line in enumerate(lines))
    assert joined.replace(" ", "") == text.replace(" ", "")


def test_a_colour_goes_on_below():
    (first, second) = fitted(f"{MARK}31m{'a' * 30} {'b' * 30}{MARK}0m", 40)
    assert first.startswith(f"{MARK}31m") and first.endswith(f"{MARK}0m")  # noqa: PT018
    assert second.strip().startswith("↳") and second.endswith(f"{MARK}0m")  # noqa: PT018
    assert f"{MARK}31mb" in second


@pytest.mark.parametrize("name", ["a" * 300, "茶" * 200, "x-" * 200])
def test_in_a_pipe_nothing_is_cut(name):
    text = through(plan_text(long_plan(name), PLAIN))
    assert "↳" not in text
    assert text.count(name) > 20
    assert "…" not in re.sub(r"… and [\d,]+ more", "", text.replace("… ", "")).replace("…\n", "")


def test_names_are_told_apart_on_a_narrow_terminal():
    long = [f"kubek-ceramiczny-acme-duzy-bialy-z-uchem-{n:03}-ml" for n in range(6)]
    fields = [samples.field("price.base", samples.pln("10"), samples.pln(f"{n + 11}")) for n in range(6)]
    plan = samples.plan(samples.account(*(samples.change(n, Verb.UPDATE, f) for n, f in zip(long, fields, strict=True))))  # fmt: skip
    text = through(plan_text(plan, Style(width=60)), 60)
    assert all(f"{n:03}-ml  10 PLN" in text for n in range(6))
    assert "↳" not in text.partition("price.base")[2].partition("Plan:")[0]


@given(names, st.integers(0, 60))
def test_shortened_texts_fit(text, width):
    assert cells(shortened(text, width)) <= max(width, 1)
    assert cells(in_the_middle(text, width)) <= max(width, 1)


def test_letters_that_are_measured_at_a_glance_take_one_cell():
    """Rich, which takes long to load, knows the room of the others."""
    narrow = [letter for letter in map(chr, range(0x20, 0x10000)) if not NOT_NARROW.search(letter)]
    assert len(narrow) > 500
    assert all(cell_len(letter) == 1 for letter in narrow)
    assert cell_len("".join(narrow)) == len(narrow)
