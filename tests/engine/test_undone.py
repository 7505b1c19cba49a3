"""What is declared and stays undone is counted by its reason, and `No changes.` is said of nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from planning import plan_of as planned

from reconciler.cli.exit_codes import Exit
from reconciler.cli.plan import verdict
from reconciler.engine.question import Question
from reconciler.model.changes import Verb
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Desired, Live, Snapshot
from reconciler.model.outcomes import Accepted
from reconciler.model.plan import AccountPlan, Plan, Target
from reconciler.model.plan_json import dump_plan, load_plan, sealed
from reconciler.render.totals import acts, left_undone, total

from .build import AUTO, NOW, SCOPE, SPEC, desired, key, live, pln

PRICE, TITLE, CATEGORY = "price.base", "content.title", "content.category"
QUANTITY, STATUS = "stock.quantity", "stock.status"
HELD = {**AUTO, Module.PRICE: (Mode.MANUAL, "project")}
OFF = {**AUTO, Module.PRICE: (Mode.OFF, "project")}


def plan_of(
    documents: list[Desired], found: list[Live], *, complete: bool = True, **asked: Any
) -> tuple[AccountPlan, Plan]:
    """Plan one account, and the whole plan that holds it, as it reads back from a file."""
    question = Question(plan_id="8d3c1f1e-0000-4000-8000-000000000001", login="shop", **{"scope": SCOPE, **asked})
    snapshot = Snapshot(account="main", live=tuple(found), complete=complete)
    part, notes = planned(tuple(documents), snapshot, SPEC, question)
    part = replace(part, reads={})
    made = sealed(
        Plan(id="p", digest="", created_at="2026-11-23T12:00:00+00:00", accounts=(part,), diagnostics=notes)
    )
    return part, load_plan(dump_plan(made))


def accepted(path: str, before: Any, after: Any) -> Accepted:
    target = Target(key=key(), remote_id="1", before={path: before}, after={path: after})
    return Accepted(
        run_id="r", action="a", operation="edit", target=target, at=NOW - timedelta(minutes=5), shown=False
    )


ACTIVE = {STATUS: "active"}
SOLD = live("K1", {**ACTIVE, CATEGORY: "1"}, sold=3, listed_at="2026-01-01T00:00:00+00:00")
UNREADABLE = replace(live("K1", ACTIVE), unreadable={PRICE: "the amount is a word"})
CASES = {
    "as declared": ([desired(fields={PRICE: pln("1.00")})], [live("K1", {PRICE: pln("1.00")})], {}, {}),
    "frozen": ([desired(fields={CATEGORY: "2"})], [SOLD], {}, {"frozen": ("Offer/K1: content.category",)}),
    "ended by the marketplace": (
        [desired(fields=ACTIVE)],
        [live("K1", {STATUS: "ended"}, ended_by="admin")],
        {},
        {"frozen": ("Offer/K1: stock.status",)},
    ),
    "not creatable": ([desired(fields={PRICE: pln("1.00")})], [], {}, {"not_creatable": ("Offer/K1",)}),
    "missing in a short list": ([desired(fields=ACTIVE)], [], {"complete": False}, {"missing": ("Offer/K1",)}),
    "unreadable": ([desired(fields={PRICE: pln("1.00")})], [UNREADABLE], {}, {"unclear": ("Offer/K1",)}),
    "stock of which nobody knows the baseline": (
        [desired(fields={QUANTITY: 5})],
        [live("K1", {QUANTITY: 3, **ACTIVE})],
        {},
        {"stock": ("Offer/K1: stock.quantity",)},
    ),
    "an auction": (
        [desired(fields={TITLE: "A"})],
        [live("K1", {TITLE: "B", **ACTIVE}, format="auction")],
        {},
        {"left_alone": ("Offer/K1",)},
    ),
    "settling": (
        [desired(fields={PRICE: pln("2.00")})],
        [live("K1", {PRICE: pln("1.00"), **ACTIVE})],
        {"accepted": (accepted(PRICE, pln("1.00"), pln("2.00")),)},
        {"settling": ("Offer/K1: price.base",)},
    ),
    "refused by a guard": (
        [desired(fields={PRICE: pln("99.00")})],
        [live("K1", {PRICE: pln("1.00"), **ACTIVE})],
        {},
        {"guard": ("Offer/K1",)},
    ),
    "manual": (
        [desired(fields={PRICE: pln("1.10")}, modes=HELD, held=frozenset({Module.PRICE}))],
        [live("K1", {PRICE: pln("1.00"), **ACTIVE})],
        {},
        {},
    ),
    "off": ([desired(unsynced={PRICE: pln("2.00")}, modes=OFF)], [live("K1", {PRICE: pln("1.00")})], {}, {}),
}


@pytest.mark.parametrize(("documents", "found", "asked", "undone"), CASES.values(), ids=list(CASES))
def test_each_reason_is_counted(
    documents: list[Desired], found: list[Live], asked: dict[str, Any], undone: dict[str, tuple[str, ...]]
) -> None:
    """The names survive the file, `No changes.` is not said, and the plan counts as one that is not done."""
    part, made = plan_of(documents, found, **asked)
    assert dict(part.undone) == undone
    assert made.accounts[0].undone == part.undone
    assert (verdict(made, detailed=True) is Exit.OK) is (not undone)
    assert ("No changes. " in total(made)) is (not undone and not part.changes)


def test_what_is_undone_is_said_below_what_is_done() -> None:
    _, made = plan_of(
        [desired("K1", {CATEGORY: "2", PRICE: pln("1.10")}), desired("K2", {PRICE: pln("5.00")})],
        [replace(SOLD, fields={**SOLD.fields, PRICE: pln("1.00")})],
    )
    assert total(made) == "Plan: 1 to change."
    assert left_undone(made) == "Left undone: 1 not creatable, 1 frozen."


def test_a_lifted_guard_leaves_nothing_undone() -> None:
    """A report of what was applied with `--allow` does not say that a guard refused it."""
    _, made = plan_of(*CASES["refused by a guard"][:2])
    assert left_undone(made) == "Left undone: 1 refused by a guard."
    assert left_undone(made, lifted=True) == ""


def test_without_changes_one_sentence_says_it() -> None:
    _, made = plan_of([desired("K1", {CATEGORY: "2"}), desired("K2", {PRICE: pln("5.00")})], [SOLD])
    assert total(made) == "No changes can be made. 1 not creatable, 1 frozen."
    assert left_undone(made) == ""


KINDS = st.sampled_from(["equal", "other price", "frozen", "absent", "auction", "stock"])


@given(st.lists(KINDS, max_size=6), st.booleans())
def test_no_changes_is_said_if_and_only_if_nothing_is_to_do_or_undone(kinds: list[str], complete: bool) -> None:
    """Whatever an account is made of."""
    documents, found = [], []
    for number, each in enumerate(kinds):
        name, there = f"K{number}", {PRICE: pln("1.00"), CATEGORY: "1", TITLE: "A", QUANTITY: 3, **ACTIVE}
        wanted: dict[str, Any] = {
            "other price": {PRICE: pln("1.10")},
            "frozen": {CATEGORY: "2"},
            "auction": {TITLE: "B"},
            "stock": {QUANTITY: 5},
        }.get(each, {PRICE: pln("1.00")})
        documents.append(desired(name, wanted))
        facts = {"format": "auction"} if each == "auction" else {"sold": 3}
        if each != "absent":
            found.append(live(name, there, remote_id=str(number), **facts))
    part, made = plan_of(documents, found, complete=complete)
    said = total(made).startswith("No changes. ")
    assert said == (complete and not part.undone and not part.changes)
    assert said == all(each == "equal" for each in kinds) if complete else not said
    done = verdict(made, detailed=True) is Exit.OK
    assert done == (complete and not part.undone and not acts(made))
    changed = {each.key for each in part.changes if each.verb is not Verb.REPORT}
    left = {name.partition(":")[0] for names in part.undone.values() for name in names}
    differing = {f"Offer/K{number}" for number, each in enumerate(kinds) if each != "equal"}
    assert {str(each) for each in changed} | left == differing


def test_offers_are_counted_module_by_module() -> None:
    """Equal is what stands; what changes, waits, cannot be changed or is off is counted elsewhere."""
    there = {PRICE: pln("10"), TITLE: "Kubek", QUANTITY: 3, CATEGORY: "5"}
    dearer = {**there, PRICE: pln("11")}
    documents = [
        desired("equal", there),
        desired("dearer", dearer),
        desired("manual", dearer, modes=HELD, held=frozenset({Module.PRICE})),
        desired("frozen", {**there, CATEGORY: "6"}),
        desired("off", {TITLE: "Kubek", QUANTITY: 3}, unsynced={PRICE: pln("10")}, modes=OFF),
        desired("new", there),
    ]
    facts = {"sold": 3, "listed_at": "2026-01-01T00:00:00+00:00"}
    shown = {**there, **ACTIVE}
    found = [live(each.key.name, shown, remote_id=each.key.name, **facts) for each in documents[:-1]]
    part, _ = plan_of(documents, found)
    counted = {name: count for name, count in part.counts.items() if "." in name}
    assert counted == {"equal.price": 2, "equal.stock": 5, "equal.content": 4, "off.price": 1}
