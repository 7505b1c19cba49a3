"""`reconcile list`: everything declared and every live offer without a document, in the state that it is in."""

from __future__ import annotations

import json

import jsonschema
import pytest
import world
from render.goldens import check
from world import World

from reconciler.cli.main import run
from reconciler.documents.resources import schema_text
from reconciler.model.listed import Listed, ListedState
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.render.listed_text import listed_text
from reconciler.render.style import PLAIN, visible

ENDED = {"publication": {"status": "ENDED", "endedBy": "USER"}, "stock": {"available": 0, "unit": "UNIT"}}


@pytest.fixture
def shop(tmp_path):
    """One resource in each state that a plan can find."""
    offers = [
        *(world.live_offer(n, name) for n, name in enumerate(("SYNC", "MOVED", "HELD", "TWICE", "TWICE"), 1)),
        world.live_offer(6, "PLAIN"),
        world.live_offer(7, "OVER", **ENDED),
        world.live_offer(8, None),
        world.live_offer(9, "GONE"),
        world.live_offer(10, "FREE"),
    ]
    made = World.make(
        tmp_path, world.seller(offers), [world.offer(name, price="49.99 PLN") for name in ("GONE", "FREE")]
    )
    made.apply(made.plan())
    made.documents(
        world.offer("SYNC", price="49.99 PLN", labels={"brand": "acme"}),
        world.offer("MOVED", price="55.00 PLN"),
        world.offer("HELD", price="55.00 PLN", sync={"price": "manual"}),
        world.offer("TWICE", price="49.99 PLN"),
        world.offer("NEW", price="49.99 PLN"),
        {"kind": "Released", "names": ["FREE"]},
    )
    return made


def listed(made, *arguments, capsys, code=0):
    capsys.readouterr()
    assert run(["-C", str(made.root), "list", *arguments, "--json"]) == code
    body = json.loads(capsys.readouterr().out)
    jsonschema.validate(body, json.loads(schema_text("list" if code == 0 else "failure")))
    return {each["key"]["name"]: each for each in body["resources"]} if code == 0 else body


def states(rows):
    return {name: each["state"] for name, each in rows.items()}


def test_what_refers_to_something_renamed_is_in_sync(tmp_path, capsys):
    """As a plan finds it: by the old name and by the new one, they mean the same thing."""
    seller = world.seller([world.live_offer(n, f"K-{n}") for n in (1, 2)])
    methods = {"Allegro Paczkomaty InPost 24/7": "12.99 PLN"}
    rates = {"kind": "DeliveryPriceList", "name": "Nowy", "moved": {"from": "Standard"}, "methods": methods}
    made = World.make(
        tmp_path,
        seller,
        [
            rates,
            world.offer("K-1", delivery={"prices": "Nowy"}),
            world.offer("K-2", delivery={"prices": "Standard"}),
        ],
    )
    assert {change.key.name for change in made.plan().changes} == {"Nowy"}
    rows = listed(made, capsys=capsys)
    assert states(rows) == {"Nowy": "changes", "K-1": "in-sync", "K-2": "in-sync"}
    assert run(["-C", str(made.root), "explain", "K-1", "delivery.prices"]) == 0
    assert "nothing: it is as declared" in capsys.readouterr().out


def test_each_state(shop, capsys):
    rows = listed(shop, capsys=capsys)
    assert states(rows) == {
        "SYNC": "in-sync",
        "MOVED": "changes",
        "HELD": "held",
        "TWICE": "ambiguous",
        "NEW": "not-on-account",
        "PLAIN": "unmanaged",
        "OVER": "ended",
        "17000000008": "unmanaged",
        "GONE": "document-removed",
        "FREE": "released",
    }
    assert rows["SYNC"] == {
        "key": {"account": "main", "kind": "Offer", "name": "SYNC"},
        "remote_id": "17000000001",
        "state": "in-sync",
        "declared": True,
        "modules": ["price"],
        "mark": {"file": "documents/000.yaml", "line": 3, "column": 10},
        "title": rows["SYNC"]["title"],
    }
    assert rows["PLAIN"]["declared"] is False


def test_offline_by_memory_alone(shop, capsys):
    shop.forget_requests()
    found = states(listed(shop, "--offline", capsys=capsys))
    assert shop.sent() == []
    assert (found["SYNC"], found["GONE"], found["FREE"]) == ("not-seen-yet", "document-removed", "released")
    shop.documents(world.offer("GONE", price="49.99 PLN"), world.offer("FREE", price="48.99 PLN"))
    assert states(listed(shop, "--offline", capsys=capsys)) == {"GONE": "in-sync", "FREE": "changes"}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--target", "*E*", "--state", "held", "--state", "changes"], {"HELD", "MOVED"}),
        (["--target", "17000000008"], {"17000000008"}),
        (["--select", "brand=acme"], {"SYNC"}),
        (["--state", "not-on-account"], {"NEW"}),
        (["--kind", "OfferTag"], set()),
    ],
)
def test_what_is_chosen(shop, arguments, names, capsys):
    """What was not chosen is not there; what has a document is never called unmanaged for want of a look."""
    assert set(listed(shop, *arguments, capsys=capsys)) == names


def test_a_target_that_means_nothing_is_an_error_with_the_nearest(shop, capsys):
    body = listed(shop, "--target", "MOVD", capsys=capsys, code=1)
    assert (body["error"]["diagnostics"][0]["code"], body["error"]["diagnostics"][0]["hint"]) == (
        "D330",
        "Did you mean `MOVED`?",
    )
    assert "Offer" in listed(shop, "--kind", "Ofer", capsys=capsys, code=64)["error"]["summary"]


def test_it_looks_only(shop, capsys):
    before = shop.stored()
    shop.forget_requests()
    listed(shop, capsys=capsys)
    assert shop.writes() == []
    assert shop.stored() == before


ROWS = tuple(
    Listed(
        key=Key("main", "Offer", f"KUBEK-{number}"),
        state=state,
        remote_id=f"1700000000{number}" if number else None,
        title="Kubek ceramiczny czerwony, bardzo duży",
        modules=(Module.PRICE, Module.STOCK) if number < 5 else (),
        mark=Mark(f"offers/257931/kubek-{number}.yaml", 3, 7) if number < 5 else None,
    )
    for number, state in enumerate(ListedState)
    if number < 10
)


def test_it_is_readable():
    check("listed.txt", listed_text(ROWS, PLAIN, width=None))


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_on_a_terminal_no_line_is_wider(width):
    assert all(visible(line) <= width for line in listed_text(ROWS, PLAIN, width=width))


def test_a_mistake_costs_its_rows(shop, capsys):
    """What cannot be used is unclear, and never without a document; the rest is as it was, and the exit code is 1."""
    before = states(listed(shop, capsys=capsys))
    shop.write("documents/wrong.yaml", "kind: Offer\nname: GONE\nprise: 1 PLN\n")
    shop.write("documents/other.yaml", 'kind: Offer\nname: CLAIM\nadopt: "17000000008"\nstock: dużo\n')
    shop.write("documents/limit.yaml", "kind: Offer\nname: OVER\ncontent: {title: Kubek}\n")
    for offline in ([], ["--offline"]):
        capsys.readouterr()
        assert run(["-C", str(shop.root), "list", "--json", *offline]) == 1
        body = json.loads(capsys.readouterr().out)
        jsonschema.validate(body, json.loads(schema_text("list")))
        rows = {each["key"]["name"]: each for each in body["resources"]}
        assert {rows[name]["state"] for name in ("GONE", "CLAIM", "OVER")} == {"unclear"}
        assert rows["GONE"]["mark"]["file"] == "documents/wrong.yaml"
        assert {each["mark"]["file"] for each in body["diagnostics"]} == {
            f"documents/{name}.yaml" for name in ("wrong", "other", "limit")
        }
        if not offline:
            assert rows["CLAIM"]["remote_id"] == "17000000008"
            assert "17000000008" not in rows
            others = {name: state for name, state in before.items() if name not in ("GONE", "17000000008", "OVER")}
            assert {name: each["state"] for name, each in rows.items() if name in others} == others
    assert run(["-C", str(shop.root), "list"]) == 1
    assert "error[D204]" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_may_declare_anything(shop, capsys):
    """Nothing is called unmanaged, or without its document."""
    shop.write("documents/cut.yaml", "kind: Offer\nname: [\n")
    capsys.readouterr()
    assert run(["-C", str(shop.root), "list", "--json"]) == 1
    rows = {each["key"]["name"]: each["state"] for each in json.loads(capsys.readouterr().out)["resources"]}
    assert {rows[name] for name in ("PLAIN", "GONE", "17000000008", "FREE")} == {"unclear"}
    assert rows["SYNC"] == "in-sync"
