"""A place in a plain text is where the parser of all of YAML finds it, for every path that a document has."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.demo.documents import all_files
from reconciler.demo.shop import make_shop
from reconciler.documents.plain_places import place_in_plain
from reconciler.documents.source import RawDocument, parse
from reconciler.model.marks import Mark
from tests.documents.test_plain import DOCUMENT_VALUES, WORDS, documents_of_people, marred

_STEPS: tuple[str | int, ...] = (0, 1, 99, "", "a", "c", "kind", "no such", 'a: "x', "a\nb", "'", '"')


def _paths(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of all values, and of some that are not there."""
    yield above
    rows: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        rows = list(value.items())
    elif isinstance(value, list):
        rows = list(enumerate(value))
    for step, inner in rows:
        yield from _paths(inner, (*above, step))
    yield from ((*above, step) for step in _STEPS[: 3 if len(above) > 1 else None])
    yield (*above, 0, "a")


def _held(text: str) -> int:
    """Hold the places of a text to each other; return how many they were, 0 where it is not plain."""
    raws, _ = parse("a.yaml", text.encode())
    if not raws or not raws[0].source.plain:
        return 0
    full, count = replace(raws[0].source, plain=False), 0
    for raw in raws:
        for path in _paths(raw.value):
            for key in (False, True):
                one, other = _place(text, raw, path, key=key), full.mark(raw.index, path, key=key)
                assert one == other, (text, raw.index, path, key)
                count += 1
    return count


def test_documents_of_a_demo() -> None:
    assert sum(_held(text) for path, text in all_files(make_shop(200, 14)) if path.endswith(".yaml")) > 50_000


def _place(text: str, raw: RawDocument, path: tuple[str | int, ...], *, key: bool) -> Mark:
    at = place_in_plain(text, raw.index, path, key=key)
    assert at is not None, (text, path)
    return Mark("a.yaml", text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def test_the_first_places_and_the_later_ones() -> None:
    """A file text looks for a few places itself, and then composes the file: nobody can tell."""
    text = "a: {b: 1}\nc:\n- d\n"
    (raw,), _ = parse("a.yaml", text.encode())
    assert {raw.source.mark(0, ("c", 0)) for _ in range(20)} == {Mark("a.yaml", 3, 3)}


def _texts() -> list[str]:
    return [path.read_text("utf-8") for path in documents_of_people()]


def test_documents_of_people() -> None:
    texts = [text for text in _texts() if len(text) < 4_000]
    assert len(texts) > 50
    assert sum(map(bool, map(_held, texts))) > 0.95 * len(texts)


def test_accidents_in_documents_of_people() -> None:
    """What was marred and is plain all the same has its places, too, also as one of many documents."""
    chance = random.Random(41)
    texts = [text for text in _texts() if len(text) < 3000]
    held = 0
    for _ in range(600):
        parts = [marred(chance.choice(texts), chance) for _ in range(chance.choice((1, 1, 2)))]
        held += bool(_held(chance.choice(("", "---\n", "# x\n---\n")) + "---\n".join(parts)))
    assert held > 40


@settings(max_examples=400, deadline=None, derandomize=True)
@given(DOCUMENT_VALUES, st.sampled_from([None, False, True]), st.sampled_from(["|", ">", "'", '"', None]))
def test_what_is_written_by_another_hand(value: Any, flow: bool | None, style: str | None) -> None:
    _held(
        yaml.dump({"a": value}, allow_unicode=True, default_flow_style=flow, default_style=style, sort_keys=False)
    )


@settings(max_examples=800, deadline=None, derandomize=True)
@given(st.lists(WORDS, max_size=12))
@example(["a: ", "|\n", "  ", "a: ", "\n", "b:", " # c", "\n", "# c", "\n", "- ", "a: ", "x y", "\n"])
@example(["b:", "\n", "- - ", "a: ", "[1, {k: v}]", "\n", "    'c': ", "\n", "    - ", '"q"', "\n"])
@example(["b:", "\n", "a: ", "x y"])
@example(["---\n", "---\n", "a: ", "1", "\n", "---\n", "# c", "\n", "---\n", "b:"])
@example(["b:", "\n", "  'c': ", "\n", "a: ", '"q"'])
@example(["a: ", "{'c''d': [x, {k: {}, l: []}], \"e\": z, f: -1}", " # c"])
def test_pieces_in_any_order(words: list[str]) -> None:
    _held("".join(words) + "\n")
