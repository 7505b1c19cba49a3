"""Cases that are about what is read, and what is said before anything is written."""

from __future__ import annotations

from pathlib import Path

from world import SWITCH_OFF_GUARDS

from .stalls import Stall, Ware
from .table import case


@case("nothing to do", "A shop that is as declared is no change")
def unchanged(stall: type[Stall], root: Path) -> None:
    wares = [Ware(key, pieces=number) for number, key in enumerate("ABCDEFG", 1)]
    shop = stall(root, *wares)
    shop.declare(*wares)
    assert shop.changes() == {}
    assert shop.changes("--refresh", "full") == {}


@case("pull", "What is pulled is no change")
def pulled(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B", title="Tall blue jug", price="7.00"), Ware("C", pieces=1))
    shop.ask("pull")
    assert len(list(root.rglob("offers/**/*.yaml"))) >= 3
    assert shop.changes() == {}
    shop.ask("validate")


@case(
    "what it lacks",
    "What the marketplace lacks is an error where an offer says it, and one note where it inherits it",
)
def lacking(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"))
    shop.declare(Ware("A"), **stall.lacking)
    assert f"error[D502]: {stall.title} has no field" in shop.ask("validate", code=1)
    shop.declare(Ware("A"))
    shop.write("offers/_defaults.yaml", {"kind": "Defaults", "Offer": stall.lacking})
    said = shop.ask("validate")
    assert said.count("D508") == 1, said


@case("a kind it lacks", "A document of a kind that the marketplace lacks is an error")
def lacking_kind(stall: type[Stall], root: Path) -> None:
    shop = stall(root)
    shop.write("kind.yaml", stall.lacking_kind)
    assert f"error[D507]: {stall.title} has no {stall.lacking_kind['kind']}" in shop.ask("validate", code=1)


@case("a short list", "A list that says of itself that rows are missing neither ends nor creates anything")
def short(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"))
    shop.declare(Ware("A"), Ware("B"))
    shop.apply()
    shop.declare(Ware("A"), Ware("N"))
    before = shop.look()
    shop.trouble({"do": "short_list", "times": None})
    part = shop.told("plan", "--allow", "fees")["accounts"][0]
    assert part["complete"] is False
    assert not [each for each in part["changes"] if each["key"]["name"] in ("B", "N")]
    shop.apply(code=-1)
    assert shop.look() == before


@case("guards", "A price that falls too far is refused as a whole, and nothing is written")
def guards(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"), guards={**SWITCH_OFF_GUARDS, "price_change": "25%"})
    shop.declare(Ware("A", price="2.05"), Ware("B", title="Tall blue jug"))
    before = shop.look()
    shop.begin()
    shop.apply(code=3)
    assert (shop.writes(), shop.look()) == (0, before)
    shop.apply("--allow", "price_change")
    assert shop.look() == {"A": Ware("A", price="2.05"), "B": Ware("B", title="Tall blue jug")}


@case("fees", "No fee is paid that the plan has not shown and nobody has allowed")
def fees(stall: type[Stall], root: Path) -> None:
    shop = stall(root)
    if stall.fee_when_staged:
        shop.declare(Ware("N", status="draft"), Ware("M", status="draft"))
        shop.ask("apply", "--auto-approve")
    before = shop.look()
    shop.declare(Ware("N"), Ware("M"))
    said = shop.ask("apply", "--auto-approve", code=3)
    amount, currency = stall.fee.split()
    assert stall.fee_of(2) in said, said
    assert (shop.look(), shop.fees()) == (before, 0)
    shop.ask("apply", "--auto-approve", "--allow", f"fees={amount}", code=3)
    assert (shop.look(), shop.fees()) == (before, 0)
    assert currency == stall.currency
    shop.apply()
    assert ([each.status for each in shop.look().values()], shop.fees()) == (["active", "active"], 2)
    shop.settled()


@case("rights", "A token without the right to write ends the run with one sentence, and nothing is written")
def rights(stall: type[Stall], root: Path) -> None:
    shop = stall(root, Ware("A"), Ware("B"))
    shop.declare(Ware("A", title="Tall blue jug"), Ware("B", title="Tall blue jug"))
    before = shop.look()
    shop.knobs(withheld_scopes=[stall.right])
    said = shop.apply(code=4)
    assert said.count("is not allowed to do this") == 1, said
    assert shop.look() == before
    shop.knobs(withheld_scopes=[])
    shop.apply()
    shop.settled()
