"""What an account may not have, and what the marketplace itself has found wrong already."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from simulator import example

from reconciler.model.diagnostics import Severity
from reconciler.model.offers import Key
from reconciler.model.plan import Plan
from reconciler.runtime.commands.pull import pull
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace

from .market import OFFER, changed, made

TAG = "kind: OfferTag\nname: Lato\n"
TAGGED = "kind: Offer\nname: A\nsettings:\n  tags: [Nowość]\nprice: 55 PLN\n"


def errors(plan: Plan) -> list[tuple[str, Key | None, int]]:
    """Code, whose it is, and line of each error."""
    found = [each for each in plan.diagnostics if each.severity is Severity.ERROR]
    return [(each.code, each.about, each.mark.line if each.mark else 0) for each in found]


def test_an_account_without_tags_is_told_where_they_are_named(tmp_path: Path) -> None:
    """P205: the plan is made all the same; only what names tags has a problem."""
    shop = made(tmp_path, TAGGED, OFFER, TAG)
    shop.set(faults={"schedule": [{"do": "403", "times": None, "when": {"path": "/sale/offer-tags"}}]})
    plan = shop.plan()
    assert errors(plan) == [("P205", Key("main", "Offer", "A"), 4), ("P205", Key("main", "OfferTag", "Lato"), 2)]
    assert {each.key.name for each in plan.changes} >= {"N"}


def test_a_token_that_is_refused_says_nothing_of_tags(tmp_path: Path) -> None:
    """401 is nobody's lack of a right: it ends the command, in a plan and in a pull."""
    shop = made(tmp_path, TAGGED, OFFER, TAG)
    shop.set(faults={"schedule": [{"do": "401", "times": None, "when": {"path": "/sale/offer-tags"}}]})
    with pytest.raises(AuthenticationFailed):
        shop.plan()
    with pytest.raises(AuthenticationFailed):
        pull(Workspace(shop.root), (), shop.root, Silent())


def test_a_pull_says_what_the_account_does_not_have(tmp_path: Path) -> None:
    """Nobody takes its tags for written."""
    shop = made(tmp_path, OFFER)
    shop.set(faults={"schedule": [{"do": "403", "times": None, "when": {"path": "/sale/offer-tags"}}]})
    notes = pull(Workspace(shop.root), (), shop.root, Silent()).notes
    assert any(note.startswith("no OfferTag is written: ") for note in notes)


def test_a_doubt_about_a_name_is_not_told_beside_the_answer(tmp_path: Path) -> None:
    """The documents alone are in doubt (D308); the account was asked, and has no such tag either (P202)."""
    shop = made(tmp_path, "kind: Offer\nname: A\nsettings:\n  tags: [Latoo]\nprice: 55 PLN\n", OFFER, TAG)
    doubt = [each.code for each in resolve_project(Workspace(shop.root)).diagnostics if each.code == "D308"]
    told = [each.code for each in shop.plan().diagnostics if each.code in {"D308", "P202"}]
    assert (doubt, told) == (["D308"], ["P202"])


def test_a_doubt_stays_where_the_account_has_the_name(tmp_path: Path) -> None:
    """`Nowość` is there, and nearly the name of a document: which of them is meant only a person knows."""
    named = "kind: Offer\nname: A\nsettings:\n  tags: [Nowość]\nprice: 55 PLN\n"
    shop = made(tmp_path, named, OFFER, "kind: OfferTag\nname: Nowości\n")
    assert [each.code for each in shop.plan().diagnostics if each.code in {"D308", "P202"}] == ["D308"]


CROWDED = {
    "tags": ("tags", [{"id": f"tag-{n}", "name": f"Tag {n}", "hidden": False} for n in range(99)], TAG),
    "price lists": (
        "shipping_rates",
        [
            example.rates_set(
                example.RATES if n == 0 else f"r{n}",
                "Standard" if n == 0 else f"L{n}",
                example.rate(example.COURIER),
            )
            for n in range(249)
        ],
        "kind: DeliveryPriceList\nname: Lato\ndispatch_country: PL\nmethods: {Allegro One Box: 9 PLN}\n",
    ),
}


@pytest.mark.parametrize("what", CROWDED)
def test_there_is_no_room_for_one_more(tmp_path: Path, what: str) -> None:
    """P239: one more fits, the second does not."""
    seeded, there, text = CROWDED[what]
    shop = made(tmp_path, text, text.replace("Lato", "Zima"), **{seeded: there})
    assert [(code, about and about.name) for code, about, _ in errors(shop.plan())] == [("P239", "Zima")]
    shop.write("documents/001.yaml", "kind: Offer\nname: A\nprice: 51 PLN\n")
    shop.converge()


NO_POLICY = {
    "code": "ReturnPolicyMissing",
    "message": "The return policy is missing.",
    "userMessage": "The return policy is missing.",
    "path": "afterSalesServices.returnPolicy",
    "details": None,
    "metadata": {},
}
FOUND = {"errors": [NO_POLICY], "warnings": [], "validatedAt": "2026-11-20T10:00:00.000Z"}


def test_a_draft_with_faults_is_not_put_on_sale(tmp_path: Path) -> None:
    """P240: the marketplace's own words about the draft; where something of it changes, that may mend it."""
    draft = world.live_offer(
        9, "D", publication={"status": "INACTIVE"}, afterSalesServices={}, validation=FOUND, stock={"available": 3}
    )
    shop = made(tmp_path, "kind: Offer\nname: D\nstock:\n  always: 3\n  status: active\n", offers=[draft])
    assert errors(shop.plan()) == [("P240", Key("main", "Offer", "D"), 5)]
    mended = "kind: Offer\nname: D\nstock: {always: 3, status: active}\nsettings: {return_policy: 14 dni}\n"
    shop.write("documents/000.yaml", mended)
    shop.converge()


def test_pieces_may_be_what_a_draft_lacks(tmp_path: Path) -> None:
    """What the marketplace found wrong may be mended by what changes: nothing is said then."""
    nothing = {
        **NO_POLICY,
        "code": "InvalidStock",
        "message": "There is nothing in stock.",
        "path": "stock.available",
    }
    found = {**FOUND, "errors": [nothing]}
    draft = world.live_offer(9, "D", publication={"status": "INACTIVE"}, stock={"available": 0}, validation=found)
    shop = made(tmp_path, "kind: Offer\nname: D\nstock: {always: 3, status: active}\n", offers=[draft])
    shop.converge()


def test_a_good_draft_is_put_on_sale(tmp_path: Path) -> None:
    """Nothing is wrong with it: nothing is said."""
    draft = world.live_offer(9, "D", publication={"status": "INACTIVE"}, stock={"available": 3})
    shop = made(tmp_path, "kind: Offer\nname: D\nstock: {always: 3, status: active}\n", offers=[draft])
    shop.converge()


def test_a_new_draft_may_lack_what_is_required(tmp_path: Path) -> None:
    """Required parameters are needed to be on sale, and not before."""
    shop = made(tmp_path, changed("    Stan: Nowy\n", "    Sztuk: 1\n").replace("status: active", "status: draft"))
    assert not errors(shop.plan())
    shop.converge()
