"""Cases that are about what is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from reconciler.documents.specs import load_spec
from reconciler.model.modules import Module
from reconciler.runtime.project import accounts
from reconciler.runtime.project import resolve as resolving

from .stalls import Stall, Ware
from .stalls.base import WRITE
from .table import case

JUG = "Tall blue jug"


@case("zero", "Nothing in stock takes an offer off sale, and a receipt brings it back with its pieces")
def zero(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"))
    shop.declare(Ware("A"), Ware("B"))
    shop.apply()
    shop.declare(Ware("A", pieces=0), Ware("B"))
    shop.apply()
    assert shop.look()["A"].status == "ended"
    shop.settled()
    shop.declare(Ware("A", pieces=3), Ware("B"))
    shop.apply()
    assert shop.look() == {"A": Ware("A", pieces=3), "B": Ware("B")}
    shop.settled()


@case("baseline", "A number of pieces that changes is written, and what was sold is not put back")
def baseline(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"))
    there = 5
    for before, now, sold in ((5, 5, 2), (5, 7, 0), (7, 4, 1), (4, 12, 0)):
        shop.declare(Ware("A"), Ware("B"), stock=now)
        shop.apply()
        there += now - before
        assert {key: each.pieces for key, each in shop.look().items()} == {"A": there, "B": there}
        shop.settled()
        there -= sold
        for key in "AB" if sold else "":
            shop.person(key, pieces=there)
        shop.settled()


@case("toggles", "A module that is off is never written")
def toggles(stall: type[Stall], root: Path) -> None:
    assert {*stall.modules, *stall.no_module} == set(Module)
    shop = stall(root, Ware("A"))
    for module, said in stall.modules.items():
        together = stall.coupled if module in stall.coupled else {module}
        shop.declare(Ware("A"), **{module: said})
        assert {path.partition(".")[0] for path in shop.changes()["A"]} == {module}
        shop.declare(Ware("A"), **{module: said}, sync=dict.fromkeys(together, "off"))
        shop.begin()
        before = shop.look()
        shop.apply()
        assert (shop.writes(), shop.look()) == (0, before), module
    other = next(iter(stall.modules["content"].values()))
    sync = dict.fromkeys((each for each in stall.modules if each != "content"), "off")
    shop.declare(Ware("A"), **{**stall.modules, "sync": sync})
    shop.apply()
    assert shop.look() == {"A": Ware("A", title=other)}, "only what is on is written beside what is off"


@case("canary", "Nothing follows a canary that was refused")
def canary(stall: type[Stall], root: Path) -> None:
    shop = stall(root, *(Ware(key) for key in "ABC"))
    shop.declare(*(Ware(key, title=JUG) for key in "ABC"))
    shop.trouble({"do": "refuse", "times": None, "when": stall.edits})
    said = shop.apply("--canary", "1", code=5)
    assert "canary" in said
    assert {each.title for each in shop.look().values()} == {Ware("A").title}
    shop.trouble()
    shop.begin()
    shop.apply("--canary", "1")
    assert {each.title for each in shop.look().values()} == {JUG}


@case("refused rows", "What the marketplace refuses is told with its words, and the others are written")
def refused(stall: type[Stall], root: Path) -> None:
    shop = stall(root, *(Ware(key) for key in "ABC"))
    shop.declare(*(Ware(key, title=JUG) for key in "ABC"))
    shop.trouble({"do": "refuse", "message": "Jugs are not sold here.", "when": stall.edits})
    said = shop.apply(code=5)
    assert "Jugs are not sold here." in said
    assert "2 applied" in said
    assert sorted(each.title for each in shop.look().values()) == sorted([Ware("A").title, JUG, JUG])
    shop.apply()
    shop.settled()


@case("a cut answer", "A write whose answer was cut is looked for before it is sent again: nothing is there twice")
def cut(stall: type[Stall], root: Path) -> None:
    for number, what in enumerate(("drop_after", "drop_before")):
        shop = stall(root / str(number), Ware("A"), Ware("B"))
        wanted = [Ware("A", title=JUG, price="21.00"), Ware("B", pieces=8), Ware("N"), Ware("M", title=JUG)]
        shop.declare(*wanted)
        shop.trouble({"do": what, "each": "path", "times": 1, "when": WRITE})
        shop.apply(code=-1)
        shop.trouble()
        for _ in range(3):
            shop.apply(code=-1)
        shop.settled()
        assert shop.look() == {each.key: each for each in wanted}
        assert shop.fees() == (2 if stall.fee else 0)


@case("429", "A refusal for the rate is waited for as long as it says, and then the write is made")
def throttled(stall: type[Stall], root: Path) -> None:
    shop = stall(root, *(Ware(key) for key in "AB"))
    shop.declare(*(Ware(key, title=JUG, price="21.00") for key in "AB"))
    for spared in range(8):  # wherever it comes: also while it is asked whose login it is
        shop.trouble({"do": "429", "retry_after": 7, "when": {"after_requests": spared}})
        shop.ask("plan", "--no-cache")
    before = shop.practice(lambda there: there.clock.seconds())
    shop.trouble({"do": "429", "retry_after": 7, "times": 2, "when": stall.edits})
    shop.apply()
    assert shop.practice(lambda there: there.clock.seconds()) - before >= 7
    assert {each.title for each in shop.look().values()} == {JUG}
    shop.settled()


@case("budgets", "No window of time has more requests than the marketplace permits")
def budgets(stall: type[Stall], root: Path) -> None:
    keys = "ABCDEF"
    with spec_is_few(stall):
        shop = stall(root, *(Ware(key) for key in keys))
        shop.declare(*(Ware(key, title=JUG) for key in keys))
        shop.knobs(**stall.tight)
        shop.practice(lambda there: there.begin_run())
        shop.apply()
        rate = shop.rate()
    assert rate["refused"] <= 1, "but one: a command that begins in a tick of the one before asks again"
    assert {each.title for each in shop.look().values()} == {JUG}


@contextmanager
def spec_is_few(stall: type[Stall]) -> Iterator[None]:
    """Have the spec of a marketplace say a small budget."""
    spec = stall.few(load_spec(stall.name))
    with patch.object(resolving, "load_spec", lambda _: spec), patch.object(accounts, "load_spec", lambda _: spec):
        yield


@case("stale", "What has moved since the plan is left out and said, and the rest is written")
def stale(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"))
    shop.declare(Ware("A", price="21.00", title=JUG), Ware("B", price="22.00"))
    shop.ask("plan", "--out", str(root / "plan.json"))
    shop.person("A", price="25.00")
    said = shop.ask("apply", str(root / "plan.json"), code=5)
    assert f"price.base is 25.00 {stall.currency}, and was 20.50 {stall.currency}" in said
    assert shop.look() == {"A": Ware("A", price="25.00", title=JUG), "B": Ware("B", price="22.00")}
    shop.apply()
    assert shop.look()["A"] == Ware("A", price="21.00", title=JUG)


@case("undo", "A run is taken back: each value is as it was, and what it made is off sale")
def undo(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"))
    before = shop.look()
    shop.declare(Ware("A", title=JUG, price="21.00"), Ware("B", pieces=9), Ware("N"))
    shop.apply()
    run = shop.told("history")["runs"][0]["id"]
    shop.ask("undo", run, "--auto-approve", "--allow", "fees", "--allow", "ends", code=-1)
    after = shop.look()
    assert {key: after[key] for key in "AB"} == before
    assert "N" not in after or after["N"].status == "ended"


@case("resync", "A resync sends all that is owned again, and changes nothing")
def resync(stall: type[Stall], root: Path) -> None:
    wares = [Ware(key) for key in "ABC"]
    shop = stall(root, *wares)
    shop.declare(*wares)
    shop.apply()
    shop.begin()
    shop.ask("resync", "--account", "main", "--yes")
    assert shop.writes() >= 1
    assert shop.look() == {each.key: each for each in wares}
    shop.settled()


@case("a sku", "An offer is known by its sku, where its document says one: it is changed, made and ended by it")
def sku(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"))
    pot = Ware("N", title="Tea & coffee pot")
    shop.declare(Ware("A", title=JUG), name="mug", sku="A")
    shop.write("offers/new.yaml", {**shop.document(pot), "name": "pot", "for": {stall.name: {"sku": "N"}}})
    said = shop.apply("--target", "mug", "--target", "N")
    assert "mug (sku A)" in said
    assert shop.look() == {"A": Ware("A", title=JUG), "B": Ware("B"), "N": pot}
    shop.settled()
    (shop.root / "offers/new.yaml").unlink()
    shop.apply()
    after = shop.look()
    assert "N" not in after or after["N"].status == "ended"
    assert after["A"] == Ware("A", title=JUG)
