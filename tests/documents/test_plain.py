"""The quick reader gives what the parser of all of YAML gives, on every text that it takes. Else it takes none."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.documents.plain import read_plain
from reconciler.documents.source import FileText, parse, parse_in_full

REPOSITORY = Path(__file__).resolve().parents[2]
_TEXTS = st.one_of(
    st.sampled_from(
        [
            "12.90",
            "1e5",
            "+1",
            ".5",
            "0570",
            "no",
            "null",
            "~",
            "True",
            "28.99 PLN",
            "22:15",
            "a: b",
            "x #y",
            "#z",
            "",
        ]
    ),
    st.text(alphabet="abżółć019 -:#'\"{}[],.&*!?|>%@\\\n~", max_size=14),
)
_KEYS = st.one_of(st.sampled_from(["kind", "Waga [kg.]", "Liczba sztuk", "12", "true", "<<", "a b"]), _TEXTS)
_LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-999, 99999), _TEXTS)
DOCUMENT_VALUES: st.SearchStrategy[Any] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=12,
)
#: What people and accidents put into a file.
_BITS = (
    *(
        " ",
        "\n",
        "  ",
        "\t",
        ":",
        ": ",
        "- ",
        "#",
        " #",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a",
        "!x ",
        "|\n",
    ),
    *(
        ">-\n",
        "|+\n",
        "%",
        "@",
        "`",
        "\\",
        "---\n",
        "...\n",
        "~",
        "1e5",
        "07",
        "\u00a0",
        "\u0301",
        "\ufeff",
        "\r\n",
    ),
    *(
        "? ",
        "<<: ",
        "é",
        "\x85",
        "\u2028",
        "+1",
        "5.",
        "true",
        "{a: 1}",
        "''",
        "\n\n",
        "\n    ",
        "- - ",
        "-\n",
        "0x1F",
        "{t: <b>x</b>}",
        "<",
        " # {",
    ),
)
WORDS = st.sampled_from(
    ["a: ", "b:", "'c': ", "- ", "  ", "x y", '"q"', "[1, {k: v}]", "|\n", ">\n", "\n", "# c", *_BITS]
)


def _alike(one: Any, other: Any) -> bool:
    """`5` is not `5.0`, and neither is `True` a `1`; keys have an order."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return type(one) is type(other) and str(one) == str(other)


def _taken(text: str) -> bool:
    """Hold both readers to the same documents; tell whether the quick one took the text."""
    data = text.encode()
    quick = read_plain(text, data)
    if quick is None:
        return False
    full, faults = parse_in_full(FileText("a.yaml", data))
    assert not faults, (text, faults)
    assert [each.number for each in quick] == [each.index for each in full], text
    for one, other in zip(quick, full, strict=True):
        assert _alike(one.value, other.value), (text, one.value, other.value)
        assert (one.respelled, other.faults) == (other.respelled, ()), text
    return True


@settings(max_examples=400, deadline=None, derandomize=True)
@given(DOCUMENT_VALUES, st.sampled_from([None, False, True]), st.sampled_from(["|", ">", "'", '"', None]))
def test_what_is_written_by_another_hand(value: Any, flow: bool | None, style: str | None) -> None:
    """PyYAML writes values in all the ways that it has."""
    _taken(
        yaml.dump({"a": value}, allow_unicode=True, default_flow_style=flow, default_style=style, sort_keys=False)
    )


@settings(max_examples=800, deadline=None, derandomize=True)
@given(st.lists(WORDS, max_size=12))
@example(["a: ", "|\n", "  ", "x y", "\n", " ", "\n", "b:"])
@example(["a: ", "x y", "\n", "  ", "b:", "\n"])
@example(["b:", "\n", "- ", "a: ", "|\n", "  ", "x y", "\n"])
@example(["---\n", "\n", "# c", "\n", "a: ", "{t: <b>x</b>}", " # {"])
@example(["b:", " # c", "\n", "  ", "a: ", "x y", "\n", "'c': ", "{<<: 1}"])
@example(["b:", "\n", "- ", "x y", "\n", "- ", "a: ", "07", "\n", "- ", "x y"])
def test_pieces_in_any_order(words: list[str]) -> None:
    """Most of it is no YAML at all, and then it is not taken."""
    _taken("".join(words) + "\n")


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(["'", '"', "x", " ", ": ", ":", ",", "{", "}", "[", "]", "-1", "#", "/"]), max_size=12
    )
)
@example(["{", "'", "x", "'", "'", "x", "'", ": ", "x", "}"])
def test_brackets(signs: list[str]) -> None:
    """In brackets a quote may be doubled, also in a key."""
    _taken(f"a: {''.join(signs)}\n")


def documents_of_people() -> Iterator[Path]:
    for folder in ("examples", "specs", "reconciler/cli/starter"):
        yield from sorted((REPOSITORY / folder).rglob("*.yaml"))


def test_documents_of_people_are_taken() -> None:
    """It would be of no use if it gave up on what people write: of our examples it takes nearly all."""
    texts = [path.read_text("utf-8") for path in documents_of_people()]
    assert len(texts) > 50
    assert sum(map(_taken, texts)) > 0.95 * len(texts)


def test_every_spec_is_taken() -> None:
    """Each command reads all of them: not one may need the parser of all of YAML."""
    specs = sorted((REPOSITORY / "specs").glob("*.yaml"))
    assert len(specs) > 2
    for path in specs:
        assert _taken(path.read_text("utf-8")), path.name


def test_accidents_in_documents_of_people() -> None:
    """Letters come and go, lines are moved and doubled: a mistake is never read as something else."""
    chance = random.Random(14)
    texts = [text for path in documents_of_people() if len(text := path.read_text("utf-8")) < 3000]
    taken = sum(_taken(marred(chance.choice(texts), chance)) for _ in range(3000))
    assert taken > 500


def marred(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(text) + 1)
        lines = text.split("\n")
        line = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0 | 1:
                text = text[:at] + chance.choice(_BITS) + text[at:]
            case 2:
                text = text[:at] + text[at + chance.choice((1, 2, 9)) :]
            case 3:
                lines.insert(chance.randrange(len(lines)), lines[line])
                text = "\n".join(lines)
            case 4:
                lines[line] = lines[line][1:] if chance.random() < 0.5 else f"  {lines[line]}"
                text = "\n".join(lines)
    return text


def test_marks_are_those_of_the_text() -> None:
    """A place is looked for in the text, whoever has read it."""
    text = "# first\nkind: Offer\ncontent:\n  images:\n  - a\n  - b\nprice: 5.00 PLN\n"
    (raw,), _ = parse("a.yaml", text.encode())
    assert read_plain(text, text.encode())
    assert str(raw.source.mark(raw.index, ("content", "images", 1))) == "a.yaml:6:5"
