"""What an undo restores, what it leaves alone, and what it says about both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from world import World, diagnostics, differences, undone

from reconciler.model.changes import Verb
from reconciler.model.outcomes import Result
from reconciler.model.plan_json import dump_plan, load_plan
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.undo import finish_interrupted
from reconciler.runtime.errors import BadDocuments, GuardRefused, RunStopped, StalePlan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

from .taking_back import Cut, CutsAfter, changed, runs, standing, undo, undo_plan

ONE, TWO = "17000000001", "17000000002"
YESTERDAY = [world.offer("A", stock={"always": 10}), world.offer("B", stock={"always": 10})]


def shop(root: Path, *today: dict[str, Any], **account: Any) -> World:
    """A and B on sale, with yesterday's documents true and today's written."""
    guards = account.pop("guards", world.SWITCH_OFF_GUARDS)
    live = [world.live_offer(1, "A"), world.live_offer(2, "B")]
    made = World.make(root, world.seller(live, **account), YESTERDAY, project={"guards": guards})
    made.converge()
    names = {each["name"] for each in today}
    made.documents(*today, *(each for each in YESTERDAY if each["name"] not in names))
    return made


def test_what_was_changed_since_is_left_alone_and_said(tmp_path: Path) -> None:
    """Of two prices one is moved in the panel after the run: the other is restored, this one is named."""
    made = shop(tmp_path, world.offer("A", price="60 PLN"), world.offer("B", price="60 PLN"))
    made.converge()
    made.panel(ONE, {"sellingMode": {"price": example.money("70.00")}})
    plan, report = undo(made)
    assert not undone(report)
    assert [line for line in differences(plan)] == [
        "update Offer/B  price.base: Money(amount=Decimal('60.00'), currency='PLN') -> Money(amount=Decimal('49.99'), currency='PLN')"
    ]
    assert any(
        "P601 `price.base` of A (17000000001) cannot be restored: it was changed after run" in line
        for line in diagnostics(plan)
    )
    now = standing(made)
    assert [now[key]["price.base"]["amount"] for key in (ONE, TWO)] == ["70.00", "49.99"]


def test_undo_of_an_undo_brings_the_run_back(tmp_path: Path) -> None:
    made = shop(tmp_path, world.offer("A", price="60 PLN", content={"title": "Kubek zupełnie inny niż był"}))
    made.converge()
    after = standing(made)
    undo(made)
    assert changed(after, standing(made))
    undo(made)
    assert not changed(after, standing(made))
    assert not differences(made.plan())
    assert [each.purpose for each in runs(made)] == ["undo", "undo", "apply"]
    assert runs(made)[0].undoes == runs(made)[1].id


def test_after_an_undo_the_next_plan_calls_it_a_change_and_no_drift(tmp_path: Path) -> None:
    """The documents still say it: the undo says so, and the next plan would do it again, as a change of ours."""
    made = shop(tmp_path, world.offer("A", price="60 PLN"))
    made.converge()
    plan, _ = undo(made)
    assert any("P604" in line for line in diagnostics(plan))
    fields = [each for change in made.plan().changes for each in change.fields]
    assert [(each.path, each.drift) for each in fields] == [("price.base", False)]
    made.documents(*YESTERDAY)
    assert not differences(made.plan())


def test_no_word_of_a_revert_when_the_documents_were_reverted_first(tmp_path: Path) -> None:
    made = shop(tmp_path, world.offer("A", price="60 PLN"))
    made.converge()
    made.documents(*YESTERDAY)
    assert "P604" not in str(diagnostics(undo_plan(made)))


def test_a_created_draft_is_deleted_and_cannot_come_back(tmp_path: Path) -> None:
    made = shop(tmp_path, *YESTERDAY, world.whole_offer("N", stock={"always": 5, "status": "draft"}))
    made.converge()
    plan, report = undo(made)
    assert [change.verb for change in plan.changes] == [Verb.DELETE]
    assert not undone(report)
    assert made.by_key("N") is None
    again = undo_plan(made)
    assert not again.changes
    assert any("P601 N" in line and "nothing brings it back" in line for line in diagnostics(again))


def test_what_an_undo_has_taken_away_is_not_called_lost(tmp_path: Path) -> None:
    """The run created a tag and a draft; once they are gone, a second undo counts them as undone."""
    draft = world.whole_offer("N", stock={"always": 5, "status": "draft"})
    made = shop(tmp_path, *YESTERDAY, {"kind": "OfferTag", "name": "Lato", "hidden": False}, draft)
    made.converge()
    run = runs(made)[0].id
    assert not undone(undo(made, run)[1])
    again = undo_plan(made, run)
    assert not again.changes
    assert [line for line in diagnostics(again) if "P601" in line] == []
    assert any("P603 2 values" in line for line in diagnostics(again))


def test_an_undo_that_was_killed_leaves_changes_and_no_drift(tmp_path: Path) -> None:
    """Whoever finishes it knows what it wrote: the next plan is the documents', and nothing of it is called drift."""
    titles = {"A": "Kubek zupełnie inny niż był", "B": "Talerz zupełnie inny niż był"}
    made = shop(tmp_path, *(world.offer(key, content={"title": title}) for key, title in titles.items()))
    before = standing(made)
    made.converge()
    run = runs(made)[0].id
    with pytest.raises(Cut):
        apply_plan(Workspace(made.root), undo_plan(made, run), ApplyOptions(parallelism=1), CutsAfter(1))
    finished = finish_interrupted(Workspace(made.root), run, ApplyOptions(), Silent())
    assert {each.result for each in finished.outcomes} == {Result.APPLIED}
    assert not changed(before, standing(made))
    assert not undo_plan(made, run).changes
    fields = [each for change in made.plan().changes for each in change.fields]
    assert [(each.path, each.drift) for each in fields] == [("content.title", False)] * 2


def test_a_created_offer_is_ended_and_an_undo_of_that_lists_it_again(tmp_path: Path) -> None:
    made = shop(tmp_path, *YESTERDAY, world.whole_offer("N"))
    made.converge()
    undo(made)
    assert made.by_key("N")["publication"]["status"] == "ENDED"  # type: ignore[index]
    undo(made)
    made.stored()
    assert made.by_key("N")["publication"]["status"] == "ACTIVE"  # type: ignore[index]


def test_an_object_that_the_marketplace_keeps_is_said(tmp_path: Path) -> None:
    prices = {
        "kind": "DeliveryPriceList",
        "name": "Nowy",
        "dispatch_country": "PL",
        "methods": {world.LOCKER_NAME: "9.99 PLN"},
    }
    made = shop(tmp_path, prices, world.offer("A", delivery="Nowy"))
    made.converge()
    plan, report = undo(made)
    assert not undone(report)
    assert any(
        "P601 Nowy" in line and "no way to delete a delivery price list" in line for line in diagnostics(plan)
    )
    assert standing(made)[ONE]["delivery.prices"] == example.RATES


def test_what_has_frozen_since_is_said(tmp_path: Path) -> None:
    """A title cannot be changed back once somebody has bought under the new one."""
    made = shop(tmp_path, world.offer("A", content={"title": "Kubek zupełnie inny niż był"}, price="60 PLN"))
    made.converge()
    with made.simulator() as simulator:
        simulator.sell(made.login, ONE, 1)
    plan, report = undo(made)
    assert not undone(report)
    assert [each.path for change in plan.changes for each in change.fields] == ["price.base"]
    assert any("P301 `content.title`" in line for line in diagnostics(plan))


def test_the_marketplaces_own_end_is_not_undone(tmp_path: Path) -> None:
    made = shop(tmp_path, world.offer("A", stock={"status": "ended"}))
    made.converge()
    undo(made)
    made.stored()
    with made.simulator() as simulator:
        simulator.end(made.login, ONE, "ADMIN")
    plan = undo_plan(made)
    assert not plan.actions


def test_a_guard_refuses_an_undo_as_any_plan(tmp_path: Path) -> None:
    made = shop(
        tmp_path, world.offer("A", price="499.90 PLN"), guards={"price_change": "off", "price_shift": "off"}
    )
    made.converge()
    made.project(
        {"accounts": {"main": {"marketplace": "allegro", "environment": "simulator", "login": made.login}}}
    )
    plan = undo_plan(made)
    assert {each.rule for each in plan.refused} >= {"price-shift"}
    with pytest.raises(GuardRefused):
        made.apply(plan)
    lifted = made.apply(undo_plan(made, **{"price-shift": "", "price-change": ""}))
    assert not undone(lifted)


def test_a_saved_undo_is_an_undo_when_it_is_applied(tmp_path: Path) -> None:
    made = shop(tmp_path, world.offer("A", price="60 PLN"))
    made.converge()
    plan = load_plan(dump_plan(undo_plan(made)))
    assert not undone(made.apply(plan))
    assert (runs(made)[0].purpose, runs(made)[0].undoes) == ("undo", runs(made)[1].id)
    with pytest.raises(StalePlan):
        made.apply(plan)


def test_a_panel_edit_between_plan_and_undo_is_not_overwritten(tmp_path: Path) -> None:
    made = shop(tmp_path, world.offer("A", price="60 PLN"))
    made.converge()
    plan = undo_plan(made)
    made.panel(ONE, {"sellingMode": {"price": example.money("70.00")}})
    report = made.apply(plan)
    assert [each.stale for each in report.outcomes] == [True]
    assert standing(made)[ONE]["price.base"]["amount"] == "70.00"


def test_an_interrupted_run_is_undone_and_not_finished(tmp_path: Path) -> None:
    """What a killed run has sent is taken back; what it had not sent is not sent any more."""
    titles = {"A": "Kubek zupełnie inny niż był", "B": "Talerz zupełnie inny niż był"}
    made = shop(tmp_path, *(world.offer(key, content={"title": title}) for key, title in titles.items()))
    before = standing(made)
    with pytest.raises(Cut):
        apply_plan(Workspace(made.root), made.plan(), ApplyOptions(parallelism=1), CutsAfter(1))
    assert len(changed(before, standing(made))) == 1
    assert runs(made)[0].left == 2  # one is sent and not read back, one is not sent
    assert not finish_interrupted(Workspace(made.root), runs(made)[0].id, ApplyOptions(), Silent()).outcomes
    plan, report = undo(made)
    assert len(plan.changes) == 1
    assert not undone(report), undone(report)
    assert not changed(before, standing(made))
    assert [each.state for each in runs(made)] == ["finished", "stopped"]


def test_an_adopted_offer_keeps_its_key(tmp_path: Path) -> None:
    """P602: what else the run wrote goes back; the key stays, or nobody would find the offer by it again."""
    document = world.offer("NEW", adopt=ONE, price="60 PLN")
    made = World.make(tmp_path, world.seller([world.live_offer(1, None)]), [document])
    made.converge()
    plan, report = undo(made)
    assert not undone(report)
    assert any("P602 NEW (17000000001) keeps the key" in line for line in diagnostics(plan))
    assert made.by_key("NEW")["sellingMode"]["price"]["amount"] == "49.99"  # type: ignore[index]


def test_what_is_protected_is_not_ended_by_an_undo(tmp_path: Path) -> None:
    """P402: the run created it, its document protects it, and nothing is sent."""
    made = World.make(tmp_path, world.seller([]), [world.whole_offer("N", protect=True)])
    made.converge()
    made.forget_requests()
    assert not undo_plan(made).actions
    with pytest.raises(BadDocuments) as refused:
        undo(made)
    assert [each.code for each in refused.value.diagnostics if each.severity == "error"] == ["P402"]
    assert not made.writes()


def test_what_stands_as_before_is_only_counted(tmp_path: Path) -> None:
    """P603: somebody has put a value back already; a second undo finds nothing to do either."""
    made = shop(tmp_path, world.offer("A", price="60 PLN", stock={"always": 3}))
    made.converge()
    made.panel(ONE, {"sellingMode": {"price": example.money("49.99")}})
    run = runs(made)[0].id
    plan, _ = undo(made)
    assert any("P603 1 value of run" in line for line in diagnostics(plan))
    again = undo_plan(made, run)
    assert not again.changes
    assert any("P603 2 values of run" in line for line in diagnostics(again))


def test_stock_zero_that_ended_an_offer_comes_back_without_its_status(tmp_path: Path) -> None:
    """P601: the run said nothing of the status, so the pieces come back and the offer stays ended, which is said."""
    made = shop(tmp_path, world.offer("A", stock=0))
    made.converge()
    assert standing(made)[ONE]["stock.status"] == "ENDED"
    plan, _ = undo(made)
    assert any("P601 `stock.status` of A" in line and "at stock 0" in line for line in diagnostics(plan))
    assert standing(made)[ONE]["stock.quantity"] == 10


def test_only_a_known_run_is_undone(tmp_path: Path) -> None:
    made = shop(tmp_path)
    for wrong, said in (("abcd1234", "there is no run"), ("%", "is not the id of a run"), ("zz", "is not the id")):
        with pytest.raises(RunStopped, match=said):
            undo_plan(made, wrong)


def test_an_offer_that_was_ended_with_its_document_has_none_when_it_is_back(tmp_path: Path) -> None:
    """P606: the undo is not the end of it, and says so; where the document has come back it says nothing."""
    made = shop(tmp_path)
    made.documents(YESTERDAY[1])
    made.converge()
    assert [line for line in diagnostics(undo_plan(made)) if "P606" in line] == [
        f"note P606 what run {runs(made)[0].id[:8]} ended has no document any more and goes on sale again (A)"
    ]
    made.documents(*YESTERDAY)
    assert not any("P606" in line for line in diagnostics(undo_plan(made)))
    made.documents(YESTERDAY[1])
    assert not undone(undo(made)[1])
    assert [(each.verb, each.key.name) for each in made.plan().changes] == [(Verb.END, "A")]


def test_what_refers_to_something_that_is_gone_is_said_and_the_rest_is_restored(tmp_path: Path) -> None:
    """The old policy was deleted since: nothing is sent of its module, which is said, and the price goes back."""
    settings = {"return_policy": "30 dni", "invoice": "vat"}
    made = shop(tmp_path, world.offer("A", settings=settings))
    made.converge()
    made.documents(world.offer("A", price="60 PLN", settings={"return_policy": "14 dni", "invoice": "vat_margin"}))
    made.converge()
    made.lose("return_policies", world.SECOND_POLICY)
    made.forget_requests()
    plan, report = undo(made)
    [told] = [each for each in plan.diagnostics if each.code == "P601"]
    assert told.detail == "with it stays `settings.invoice`"
    [said] = [line for line in diagnostics(plan) if "P601" in line]
    assert "A cannot be restored as it was: `settings.return_policy`: there is no return policy '30 dni'" in said
    assert not undone(report)
    assert [each.path for each in plan.changes[0].fields] == ["price.base"]
    assert standing(made)[ONE]["price.base"]["amount"] == "49.99"


def test_a_document_with_mistakes_costs_its_own_undo(tmp_path: Path) -> None:
    """Nobody knows whether it protects its offer: that one waits, and the other one is undone."""
    made = shop(tmp_path, world.offer("A", price="60 PLN"), world.offer("B", price="60 PLN"))
    made.converge()
    made.documents(world.offer("A", price="60 PLN"))
    made.write("documents/wrong.yaml", "kind: Offer\nname: B\nprise: 60 PLN\n")
    plan, report = undo(made)
    assert [change.key.name for change in plan.changes] == ["A"]
    [said] = [line for line in diagnostics(plan) if "P608" in line]
    assert "1 resource is left as it is" in said
    assert "(B)" in said
    assert not undone(report)
    now = standing(made)
    assert [now[key]["price.base"]["amount"] for key in (ONE, TWO)] == ["49.99", "60.00"]
    made.write("documents/wrong.yaml", "kind: Offer\nname: [\n")
    plan = undo_plan(made, runs(made)[1].id)
    assert not plan.changes
    assert "(B)" in next(line for line in diagnostics(plan) if "P608" in line)
