"""One canonical form: it means the same, twice is once, every comment stays, and what `pull` writes is in it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.documents.formatting.canonical import canonical
from reconciler.documents.formatting.tree import Left
from reconciler.documents.source import parse
from reconciler.documents.writing import flow_text, scalar, to_yaml

LONG = "a" * 30
EXAMPLES = Path(__file__).parents[2] / "examples"
WILD = """\
# yaml-language-server: $schema=../schemas/offer.schema.json
price: {base:   '49.99 PLN',  # till Friday
  # not less
  floor: "3 PLN"
  # end of prices
}   # all prices

# about the name
name:   0570
"kind":   Offer


labels:    # many
    brand: no
    # before season
    "season": 'zima'
      # deeper
    # tail of labels
sync: {price: "off", content: "manual"}
content:
  title: >-
      folded text
      goes on   # no comment

  description:
  - text: |
        <p>a</p>
        # no comment

     # below a text
  # second
  - # at the dash
    image: x.jpg
  - - text: "wrapped
      text"
    - text: plain
      other: ~
  images: [
     a.jpg, # first
     b.jpg ]
# end
---  # another document
stock: &some
  quantity: 5   # aliases need their anchors before them
name: x
bundle: *some
"""
TAME = """\
# yaml-language-server: $schema=../schemas/offer.schema.json
kind: Offer

# about the name
name: "0570"

labels:    # many
  brand: "no"
  # before season
  season: zima
    # deeper
  # tail of labels
sync: {price: off, content: manual}
content:
  title: >-
    folded text
    goes on   # no comment

  description:
    - text: |
        <p>a</p>
        # no comment

      # below a text
    # second
    - # at the dash
      image: x.jpg
    - - text: "wrapped
          text"
      - text: plain
        other: null
  images:
    - a.jpg # first
    - b.jpg
price: # all prices
  base: 49.99 PLN             # till Friday
  # not less
  floor: 3 PLN
  # end of prices
# end
---
# another document
stock: &some
  quantity: 5   # aliases need their anchors before them
name: x
bundle: *some
"""


def values(text: str) -> list[object]:
    found, faults = parse("a.yaml", text.encode())
    assert not faults, text
    return [each.value for each in found]


def test_one_of_everything() -> None:
    assert canonical("a.yaml", WILD) == TAME
    assert canonical("a.yaml", TAME) == TAME


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("kind: Offer\r\nprice:  '1 PLN'\r\n", "kind: Offer\r\nprice: 1 PLN\r\n"),
        ("---\nkind: Offer\n...\n", "kind: Offer\n"),
        ('{"kind": "Offer", "stock": {"count": 3}}', "kind: Offer\nstock: {count: 3}\n"),
        ("guards: {price_shift: off}\naccounts:\n    a: {}\n", "guards: {price_shift: off}\naccounts:\n  a: {}\n"),
        ("labels: {a: off, b: 1e5, c: TRUE}\n", 'labels: {a: "off", b: 1e5, c: TRUE}\n'),
        ("# only words\n", "# only words\n"),
        ("", ""),
        ("# about price\nprice: 1 PLN\nname: a\n", "name: a\n# about price\nprice: 1 PLN\n"),
        ("# license\n\n# about price\nprice: 1 PLN\nname: a\n", "# license\n\nname: a\n\n# about price\nprice: 1 PLN\n"),
        ("type: csv\nitem: x\nname: a\nkind: Source\n", "kind: Source\nname: a\ntype: csv\nitem: x\n"),
        ("kind: Offer\nmatch: {a: b}\nname: x\n", "kind: Offer\nname: x\nmatch: {a: b}\n"),
        (f"x:\n  images: [{', '.join([LONG] * 5)}]\n", "x:\n  images:\n" + f"    - {LONG}\n" * 5),
    ],
)  # fmt: skip
def test_form(before: str, after: str) -> None:
    assert canonical("a.yaml", before) == after
    assert canonical("a.yaml", after) == after


@pytest.mark.parametrize(
    "text",
    [
        "%YAML 1.2\n---\na: 1\n",
        "- a\n",
        "? *a\n: 1\n",
        "a: !x 1\n",
        "a: 1\u2028\n",
        "a: &x\n  1\n",
        "a: |2\n   b\n",
    ],
)
def test_what_is_rare_is_left(text: str) -> None:
    with pytest.raises(Left):
        canonical("a.yaml", text)


def test_the_examples_are_in_it() -> None:
    found = {file: file.read_text("utf-8") for file in EXAMPLES.rglob("*.yaml")}
    assert found
    assert [str(file) for file, text in found.items() if canonical(file.name, text) != text] == []


WORDS = st.text(alphabet="abż: #-\"'\\\n,[]{}&*|>0159.%@", max_size=12)
SCALARS = st.one_of(
    WORDS,
    st.sampled_from(
        ["off", "no", "~", "1e5", "0570", "22:15", "<p>a</p>\n<p>b</p>\n", " a\n", "a\n\n", "a\\ \n b"]
    ),
    st.integers(0, 9999),
    st.booleans(),
    st.none(),
    st.decimals(0, 99, places=2),
)
KEYS = st.one_of(
    st.sampled_from(["kind", "name", "price", "content", "stock", "labels", "sync", "x"]),
    WORDS.filter(lambda key: key != "<<"),
)
BODIES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
    ),
    min_size=1,
    max_size=5,
)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return the text of one or two documents as careless people write them, and the comments in it."""
    said: list[str] = []
    parts = [_document(draw, draw(BODIES), said) for _ in range(draw(st.integers(1, 2)))]
    return "---\n".join(parts), said


def _document(draw: st.DrawFn, body: dict[str, object], said: list[str]) -> str:
    lines: list[str] = []
    _block(draw, body, "", lines, said)
    _noise(draw, lines, draw(st.sampled_from(["", " ", "     "])), said)
    return "\n".join(lines) + "\n"


def _noise(draw: st.DrawFn, lines: list[str], indent: str, said: list[str]) -> None:
    for kind in draw(st.lists(st.sampled_from(["", "comment"]), max_size=2)):
        if kind:
            said.append(f"# c{len(said)} 'it''s: [")
        lines.append(indent + said[-1] if kind else "")


def _block(draw: st.DrawFn, body: object, indent: str, lines: list[str], said: list[str]) -> None:
    step = indent + draw(st.sampled_from(["  ", "    ", " "]))
    for key, value in body.items() if isinstance(body, dict) else ((None, each) for each in body):  # type: ignore[attr-defined]
        shallower = draw(st.sampled_from([indent, indent + "   "]))
        _noise(draw, lines, shallower, said)
        head = f"{indent}-" if key is None else f"{indent}{_said(draw, key)}:"
        if isinstance(value, dict | list) and value and draw(st.booleans()):
            lines.append(head + _after(draw, said))
            _block(draw, value, step, lines, said)
        elif isinstance(value, dict | list):
            lines.append(f"{head} {_brackets(draw, value, step, said)}{_after(draw, said)}")
        else:
            lines.append(f"{head}{draw(st.sampled_from([' ', '   ']))}{_said(draw, value)}{_after(draw, said)}")


def _after(draw: st.DrawFn, said: list[str]) -> str:
    if not draw(st.integers(0, 3)):
        said.append(f"# e{len(said)}")
        return "  " + said[-1]
    return ""


def _brackets(draw: st.DrawFn, value: object, indent: str, said: list[str]) -> str:
    if not draw(st.booleans()) or not value:
        return flow_text(value, quoted=draw(st.booleans()))
    items = value.items() if isinstance(value, dict) else ((None, each) for each in value)  # type: ignore[attr-defined]
    rows = []
    for key, each in items:
        head = "" if key is None else f"{flow_text(key)}: "
        rows.append(f"{indent}{head}{flow_text(each)},{_after(draw, said)}")
    left, right = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([left + _after(draw, said), *rows, indent + right])


def _said(draw: st.DrawFn, value: object) -> str:
    if not isinstance(value, str) or draw(st.booleans()):
        return scalar(value)
    return flow_text(value, quoted=True)


def comments(text: str) -> Counter[str]:
    """Count comments by what only comments of this test say: a letter and a number after the sign."""
    return Counter(
        word for line in text.splitlines() for word in line.split() if word[:1] in "ce" and word[1:].isdigit()
    )


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(texts())
def test_law_it_means_the_same_and_twice_is_once(made: tuple[str, list[str]]) -> None:
    text, said = made
    before = values(text)
    after = canonical("a.yaml", text)
    assert repr_of(values(after)) == repr_of(before)
    assert canonical("a.yaml", after) == after
    assert comments(after) == Counter(each.split()[1] for each in said)
    assert not any(line != line.rstrip() for line in after.splitlines() if line.lstrip().startswith("#"))


def repr_of(value: object) -> object:
    """Return a value that tells types apart, and is equal whatever the order of keys."""
    if isinstance(value, dict):
        return {key: repr_of(each) for key, each in value.items()}
    return [repr_of(each) for each in value] if isinstance(value, list) else repr(value)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(BODIES.filter(lambda body: "sync" not in body))
def test_law_what_pull_writes_is_canonical(body: dict[str, object]) -> None:
    text = to_yaml({"kind": "Offer", **body, "weight": Decimal("1.50")}, schema="../schemas/offer.schema.json")
    assert canonical("a.yaml", text) == text
