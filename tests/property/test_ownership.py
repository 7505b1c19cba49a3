"""The law of ownership, over any history: two projects, one ledger, sales, panel edits, lost memory.

Nothing is ended, overwritten or filled up that a project's applies did not make its own or write last, drift is said
exactly of fields that somebody else has moved, and nobody is blamed for a sale, however long ago it was.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from world import SWITCH_OFF_GUARDS, Silent, World, live_offer, offer, seller

from reconciler.model.diagnostics import has_errors
from reconciler.model.values import Gain
from reconciler.runtime.commands.pull import pull
from reconciler.runtime.commands.undo import make_undo
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.project.workspace import Workspace

NAMES = ("A", "B", "C", "D")
PROJECTS = ("one", "two")
PRICES = st.sampled_from(["10.00", "12.00", "15.00"])
PIECES = st.integers(1, 12)
OTHER = "inny"


@dataclass
class Known:
    """What one project may remember of one offer: by its own applies, and by nothing else."""

    managed: bool = False
    price: str | None = None
    pieces: int | None = None
    unsure: bool = False  # after an undo: what holds is told by the next apply
    moved: bool = False  # by the other project, after this one looked last


@dataclass
class Seen:
    """An offer as the marketplace has it."""

    price: str
    pieces: int
    active: bool


@dataclass
class Project:
    """A project: its folder, its documents, and what it may remember."""

    world: World
    documents: dict[str, tuple[str, int]] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=lambda: {name: Known() for name in NAMES})


class Ownership(RuleBasedStateMachine):
    """Any history of two projects on one login."""

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        live = [_live(number, name) for number, name in enumerate(NAMES)]
        first = World.make(self.root / "one", seller(live), [])
        with first.simulator() as simulator:
            simulator.seed(seller([_live(9, "A")], login=OTHER, user_id="777", clients=[], refresh_token=None))
        second = World(self.root / "two", first.login)
        (second.root / ".reconcile").mkdir(parents=True)
        (second.root / ".reconcile" / "simulator-allegro.db").symlink_to(
            first.root / ".reconcile" / "simulator-allegro.db"
        )
        self.projects = {"one": Project(first), "two": Project(second)}
        for name in PROJECTS:
            self._configure(name, first.login)
        self._declare("one", "A", "10.00", 9)
        self._declare("two", "C", "10.00", 9)

    def teardown(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def _configure(self, name: str, login: str) -> None:
        main = {"marketplace": "allegro", "environment": "simulator", "login": login}
        ledger = str(self.root / "ledger.db")
        body = {"name": name, "ledger": ledger, "accounts": {"main": main}, "guards": SWITCH_OFF_GUARDS}
        self.projects[name].world.project(body)

    def _declare(self, project: str, name: str, price: str, pieces: int) -> None:
        mine = self.projects[project]
        mine.documents[name] = (price, pieces)
        self._write(mine)

    def _write(self, mine: Project) -> None:
        bodies = [offer(name, price=f"{p} PLN", stock=n) for name, (p, n) in sorted(mine.documents.items())]
        mine.world.documents(*bodies)

    def _seen(self) -> dict[str, Seen]:
        world = self.projects["one"].world
        with world.simulator() as simulator:
            simulator.clock.advance(120)
            simulator.catch_up()
            every = {each.body["external"]["id"]: each for each in simulator.mark_all(world.login)}
        return {
            name: Seen(
                price=str(each.body["sellingMode"]["price"]["amount"]),
                pieces=int(each.body["stock"]["available"]),
                active=each.body["publication"]["status"] == "ACTIVE",
            )
            for name, each in every.items()
        }

    # --- what people and buyers do -----------------------------------------------------------------------------

    @rule(project=st.sampled_from(PROJECTS), name=st.sampled_from(NAMES), price=PRICES, pieces=PIECES)
    def declare(self, project: str, name: str, price: str, pieces: int) -> None:
        other = self.projects[PROJECTS[1 - PROJECTS.index(project)]]
        if name not in other.documents and not other.known[name].managed:
            self._declare(project, name, price, pieces)

    @rule(project=st.sampled_from(PROJECTS), name=st.sampled_from(NAMES))
    def remove(self, project: str, name: str) -> None:
        self.projects[project].documents.pop(name, None)
        self._write(self.projects[project])

    @rule(name=st.sampled_from(NAMES), pieces=st.integers(1, 3))
    def sale(self, name: str, pieces: int) -> None:
        seen, world = self._seen()[name], self.projects["one"].world
        if seen.active and seen.pieces >= pieces:
            with world.simulator() as simulator:
                simulator.sell(world.login, world.by_key(name)["id"], pieces)

    @rule(name=st.sampled_from(NAMES), price=st.sampled_from(["10.00", "12.00", "77.00"]))
    def panel(self, name: str, price: str) -> None:
        world = self.projects["one"].world
        world.panel(world.by_key(name)["id"], {"sellingMode": {"price": {"amount": price, "currency": "PLN"}}})

    @rule(days=st.sampled_from([3, 16, 29.5, 31, 45]), name=st.sampled_from(NAMES), pieces=st.integers(1, 3))
    def time_passes(self, days: float, name: str, pieces: int) -> None:
        """Sales on both sides of an apply, and of the days that the marketplace counts.

        What has ended would be archived after some weeks, so nothing has.
        """
        if not all(each.active for each in self._seen().values()):
            return
        self.sale(name, pieces)
        for project in PROJECTS:
            self.apply(project, None)
        with self.projects["one"].world.simulator() as simulator:
            simulator.clock.advance(days * 86_400)
        self.sale(name, 1)
        for project in PROJECTS:
            self.plan(project)

    # --- what the product does ---------------------------------------------------------------------------------

    @rule(project=st.sampled_from(PROJECTS))
    def plan(self, project: str) -> None:
        mine, seen = self.projects[project], self._seen()
        self._check_drift(mine, mine.world.plan(refresh="full"), seen)

    @rule(project=st.sampled_from(PROJECTS), only=st.sampled_from((None, None, *NAMES)))
    def apply(self, project: str, only: str | None) -> None:
        mine, before = self.projects[project], self._seen()
        if only and only not in mine.documents:
            self._chooses_nothing(mine, only)
            return
        plan = mine.world.plan(refresh="full", targets=(only,) if only else ())
        self._check_drift(mine, plan, before)
        if has_errors(plan.diagnostics):
            return
        mine.world.apply(plan)
        after = self._seen()
        scope = {name for name in mine.documents if only in (None, name)}
        for name in NAMES:
            if name in scope:
                self._applied(mine, name, before[name], after[name])
            else:
                self._left(mine, name, before[name], after[name], narrowed=only is not None)

    def _chooses_nothing(self, mine: Project, only: str) -> None:
        """A name without a document is a mistake, also of what is managed: nothing is asked or sent for it."""
        mine.world.forget_requests()
        with pytest.raises(BadDocuments) as refused:
            mine.world.plan(refresh="full", targets=(only,))
        assert [each.code for each in refused.value.diagnostics] == ["D316"]
        assert not mine.world.sent()

    def _applied(self, mine: Project, name: str, before: Seen, after: Seen) -> None:
        """A declared offer has its price; its pieces moved by what was declared, and by nothing else."""
        known, (price, pieces) = mine.known[name], mine.documents[name]
        assert after.price == price
        expected, remembers = self._pieces(known, pieces, before)
        if not known.unsure:
            assert after.pieces == expected, (name, known, pieces, before, after)
        if remembers:
            known.moved &= known.pieces is not None
            known.pieces = pieces
        self._others_see(mine, name, moved=before.pieces != after.pieces)
        agrees = known.pieces == pieces
        known.managed |= agrees or before.price != price or before.pieces != after.pieces
        known.price, known.unsure = price, False

    def _pieces(self, known: Known, declared: int, seen: Seen) -> tuple[int, bool]:
        if known.pieces is None:
            return seen.pieces, seen.pieces == declared
        return max(0, seen.pieces + declared - known.pieces), True

    def _others_see(self, mine: Project, name: str, *, moved: bool) -> None:
        for each in self.projects.values():
            if each is not mine:
                each.known[name].moved |= moved

    def _left(self, mine: Project, name: str, before: Seen, after: Seen, *, narrowed: bool) -> None:
        """What is not declared, or lay outside of the narrowing, is as it was; what was managed may be ended."""
        known = mine.known[name]
        assert after.price == before.price
        assert after.pieces <= before.pieces
        if before.active and not after.active:
            assert known.managed
            assert not narrowed
            assert name not in mine.documents
        if known.managed and not narrowed and name not in mine.documents:
            mine.known[name] = Known() if before.active else known
            if not before.active:
                return
            assert not after.active

    def _check_drift(self, mine: Project, plan: object, seen: dict[str, Seen]) -> None:
        changes = {each.key.name: each for each in plan.changes}  # type: ignore[attr-defined]
        for name, (price, _) in mine.documents.items():
            fields = {each.path: each for each in changes[name].fields} if name in changes else {}
            shown, known = fields.get("price.base"), mine.known[name]
            if shown is not None and not known.unsure:
                assert shown.drift == (known.price == price), (name, known, price, seen[name])
        if not any(mine.known[name].moved for name in mine.documents):
            blamed = [each.summary for each in plan.diagnostics if each.code == "P502"]  # type: ignore[attr-defined]
            assert not blamed, (mine.known, seen)

    @rule(project=st.sampled_from(PROJECTS))
    def undo(self, project: str) -> None:
        mine = self.projects[project]
        ledger = Ledger(self.root / "ledger.db")
        runs = ledger.history.runs(project, None, 1)
        ledger.close()
        if not runs or runs[0].purpose != "apply" or runs[0].context["login"] == OTHER:
            return
        plan = make_undo(Workspace(mine.world.root), runs[0].id, {}, Silent())
        touched = {each.key.name for each in plan.changes}
        gone = {name for _, name in runs[0].context["gone"]}
        before = self._seen()
        mine.world.apply(plan)
        after = self._seen()
        for name in NAMES:
            self._others_see(mine, name, moved=before[name].pieces != after[name].pieces)
        again = make_undo(Workspace(mine.world.root), runs[0].id, {}, Silent())
        assert not [f for each in again.changes for f in each.fields if isinstance(f.after, Gain)], (
            "once is enough"
        )
        for name in touched:
            mine.known[name].unsure = True
            mine.known[name].managed |= name in gone

    @rule(project=st.sampled_from(PROJECTS), by=st.integers(1, 5))
    def a_delivery_is_undone(self, project: str, by: int) -> None:
        mine = self.projects[project]
        for name, (price, pieces) in sorted(mine.documents.items()):
            self._declare(project, name, price, pieces + by)
        self.apply(project, None)
        self.undo(project)

    @rule(project=st.sampled_from(PROJECTS))
    def pull_and_throw_away(self, project: str) -> None:
        """Documents that `pull` wrote, and that go again, make nothing ours."""
        mine = self.projects[project]
        place = mine.world.root / "pulled"
        pull(Workspace(mine.world.root), (), place, Silent())
        shutil.rmtree(place, ignore_errors=True)
        for name, seen in self._seen().items():
            known = mine.known[name]
            agrees = mine.documents.get(name) == (seen.price, seen.pieces)
            is_new = known.price is None and known.pieces is None
            if seen.active and (name not in mine.documents or (agrees and is_new)):
                known.price, known.pieces, known.unsure, known.moved = seen.price, seen.pieces, False, False

    @rule()
    def lose_the_ledger(self) -> None:
        for file in self.root.glob("ledger.db*"):
            file.unlink()
        for mine in self.projects.values():
            mine.known = {name: Known() for name in NAMES}

    @rule(project=st.sampled_from(PROJECTS))
    def visit_another_login(self, project: str) -> None:
        """What is done at another site changes nothing of what is known, or there, at this one."""
        mine, before = self.projects[project], self._seen()
        self._configure(project, OTHER)
        plan = mine.world.plan()
        if not has_errors(plan.diagnostics):
            mine.world.apply(plan)
        self._configure(project, mine.world.login)
        assert self._seen() == before

    @invariant()
    def nobody_manages_what_another_one_does(self) -> None:
        one, two = (self.projects[name].known for name in PROJECTS)
        assert not [name for name in NAMES if one[name].managed and two[name].managed]


def _live(number: int, name: str) -> dict[str, object]:
    price = {"format": "BUY_NOW", "price": {"amount": "10.00", "currency": "PLN"}}
    return live_offer(number, name, sellingMode=price, stock={"available": 9, "unit": "UNIT"})


TestOwnership = Ownership.TestCase
TestOwnership.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
