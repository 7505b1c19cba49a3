"""Some of the lies of `make torture`: whatever is answered, a command ends with a sentence, and its report is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from lying import campaign, case, scripts
from lying.liar import Tale
from lying.scripts import Bases, Chosen
from world import RECORD


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Bases:
    """Every state that a lie begins in. What is sent after a lie is no witness of how to write to the marketplace."""
    folder = tmp_path_factory.mktemp("lies")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(RECORD, str(folder / "record.jsonl"))
        return Bases(folder / "bases").make(("small",))


@pytest.mark.parametrize("seed", range(1, 25))
def test_a_lie_costs_a_sentence_and_nothing_else(
    seed: int, bases: Bases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To repeat one: python -m lying SEED."""
    monkeypatch.setenv(RECORD, str(tmp_path / "record.jsonl"))
    assert case.play(scripts.chosen(seed, bases, ("small",)), bases, tmp_path).lines() == []


#: What was found by hand or by seed, and must not come back: script, call, lie.
KNOWN = [
    ("plan", "GET /sale/offers", "an empty object with 200, nothing done"),
    ("apply", "GET /sale/offers", "errors with 200, nothing done"),
    ("apply a plan", "PATCH /sale/product-offers/{offerId}", "HTML with 200"),
    ("apply a plan", "PATCH /sale/product-offers/{offerId}", "errors: [null]"),
    ("apply a plan", "POST /sale/product-offers", "202 or 303 to nowhere"),
    ("apply a plan", "POST /sale/shipping-rates", "an empty object with 200, nothing done"),
    ("pull", "GET /after-sales-service-conditions/return-policies", "null"),
    ("apply a plan", "GET /sale/shipping-rates/{id}", "500 after the work"),
    ("pull", "GET /sale/flexible-bundles/{bundleId}", "an empty 200, nothing done"),
]


@pytest.mark.parametrize(("script", "call", "lie"), KNOWN)
def test_a_lie_that_was_believed_once(
    script: str, call: str, lie: str, bases: Bases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told for ever, to the first call and all after it."""
    monkeypatch.setenv(RECORD, str(tmp_path / "record.jsonl"))
    what = Chosen(0, script, "small", Tale(call, 1, lie, 0, always=True))
    verdict = case.play(what, bases, tmp_path)
    assert verdict.told
    assert verdict.lines() == []


def test_every_finding_has_its_column() -> None:
    """The table of the campaign leaves nothing out."""
    assert campaign.column_of("afterwards, apply: traceback: KeyError") == "tracebacks"
    assert campaign.column_of("twice: {'offers': ['A']}") == "not settled afterwards"
    assert campaign.column_of("the case itself failed") == campaign.OTHERWISE
