"""A saved plan and its sources: what is too old by then is read again, and what was tampered with is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import world
from msgspec.structs import replace
from world import World

from reconciler.cli.main import run
from reconciler.model.outcomes import Result
from reconciler.model.plan import Plan
from reconciler.model.plan_json import UnreadablePlan, dump_plan, load_plan, sealed

from .serving import as_json, serving
from .shop import erp, feed, offers, shop

FEED = ("A,7", "B,8")


def made_of(root: Path, **said: Any) -> World:
    """Two offers that follow a file."""
    made = shop(root, erp(**{"freshness": "30m", **said}), *offers("A", "B"), live=2)
    feed(made, *FEED)
    return made


def aged(plan: Plan, minutes: int) -> Plan:
    """The same plan, made so long ago; its numbers are as old."""
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    seen = tuple(replace(each, as_of=then.isoformat()) for each in plan.sources)
    return sealed(replace(plan, created_at=then.isoformat(timespec="seconds"), sources=seen))


def pieces(made: World) -> dict[str, int]:
    """What the marketplace has of each."""
    return {body["external"]["id"]: body["stock"]["available"] for body in made.stored().values()}


def test_what_is_young_enough_is_not_read_again(tmp_path: Path) -> None:
    """Then the plan is what runs."""
    made = made_of(tmp_path / "shop")
    plan = aged(made.plan(), 29)
    feed(made, "A,5", "B,8")
    report = made.apply(plan)
    assert [each.result for each in report.outcomes] == [Result.APPLIED] * 2
    assert pieces(made) == {"A": 7, "B": 8}


def test_rows_that_have_moved_are_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the source says still is applied, the rest is left out and named."""
    made = made_of(tmp_path / "shop")
    saved = tmp_path / "plan.json"
    saved.write_text(dump_plan(aged(made.plan(), 31)))
    before = pieces(made)
    feed(made, "A,5", "B,8")
    assert run(["-C", str(made.root), "apply", str(saved)]) == 5
    assert "erp says something else of A by now" in capsys.readouterr().out
    assert pieces(made) == {"A": before["A"], "B": 8}


@pytest.mark.parametrize(
    ("moved", "stands"),
    [("net", ("49.99", None)), ("rate", ("184.50", None)), ("another rate", ("184.50", "1085.00"))],
)
def test_a_price_that_is_reckoned_from_another_one_moves_with_it(
    moved: str, stands: tuple[str, str | None], tmp_path: Path
) -> None:
    """A price in crowns is of the net price, and of the rate: it is left out when either says something else."""
    money = {"type": "money", "currency": "PLN"}
    costs = erp(
        name="costs", path="costs.csv", orders="none", columns={"item": "text", "net": money}, freshness="30m"
    )
    columns = {"currency": "text", "rate": money}
    rates = erp(name="rates", path="rates.csv", item="currency", orders="none", columns=columns, freshness="30m")
    price = {
        "base": {"formula": "costs.net * 1.23"},
        "allegro-cz": {"formula": "convert(base, 'CZK')", "rates": "rates"},
    }
    made = shop(tmp_path / "shop", costs, rates, world.offer("A", price=price))
    feed(made, "A,150.00", name="costs.csv", headings="item,net")
    feed(made, "CZK,0.17", "EUR,4.20", name="rates.csv", headings="currency,rate")
    plan = aged(made.plan(), 31)
    if moved == "net":
        feed(made, "A,190.00", name="costs.csv", headings="item,net")
    elif moved == "rate":
        feed(made, "CZK,0.20", "EUR,4.20", name="rates.csv", headings="currency,rate")
    else:
        feed(made, "CZK,0.17", "EUR,4.50", name="rates.csv", headings="currency,rate")
    made.apply(plan)
    body = made.by_key("A")
    assert body is not None
    abroad = body["additionalMarketplaces"]["allegro-cz"]["sellingMode"]
    assert (body["sellingMode"]["price"]["amount"], abroad and abroad["price"]["amount"]) == stands


def test_all_rows_have_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then nothing is sent, and the exit code says so."""
    made = made_of(tmp_path / "shop")
    saved = tmp_path / "plan.json"
    saved.write_text(dump_plan(aged(made.plan(), 31)))
    feed(made, "A,6", "B,6")
    made.forget_requests()
    assert run(["-C", str(made.root), "apply", str(saved), "--json"]) == 6
    report = json.loads(capsys.readouterr().out)
    assert [(each["result"], each["stale"]) for each in report["outcomes"]] == [("skipped", True)] * 2
    assert not made.writes()


@pytest.mark.parametrize("rows", [FEED, FEED[::-1], (*FEED, "C,9"), ("A,7.0", "B,8")])
def test_what_says_the_same_is_applied(rows: tuple[str, ...], tmp_path: Path) -> None:
    """In another order, in other words, with more rows."""
    made = made_of(tmp_path / "shop")
    plan = aged(made.plan(), 31)
    feed(made, *rows)
    report = made.apply(plan)
    assert [each.result for each in report.outcomes] == [Result.APPLIED] * 2


TROUBLES: dict[str, Callable[[World], Any]] = {
    "gone": lambda made: (made.root / "stock.csv").unlink(),
    "cut off": lambda made: made.write("stock.csv", "item,quantity\nA,7\nB,"),
    "short": lambda made: feed(made, "A,7"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_source_that_cannot_be_read_again(
    trouble: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows whether its numbers hold, so none is written."""
    made = made_of(tmp_path / "shop")
    saved = tmp_path / "plan.json"
    saved.write_text(dump_plan(aged(made.plan(), 31)))
    TROUBLES[trouble](made)
    made.forget_requests()
    assert run(["-C", str(made.root), "apply", str(saved)]) == 6
    assert "erp cannot be read again: " in capsys.readouterr().out
    assert not made.writes()


def test_numbers_may_be_older_than_their_plan(tmp_path: Path) -> None:
    """A file from 25 minutes ago is too old 10 minutes after it was planned with."""
    made = made_of(tmp_path / "shop")
    plan = made.plan()
    then = datetime.now(UTC) - timedelta(minutes=35)
    seen = tuple(replace(each, as_of=then.isoformat()) for each in plan.sources)
    plan = sealed(replace(plan, created_at=(then + timedelta(minutes=25)).isoformat(), sources=seen))
    feed(made, "A,5", "B,5")
    report = made.apply(plan)
    assert all(each.stale for each in report.outcomes)


def test_without_freshness_the_plan_is_what_is_old(tmp_path: Path) -> None:
    """A file that is written once a day is no reason to read it again a minute later."""
    for minutes, stale in ((14, False), (16, True)):
        made = made_of(tmp_path / f"shop{minutes}", freshness=None)
        plan = aged(made.plan(), minutes)
        feed(made, "A,5", "B,5")
        assert [each.stale for each in made.apply(plan).outcomes] == [stale] * 2


ANSWER = {"items": [{"item": "A", "quantity": 7}, {"item": "B", "quantity": 8}]}
HTTP = {"type": "http", "path": None, "records": "items", "freshness": "30m"}


def test_it_is_read_again_by_its_document(tmp_path: Path) -> None:
    """An apply reads the documents of its sources, and no others."""
    with serving(lambda _: as_json(ANSWER)) as line:
        declared = erp(**HTTP, url=f"{line.url}/stock")
        made = shop(tmp_path / "shop", declared, *offers("A", "B"), live=2)
        plan = aged(made.plan(), 31)
        made.documents(declared)
        made.write("offers.yaml", "kind: Offer\nname: [")
        report = made.apply(plan)
    assert [each.result for each in report.outcomes] == [Result.APPLIED] * 2


@pytest.mark.parametrize("project", ["another address", "no such source"])
def test_a_plan_file_names_no_address_of_its_own(
    project: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes a plan file could have any variable of the environment sent to an address of theirs."""
    monkeypatch.setenv("MARKETPLACE_SECRET", "s3cret")
    with serving(lambda _: as_json(ANSWER)) as theirs:
        made = made_of(tmp_path / "shop")
        plan = aged(made.plan(), 31)
        (seen,) = plan.sources
        auth = {"bearer": {"token": "MARKETPLACE_SECRET"}}
        forged = {**seen.definition, **HTTP, "url": f"{theirs.url}/steal", "auth": auth}
        del forged["path"]
        saved = tmp_path / "plan.json"
        saved.write_text(dump_plan(sealed(replace(plan, sources=(replace(seen, definition=forged),)))))
        if project == "no such source":
            made.documents(*offers("A", "B"))
        made.forget_requests()
        assert run(["-C", str(made.root), "apply", str(saved)]) == 6
        assert not theirs.asked
    assert "the project declares it otherwise by now, or not at all" in capsys.readouterr().out
    assert not made.writes()


def _first(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["sources"][0]
    return found


TAMPERED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "state": lambda body: _first(body).update(state="failed"),
    "rows": lambda body: _first(body).update(rows=3),
    "digest": lambda body: _first(body).update(digest="0" * 64),
    "another file": lambda body: _first(body)["definition"].update(path="other.csv"),
    "freshness": lambda body: _first(body)["definition"].update(freshness="30d"),
    "another name": lambda body: _first(body).update(name="two"),
    "none": lambda body: body.update(sources=[]),
    "two": lambda body: body["sources"].append(_first(body)),
    "a row of it": lambda body: _rows(body).update({"erp/A": "0" * 16}),
}


def _rows(body: dict[str, Any]) -> dict[str, str]:
    fields = body["accounts"][0]["changes"][0]["fields"]
    found: dict[str, str] = next(each["rows"] for each in fields if each["rows"])
    return found


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_refused(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a hand changed of the sources of a plan file, nothing of it is sent."""
    made = made_of(tmp_path / "shop")
    saved = tmp_path / "plan.json"
    body = json.loads(dump_plan(made.plan()))
    TAMPERED[what](body)
    saved.write_text(json.dumps(body))
    made.forget_requests()
    assert run(["-C", str(made.root), "apply", str(saved)]) == 1
    assert "plan" in capsys.readouterr().err
    assert not made.sent()


@pytest.mark.parametrize("what", ["none", "two", "another name"])
def test_what_no_planning_makes_is_refused(what: str, tmp_path: Path) -> None:
    """Also under a digest of its own: each value has its one source, by which it can be read again."""
    made = made_of(tmp_path / "shop")
    plan = made.plan()
    (erp_,) = plan.sources
    sources = {"none": (), "two": (erp_, erp_), "another name": (replace(erp_, name="two"),)}[what]
    made.forget_requests()
    with pytest.raises(UnreadablePlan, match="cannot be one of ours: .*source"):
        made.apply(sealed(replace(plan, sources=sources)))
    assert not made.sent()


@pytest.mark.parametrize("definition", [{}, {"freshness": "x"}, {"freshness": 7}, {"columns": 1, "type": []}])
def test_a_definition_without_sense_is_another_one(
    definition: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hand may have written it, under a digest of its own: its rows are left out, and said."""
    made = made_of(tmp_path / "shop")
    plan = aged(made.plan(), 31)
    (seen,) = plan.sources
    saved = tmp_path / "plan.json"
    saved.write_text(dump_plan(sealed(replace(plan, sources=(replace(seen, definition=definition),)))))
    made.forget_requests()
    assert run(["-C", str(made.root), "apply", str(saved)]) == 6
    assert "the project declares it otherwise by now, or not at all" in capsys.readouterr().out
    assert not made.writes()


def test_a_younger_as_of_saves_no_reading(tmp_path: Path) -> None:
    """When it was read is no part of what a plan does, so it is not taken at its word."""
    made = made_of(tmp_path / "shop")
    plan = aged(made.plan(), 31)
    body = json.loads(dump_plan(plan))
    _first(body)["as_of"] = (datetime.now(UTC) + timedelta(days=300)).isoformat()
    feed(made, "A,5", "B,5")
    report = made.apply(load_plan(json.dumps(body)))
    assert all(each.stale for each in report.outcomes)
