"""JSON in pieces is the same JSON, and what it is made of is not gathered first."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.pieces import InPieces, in_pieces
from reconciler.model.plan_json import dump_plan, plan_in_pieces
from reconciler.model.report_json import dump_report, report_in_pieces, to_text
from reconciler.model.values import Money, Value, jsonable
from tests.render import samples

#: Texts that a console must not be shown as they are stand beside ordinary ones.
TEXTS = st.text(max_size=6) | st.sampled_from(["zażółć", "##[error]x", "\u202e", "a\nb", "\x7f", "#", "["])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.just(Money.parse("49.90 PLN")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(before=VALUES, elements=st.lists(VALUES, max_size=4), inner=st.lists(VALUES, max_size=3), after=VALUES)
def test_pieces_joined_are_the_text(
    before: Value, elements: list[Value], inner: list[Value], after: Value
) -> None:
    """Whatever is an iterator, at any depth, the text is that of lists."""
    whole = {"before": before, "elements": elements, "objects": [{"inner": inner}, {}], "after": after}
    objects = iter([InPieces({"inner": iter(inner)}), InPieces({})])
    pieces = in_pieces({**whole, "elements": iter(elements), "objects": objects})
    assert "".join(pieces) == to_text(jsonable(whole))


def test_an_element_is_made_when_its_turn_comes() -> None:
    """Of a long array a small part is made before the first piece is there, and no piece is long."""
    made = 0

    def elements() -> Iterator[str]:
        nonlocal made
        for _ in range(10_000):
            made += 1
            yield "x" * 1_000

    pieces = in_pieces({"all": elements()})
    first = next(pieces)
    assert made < 200
    rest = list(pieces)
    assert made == 10_000
    assert max(map(len, (first, *rest))) < 200_000
    assert len(json.loads(first + "".join(rest))["all"]) == made


def test_what_is_told_besides_comes_last() -> None:
    """A plan and a report with more to tell are themselves, and that."""
    ends = [{"account": "main"}]
    plan, report = samples.week(), samples.report()
    for alone, pieces in (
        (dump_plan(plan), plan_in_pieces(plan, ends=ends)),
        (dump_report(report), report_in_pieces(report, ends=ends)),
    ):
        body = json.loads("".join(pieces))
        assert list(body)[-1] == "ends"
        assert body == {**json.loads(alone), "ends": ends}


@pytest.mark.parametrize("empty", [{}, {"all": iter(())}])
def test_nothing_is_written_as_nothing(empty: dict[str, Value]) -> None:
    """An object without members, and an array without elements."""
    assert "".join(in_pieces(empty)) == ('{"all":[]}\n' if empty else "{}\n")
