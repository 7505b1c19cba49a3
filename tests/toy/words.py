"""Each word that no real marketplace proves alone: what a user sees with it, and that it is the word that does it.

A scene does something in a shop on the toy and returns what is seen. `with_it` is seen with the word; with the spec
that `off` makes, in which the word is turned off, it is something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pictures
from conformance.stalls.base import ACCOUNT, Ware
from conformance.stalls.toy import ToyStall
from msgspec.structs import replace

from reconciler.documents.document import Account
from reconciler.model.offers import OFFER
from reconciler.model.spec import Equality, MarketplaceSpec, Type
from reconciler.render.compared_text import compared
from reconciler.runtime.connection.environment import environment_of
from reconciler.runtime.project import accounts

Flip = Callable[[MarketplaceSpec], MarketplaceSpec]


@dataclass(frozen=True)
class Word:
    """What is seen with a word, and how it is turned off."""

    see: Callable[[Path], Any]
    with_it: Any
    off: Flip


def field(path: str, **facts: Any) -> Flip:
    """Other facts of a field."""
    return lambda spec: kind(fields={path: replace(spec.kinds[OFFER].fields[path], **facts)})(spec)


def unlimited(path: str, word: str) -> Flip:
    """A field without one of its limits."""

    def flip(spec: MarketplaceSpec) -> MarketplaceSpec:
        limits = spec.kinds[OFFER].fields[path].limits
        return field(path, limits={name: value for name, value in limits.items() if name != word})(spec)

    return flip


def operation(name: str, **facts: Any) -> Flip:
    """Other facts of an operation."""
    return lambda spec: kind(operations={name: replace(spec.kinds[OFFER].operations[name], **facts)})(spec)


def kind(name: str = OFFER, **facts: Any) -> Flip:
    """Other facts of a kind; tables are laid over those that are there."""

    def flip(spec: MarketplaceSpec) -> MarketplaceSpec:
        known = spec.kinds[name]
        laid = {
            fact: {**getattr(known, fact), **value} if fact in ("fields", "operations", "views") else value
            for fact, value in facts.items()
        }
        return replace(spec, kinds={**spec.kinds, name: replace(known, **laid)})

    return flip


def budget(**facts: Any) -> Flip:
    """Another budget."""
    return lambda spec: replace(spec, budgets={"client": replace(spec.budgets["client"], **facts)})


# --- scenes ------------------------------------------------------------------------------------------------------


def _said(root: Path, **sections: Any) -> bool:
    """Whether an offer that says this is in order."""
    shop = ToyStall(root, Ware("A"))
    shop.declare(Ware("A"), **sections)
    return "error[" not in shop.ask("validate", code=-1)


def _content(**content: Any) -> Callable[[Path], bool]:
    return lambda root: _said(root, content=content)


def _off_sale(root: Path) -> Any:
    """What is planned for an ended offer whose processing nobody is told, and the warning where no document says it."""
    shop = ToyStall(root, Ware("A", status="ended"))
    shop.declare(Ware("A", status="ended"), delivery={"processing": "slow"})
    planned = shop.changes()
    shop.declare(Ware("A", status="ended", price="21.00"), delivery={"processing": None})
    body = shop.document(Ware("A", status="ended", price="21.00"))
    del body["delivery"]
    shop.write("offers/A.yaml", body)
    return planned, "P306" in shop.ask("plan")


def _nothing_left(root: Path) -> Any:
    shop = ToyStall(root, Ware("A"))
    shop.declare(Ware("A"))
    shop.apply()
    shop.declare(Ware("A", pieces=0))
    planned = shop.changes()["A"]
    shop.apply(code=-1)
    return planned, shop.look()["A"].status


def _published(root: Path) -> Any:
    """What a run that has no leave to pay does with a new offer."""
    shop = ToyStall(root)
    shop.declare(Ware("N"))
    said = shop.ask("apply", "--auto-approve", code=-1)
    return "charges 1.00 EUR at once" in said, shop.fees()


def _renewed(root: Path) -> Any:
    """What a run that has no leave to pay does with what was sold out."""
    shop = ToyStall(root, Ware("A"))
    shop.person("A", pieces=0)
    shop.declare(Ware("A", pieces=2))
    said = shop.ask("apply", "--auto-approve", "--allow", "stock-baseline", code=-1)
    return "charges 0.50 EUR at once" in said, shop.fees()


def _begun(root: Path) -> Any:
    """How many wares there are after a creation whose first answer was lost, and what is left to do."""
    shop = ToyStall(root)
    shop.declare(Ware("N"))
    shop.trouble({"do": "drop_after", "times": 1, "when": {"method": "POST", "path": "/wares"}})
    shop.apply(code=-1)
    shop.trouble()
    shop.apply(code=-1)
    return [each["key"] for each in shop.practice(lambda there: list(there.wares(shop.login)))]


def _waited_for(root: Path) -> Any:
    """Whether a creation that was never heard of was looked for longer than two minutes before it is made again."""
    shop = ToyStall(root)
    shop.declare(Ware("N"))
    shop.ask("plan", code=-1)
    shop.practice(lambda there: there.clock.advance(3600))  # the ledger has known the account for long
    shop.trouble({"do": "drop_before", "times": 1, "when": {"method": "POST", "path": "/wares"}})
    before = shop.practice(lambda there: there.clock.seconds())
    shop.apply(code=-1)
    return shop.practice(lambda there: there.clock.seconds()) - before > 120


def _all_states(root: Path) -> Any:
    """Whether an offer that is sold out is known to be there."""
    shop = ToyStall(root, Ware("A"))
    shop.person("A", pieces=0)
    shop.declare(Ware("A", pieces=2))
    return shop.changes()["A"]


def _forecast(root: Path) -> Any:
    """How many writes a plan says that a creation takes."""
    shop = ToyStall(root)
    shop.declare(Ware("N"))
    forecast = shop.told("plan", "--allow", "fees")["accounts"][0]["forecast"]
    return {name: each for name, each in forecast["requests"].items() if name.startswith("Offer.goods")}


def _by_hand(root: Path) -> Any:
    """Whether a plan tells of what was made elsewhere, and whether it is an offer when it was taken in."""
    shop = ToyStall(root, Ware("A"), Ware("B"))
    shop.person("A", by_hand=True)
    told = "1 listing was made elsewhere" in shop.ask("plan")
    shop.ask("migrate", ACCOUNT, "--all", "--auto-approve", code=-1)
    return told, "A, B" in shop.ask("plan")


def _told(root: Path) -> Any:
    """What a plan says that the requests are for."""
    shop = ToyStall(root, Ware("A"))
    shop.declare(Ware("A", title="Tall blue jug"))
    return "describe wares 1" in shop.ask("plan")


def _spaced(root: Path) -> Any:
    """What is planned where a title differs in its blanks only."""
    shop = ToyStall(root, Ware("A", title="Plain  white mug"))
    shop.declare(Ware("A"))
    return shop.changes()


def _compared(root: Path) -> Any:
    """How it is told that a kind is known."""
    tables = {each.title: dict(each.rows) for each in compared([accounts.load_spec("toy")])}
    return tables["Other kinds"]["ReturnPolicy"]


def _let_in(root: Path) -> Any:
    """Whether the marketplace knows which application asks, with a token that is ready."""
    shop = ToyStall(root, Ware("A"))
    shop.declare(Ware("A"))
    return "does not accept the token" not in shop.ask("plan", code=-1)


def _apart(root: Path) -> Any:
    """Whether prices can be off while stock is on."""
    shop = ToyStall(root, Ware("A"))
    shop.declare(Ware("A"), sync={"price": "off"})
    return "error[D504]" in shop.ask("validate", code=-1)


def _pace(knobs: dict[str, int]) -> Callable[[Path], Any]:
    """Whether the marketplace had to say that it is too much."""

    def see(root: Path) -> Any:
        keys = "ABCDEFGH"
        shop = ToyStall(root, *(Ware(key) for key in keys))
        shop.declare(*(Ware(key, title="Tall blue jug") for key in keys))
        shop.knobs(limits=knobs)
        shop.apply(code=-1)
        return shop.rate()["refused"] == 0

    return see


def _at(host: str) -> Callable[[Path], Any]:
    """Where what is asked of a host goes, in production."""

    def see(root: Path) -> Any:
        account = Account(name=ACCOUNT, marketplace="toy", environment="production", login="child")
        hosts, _ = environment_of(root, account, accounts.load_spec("toy"))
        return getattr(hosts, host)

    return see


def _moment(root: Path) -> Any:
    """When midnight is."""
    shop = ToyStall(root, Ware("A"))
    shop.declare(Ware("A"))
    return shop.told("plan", "--at", "2200-01-01T00:00")["at"]


def _same_picture(root: Path) -> Any:
    """How many pictures two new wares have that show the same file, and what is left to do."""
    shop = ToyStall(root)
    shop.declare(Ware("N"), Ware("O"), content={"images": ["a.png"]})
    (root / "a.png").write_bytes(pictures.png(100, 100))
    shop.apply(code=-1)
    there = shop.practice(lambda there: list(there.wares(shop.login)))
    return [len(each["pictures"]) for each in there], shop.changes()


def _placed(root: Path) -> Any:
    """Whether a picture comes to the place that the marketplace gives for it, which no token may be sent to."""
    shop = ToyStall(root)
    shop.declare(Ware("N"), content={"images": ["a.png"]})
    (root / "a.png").write_bytes(pictures.png(100, 100))
    said = shop.apply(code=-1)
    there = shop.practice(lambda there: list(there.wares(shop.login)))
    return [len(each["pictures"]) for each in there], "PUT /put would go to a host that is not" in said


def elsewhere(host: str, address: str) -> Flip:
    """Another address of a host; none where it is empty."""

    def flip(spec: MarketplaceSpec) -> MarketplaceSpec:
        known = {**spec.environments["production"], host: address}
        return replace(spec, environments={"production": {name: each for name, each in known.items() if each}})

    return flip


def _drafts(root: Path) -> Any:
    """Whether two drafts more may be made."""
    shop = ToyStall(root)
    shop.declare(Ware("N", status="draft"), Ware("O", status="draft"))
    said = shop.ask("plan", code=-1)
    return "error[" in said


TITLE, TAGS = "content.title", "content.tags"
WORDS: dict[str, Word] = {
    "field.type=plain": Word(_content(description="<p>Of clay.</p>"), False, field("content.description", type=Type.TEXT)),
    "field.limits.characters": Word(_content(title="Mug ♥"), False, unlimited(TITLE, "characters")),
    "field.limits.once": Word(_content(title="Mug & saucer & spoon"), False, unlimited(TITLE, "once")),
    "field.limits.longest_item": Word(_content(tags=["a word too long"]), False, unlimited(TAGS, "longest_item")),
    "field.shown=active": Word(_off_sale, ({}, True), field("delivery.processing", shown="")),
    "field.zero=withdraws": Word(
        _nothing_left, ({"stock.quantity", "stock.status"}, "ended"), field("stock.quantity", zero=None)
    ),
    "kind.fees.publish": Word(_published, (True, 0), lambda spec: kind(fees={"renew": spec.kinds[OFFER].fees["renew"]})(spec)),
    "kind.fees.renew": Word(_renewed, (True, 0), lambda spec: kind(fees={"publish": spec.kinds[OFFER].fees["publish"]})(spec)),
    "kind.key.given=after": Word(_begun, ["N"], kind(key_given="")),
    "kind.views.states": Word(
        _all_states,
        {"stock.quantity", "stock.status", "delivery.processing"},
        lambda spec: kind(views={"list": replace(spec.kinds[OFFER].views["list"], states=("draft", "shelf", "store"))})(spec),
    ),
    "field.equality=spaces": Word(_spaced, {}, field(TITLE, equality=Equality.EXACT)),
    "kind.migrate": Word(_by_hand, (True, True), kind(migrate="")),
    "operation.told": Word(_told, True, operation("card", told="")),
    "operation.besides": Word(_forecast, {"Offer.goods": 1}, operation("create", besides=())),
    "operation.replaces=whole": Word(lambda root: _off_sale(root)[1], True, operation("goods", replaces="")),
    "spec.list_lag_minutes": Word(_waited_for, False, lambda spec: replace(spec, list_lag_minutes=9)),
    "spec.timezone": Word(_moment, "2199-12-31T23:00:00+00:00", lambda spec: replace(spec, timezone="UTC")),
    "spec.api_key": Word(_let_in, True, lambda spec: replace(spec, api_key=False)),
    "spec.couplings": Word(_apart, True, lambda spec: replace(spec, couplings=())),
    "spec.budgets.per_second": Word(_pace({"per_second": 20}), True, budget(per_second=0)),
    "spec.budgets.per_day": Word(_pace({"per_day": 20}), True, budget(per_day=0)),
    **{
        f"spec.environments.{host}": Word(_at(host), f"https://{there}.toy.example", elsewhere(host, other))
        for host, there, other in (
            ("api", "api", "https://b.example"),
            ("auth", "auth", "https://b.example"),
            ("upload", "api", "https://b.example"),
            ("page", "www", ""),
        )
    },
    "spec.signed_hosts": Word(_placed, ([1], False), lambda spec: replace(spec, signed_hosts=("other.example",))),
    "kind.most_drafts": Word(_drafts, True, kind(most_drafts=0)),
    "spec.images.of=offer": Word(_same_picture, ([1, 1], {}), lambda spec: replace(spec, images=replace(spec.images, of="account"))),
}  # fmt: skip
