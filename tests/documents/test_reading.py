"""Every file that YAML or we refuse is one clear error with its place, and never an exception."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents.scalars import NumberTooLarge, plain_scalar
from reconciler.documents.source import parse
from reconciler.model.texts import nfc

BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)
CHAIN = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 3000))

REFUSED = [
    ("50 MB", b"a: 1\n" * 10_000_000, "D101", 1, 1),
    ("NUL", b"a: 1\nb: \x00", "D102", 2, 4),
    ("binary", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "D102", 3, 1),
    ("UTF-16 with mark", "kind: Offer\n".encode("utf-16"), "D103", 1, 1),
    ("UTF-16 without mark", "kind: Offer\n".encode("utf-16-le"), "D103", 1, 1),
    ("Windows-1250", "a: 1\nb: biały".encode("cp1250"), "D104", 2, 7),
    ("truncated in a list", b"kind: Offer\ncontent: {images: [a, b", "D105", 2, 24),
    ("truncated in quotes", b'kind: Offer\nname: "kub', "D105", 2, 11),
    ("tab", b"a:\n\t- b", "D105", 2, 1),
    ("colon in text", b"a: b: c", "D105", 1, 5),
    ("brackets", b"[" * 10_000, "D106", 1, None),
    ("a million brackets", b"[" * 1_000_000, "D106", 1, None),
    ("braces", b"{a: " * 10_000, "D106", 1, None),
    ("dashes", b"- " * 10_000, "D106", 1, None),
    ("control character", b"a: 1\nb: \x07", "D107", 2, 4),
    ("no anchor", b"a: 1\nb: *x", "D108", 2, 4),
    ("duplicate key", b"a: 1\nb: {c: 1, d: 2, c: 3}", "D109", 2, 17),
    ("number as key", b"a:\n  5: x", "D110", 2, 3),
    ("null as key", b"~: x", "D110", 1, 1),
    ("list as key", b"? [a]\n: x", "D110", 1, 3),
    ("merge key", b"a: &x {b: 1}\nc:\n  <<: *x", "D111", 3, 3),
    ("huge integer", b"a: " + b"9" * 100_000, "D112", 1, 4),
    ("huge exponent", b"a: 1e999999999", "D112", 1, 4),
    ("tag", b"a: !!python/object:os.system x", "D113", 1, 4),
    ("own tag", b"a: !include x", "D113", 1, 4),
    ("alias bomb", BOMB.encode(), "D114", 1, 1),
    ("alias chain", CHAIN.encode(), "D114", 1, 1),
    ("merge conflict", b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", "D123", 2, 1),
    ("merge conflict in quotes", b'a: "x\n<<<<<<< HEAD\n y\n=======\n z\n>>>>>>> x\n  "\n', "D123", 2, 1),
    ("merge conflict in CRLF", b"a: 1\r\n<<<<<<< HEAD\r\n=======\r\nb: 2\r\n>>>>>>> x\r\n", "D123", 2, 1),
    ("merge conflict half settled", b'a: "x\n=======\n z\n>>>>>>> x"', "D123", 2, 1),
    ("recursive anchor", b"a: &x [1, *x]", "D115", 1, 4),
]


@pytest.mark.parametrize(
    ("data", "code", "line", "column"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(data, code, line, column):
    _, (found,) = parse("x.yaml", data)
    assert found.code == code
    assert (found.mark.file, found.mark.line) == ("x.yaml", line)
    assert column in (None, found.mark.column)
    assert found.summary
    assert found.hint
    assert "Traceback" not in str(found)


SLIPS = [
    ("a: 1\nprice:49.99 PLN\nstock: 1", 2, "space after the colon of `price`"),
    ("stock: 1\nprice:49.99 PLN\n", 2, "space after the colon of `price`"),
    ("content:\n  title:Kubek\n  category: '1'", 3, "space after the colon of `title`"),
    ("a:\n  b: |\n    Uwaga:tak\n  c: d: e", 4, "A text with `: ` in it needs quotes"),  # a text, and no key
    ("a: 1\nprice 49.99 PLN\nstock: 1", 2, "Write `key: value`"),
    ("a: 1\nprice:\u00a049.99 PLN\nstock: 1", 2, "a space in place of U+00A0 after the colon"),
    ("a: 1\nstock:\u200b 1", 2, "Delete U+200B after the colon"),
    ("stock: 1\n\ufeffprice: 1 PLN", 2, "Delete U+FEFF before the key"),
    ("a:\n\tb: c", 2, "spaces, not tabs"),
    ("a: @b", 1, "starts with @ needs quotes"),
    ("a: - b", 1, "A list begins in a line of its own"),
    ("a: 'b's'", 1, "in single quotes `'` is written twice"),
    ("a: {b: c: d}", 1, "a text with `: ` needs quotes"),
    ("a: b\n...\nc: d", 3, "begins with a line `---`"),
    ("a: &x b\n---\nc: *x", 3, "within its own document"),
]


@pytest.mark.parametrize(("text", "line", "remedy"), SLIPS)
def test_a_slip_of_the_pen_is_told_by_its_line_and_its_remedy(text, line, remedy):
    """And not by the line in which the parser noticed it, with a remedy for something else."""
    (found,) = parse("x.yaml", text.encode())[1]
    assert (found.mark.line, remedy in found.hint) == (line, True), found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.90", Decimal("12.90")),
        ("49", 49),
        ("-3", -3),
        ("1e3", Decimal("1E+3")),
        (".5", Decimal("0.5")),
        ("0570", "0570"),
        ("no", "no"),
        ("yes", "yes"),
        ("off", "off"),
        ("22:15", "22:15"),
        ("2024-01-01", "2024-01-01"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'12.90'", "12.90"),
        ('"true"', "true"),
    ],
)
def test_scalars_are_yaml_1_2(text, value):
    (found,), faults = parse("x.yaml", f"a: {text}".encode())
    assert faults == []
    assert found.value == {"a": value}
    assert type(found.value["a"]) is type(value)


@pytest.mark.parametrize("text", [b'a: "x\n======="', b"a: |\n  <<<<<<< HEAD\n  =======\n  >>>>>>> x\n"])
def test_one_line_of_signs_or_signs_further_right_are_no_conflict(text):
    """Somebody draws a line; and what is shown of a conflict in a text is indented."""
    assert parse("x.yaml", text)[1] == []


def test_several_documents_and_a_byte_order_mark():
    found, faults = parse("x.yaml", b"\xef\xbb\xbfa: 1\n---\n# nothing\n---\nb: 2\n")
    assert faults == []
    assert [(raw.index, raw.value) for raw in found] == [(0, {"a": 1}), (2, {"b": 2})]


def test_64_levels_are_the_limit():
    assert parse("x.yaml", b"[" * 64 + b"]" * 64)[1] == []
    assert [fault.code for fault in parse("x.yaml", b"[" * 65 + b"]" * 65)[1]] == ["D106"]


def test_what_stands_before_a_mistake_is_kept():
    found, faults = parse("x.yaml", b"a: 1\n---\n[b")
    assert [raw.value for raw in found] == [{"a": 1}]
    assert [fault.code for fault in faults] == ["D105"]


def test_harmless_aliases_are_written_out():
    (found,), faults = parse("x.yaml", b"a: &x {b: 1}\nc: [*x, *x]")
    assert faults == []
    assert found.value == {"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}]}


def test_all_mistakes_of_a_file_at_once():
    _, faults = parse("x.yaml", b"a: 1\na: 2\nb: !x 3\n5: 6\n")
    assert [fault.code for fault in faults] == ["D109", "D113", "D110"]


def _floats(value):
    if isinstance(value, dict):
        return any(_floats(inner) for inner in [*value, *value.values()])
    return any(map(_floats, value)) if isinstance(value, list) else isinstance(value, float)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.decimals(allow_nan=False) | st.integers())
def test_law_no_number_becomes_a_float(number):
    found, _ = parse("x.yaml", f"a: {number}\nb: [{number}]".encode())
    assert not any(_floats(raw.value) for raw in found)


@given(st.text(alphabet="0123456789+-.eE_xo:nulltrufasNO~ ", max_size=12))
def test_law_a_plain_scalar_is_text_or_reads_back(text):
    try:
        value = plain_scalar(text)
    except NumberTooLarge:
        assert any(map(str.isdigit, text))
        return
    assert value is None or isinstance(value, str | bool | int | Decimal)
    if isinstance(value, str):
        assert value == text


@given(st.binary(max_size=200))
def test_law_no_bytes_raise(data):
    found, faults = parse("x.yaml", data)
    assert all(fault.mark.line >= 1 and fault.mark.column >= 1 for fault in faults)
    assert isinstance(found, list)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp", "Co"]), min_size=1, max_size=8
).map(nfc)
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(WORDS, inner, min_size=1, max_size=3),
    max_leaves=12,
)


def _write(value, lines, indent=0):
    """Write YAML block style with every scalar in single quotes, and note where each value starts."""
    pad = " " * indent
    places = {}
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        head = f"{pad}{_quoted(key)}: " if isinstance(value, dict) else f"{pad}- "
        if isinstance(inner, str):
            lines.append(head + _quoted(inner))
            places[(key,)] = (len(lines), len(head) + 1)
            continue
        lines.append(head.rstrip())
        first = len(lines) + 1
        below = _write(inner, lines, indent + 2)
        places[(key,)] = (first, indent + 3)
        places |= {(key, *path): place for path, place in below.items()}
    return places


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


@given(st.dictionaries(WORDS, TREES, min_size=1, max_size=4))
def test_law_values_and_marks_round_trip(tree):
    lines = []
    places = _write(tree, lines)
    (found,), faults = parse("x.yaml", "\n".join(lines).encode())
    assert faults == []
    assert found.value == tree
    for path, (line, column) in places.items():
        mark = found.source.mark(0, path)
        assert (mark.line, mark.column) == (line, column), path


@given(st.dictionaries(WORDS, WORDS, min_size=1, max_size=5), st.data())
def test_law_a_duplicate_key_is_always_refused(mapping, data):
    lines = [f"{_quoted(key)}: {_quoted(value)}" for key, value in mapping.items()]
    again = data.draw(st.sampled_from(sorted(mapping)))
    lines.insert(data.draw(st.integers(0, len(lines))), f"{_quoted(again)}: 'x'")
    _, faults = parse("x.yaml", "\n".join(lines).encode())
    assert [fault.code for fault in faults] == ["D109"]


def test_marks_of_keys_and_of_what_is_not_there():
    (found,), _ = parse("x.yaml", b"a:\n  b: 1\n")
    assert str(found.source.mark(0, ("a", "b"))) == "x.yaml:2:6"
    assert str(found.source.mark(0, ("a", "b"), key=True)) == "x.yaml:2:3"
    assert str(found.source.mark(0, ("a", "nope", 3))) == "x.yaml:2:3"
    assert str(found.source.mark(7, ("a",))) == "x.yaml:1:1"
