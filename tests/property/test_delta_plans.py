"""A plan that believes its caches says what a plan without any would say, whatever has happened in between.

`RECONCILE_SEEDS=500` hunts for longer, with other examples in each run. A failure prints the steps; with
`RECONCILE_STEPS="[('price', 1, 2), ...]"` exactly these are played.
"""

from __future__ import annotations

import ast
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from reconciler.model.modules import Module

from .delta.edits import EDITS
from .delta.judge import differences
from .delta.looks import unlike_looks
from .delta.moves import MOVES
from .delta.shop import Machine, Shop, build

STEPS = {**EDITS, **MOVES}
SEEDS = int(os.environ.get("RECONCILE_SEEDS", "0"))
History = list[tuple[str, int, int]]
#: A step of a sort that many others depend on comes more often.
OFTEN = ("applies", "clock", "price", "panel", "defaults", "goes_back", "mends", "damages")


@pytest.fixture(scope="module", params=[1, 2], ids=["one account", "two accounts"])
def rested(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop in which nothing is left to do: planned, applied, and planned twice."""
    shop = build(tmp_path_factory.mktemp("rested") / "shop", accounts=request.param)
    with shop.machine.runs_everything():
        for _ in range(2):  # what was written is compared once more before it is remembered
            shop.apply(shop.plan())
            shop.later(1200)
        for _ in range(2):
            shop.later(60)
            assert not differences(shop)
        assert not shop.plan().changes
    return shop


#: Plans of some of all that there is.
NARROWED: tuple[dict[str, Any], ...] = (
    {"targets": ("K01",)},
    {"targets": ("K0*", "Bundle/*")},
    {"files": ("oferty/kubki",)},
    {"files": ("oferty/talerze/defaults.yaml", "ustawienia")},
    {"accounts": ("main",)},
    {"only": frozenset({Module.CONTENT, Module.STOCK})},
)


def played(rested: Shop, history: Iterable[tuple[str, int, int]]) -> list[str]:
    """Play a history in a copy of the shop, judge after each step, and return what differed first.

    Another look, and a plan of some offers, come between the last step and its judgement.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "shop"
        shutil.copytree(rested.root, root)
        shop = Shop(root, rested.login, machine=Machine(rested.machine.moment), attic=[*rested.attic])
        with shop.machine.runs_everything():
            for number, (name, which, how) in enumerate(history, 1):
                STEPS[name](shop, which, how)
                shop.later(5)
                if number == len(history) and (found := unlike_looks(shop, which)):
                    return [f"after step {number}, {name}, another look:", *found]
                if number == len(history) and (found := differences(shop, **NARROWED[which % len(NARROWED)])):
                    return [f"after step {number}, {name}, of some:", *found]
                if found := differences(shop):
                    return [f"after step {number}, {name}:", *found]
    return []


#: Steps of the table that a plan can only see in what it reads of an offer in full: a description, an invoice.
_IN_FULL = [("panel", 2, 3), ("panel", 0, 4)]


@pytest.mark.parametrize("rested", [1], indirect=True)
@pytest.mark.parametrize(("name", "which", "how"), [*((each, 0, 0) for each in STEPS), *_IN_FULL])
def test_a_single_step_after_a_rest(rested: Shop, name: str, which: int, how: int) -> None:
    """Each step, another way of it, and once more when it was applied."""
    history = [(name, which, how), (name, 5, 1), ("applies", 0, 1)]
    found = played(rested, history)
    assert not found, "\n".join([*found, f"steps: {history}"])


_SINGLE = st.tuples(st.sampled_from([*STEPS, *OFTEN, *OFTEN]), st.integers(0, 59), st.integers(0, 59))


@given(history=st.lists(_SINGLE, min_size=6, max_size=14))
@settings(max_examples=SEEDS or 8, derandomize=not SEEDS)
def test_delta_plans_equal_full_plans(rested: Shop, history: History) -> None:
    if said := os.environ.get("RECONCILE_STEPS"):
        history = ast.literal_eval(said)
    note(f"RECONCILE_STEPS={str(history)!r}")
    found = played(rested, history)
    assert not found, "\n".join([*found, f"steps: {history}"])
