"""The vocabulary of specs, word by word: each does something that a user sees, and turned off it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.documents.resources import schema_text
from reconciler.documents.specs import load_spec
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.project import accounts, one_by_one, zones
from reconciler.runtime.project import resolve as resolving

from .installed import toy  # noqa: F401 - a fixture
from .proofs import ABOUT, PROOFS
from .words import WORDS, budget, kind

TESTS = Path(__file__).parents[1]
#: What the spec says in place of its own number, so that a limit is reached in a short test.
SOONER = {"spec.budgets.per_day": budget(per_day=20), "kind.most_drafts": kind(most_drafts=1)}


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("name", WORDS)
def test_a_word_does_something_that_is_seen(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    word = WORDS[name]
    spec = SOONER.get(name, lambda spec: spec)(load_spec("toy"))
    _use(spec, monkeypatch)
    assert word.see(tmp_path / "with") == word.with_it
    off = word.off(spec)
    assert off != spec
    _use(off, monkeypatch)
    assert word.see(tmp_path / "without") != word.with_it


@pytest.mark.usefixtures("toy")
def test_an_address_that_leads_elsewhere_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is refused, the run goes on, and nothing is sent there."""
    word = WORDS["spec.signed_hosts"]
    _use(word.off(load_spec("toy")), monkeypatch)
    assert word.see(tmp_path) == ([0], True)


def _use(spec: MarketplaceSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (resolving, one_by_one, accounts, zones):
        monkeypatch.setattr(module, "load_spec", lambda _: spec)


def test_every_word_has_its_proof() -> None:
    """What a spec can say is in one of the tables: seen on the toy, shown by a test of a marketplace, or about people."""
    proved = [*WORDS, *(word for words in PROOFS.values() for word in words.split()), *ABOUT.split()]
    assert sorted(proved) == sorted({*proved}), "each word stands in one table, once"
    schema = json.loads(schema_text("marketplace"))
    known = {*said({name: each for name, each in schema.items() if name != "$defs"}, "spec")}
    for name in ("module", "kind", "operation", "field"):
        known |= {*said(schema["$defs"][name], name)}
    assert {*proved} == {each for each in known if not any(other.startswith(f"{each}=") for other in known)} - {
        each for each in known if any(other.startswith(f"{each}.") for other in known)
    }


def said(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """The words of a part of the schema: `kind.fees.publish`, or `field.zero=ends` for a word that is a value."""
    if "$ref" in schema:
        return
    yield from (f"{path}={word}" for word in schema.get("enum", ()))
    for name, each in schema.get("properties", {}).items():
        yield f"{path}.{name}"
        yield from said(each, f"{path}.{name}")
    for inside in ("additionalProperties", "items"):
        if isinstance(schema.get(inside), Mapping):
            yield from said(schema[inside], path)


@pytest.mark.parametrize("proof", PROOFS)
def test_the_test_that_is_named_is_there(proof: str) -> None:
    file, _, name = proof.partition("::")
    text = (TESTS / file).read_text("utf-8")
    name, _, flip = name.partition("[")
    assert re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE), proof
    assert not flip or f'"{flip.rstrip("]")}"' in text, proof
