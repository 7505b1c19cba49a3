"""A plan of some offers: it says the same with the book and without, and looks at what it names and what moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from resting_shop import (
    DEARER,
    NAMES,
    OTHER_TEXT,
    at_rest,
    copied,
    declare,
    document,
    outcome,
    panel,
    planned,
    put,
    shop,
    without_book,
)
from shares import share
from test_numbers import EDITS, write
from test_waking import REASONS, bundle
from world import World

from reconciler.model.listed import ListedState
from reconciler.model.modules import Module
from reconciler.runtime.commands.explain import explain
from reconciler.runtime.commands.list import ListOptions, list_all
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

#: What is named, and which offers that is where nothing has moved.
NARROWED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a name": ({"targets": ("A-1",)}, {"A-1"}),
    "kind and name": ({"targets": ("Offer/B-1",)}, {"B-1"}),
    "a pattern": ({"targets": ("?-1",)}, {"A-1", "B-1"}),
    "another kind": ({"targets": ("Template/*",)}, set()),
    "a file": ({"files": ("offers/a/A-1.yaml",)}, {"A-1"}),
    "a folder": ({"files": ("offers/b",)}, {"B-1", "B-2"}),
    "what they inherit from": ({"files": ("offers/a/d.yaml",)}, set()),
    "both": ({"files": ("offers/b",), "targets": ("A-1", "B-1")}, {"A-1", "B-1", "B-2"}),
    "the account": ({"accounts": ("main",)}, set()),
    "a label": ({"select": {"shelf": "low"}}, {"A-1", "B-1"}),
    "two labels": ({"select": {"shelf": "low", "maker": "B"}}, {"B-1"}),
    "a label of some": ({"select": {"shelf": "low"}, "targets": ("A-?",)}, {"A-1", "A-2", "B-1"}),
    "no label": ({"select": {"shelf": "none"}}, set()),
    "a module": ({"only": frozenset({Module.CONTENT})}, set()),
    "two modules": ({"only": frozenset({Module.PRICE, Module.STOCK})}, set()),
    "a module with numbers and one without": ({"only": frozenset({Module.PRICE, Module.CONTENT})}, set()),
    "a module of some": ({"only": frozenset({Module.PRICE}), "files": ("offers/b",)}, {"B-1", "B-2"}),
    "a module of none": ({"only": frozenset({Module.BUNDLE})}, set()),
    "all, by the list": ({"refresh": "list"}, set()),
    "some, by the list": ({"refresh": "list", "targets": ("A-1",)}, {"A-1"}),
}


#: What is listed of all that there is.
STATES = (
    (ListedState.CHANGES, ListedState.MISSING, ListedState.REMOVED),
    tuple(each for each in ListedState if each is not ListedState.IN_SYNC),
    (ListedState.IN_SYNC,),
)


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    return at_rest(shop(tmp_path_factory.mktemp("rests") / "shop"))


def compared(made: World, **options: Any) -> set[str]:
    """Plan with the book and without; return what the former parsed. A plan of everything says the same after it."""
    other = copied(made, made.root.with_name(f"{made.root.name}-without"))
    without, _ = outcome(other, cached=False, **options)
    found, parsed = outcome(made, **options)
    assert found == without
    whole = copied(made, made.root.with_name(f"{made.root.name}-whole"))
    assert outcome(whole)[0] == outcome(other, cached=False)[0]
    return parsed


@pytest.mark.parametrize(("reason", "named"), share([each for each in REASONS if each != "nothing"], NARROWED))
def test_some_are_planned_as_without_the_book(named: str, reason: str, resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    REASONS[reason].happens(made)
    compared(made, **NARROWED[named][0])


@pytest.fixture(scope="module")
def in_lines(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Documents in lines, as people write them: of these the numbers alone may be read."""
    made = shop(tmp_path_factory.mktemp("lines") / "shop")
    write(made, *map(document, NAMES))
    return at_rest(made)


@pytest.mark.parametrize(("edit", "named"), share(EDITS, NARROWED))
def test_numbers_are_planned_as_without_the_book(named: str, edit: str, in_lines: World, tmp_path: Path) -> None:
    made = copied(in_lines, tmp_path / "shop")
    EDITS[edit].happens(made)
    compared(made, **NARROWED[named][0])


@pytest.mark.parametrize("edit", EDITS)
def test_it_is_explained_where_numbers_of_others_move(edit: str, in_lines: World, tmp_path: Path) -> None:
    made = copied(in_lines, tmp_path / "shop")
    EDITS[edit].happens(made)
    other = without_book(made, tmp_path / "without")
    for name in ("A-1", "B-1"):
        assert explained(made, name, offline=False) == explained(other, name, offline=False)


@pytest.mark.parametrize(
    "named",
    [each for each in NARROWED if NARROWED[each][1] or each.endswith(("account", "all, by the list", "modules"))],
)
def test_what_is_named_is_looked_at_and_nothing_else(named: str, resting: World, tmp_path: Path) -> None:
    options, offers = NARROWED[named]
    made = copied(resting, tmp_path / "shop")
    assert compared(made, **options) == offers
    assert planned(made)[1] == set()


def test_what_moved_and_is_not_named_is_counted_and_not_read(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    panel(made, "B-1", DEARER | OTHER_TEXT)
    declare(made, document("B-2", price="150.00 PLN"))
    assert compared(made, targets=("A-1",)) == {"A-1", "B-2"}
    plan, _ = planned(made, targets=("A-1",))
    part = plan.accounts[0]
    assert (part.counts["not_selected"], part.counts["chosen"], part.ages.read_now) == (3, 1, 0)


def test_a_bundle_is_planned_with_its_offers_at_rest(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    put(made, "b.yaml", bundle("A-1", "B-1"))
    assert compared(made, targets=("zestaw",)) >= {"A-1", "B-1"}


def test_a_look_at_some_is_no_turn_of_the_others(tmp_path: Path) -> None:
    """Whoever looks at two offers after half a day leaves as many of six to be read again as there were."""
    made = at_rest(shop(tmp_path / "shop", *(f"{letter}-{number}" for letter in "ABC" for number in (1, 2))))
    with made.simulator() as simulator:
        simulator.clock.advance(12 * 3600)
        simulator.catch_up()
    other = copied(made, tmp_path / "other")
    assert planned(made, targets=("A-?",))[0].accounts[0].ages.read_now == 0
    assert planned(made)[0].accounts[0].ages.read_now == planned(other)[0].accounts[0].ages.read_now == 3


def test_nothing_is_near_where_most_is_at_rest(resting: World, tmp_path: Path) -> None:
    """A name that is mistyped is asked for among all names."""
    made = copied(resting, tmp_path / "shop")
    with pytest.raises(BadDocuments) as wrong:
        planned(made, targets=("A-11",))
    assert "did you mean A-1" in wrong.value.diagnostics[0].hint
    with pytest.raises(BadDocuments) as wrong:
        planned(made, targets=("nothing like it",))
    assert f"none of {len(NAMES)} documents" in wrong.value.diagnostics[0].hint


def explained(made: World, name: str, *, offline: bool) -> Any:
    """What is explained of an offer, or why it is not."""
    try:
        return explain(Workspace(made.root), name, None, None, offline=offline, progress=Silent())
    except BadDocuments as wrong:
        return [str(each) for each in wrong.diagnostics]


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
@pytest.mark.parametrize("reason", REASONS)
def test_an_offer_is_explained_as_without_the_book(
    reason: str, offline: bool, resting: World, tmp_path: Path
) -> None:
    made = copied(resting, tmp_path / "shop")
    REASONS[reason].happens(made)
    other = without_book(made, tmp_path / "without")
    for name in ("A-1", "Offer/B-1", "nothing"):
        assert explained(made, name, offline=offline) == explained(other, name, offline=offline)


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
@pytest.mark.parametrize("reason", [each for each in REASONS if REASONS[each].changed or not REASONS[each].parsed])
def test_some_are_listed_as_without_the_book(reason: str, offline: bool, resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    REASONS[reason].happens(made)
    other = without_book(made, tmp_path / "without")
    every = [ListOptions(chosen=PlanOptions(**each), offline=offline) for each, _ in NARROWED.values()]
    every += [ListOptions(chosen=PlanOptions(), states=each, offline=offline) for each in STATES]
    for chosen in every:
        try:
            there = list_all(Workspace(other.root), chosen, Silent())
        except BadDocuments:
            with pytest.raises(BadDocuments):
                list_all(Workspace(made.root), chosen, Silent())
            continue
        assert list_all(Workspace(made.root), chosen, Silent()) == there


@pytest.mark.parametrize("module", [each for each in Module if each is not Module.BUNDLE])
def test_a_module_is_looked_at_with_what_is_kept(module: Module, resting: World, tmp_path: Path) -> None:
    """What was read in full for all is believed by a plan of one module, and the other way round: also where what
    offers refer to has names in one of them only.
    """
    made = copied(resting, tmp_path / "shop")
    for options in ({"only": frozenset({module})}, {}):
        for cached in (False, True):
            assert planned(made, cached=cached, **options)[0].accounts[0].ages.read_now == 0


def test_of_what_is_woken_a_module_is_read(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    panel(made, "B-1", DEARER | OTHER_TEXT)
    found = {}
    for module in (Module.PRICE, Module.CONTENT):
        part = planned(copied(made, tmp_path / module), only=frozenset({module}))[0].accounts[0]
        found[module] = ([field.path for each in part.changes for field in each.fields], part.ages.read_now)
    assert found == {Module.PRICE: (["price.base"], 0), Module.CONTENT: (["content.description"], 1)}


@pytest.mark.parametrize("edit", EDITS)
def test_what_differs_is_listed_as_without_the_book(edit: str, in_lines: World, tmp_path: Path) -> None:
    made = copied(in_lines, tmp_path / "shop")
    EDITS[edit].happens(made)
    other = without_book(made, tmp_path / "without")
    for states in STATES:
        options = ListOptions(chosen=PlanOptions(), states=states)
        assert list_all(Workspace(made.root), options, Silent()) == list_all(
            Workspace(other.root), options, Silent()
        )


def test_what_is_in_sync_is_left_at_rest_where_it_is_not_listed(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    declare(made, document("B-2", price="150.00 PLN"))
    workspace = Workspace(made.root)
    found = list_all(workspace, ListOptions(chosen=PlanOptions(), states=STATES[0]), Silent())
    assert [each.key.name for each in found.rows] == ["B-2"]
    assert {Path(path).stem for path in workspace.read if path.startswith("offers/")} == {"B-2"}
