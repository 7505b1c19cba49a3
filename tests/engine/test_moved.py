"""`moved`: what bears the old name gets the new one; nothing is ended, created, or reported for it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from planning import plan_of

from reconciler.engine.forecast import Known
from reconciler.engine.match import match
from reconciler.engine.question import Question
from reconciler.model.changes import Verb
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.marks import Mark
from reconciler.model.memory import Managed
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import OFFER, Desired, Key, Live, Origin, Snapshot
from reconciler.model.plan import AccountPlan
from reconciler.model.spec import MarketplaceSpec

from .build import AUTO, SCOPE, SPEC, desired, key, live

LIST, TAG, BUNDLE = "DeliveryPriceList", "OfferTag", "Bundle"


def named(kind: str, name: str, fields: dict[str, Any] | None = None, remote_id: str = "1") -> Live:
    """A live object that has a name and no external id."""
    return Live(key=key(name, kind), kind=kind, remote_id=remote_id, fields=fields or {})


def managed(name: str, kind: str = OFFER, remote_id: str = "1") -> dict[Key, Managed]:
    """One thing of this project."""
    one = key(name, kind)
    return {one: Managed(key=one, remote_id=remote_id, project="", since="2026", run_id="r")}


def planned(
    documents: tuple[Desired, ...], *found: Live, spec: MarketplaceSpec = SPEC, complete: bool = True, **asked: Any
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    """Plan one account."""
    question = Question(plan_id="8d3c1f1e-0000-4000-8000-000000000001", login="shop", **{"scope": SCOPE, **asked})
    return plan_of(documents, Snapshot(account="main", live=found, complete=complete), spec, question)


def moved(name: str = "new", fields: dict[str, Any] | None = None, *, kind: str = OFFER, **more: Any) -> Desired:
    """A document that says it was called `old`."""
    return desired(name, fields, kind=kind, moved_from="old", **more)


def written(part: AccountPlan) -> list[tuple[str, str, dict[str, Any]]]:
    """List operation, remote id and values of every row."""
    return [(a.operation, str(t.remote_id), dict(t.after)) for a in part.actions for t in a.targets]


def test_an_offer_that_moved_gets_the_new_key_and_keeps_everything_else() -> None:
    """One edit of the live offer of the old key, though the old key is managed and has no document."""
    origin = {"moved.from": Origin("offer", Mark("a.yaml", 3, 15))}
    document = moved(fields={"stock.quantity": 5}, origin=lambda path: origin.get(path, Origin("offer")))
    part, notes = planned((document,), live("old", {"stock.quantity": 5}), managed=managed("old"))
    [change] = part.changes
    assert (change.verb, change.remote_id, change.moved_from) == (Verb.RENAME, "1", "old")
    [field] = change.fields
    assert (field.path, field.before, field.after, str(field.mark)) == ("external_id", "old", "new", "a.yaml:3:15")
    assert written(part) == [("edit", "1", {"external_id": "new"})]
    assert (notes, part.unmanaged) == ((), ())


def test_it_is_inert_once_the_new_key_is_there() -> None:
    """Nothing to do and nothing to say, whatever is remembered."""
    for known in ({}, managed("old"), managed("new")):
        part, notes = planned(
            (moved(fields={"stock.quantity": 5}),), live("new", {"stock.quantity": 5}), managed=known
        )
        assert (part.changes, part.unmanaged, notes) == ((), (), ())


def test_what_is_remembered_under_the_old_key_is_found_by_its_id() -> None:
    """Somebody changed the key by hand meanwhile."""
    part, _ = planned((moved(),), live("by hand"), managed=managed("old"))
    assert written(part) == [("edit", "1", {"external_id": "new"})]
    assert not planned((moved(),), live("by hand"))[0].actions


def test_an_offer_without_a_key_moves_from_its_id() -> None:
    """As `pull` writes it; it is an adoption, since it had no key."""
    there = replace(live("17", remote_id="17"), facts={"external_id": None})
    part, _ = planned((desired("new", moved_from="17"),), there)
    assert [(each.verb, each.moved_from) for each in part.changes] == [(Verb.ADOPT, "17")]
    assert written(part) == [("edit", "17", {"external_id": "new"})]


def test_both_names_on_the_account_are_a_warning_and_the_old_one_is_left_alone() -> None:
    """P407: the document means the one that bears its name; the other is neither ended nor unmanaged."""
    part, notes = planned(
        (moved(),), live("new", remote_id="2"), live("old", {"stock.status": "active"}), managed=managed("old")
    )
    assert [each.code for each in notes] == ["P407"]
    assert (part.changes, part.unmanaged) == ((), ())


def test_the_old_key_on_two_offers_is_not_guessed() -> None:
    """P101, as with any key."""
    part, notes = planned((moved(),), live("old", remote_id="1"), live("old", remote_id="2"))
    assert [each.code for each in notes] == ["P101"]
    assert not part.actions


def test_what_moved_from_nothing_is_created_with_a_warning() -> None:
    """P406: on a new account there is nothing to move; on this one the old name may be mistyped."""
    wanted = {"content.product": {"id": "p"}, "stock.status": "active"}
    part, notes = planned((moved(fields=wanted),))
    assert [(each.code, each.severity) for each in notes] == [("P406", "warning")]
    assert [each.verb for each in part.changes] == [Verb.CREATE]
    part, notes = planned((moved(fields=wanted),), complete=False)
    assert not part.changes
    assert "P406" not in {each.code for each in notes}


def test_an_end_is_called_an_end_also_when_the_offer_is_renamed() -> None:
    """The guards count it, and `protect` forbids it."""
    there = live("old", {"stock.status": "active"})
    part, _ = planned((moved(fields={"stock.status": "ended"}),), there)
    assert [(each.verb, len(each.fields)) for each in part.changes] == [(Verb.END, 2)]
    assert "P402" in {
        e.code for e in planned((moved(fields={"stock.status": "ended"}, protected=True),), there)[1]
    }


# --- named objects ---------------------------------------------------------------------------------------------------


def test_a_named_object_is_renamed_by_its_edit() -> None:
    """Its name is what it is known by; what else differs goes with it."""
    document = moved(fields={"hidden": True}, kind=TAG)
    part, notes = planned((document,), named(TAG, "old", {"hidden": False}), managed=managed("old", TAG))
    [change] = part.changes
    assert (change.verb, change.moved_from, notes) == (Verb.RENAME, "old", ())
    assert {each.module for each in change.fields} == {Module.SETTINGS}
    assert written(part) == [("update", "1", {"name": "new", "hidden": True})]


def test_what_cannot_be_renamed_is_an_error() -> None:
    """P404: the spec names no operation that carries the name."""
    kinds = {**SPEC.kinds, TAG: replace(SPEC.kinds[TAG], rename="")}
    part, notes = planned((moved(kind=TAG),), named(TAG, "old"), spec=replace(SPEC, kinds=kinds))
    assert [each.code for each in notes] == ["P404"]
    assert not part.actions


def test_a_rename_keeps_to_the_toggle_of_its_kind() -> None:
    """Held where the module is manual, never written where it is off."""
    part, _ = planned((moved(kind=TAG, held=frozenset({Module.SETTINGS})),), named(TAG, "old"))
    assert [each.held for change in part.changes for each in change.fields] == [True]
    assert not part.actions
    off = {**AUTO, Module.SETTINGS: (Mode.OFF, "project")}
    part, _ = planned((moved(kind=TAG, modes=off),), named(TAG, "old"), managed=managed("old", TAG))
    assert not part.changes
    assert [(each.path, each.before, each.after) for change in part.unsynced for each in change.fields] == [
        ("name", "old", "new")
    ]


def test_an_object_of_another_name_that_is_adopted_gets_the_name() -> None:
    """There is nothing else by which it could be found again."""
    part, _ = planned((desired("new", kind=TAG, adopt="1"),), named(TAG, "old"))
    assert written(part) == [("update", "1", {"name": "new"})]
    assert not planned((desired("new", kind=TAG, adopt="1"),), named(TAG, "new"))[0].changes


def test_a_renamed_object_is_no_change_of_what_refers_to_it() -> None:
    """Its references are by id on the marketplace: only the object itself is written, and its id goes by the new name."""
    offers = [
        live(f"K{n}", {"delivery.prices": "old", "settings.tags": ["a", "old"]}, remote_id=f"{n}") for n in (5, 6)
    ]
    wanted = {"delivery.prices": "new", "settings.tags": ["a", "new"]}
    documents = (
        moved(kind=LIST),
        moved(kind=TAG),
        desired("K5", wanted),
        desired("K6", {"delivery.prices": "old"}, unsynced={"settings.tags": ["a", "old"]}),
    )
    part, notes = planned(
        documents,
        named(LIST, "old", remote_id="L"),
        named(TAG, "old", remote_id="T"),
        *offers,
        references={LIST: {"old": "L", "x": "X"}, TAG: {"old": "T"}},
    )
    assert [str(each.key) for each in part.changes] == ["DeliveryPriceList/new", "OfferTag/new"]
    assert (notes, part.unsynced) == ((), ())
    assert part.references == {LIST: {"new": "L", "x": "X"}, TAG: {"new": "T"}}


def test_where_both_names_are_there_they_are_two_things() -> None:
    """What refers to the old one is changed to the new one."""
    part, _ = planned(
        (moved(kind=LIST), desired("K5", {"delivery.prices": "new"})),
        named(LIST, "old", remote_id="L"),
        named(LIST, "new", remote_id="N"),
        live("K5", {"delivery.prices": "old"}, remote_id="5"),
        references={LIST: {"old": "L", "new": "N"}},
    )
    assert [str(each.key) for each in part.changes] == ["Offer/K5"]
    assert part.references == {LIST: {"old": "L", "new": "N"}}


def test_a_renamed_offer_stays_in_its_bundles() -> None:
    """A bundle is known by its offers, under whichever name; an offer is found by either key until it is written."""
    slots = lambda *names: [{"offers": list(names), "quantity": 1, "entry": True}]  # noqa: E731
    bundle = Live(key=None, kind=BUNDLE, remote_id="b", fields={"slots": slots("a", "old")})
    part, notes = planned(
        (moved(), desired("zestaw", {"slots": slots("a", "new")}, kind=BUNDLE)),
        live("old"),
        bundle,
        references={OFFER: {"old": "1"}},
    )
    assert [each.verb for each in part.changes] == [Verb.RENAME]
    assert notes == ()
    assert part.references == {OFFER: {"old": "1", "new": "1"}}


def test_a_plan_knows_by_name_only_the_offers_that_it_writes_by_another_one_or_names() -> None:
    """A shop has a hundred thousand of them; and where nothing is written it names none."""
    slots = lambda *names: [{"offers": list(names), "quantity": 1, "entry": True}]  # noqa: E731
    bundle = Live(key=None, kind=BUNDLE, remote_id="b", fields={"slots": slots("a")})
    documents = (
        moved(),
        desired("K2", {"content.title": "X"}),
        desired("zestaw", {"slots": slots("c")}, kind=BUNDLE, adopt="b"),
    )
    offers = (live("old"), live("K2", {"content.title": "Y"}, remote_id="2"))
    references = {OFFER: {"a": "7", "K2": "2", "old": "1", "c": "8", "d": "9"}, LIST: {"x": "X"}}
    part, _ = planned(documents, *offers, bundle, references=references)
    assert sorted(str(each.key) for each in part.changes) == ["Bundle/zestaw", "Offer/K2", "Offer/new"]
    assert part.references == {OFFER: {"a": "7", "K2": "2", "old": "1", "c": "8", "new": "1"}, LIST: {"x": "X"}}
    part, _ = planned((desired("K2", {"content.title": "Y"}),), *offers, bundle, references=references)
    assert part.references == {OFFER: {}, LIST: {"x": "X"}}
    part, _ = planned(documents, *offers, bundle, references=references, known=Known(doubts=2))
    assert part.references[OFFER] == references[OFFER] | {"new": "1"}, "a lost ledger may have made any of them"


def test_a_bundle_moves_without_a_word_to_the_marketplace() -> None:
    """Its name is ours alone: it is found by what is remembered of the old one, also when its offers change."""
    one = [{"offers": ["A"], "quantity": 1, "entry": True}]
    other = [{"offers": ["B"], "quantity": 1, "entry": True}]
    there = Live(key=None, kind=BUNDLE, remote_id="b", fields={"slots": one})
    known = managed("old", BUNDLE, "b")
    part, notes = planned((moved(fields={"slots": one}, kind=BUNDLE),), there, managed=known)
    assert (part.changes, notes) == ((), ())
    part, notes = planned((moved(fields={"slots": other}, kind=BUNDLE),), there, managed=known)
    assert [(each.verb, each.moved_from, each.remote_id) for each in part.changes] == [(Verb.UPDATE, "old", "b")]
    assert notes == ()


def test_match_prefers_the_new_name_and_the_id() -> None:
    """`adopt`, then the new key, then the old one."""
    lives = [live("new", remote_id="1"), live("old", remote_id="2"), live("x", remote_id="3")]
    found = lambda document, there: [one and one.remote_id for _, one in match([document], there, SPEC, {}).pairs]  # noqa: E731
    assert found(moved(adopt="3"), lives) == ["3"]
    assert found(moved(), lives) == ["1"]
    assert found(moved(), lives[1:]) == ["2"]
    assert found(moved(), lives[2:]) == [None]
