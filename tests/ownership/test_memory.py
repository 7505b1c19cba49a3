"""Memory is what was compared: nothing else is called ours, ended, or drift."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.documents.specs import load_spec
from reconciler.model.memory import Managed
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.runtime.commands.state import release, state
from reconciler.runtime.commands.undo import make_undo
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.project.accounts import account_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.cli.running import reconcile
from tests.world import SWITCH_OFF_GUARDS, Silent, World


def shop(root: Path, *names: str, price: str = "10.00 PLN") -> World:
    """A shop whose offers are live at 10.00 and declared with another price, or the same."""
    live = [world.live_offer(number, name, **priced("10.00")) for number, name in enumerate(names)]
    return World.make(root, world.seller(live), [world.offer(name, price=price) for name in names])


def priced(amount: str) -> dict[str, object]:
    """The price as the marketplace keeps it."""
    return {"sellingMode": {"format": "BUY_NOW", "price": {"amount": amount, "currency": "PLN"}}}


@contextmanager
def ledger_of(made: World, name: str = "main"):
    workspace = Workspace(made.root)
    account = account_of(workspace, name)
    ledger = Ledger(made.root / ".reconcile" / "ledger.db")
    try:
        yield ledger, place_of(account, load_spec(account.marketplace))
    finally:
        ledger.close()


def managed(made: World) -> set[str]:
    return {row.managed.key.name for row in state(Workspace(made.root), None)}


def verbs(plan) -> dict[str, str]:
    return {change.key.name: change.verb.value for change in plan.changes}


def drifting(plan) -> set[tuple[str, str]]:
    return {(change.key.name, each.path) for change in plan.changes for each in change.fields if each.drift}


def test_planning_alone_makes_nothing_ours(tmp_path: Path) -> None:
    """An offer that only a plan has seen is not ended when its document goes."""
    made = shop(tmp_path, "A", "B")
    made.plan()
    made.documents(world.offer("A", price="10.00 PLN"))
    assert not made.plan().changes
    assert managed(made) == set()


def test_what_an_apply_found_as_declared_is_managed_and_said(tmp_path: Path) -> None:
    """An apply with nothing to send makes what it found equal managed, says how many, and a removal ends it then."""
    made = shop(tmp_path, "A", "B")
    plan = made.plan()
    assert not plan.actions
    report = made.apply(plan)
    assert (report.managed, managed(made)) == (2, {"A", "B"})
    assert made.apply(made.plan()).managed == 0
    made.documents(world.offer("A", price="10.00 PLN"))
    assert verbs(made.plan()) == {"B": "end"}


def test_what_an_apply_wrote_is_managed_and_said(tmp_path: Path) -> None:
    """What was created or changed counts as much as what was as declared already."""
    made = shop(tmp_path, "A", "B")
    made.documents(
        world.offer("A", price="12.00 PLN"), world.offer("B", price="10.00 PLN"), world.whole_offer("N")
    )
    assert made.apply(made.plan()).managed == 3
    assert managed(made) == {"A", "B", "N"}


def test_once_remembered_a_plan_carries_nothing_to_remember(tmp_path: Path) -> None:
    """What is remembered already is no plan data: a plan of a shop that rests is small, whatever the shop's size."""
    made = shop(tmp_path, "A", "B")
    made.apply(made.plan())
    assert made.plan().accounts[0].compared == ()


def test_a_narrowed_apply_says_nothing_of_the_rest(tmp_path: Path) -> None:
    """`--target B` neither makes A ours nor calls what was pending on it drift."""
    made = shop(tmp_path, "A", "B", price="12.00 PLN")
    made.apply(made.plan(targets=("B",)))
    assert managed(made) == {"B"}
    plan = made.plan()
    assert verbs(plan) == {"A": "update"}
    assert drifting(plan) == set()


def test_a_narrowed_plan_calls_nothing_undeclared(tmp_path: Path) -> None:
    """What lies outside of the targets was not looked at: A has a document, and only B was chosen."""
    shop(tmp_path, "A", "B", price="12.00 PLN")
    told = reconcile("plan", "--target", "B", cwd=tmp_path)
    assert "1 offer selected, 1 not, 2 live" in told.stdout
    assert "no document" not in told.stdout


def test_a_narrowed_apply_to_a_module_manages_what_it_wrote_only(tmp_path: Path) -> None:
    """`--only price` manages the offer that it wrote, not the one of which it has seen the price alone."""
    made = shop(tmp_path, "A", "B")
    made.documents(
        world.offer("A", price="10.00 PLN", content={"title": "Inny tytuł oferty"}),
        world.offer("B", price="12.00 PLN", content={"title": "Inny tytuł oferty"}),
    )
    made.apply(made.plan(only=frozenset({Module.PRICE})))
    assert managed(made) == {"B"}
    assert drifting(made.plan()) == set()


def test_a_held_field_is_not_remembered_as_true(tmp_path: Path) -> None:
    """A `manual` field beside an applied one differs still: no drift is said of it later."""
    made = shop(tmp_path, "A")
    sync = {"content": "manual"}
    made.documents(world.offer("A", sync=sync, price="12.00 PLN", content={"title": "Inny tytuł oferty"}))
    made.apply(made.plan())
    plan = made.plan()
    assert [(each.path, each.held, each.drift) for each in plan.changes[0].fields] == [
        ("content.title", True, False)
    ]


def test_a_saved_plan_remembers_what_it_wrote_not_what_the_documents_say_by_now(tmp_path: Path) -> None:
    """The documents have moved on between plan and apply: what they say now is a change, never drift."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    plan = made.plan()
    made.documents(world.offer("A", price="15.00 PLN"))
    made.apply(plan)
    again = made.plan()
    assert verbs(again) == {"A": "update"}
    assert drifting(again) == set()


def test_what_somebody_else_moves_is_drift(tmp_path: Path) -> None:
    """An edit in the panel of a field that an apply wrote, and of one that it found equal, is said to be drift."""
    made = shop(tmp_path, "A", "B")
    made.documents(world.offer("A", price="12.00 PLN"), world.offer("B", price="10.00 PLN"))
    made.apply(made.plan())
    for name in ("A", "B"):
        made.panel(made.by_key(name)["id"], priced("77.00"))
    assert drifting(made.plan()) == {("A", "price.base"), ("B", "price.base")}


@pytest.mark.parametrize("elsewhere", [{"login": "inny"}, {"environment": "sandbox"}])
def test_another_login_or_environment_is_another_memory(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    """What was created, seen and uploaded at one site is not known at another; nor where its events were read to."""
    made = shop(tmp_path, "A")
    made.documents(
        world.offer("A", price="10.00 PLN", content={"description": "<p>Opis</p>"}), world.whole_offer("N")
    )
    made.converge()
    with ledger_of(made) as (ledger, place):
        ledger.remember_image(place, "sha256:1", "https://a/1.jpg", at="2026-11-28T00:00:00", used=True)
        assert ledger.images(place)
        assert ledger.managed(place)
        assert ledger.baselines(place)
        assert ledger.runs.ever_created(place)
        assert all(cached(made, str(place.site)))
    main = {"marketplace": "allegro", "environment": "simulator", "login": made.login, **elsewhere}
    made.project({"accounts": {"main": main}, "guards": SWITCH_OFF_GUARDS})
    with ledger_of(made) as (ledger, place):
        assert not ledger.images(place)
        assert not ledger.managed(place)
        assert not ledger.baselines(place)
        assert not ledger.runs.ever_created(place)
        assert ledger.runs.first_start(place) is None
        assert not any(cached(made, str(place.site)))


def cached(made: World, site: str) -> tuple[object, ...]:
    """What is kept of a site besides the ledger: full reads, ids by key, the cursor of its events."""
    cache = Cache(made.root / ".reconcile" / "cache.db", print)
    try:
        return tuple(cache.details(site, "Offer")), cache.seen(site, ["A"]), cache.lookup("events", site)
    finally:
        cache.close()


def two_projects(tmp_path: Path) -> tuple[World, World]:
    """Two projects with one ledger on one login of one marketplace."""
    first = shop(tmp_path / "first", "A", "B")
    second = World(tmp_path / "second", first.login)
    main = {"marketplace": "allegro", "environment": "simulator", "login": first.login}
    shared = str(tmp_path / "ledger.db")
    for made, name in ((first, "first"), (second, "second")):
        made.root.mkdir(exist_ok=True)
        (made.root / ".reconcile").mkdir(exist_ok=True)
        made.project({"name": name, "ledger": shared, "accounts": {"main": main}, "guards": SWITCH_OFF_GUARDS})
    (second.root / ".reconcile" / "simulator-allegro.db").symlink_to(
        first.root / ".reconcile" / "simulator-allegro.db"
    )
    first.documents(world.offer("A", price="10.00 PLN"))
    second.documents(world.offer("B", price="10.00 PLN"))
    return first, second


def test_two_projects_on_one_ledger_do_not_end_each_others_offers(tmp_path: Path) -> None:
    """Each sees what it manages itself, and nothing of the other's is ended by it."""
    first, second = two_projects(tmp_path)
    for made in (first, second):
        made.apply(made.plan())
    assert (managed(first), managed(second)) == ({"A"}, {"B"})
    for made in (first, second):
        assert not made.plan().changes
        made.documents()
    assert (verbs(first.plan()), verbs(second.plan())) == ({"A": "end"}, {"B": "end"})


def test_history_tells_the_runs_of_its_own_project(tmp_path: Path) -> None:
    """The runs of another project on the ledger are not this one's to see, to finish or to undo."""
    from reconciler.runtime.commands.history import history

    first, second = two_projects(tmp_path)
    first.documents(world.offer("A", price="12.00 PLN"))
    first.apply(first.plan())
    assert len(history(Workspace(first.root), None, 9)) == 1
    assert history(Workspace(second.root), None, 9) == ()


def test_release_lets_go_without_an_end(tmp_path: Path) -> None:
    """After a release the removal of a document ends nothing."""
    made = shop(tmp_path, "A", "B")
    made.apply(made.plan())
    assert [each.key.name for each in release(Workspace(tmp_path), ["A"], None)] == ["A"]
    made.documents()
    assert verbs(made.plan()) == {"B": "end"}


def test_an_undone_end_is_managed_again(tmp_path: Path) -> None:
    """The end by a removed document let go of the offer; its undo brings that back, too."""
    made = shop(tmp_path, "A", "B")
    made.apply(made.plan())
    made.documents(world.offer("A", price="10.00 PLN"))
    made.apply(made.plan())
    assert managed(made) == {"A"}
    with ledger_of(made) as (ledger, _):
        (run,) = [each for each in ledger.history.runs("", None, 9) if each.context["gone"]]
    made.apply(make_undo(Workspace(tmp_path), run.id, {}, Silent()))
    assert managed(made) == {"A", "B"}


def test_since_when_and_by_which_run_is_kept(tmp_path: Path) -> None:
    """A later apply does not make an offer managed anew."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    made.apply(made.plan())
    (before,) = [row.managed for row in state(Workspace(tmp_path), None)]
    made.documents(world.offer("A", price="13.00 PLN"))
    made.apply(made.plan())
    (after,) = [row.managed for row in state(Workspace(tmp_path), None)]
    assert before == after
    assert isinstance(before, Managed)
    assert before.key == Key("main", "Offer", "A")
    assert before.run_id


def test_what_moved_is_managed_since_it_had_the_old_name(tmp_path: Path) -> None:
    """Another name makes nothing managed that was not: its history goes with it."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    made.apply(made.plan())
    (before,) = [row.managed for row in state(Workspace(tmp_path), None)]
    made.documents(world.offer("A2", price="12.00 PLN", moved={"from": "A"}))
    assert made.apply(made.plan()).managed == 0
    (after,) = [row.managed for row in state(Workspace(tmp_path), None)]
    assert (after.key.name, after.since, after.run_id) == ("A2", before.since, before.run_id)


@pytest.mark.parametrize("words", [["state", "list"], ["state", "show", "A"]])
def test_state_is_told(tmp_path: Path, words: list[str]) -> None:
    """`reconcile state` says what is managed in words and as JSON."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    made.apply(made.plan())
    told = reconcile(*words, cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert "since" in told.stdout
    body = json.loads(reconcile(*words, "--json", cwd=tmp_path).stdout)
    assert [row["key"]["name"] for row in body["managed"]] == ["A"]


def test_release_says_what_it_did_and_what_is_unknown(tmp_path: Path) -> None:
    """A name that nobody manages is an error, and then nothing is released."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    made.apply(made.plan())
    assert reconcile("release", "A", "B", cwd=tmp_path).returncode == 1
    assert managed(made) == {"A"}
    assert reconcile("release", "A", cwd=tmp_path).returncode == 0
    assert managed(made) == set()


@pytest.mark.parametrize("how", ["adopts", "keys exchanged", "adopts one without a document"])
def test_what_a_document_meant_before_is_left_alone_and_said(how: str, tmp_path: Path) -> None:
    """It means another offer now: one is written to, and the other is neither ended nor ours any more."""
    live = [world.live_offer(number, name, **priced("10.00")) for number, name in enumerate(("A", "B"))]
    documents = [world.offer("A", price="10.00 PLN")]
    both = [*documents, world.offer("B", price="10.00 PLN")]
    made = World.make(tmp_path, world.seller(live), both if "without" in how else documents)
    made.converge()
    first, other = (made.by_key(name)["id"] for name in "AB")
    if how == "keys exchanged":
        made.panel(first, {"external": {"id": "B"}})
        made.panel(other, {"external": {"id": "A"}})
        made.documents(world.offer("A", price="12.00 PLN"))
    else:
        made.documents(world.offer("A", price="12.00 PLN", adopt=other))
    plan = made.plan()
    assert [(each.verb.value, each.remote_id) for each in plan.changes] == [("update", other)]
    said = [each.summary for each in plan.diagnostics if each.code == "P401"]
    assert said == [
        f"Offer/A ({first}) has no document any more and is left on the account: that document means {other} now"
    ]
    assert not world.undone(made.apply(plan))
    bodies = made.stored()
    assert {each["publication"]["status"] for each in bodies.values()} == {"ACTIVE"}
    assert bodies[other]["sellingMode"]["price"]["amount"] == "12.00"
    assert bodies[first]["sellingMode"]["price"]["amount"] == "10.00"
    plan = made.plan()
    assert (world.differences(plan), [each.code for each in plan.diagnostics if each.code == "P401"]) == ([], [])
