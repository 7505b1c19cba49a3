"""Each trouble of the marketplace while everything is applied at once; `make torture` has it with each kind of action."""

from __future__ import annotations

from pathlib import Path

import pytest
from torture import faults
from torture.grounds.allegro import ALLEGRO
from torture.grounds.etsy import ETSY
from torture.trouble import rule

TROUBLE = faults.faults_of(ALLEGRO)
#: The troubles that lose an answer.
WORST = ["reset after", "garbled", "503 without end", "list lags, answers lost"]


@pytest.mark.parametrize("name", TROUBLE)
def test_the_report_is_true_and_the_next_apply_finishes(name: str, tmp_path: Path) -> None:
    """In trouble: what is called applied is there, what is not has a reason, the counts add up; in peace: no more to do."""
    assert faults.case(tmp_path / "shop", ALLEGRO.everything, TROUBLE[name]) == []


@pytest.mark.parametrize(
    "name", ["reset after", "garbled", "list lags, answers lost", "no effect", "upload fails"]
)
def test_the_same_on_etsy(name: str, tmp_path: Path) -> None:
    assert faults.case(tmp_path / "shop", ETSY.everything, faults.faults_of(ETSY)[name], at=ETSY) == []


@pytest.mark.parametrize("kind", ALLEGRO.kinds)
@pytest.mark.parametrize("name", WORST)
def test_the_worst_with_each_kind_of_action(name: str, kind: str, tmp_path: Path) -> None:
    """The troubles that lose an answer, with every kind of action by itself."""
    assert faults.case(tmp_path / "shop", ALLEGRO.kinds[kind], TROUBLE[name]) == []


@pytest.mark.parametrize("kind", ["create", "edit", "upload a picture"])
def test_an_operation_that_never_ends_is_told(kind: str, tmp_path: Path) -> None:
    """202, and then nothing for ever: the report says unknown or refused with a reason, and the counts add up."""
    made = ALLEGRO.case(tmp_path / "shop", ALLEGRO.kinds[kind])
    plan = made.plan()
    planned = sum(len(action.targets) for part in plan.accounts for action in part.actions)
    made.set(**rule("operation_hangs", times=1))
    assert faults.untrue(made, made.apply(plan), planned) == []
