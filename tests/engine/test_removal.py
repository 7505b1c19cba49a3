"""What lost its document: what is ours is ended, held or let go, as the toggles say; nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from planning import plan_of

from reconciler.engine.batch import batch
from reconciler.engine.question import Question
from reconciler.model.changes import Verb
from reconciler.model.marks import Mark
from reconciler.model.memory import Managed
from reconciler.model.modules import Mode, Module, StockForm
from reconciler.model.offers import OFFER, Desired, Key, Live, Origin, Snapshot
from reconciler.model.plan import AccountPlan

from .build import AUTO, SCOPE, SPEC, desired, key, live

AUTO_, MANUAL, OFF = Mode.AUTO, Mode.MANUAL, Mode.OFF
HERE = Mark("reconcile.yaml", 3, 10)
LIST, TAG, BUNDLE = "DeliveryPriceList", "OfferTag", "Bundle"


def managed(
    name: str = "K1", *, kind: str = OFFER, project: str = "shop", stock: Mode = AUTO_
) -> dict[Key, Managed]:
    """One thing that an apply of a project has made ours, under the remote id 1."""
    named = key(name, kind)
    return {named: Managed(key=named, remote_id="1", project=project, since="2026", run_id="r", stock=stock)}


def there(kind: str = OFFER, status: str | None = "active", name: str = "K1") -> Live:
    """One live resource, with the remote id 1."""
    return live(name, {"stock.status": status} if kind == OFFER else {}, kind=kind)


def planned(
    found: tuple[Live, ...], documents: tuple[Desired, ...] = (), *, complete: bool = True, **asked: Any
) -> tuple[AccountPlan, set[str]]:
    """Plan one account for the project `shop`; return the plan and the codes of its findings."""
    question = Question(
        plan_id="8d3c1f1e-0000-4000-8000-000000000001", login="shop", project="shop", **{"scope": SCOPE, **asked}
    )
    part, notes = plan_of(documents, Snapshot(account="main", live=found, complete=complete), SPEC, question)
    return part, {each.code for each in notes}


def told(part: AccountPlan) -> str:
    """Say what becomes of the one resource: verb, held or not; released; or nothing."""
    [*changes] = part.changes
    if part.released:
        assert not changes
        return "released"
    if not changes:
        return "left"
    [change] = changes
    assert change.reason == "its document was removed"
    held = bool(change.fields) and all(each.held for each in change.fields)
    assert bool(part.actions) is not held
    assert all(
        each.module is (Module.STOCK if change.key.kind == OFFER else Module.SETTINGS) for each in change.fields
    )
    assert [each.path for each in change.fields if held] == (
        [] if not held else ["stock.status" if change.key.kind == OFFER else "name"]
    )
    return f"{change.verb}{' held' if held else ''}"


CASES: list[tuple[str, str | None, Mode, dict[Module, Mode], set[Module], str]] = [
    # kind, status, remembered toggle, what project and account say, --only, what becomes of it
    (OFFER, "active", AUTO_, {}, set(), "end"),
    (OFFER, "active", MANUAL, {}, set(), "end held"),
    (OFFER, "active", OFF, {}, set(), "released"),
    (OFFER, "draft", AUTO_, {}, set(), "delete"),
    (OFFER, "draft", MANUAL, {}, set(), "delete held"),
    (OFFER, "draft", OFF, {}, set(), "released"),
    (OFFER, "ended", AUTO_, {}, set(), "left"),
    (OFFER, "active", AUTO_, {Module.STOCK: OFF}, set(), "released"),
    (OFFER, "active", AUTO_, {Module.STOCK: MANUAL}, set(), "end held"),
    (OFFER, "active", OFF, {Module.STOCK: AUTO_}, set(), "end"),
    (OFFER, "active", MANUAL, {Module.STOCK: AUTO_}, set(), "end"),
    (OFFER, "active", AUTO_, {Module.PRICE: OFF, Module.SETTINGS: MANUAL}, set(), "end"),
    (OFFER, "active", MANUAL, {}, {Module.STOCK}, "end"),
    (OFFER, "draft", MANUAL, {}, {Module.STOCK}, "delete"),
    (OFFER, "active", AUTO_, {}, {Module.PRICE}, "left"),
    (OFFER, "active", OFF, {}, {Module.PRICE}, "left"),
    (TAG, None, AUTO_, {}, set(), "delete"),
    (TAG, None, MANUAL, {}, set(), "delete held"),
    (TAG, None, OFF, {}, set(), "released"),
    (TAG, None, AUTO_, {Module.SETTINGS: MANUAL}, set(), "delete held"),
    (TAG, None, AUTO_, {Module.STOCK: OFF}, set(), "delete"),
    (TAG, None, MANUAL, {}, {Module.SETTINGS}, "delete"),
    (TAG, None, AUTO_, {}, {Module.STOCK}, "left"),
    (BUNDLE, None, AUTO_, {Module.BUNDLE: OFF}, set(), "released"),
    (BUNDLE, None, AUTO_, {}, set(), "delete"),
    (LIST, None, AUTO_, {}, set(), "left"),
    (LIST, None, AUTO_, {Module.DELIVERY: OFF}, set(), "released"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "status", "stock", "levels", "only", "becomes"), CASES)
def test_a_removal_does_what_the_toggle_says(
    kind: str, status: str | None, stock: Mode, levels: dict[Module, Mode], only: set[Module], becomes: str
) -> None:
    """The toggle of the stock module, or of the kind's own; what project and account say now comes first."""
    scope = replace(SCOPE, only=frozenset(only))
    part, codes = planned(
        (there(kind, status),), managed=managed(kind=kind, stock=stock), levels=levels, scope=scope
    )
    assert told(part) == becomes
    assert codes == ({"P401"} if kind == LIST and becomes == "left" else set())


@pytest.mark.parametrize(
    "asked",
    [
        {"managed": {}},
        {"managed": managed(project="other")},
        {"managed": managed(project="")},
        {"whole": False},
        {"complete": False},
    ],
    ids=["never managed", "of another project", "of the project without a name", "narrowed", "a short listing"],
)
def test_what_is_not_surely_ours_and_gone_is_left(asked: dict[str, Any]) -> None:
    """Nothing is planned, and the offer is listed as unmanaged; a narrowed plan has not looked for its document."""
    part, codes = planned((there(),), **{"managed": managed(), **asked})
    assert told(part) == "left"
    assert part.unmanaged == (("K1",) if asked.get("whole", True) else ())
    assert codes - {"P103"} == set()


def test_a_released_name_is_let_go_and_not_ended() -> None:
    """It is neither a change nor unmanaged in this plan; also when it is not on the account any more."""
    released = {key(): HERE}
    for found in ((there(),), ()):
        part, codes = planned(found, managed=managed(), released=released)
        assert part.released == (key(),)
        assert not part.changes
        assert not part.actions
        assert not part.unmanaged
        assert codes == set()


def test_a_released_name_that_nobody_manages_may_be_deleted() -> None:
    """P405: a note at its place; what another project manages is not let go."""
    for known in ({}, managed(project="other")):
        part, codes = planned((there(),), managed=known, released={key(): HERE})
        assert codes == {"P405"}
        assert not part.released


def test_a_narrowed_plan_lets_nothing_go() -> None:
    """What lies outside of the narrowing is not spoken of."""
    part, codes = planned((there(),), managed=managed(), released={key(): HERE}, whole=False)
    assert (part.released, codes) == ((), set())
    scope = replace(SCOPE, only=frozenset({Module.STOCK}))
    part, codes = planned((there(),), managed=managed(), released={key(): HERE}, scope=scope)
    assert part.released == ()


# --- protected -------------------------------------------------------------------------------------------------

BY = Origin("project", HERE)


@pytest.mark.parametrize(
    ("kind", "status", "stock", "refused"),
    [
        (OFFER, "active", AUTO_, True),
        (OFFER, "draft", AUTO_, True),
        (TAG, None, AUTO_, True),
        (OFFER, "ended", AUTO_, False),
        (OFFER, "active", MANUAL, False),
        (OFFER, "draft", MANUAL, False),
        (TAG, None, MANUAL, False),
        (OFFER, "active", OFF, False),
    ],
)
def test_what_project_or_account_protect_is_not_ended_for_want_of_a_document(
    kind: str, status: str | None, stock: Mode, refused: bool
) -> None:
    """P402, where `protect` stands. Letting go ends nothing, and what is held is not done."""
    part, codes = planned((there(kind, status),), managed=managed(kind=kind, stock=stock), protected=BY)
    assert (codes == {"P402"}) is refused
    assert not part.actions


def test_what_is_protected_may_be_released() -> None:
    """Released ends nothing, so nothing forbids it."""
    part, codes = planned((there(),), managed=managed(), protected=BY, released={key(): HERE})
    assert (part.released, codes) == ((key(),), set())


def _origin(path: str) -> Origin:
    return Origin("project", HERE) if path == "protect" else Origin("offer", Mark("a.yaml", 7, 1))


ENDINGS = [
    # live, desired, is it an ending?
    ({"stock.status": "active"}, {"stock.status": "ended"}, True),
    ({"stock.status": "active", "stock.quantity": 5}, {"stock.quantity": 0}, True),
    ({"stock.status": "draft", "stock.quantity": 5}, {"stock.quantity": 0}, False),
    ({"stock.status": "active", "stock.quantity": 5}, {"stock.quantity": 1}, False),
    ({"stock.status": "ended", "stock.quantity": 0}, {"stock.status": "ended", "stock.quantity": 0}, False),
    ({"stock.status": "ended"}, {"stock.status": "active"}, False),
]


@pytest.mark.parametrize(("is_now", "wanted", "refused"), ENDINGS)
def test_a_protected_offer_is_not_ended_by_its_document(
    is_now: dict[str, Any], wanted: dict[str, Any], refused: bool
) -> None:
    """P402 where the document says so: by its status, and by stock 0 where that ends an offer."""
    found = (live("K1", is_now, sold=0),)
    document = desired(fields=wanted, protected=True, origin=_origin, stock_form=StockForm.ALWAYS)
    question = Question(plan_id="8d3c1f1e-0000-4000-8000-000000000001", login="shop", scope=SCOPE)
    part, notes = plan_of((document,), Snapshot(account="main", live=found), SPEC, question)
    assert [(each.code, str(each.mark)) for each in notes] == [("P402", "a.yaml:7:1")] * refused
    assert all("reconcile.yaml:3:10" in each.detail and each.hint for each in notes)
    assert bool(part.actions) is (bool(part.changes) and not refused)
    unprotected, notes = plan_of(
        (replace(document, protected=False),), Snapshot(account="main", live=found), SPEC, question
    )
    assert not notes
    assert part.changes == (() if refused else unprotected.changes)
    assert bool(part.held) is refused


def test_a_document_that_says_no_is_not_protected_by_its_project() -> None:
    """The nearest wins: what the project says is for what has no document any more."""
    document = desired(fields={"stock.status": "ended"}, protected=False)
    part, codes = planned((there(),), (document,), protected=BY)
    assert codes == set()
    assert part.actions


def test_where_zero_ends_nothing_a_protected_offer_may_sell_out() -> None:
    """It is a fact of the marketplace."""
    found = (live("K1", {"stock.status": "active", "stock.quantity": 5}),)
    question = Question(plan_id="8d3c1f1e-0000-4000-8000-000000000001", login="shop", scope=SCOPE)
    document = desired(fields={"stock.quantity": 0}, protected=True)
    offer = SPEC.kinds["Offer"]
    pieces = replace(offer.fields["stock.quantity"], zero=None)
    kind = replace(offer, fields={**offer.fields, "stock.quantity": pieces})
    elsewhere = replace(SPEC, kinds={**SPEC.kinds, "Offer": kind})
    assert not plan_of((document,), Snapshot(account="main", live=found), elsewhere, question)[1]


def test_what_is_held_ends_nothing() -> None:
    """A manual module is not written, so nothing speaks against it until it is named."""
    found = (live("K1", {"stock.status": "active"}),)
    document = desired(fields={"stock.status": "ended"}, protected=True, held=frozenset({Module.STOCK}))
    assert planned(found, (document,))[1] == set()
    assert planned(found, (document,), scope=replace(SCOPE, only=frozenset({Module.STOCK})))[1] == {"P402"}


# --- other projects --------------------------------------------------------------------------------------------


def foreign(name: str = "K1", account: str = "main") -> dict[Key, Managed]:
    """What another project manages: the resource with the remote id 1."""
    named = Key(account, OFFER, name)
    return {named: Managed(key=named, remote_id="1", project="other", since="2026", run_id="r")}


@pytest.mark.parametrize(
    "known", [foreign(), foreign("old"), foreign(account="theirs")], ids=["key", "id", "account"]
)
def test_what_another_project_manages_is_an_error_that_names_it(known: dict[Key, Managed]) -> None:
    """P403: by its key, by its id where it bore another key, and whatever the account is called there."""
    part, codes = planned((there(),), (desired(fields={"stock.quantity": 3}),), foreign=known)
    assert codes == {"P403"}
    assert not part.changes
    assert not part.unmanaged


def test_adopt_takes_over_what_another_project_manages() -> None:
    """By its id, and by no other."""
    other = live("K2", {}, remote_id="2")
    ours = desired(fields={"stock.quantity": 3}, adopt="1", stock_form=StockForm.ALWAYS)
    part, codes = planned((there(), other), (ours,), foreign=foreign())
    assert codes == set()
    assert [each.remote_id for each in part.changes] == ["1"]
    assert planned((there(), other), (replace(ours, adopt="2"),), foreign=foreign())[1] == {"P403"}


def test_a_key_that_another_project_manages_is_not_created_either() -> None:
    """It may only not show: there must not be two."""
    document = desired(fields={"content.product": {"id": "p"}, "stock.status": "active"})
    assert planned((), (document,), foreign=foreign())[1] == {"P403"}
    assert planned((), (document,), foreign=foreign("K9"))[1] == set()


# --- toggles of kinds that belong to one module ---------------------------------------------------------------------

OF_ONE_MODULE: list[tuple[str, Module, dict[str, Any]]] = [
    (LIST, Module.DELIVERY, {"dispatch_country": "PL"}),
    (BUNDLE, Module.BUNDLE, {"slots": [{"offers": ["A"], "quantity": 1, "entry": True}]}),
    (TAG, Module.SETTINGS, {}),
    ("ReturnPolicy", Module.SETTINGS, {"withdrawal_period": "PT336H"}),
]


@pytest.mark.parametrize(("kind", "module", "fields"), OF_ONE_MODULE)
def test_a_manual_object_is_created_when_its_module_is_named(
    kind: str, module: Module, fields: dict[str, Any]
) -> None:
    """Planned and held as a whole; `--only` creates it."""
    document = desired(fields=fields, kind=kind, held=frozenset({module}))
    part, codes = planned((), (document,))
    [change] = part.changes
    assert (change.verb, {each.held for each in change.fields}, {each.module for each in change.fields}) == (
        Verb.CREATE,
        {True},
        {module},
    )
    assert (part.actions, codes) == ((), set())
    part, _ = planned((), (document,), scope=replace(SCOPE, only=frozenset({module})))
    assert [each.operation for each in part.actions] == ["create"]


@pytest.mark.parametrize(("kind", "module", "fields"), OF_ONE_MODULE)
def test_an_object_that_is_off_is_not_created(kind: str, module: Module, fields: dict[str, Any]) -> None:
    """Not even empty. It is counted as not synced."""
    document = desired(kind=kind, unsynced=fields, modes={**AUTO, module: (OFF, "project")})
    part, codes = planned((), (document,))
    assert (part.changes, part.actions, codes) == ((), (), set())
    [unsynced] = part.unsynced
    assert unsynced.verb is Verb.REPORT
    assert {(each.module, each.level) for each in unsynced.fields} == {(module, "project")}
    assert part.counts[f"unsynced.{module}"] == 1 + len(fields)


def test_a_held_change_is_no_request() -> None:
    """Neither a creation nor a deletion of which every field is held."""
    part, _ = planned((there(TAG),), managed=managed(kind=TAG, stock=MANUAL))
    assert batch(part.changes, SPEC, "8d3c1f1e-0000-4000-8000-000000000001") == ()
