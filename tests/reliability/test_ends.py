"""How a run ends that somebody else stopped: a token that is refused in the middle of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import world
from torture import shop
from torture.killing import run
from world import World

from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.forms import anything
from reconciler.runtime.commands.apply import resume
from reconciler.runtime.commands.resolving import load
from reconciler.runtime.commands.unlock import break_lock, holder
from reconciler.runtime.connection.runner import FENCE, Fence, Overtaken
from reconciler.runtime.connection.session import run as run_here
from reconciler.runtime.connection.session import session
from reconciler.runtime.errors import Locked
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

OFFERS = 12
#: Where the token stops being accepted: for everything after so many requests, or for one way of writing or reading.
REFUSALS: dict[str, dict[str, Any]] = {
    "everything": {"after_requests": 20},
    "edits": {"after_requests": 4, "path": "/sale/product-offers", "method": "PATCH"},
    "creations": {"path": "/sale/product-offers", "method": "POST"},
    "commands": {"path": "/sale/offer-publication-commands"},
    "operations of edits": {"path": "/sale/product-offers/", "method": "GET", "after_requests": OFFERS + 6},
}


def a_shop(root: Path) -> World:
    """Offers that are edited one by one, one that is ended, and two that are created."""
    keys = [f"K{number:03d}" for number in range(OFFERS)]
    live = [shop.live_offer(number, key, shop.example.PRODUCT) for number, key in enumerate([*keys, "E"])]
    documents = [world.offer(key, content={"title": f"Kubek ceramiczny {key} duży"}) for key in keys]
    documents += [world.offer("E", stock={"status": "ended"}), world.whole_offer("N0"), world.whole_offer("N1")]
    return World.make(root, world.seller(live), documents)


def refuse(made: World, when: dict[str, Any]) -> None:
    """From now on the marketplace does not accept the token any more."""
    made.set(faults={"schedule": [{"do": "401", "times": None, "when": when}]})


def edited(made: World) -> set[str]:
    """The keys of the offers that have the title of their document."""
    return {
        body["external"]["id"]
        for body in made.stored().values()
        if body["name"].endswith("duży") and "K0" in body["name"]
    }


def settled(made: World) -> None:
    """All is there, nothing twice, nothing left to do."""
    assert run(made.root, "plan", "--refresh=full", "--detailed-exitcode")[0] == 0
    with made.simulator() as simulator:
        assert simulator.census(made.login)["duplicates"]["offers"] == {}
    assert len(edited(made)) == OFFERS


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_token_that_is_refused_in_the_middle(refusal: str, saved: bool, tmp_path: Path) -> None:
    """Exit code 4, a report that is true and adds up, the command as the last line; and the next apply goes on."""
    made = a_shop(tmp_path)
    assert run(tmp_path, "plan", "--out", "plan.json")[0] == 0
    again = ("apply", "plan.json") if saved else ("apply", "--auto-approve")
    refuse(made, REFUSALS[refusal])
    code, told = run(tmp_path, "apply", "plan.json")
    assert code == 4, told
    assert "does not accept the token" in told
    assert "Apply ended:" in told
    assert "planned." in told
    assert told.strip().splitlines()[-1].startswith("Next: ")
    made.set(faults={"schedule": []})
    code, told = run(tmp_path, *again)
    assert code == 0, told
    assert ("going on with run" if saved else "finishing run") in told
    settled(made)


def test_the_json_report_says_what_stopped_the_run(tmp_path: Path) -> None:
    """A machine reads the reason as data: which account, why, and what to do; and every row that was not sent."""
    made = a_shop(tmp_path)
    assert run(tmp_path, "plan", "--out", "plan.json")[0] == 0
    refuse(made, REFUSALS["everything"])
    code, told = run(tmp_path, "apply", "plan.json", "--json")
    report = json.loads(told[told.index("{") :])
    assert code == 4
    assert [(each["account"], each["reason"]) for each in report["stops"]] == [("main", "authentication")]
    assert report["stops"][0]["summary"]
    assert report["stops"][0]["hint"]
    assert sum(report["counts"].values()) == len(report["outcomes"]) == OFFERS + 3
    left = [each for each in report["outcomes"] if each["result"] == "skipped"]
    assert left
    assert all("does not accept the token" in each["detail"] for each in left)


def test_rows_that_left_before_the_refusal_are_not_called_skipped(tmp_path: Path) -> None:
    """An edit was accepted, and then the token was refused: nobody has read it back, so it is unknown."""
    made = a_shop(tmp_path)
    made.set(accepted_ratio=1.0)
    assert run(tmp_path, "plan", "--out", "plan.json")[0] == 0
    refuse(made, {"path": "/sale/product-offers/", "method": "GET", "after_requests": OFFERS + 2})
    code, told = run(tmp_path, "apply", "plan.json", "--json")
    report = json.loads(told[told.index("{") :])
    assert code == 4
    results = {each["key"]["name"]: each["result"] for each in report["outcomes"]}
    done = edited(made)
    assert done
    assert {results[key] for key in done} <= {"applied", "unknown"}
    assert "unknown" in results.values()


def test_a_missing_right_is_told_in_the_same_way(tmp_path: Path) -> None:
    """The token lacks the right to write: exit code 4, and with the right it is planned and applied again."""
    made = a_shop(tmp_path)
    made.set(withheld_scopes=["sale:offers:write"])
    code, told = run(tmp_path)
    assert code == 4, told
    assert "not allowed" in told
    assert told.strip().splitlines()[-1].startswith("Next: ")
    made.set(withheld_scopes=[])
    code, told = run(tmp_path)
    assert code == 0, told
    settled(made)


def test_a_resync_and_an_undo_end_in_the_same_way(tmp_path: Path) -> None:
    """Whatever the run is for: 4 when the token is refused, and the same command goes on."""
    made = a_shop(tmp_path)
    assert run(tmp_path)[0] == 0
    refuse(made, REFUSALS["edits"])
    code, told = run(tmp_path, "resync", "--account", "main", "--yes")
    assert code == 4, told
    made.set(faults={"schedule": []})
    code, told = run(tmp_path, "resync", "--account", "main", "--yes")
    assert code == 0, told
    _, told = run(tmp_path, "history", "--json")
    first = json.loads(told[told.index("{") :])["runs"][-1]["id"]
    refuse(made, REFUSALS["edits"])
    code, told = run(tmp_path, "undo", first, "--auto-approve")
    assert code == 4, told
    made.set(faults={"schedule": []})
    code, told = run(tmp_path, "apply", "--auto-approve", "--target", "N0")
    assert code == 0, told
    assert edited(made) == set()


def test_an_account_that_is_not_let_in_does_not_hide_the_report_of_the_one_before(tmp_path: Path) -> None:
    """Two accounts, and the second token is refused from the start: the first is applied and told, the code is 4."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [])
    with made.simulator() as simulator:
        other = world.seller(
            [world.live_offer(9, "B")], login="drugi", user_id="555", clients=[], refresh_token=None
        )
        simulator.seed(other)
    accounts = {
        name: {"marketplace": "allegro", "environment": "simulator", "login": login}
        for name, login in (("main", "sklep"), ("side", "drugi"))
    }
    made.project({"accounts": accounts, "guards": world.SWITCH_OFF_GUARDS})
    made.documents(
        world.offer("A", price="55 PLN", account="main"), world.offer("B", price="66 PLN", account="side")
    )
    assert run(tmp_path, "plan", "--out", "plan.json")[0] == 0
    refuse(made, {"login": "drugi"})
    code, told = run(tmp_path, "apply", "plan.json")
    assert code == 4, told
    assert "1 applied, 1 skipped of 2 planned." in told
    assert "Stopped: account side: the marketplace does not accept the token." in told
    made.set(faults={"schedule": []})
    assert run(tmp_path)[0] == 0
    assert run(tmp_path, "plan", "--detailed-exitcode")[0] == 0


class BreaksTheLock(Silent):
    """A display during which somebody breaks the lock of the account."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def note(self, text: str) -> None:
        if text.startswith("finishing run"):
            workspace = Workspace(self._root)
            held = holder(workspace, "main")
            assert held is not None
            assert break_lock(workspace, held)


def test_a_process_whose_lock_was_broken_begins_nothing(tmp_path: Path) -> None:
    """It stood still between taking the lock and taking the run: it says so, and sends nothing."""
    made = a_shop(tmp_path)
    plan = made.plan()
    refuse(made, REFUSALS["everything"])
    assert made.apply(plan).stops
    made.set(faults={"schedule": []})
    made.forget_requests()
    with pytest.raises(Locked) as told:
        resume(Workspace(tmp_path), ApplyOptions(), BreaksTheLock(tmp_path))
    assert "was broken" in told.value.summary
    assert told.value.hint
    assert not made.writes()


def test_a_write_does_not_leave_once_the_run_is_in_other_hands(tmp_path: Path) -> None:
    """Also one that might be repeated: an edit of yesterday would undo what others have done since."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [])
    made.forget_requests()

    async def write() -> None:
        workspace = Workspace(tmp_path)
        (wanted,) = load(workspace, Silent()).wanted
        async with session(workspace, wanted.account, wanted.spec, Silent()) as opened:
            FENCE.set(Fence(held=lambda: False))
            await opened.ask(edit())

    with pytest.raises(Overtaken):
        run_here(write())
    assert [each["url"] for each in made.sent()] == ["/me"]


def edit() -> Conversation[Any]:
    """An edit that could be sent twice."""
    return (
        yield Request(
            expects=anything,
            method="PATCH",
            path="/sale/product-offers/17000000001",
            json={"name": "Inny tytuł tu"},
        )
    )
