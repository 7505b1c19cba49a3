"""A small shop on a marketplace, said in words that every marketplace has: title, price, pieces, status."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from click.testing import CliRunner
from world import SWITCH_OFF_GUARDS

from reconciler.cli import main as cli
from reconciler.model.spec import MarketplaceSpec
from reconciler.simulator.app import simulator_of

Json = dict[str, Any]
ACCOUNT = "main"
WRITE: Json = {"method": ["POST", "PUT", "PATCH", "DELETE"]}
#: What a run needs leave for, and no test here is about: it is given.
ALLOWED = ("--allow", "fees", "--allow", "stock-baseline")


@dataclass(frozen=True)
class Ware:
    """An offer as everybody has it."""

    key: str
    title: str = "Plain white mug"
    price: str = "20.50"
    pieces: int = 5
    status: str = "active"

    def but(self, **changes: Any) -> Ware:
        """The same with something else."""
        return replace(self, **changes)

    @property
    def sold(self) -> Ware:
        """How it looks to buyers: what has no pieces is not on sale, and nobody sees how many it has not."""
        return self.but(status="ended", pieces=0) if self.pieces == 0 or self.status == "ended" else self


class Stall(ABC):
    """A project with its practice marketplace in the same folder.

    `lacks` says in words why a case is not for this marketplace. `modules` is a section for each module that differs
    from what `listed` has, and `no_module` why there is none. `lacking` is a section that the marketplace has no field
    for; `right` the right of a token without which nothing is written. `few` makes a budget small in a spec, `tight`
    in the practice marketplace.
    """

    name: ClassVar[str]
    currency: ClassVar[str]
    login: ClassVar[str]
    title: ClassVar[str]
    lacks: ClassVar[Mapping[str, str]] = {}
    modules: ClassVar[Mapping[str, Json]]
    no_module: ClassVar[Mapping[str, str]] = {}
    coupled: ClassVar[frozenset[str]] = frozenset()
    lacking: ClassVar[Json]
    lacking_kind: ClassVar[Json] = {}
    right: ClassVar[str]
    few: ClassVar[Callable[[MarketplaceSpec], MarketplaceSpec]]
    tight: ClassVar[Json]
    fee: ClassVar[str] = ""  # what putting a new offer on sale costs
    fee_when_staged: ClassVar[bool] = False  # it is known of what is staged only
    edits: ClassVar[Json] = WRITE  # requests that write a title
    asks: ClassVar[tuple[str, ...]] = ()  # parts of addresses of reads that are no GET

    def __init__(self, root: Path, *wares: Ware, **project: Any) -> None:
        """Open a stall with these wares on sale, and no documents."""
        self.root = root
        self.known = {each.key for each in wares}
        (root / ".reconcile").mkdir(mode=0o700, parents=True)
        settings = {"marketplace": self.name, "environment": "simulator", "login": self.login}
        accounts = {"accounts": {ACCOUNT: settings}}
        self.write("reconcile.yaml", {"kind": "Project", "name": "stall", **accounts, "guards": SWITCH_OFF_GUARDS, **project})  # fmt: skip
        with_knobs = self.seed(*wares)
        self.practice(lambda there: there.seed(with_knobs))

    # --- what each marketplace says itself -----------------------------------------------------------------------

    @abstractmethod
    def seed(self, *wares: Ware) -> Json:
        """The seller with these wares, as the practice marketplace takes it."""

    @abstractmethod
    def document(self, ware: Ware) -> Json:
        """The document that asks for a ware."""

    @abstractmethod
    def there(self, practice: Any) -> list[Ware]:
        """All offers as the marketplace has them; the key of what has none is empty."""

    @abstractmethod
    def touch(self, practice: Any, key: str, **changes: Any) -> None:
        """A person changes the title, the price or the pieces of an offer."""

    def charged(self, practice: Any) -> int:
        """How many fees were paid."""
        return 0

    @classmethod
    def fee_of(cls, offers: int) -> str:
        """What putting so many new offers on sale costs, as a plan says it."""
        amount, currency = cls.fee.split()
        return f"{Decimal(amount) * offers} {currency}"

    # --- the project ---------------------------------------------------------------------------------------------

    def write(self, file: str, body: Json) -> None:
        """Write a document. JSON is YAML."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")

    def declare(self, *wares: Ware, **more: Any) -> None:
        """Have exactly these offers declared; `more` is laid over each document, section by section."""
        for old in self.root.glob("offers/*.yaml"):
            old.unlink()
        for each in wares:
            body = self.document(each)
            for section, said in more.items():
                there = body.get(section)
                body[section] = {**there, **said} if isinstance(there, dict) and isinstance(said, dict) else said
            self.write(f"offers/{each.key}.yaml", body)

    def ask(self, *arguments: str, code: int = 0) -> str:
        """Run a command; return all that it says. Any end will do where `code` is -1."""
        with CliRunner().isolation() as (_, _, said):
            ended = cli.run(["-C", str(self.root), *arguments])
            told = said.getvalue().decode()
        assert code in (-1, ended), (ended, told)
        return told

    def apply(self, *more: str, code: int = 0) -> str:
        """Make it true."""
        return self.ask("apply", "--auto-approve", *ALLOWED, *more, code=code)

    def told(self, *arguments: str) -> Json:
        """What a command says as JSON."""
        with CliRunner().isolation() as (out, err, _):
            cli.run(["-C", str(self.root), *arguments, "--json"])
            body: Json = json.loads(out.getvalue() or err.getvalue())
        return body

    def changes(self, *more: str) -> dict[str, set[str]]:
        """The fields that a plan would change: name -> paths."""
        part = self.told("plan", *ALLOWED, *more)["accounts"][0]
        return {each["key"]["name"]: {one["path"] for one in each["fields"]} for each in part["changes"]}

    def settled(self) -> None:
        """Insist that nothing is left to do."""
        part = self.told("plan", *ALLOWED, "--refresh", "full")["accounts"][0]
        assert (part["changes"], part["settling"]) == ([], [])

    # --- the marketplace -----------------------------------------------------------------------------------------

    def practice(self, do: Callable[[Any], Any]) -> Any:
        """Do something to the practice marketplace, between two commands."""
        simulator = simulator_of(self.name)(self.root / f".reconcile/simulator-{self.name}.db")
        try:
            return do(simulator)
        finally:
            simulator.close()

    def look(self) -> dict[str, Ware]:
        """The offers by their keys, when everything due has happened. Nothing may be there twice."""

        def found(there: Any) -> list[Ware]:
            there.clock.advance(120)
            there.catch_up()
            return self.there(there)

        wares = self.practice(found)
        assert len({each.key for each in wares}) == len(wares), wares
        return {each.key: each for each in wares}

    def person(self, key: str, **changes: Any) -> None:
        """A person changes an offer."""
        self.practice(lambda there: self.touch(there, key, **changes))

    def fees(self) -> int:
        """How many fees were paid."""
        found: int = self.practice(self.charged)
        return found

    def trouble(self, *rules: Json) -> None:
        """Have the marketplace make trouble by these rules; none ends it."""
        self.practice(lambda there: there.change_settings({"faults": {"schedule": list(rules)}}))

    def knobs(self, **knobs: Any) -> None:
        """Turn knobs of the marketplace."""
        self.practice(lambda there: there.change_settings(knobs))

    def writes(self) -> int:
        """How many requests have changed something since the last call of `begin`."""
        said = self.practice(lambda there: [each for each in there.requests(0) if each["method"] != "GET"])
        return len([each for each in said if not any(part in each["path"] for part in ("token", *self.asks))])

    def begin(self) -> None:
        """Count from here; requests of all processes."""
        self.knobs(shared_history=True)
        self.practice(lambda there: there.world.store.run("DELETE FROM history"))

    def rate(self) -> Json:
        """How often was asked, and how often refused."""
        found: Json = self.practice(lambda there: there.rate())
        return found
