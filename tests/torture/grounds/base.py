"""The form of a description: what a tool may ask about a marketplace, and about a shop that was built there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from world import Project

from torture.trouble import Kind

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Touch:
    """A field that somebody has changed after the run: it stays as it is, and the undo says so."""

    key: str
    path: str
    part: str  # of the body of the marketplace


class Shop(ABC):
    """One project with its marketplace, and what both shall look like in the end."""

    name: ClassVar[str]  # of its marketplace
    unmanaged: ClassVar[str]  # an offer that has no document

    world: Project
    wishes: Mapping[str, Any]  # what each offer shall be, by its key

    @abstractmethod
    def ids(self) -> dict[str, str]:
        """The marketplace's id of each offer, by its key."""

    # What `undo` is held against.

    @abstractmethod
    def standing(self) -> Any:
        """All that a run may write to, as it is now."""

    @abstractmethod
    def unrestored(self, before: Any, touched: list[Touch]) -> list[str]:
        """What is not as it was `before`, but for what people have touched since."""

    @abstractmethod
    def touchable(self) -> list[Touch]:
        """The fields that the documents change and that a person may touch, too."""

    @abstractmethod
    def touch(self, what: Touch) -> None:
        """Be the person."""

    # What `resync` is held against.

    @abstractmethod
    def edit_what_is_nobodys(self, random: Random) -> None:
        """Be a person who changes what no document declares, and what one declares and does not sync."""

    @abstractmethod
    def resent(self) -> list[str]:
        """The keys of all offers that a resync has to send."""

    def commands(self) -> Mapping[str, Json]:
        """The commands for many offers that the marketplace has taken and keeps, by their ids."""
        return {}

    def commanded(self, body: Json) -> dict[str, bool]:
        """The ids of the offers of such a command, and whether it writes what the `toggled` ones do not sync."""
        raise LookupError(f"there are no commands for many offers here: {body}")

    @abstractmethod
    def written(self, exchange: Json) -> dict[str, bool]:
        """The same for a write of the record; nothing for one that is about no offer."""

    def settle(self) -> None:  # noqa: B027 - most have nothing to do
        """Do what a person is told to do about creations that a lost ledger knew, where nothing else can know of them."""

    def is_to_be_repeated(self, told: str) -> bool:
        """Whether an apply that finished an interrupted run has left what only a new plan may do, and says so."""
        return False

    @property
    def guards(self) -> Mapping[str, Any]:
        """The guards of its project."""
        return self.world.guards

    @abstractmethod
    def faults(self) -> list[str]:
        """Everything that is not as it shall be: twice, lost, paid for unasked, or with a wrong value."""

    def unshown(self, random: Random) -> list[str]:
        """What the first plan keeps quiet about and should not, where something is paid for; may plan, or not."""
        return []


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Writes of one sort, for a run at the permitted rate.

    `sections` is what the document of a number declares, `limit` a limit of the practice marketplace by its name, and
    `counts` tells which requests of the record count against it.
    """

    what: str
    sections: Callable[[int], Json]
    limit: str
    counts: Callable[[Json], bool]
    knobs: Json = field(default_factory=dict)
    most: int = 100_000  # offers, whatever a campaign asks for


@dataclass(frozen=True, kw_only=True)
class Meddling:
    """Writes of one sort while somebody else edits the same offers.

    `edit` is what a person does to the offer of a number, to so many (`each`) after so many chunks (`every`);
    `a_second` is how many offers are written in a second at the limit.
    """

    what: str
    sections: Callable[[int], Json]
    edit: Callable[[int], dict[str, Any]]
    a_second: float
    each: Callable[[int], int] = lambda _offers: 1
    every: int = 1
    knobs: Json = field(default_factory=dict)
    most: int = 100_000


@dataclass(frozen=True)
class Stock:
    """Offers whose pieces are written: `live` is one by its number, key and pieces, `pieces` how many there are by number.

    `refused` are rules by which no write that has one of these numbers gets through; a command for many may name them
    in one way or another.
    """

    live: Callable[[int, str, int], dict[str, Any]]
    pieces: Callable[[Project], dict[int, int]]
    refused: Callable[[list[int], str], list[dict[str, Any]]]


#: Parts that are written for Allegro's calls and words.
OF_ALLEGRO = {
    "lies": "its scripts tell lies about Allegro's calls (tests/lying).",
    "judges": "only Allegro's description is made ready for them (tests/torture/described.py).",
    "stock": "its warehouse sells on Allegro (tests/torture/stockroom.py).",
}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One marketplace.

    `live` is an offer as the marketplace has it, by a number and its key; `seller` an account with such offers, whose
    application is `app` (see `market.application`). `requests` and `writes` are about how many an apply of the shop that `build` makes takes: shots are aimed at them.
    `lag` is how many seconds a list may trail, which is less than what the spec allows for; `events` tell what was
    listed meanwhile. With `brisk` knobs things
    that take time are done at once, with `calm` ones all trouble is over; a token is renewed all the time with `renewing`
    ones. `kinds` are the kinds of action, each of which `case` makes a shop for, `everything` all of them at once, and
    `faults` the trouble that only this marketplace has; `twice` says what is there, or was paid, more than once. `remote_id` is the id of the offer
    of a number, and `named_in` are the ids that a write names. `a_second` is how many
    requests of an application are permitted, `myself` a path to be asked by itself and the headers that it takes; with
    `at_once` knobs everything is done as soon as it is accepted. `lacks` says why a part is left out.
    """

    name: str
    project: type[Project]
    build: Callable[..., Shop]
    live: Callable[[int, str], dict[str, Any]]
    seller: Callable[..., dict[str, Any]]
    stock: Stock
    rates: Mapping[str, Rate]
    others: Mapping[str, Meddling]
    remote_id: Callable[[int], str]
    named_in: Callable[[Json], Iterable[str]]
    a_second: int
    myself: tuple[str, Json]
    at_once: Json = field(default_factory=dict)
    requests: int
    writes: int
    lag: float
    events: bool
    kinds: Mapping[str, Kind]
    everything: Kind
    faults: Mapping[str, Json]
    case: Callable[[Path, Kind], Project]
    twice: Callable[[Project], list[str]]
    brisk: Json = field(default_factory=dict)
    calm: Json = field(default_factory=dict)
    renewing: Json = field(default_factory=dict)
    application: tuple[str, str] | None = None  # key and secret, where every request names one
    lacks: Mapping[str, str] = field(default_factory=dict)

    def token(self, login: str, account: str = "main") -> dict[str, str]:
        """The environment that lets a process in: a practice token, which never expires."""
        prefix = f"RECONCILE_{account.upper()}"
        key, secret = self.application or ("", "")
        named = {f"{prefix}_CLIENT_ID": key, f"{prefix}_CLIENT_SECRET": secret} if key else {}
        return {f"{prefix}_TOKEN": f"simulator-{login}", **named}
