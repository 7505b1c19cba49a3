"""The contract between the product and one marketplace: a spec, a few conversations, and `answer`.

A provider holds no client, no clock and no state. What it needs to know of the account comes in a `Reading`
or a `Context`.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from msgspec import Struct, field

from reconciler.model.catalogue import CategoryFact, DeliveryMethod, Packages, Parameter, Product, Taxes
from reconciler.model.installed import points
from reconciler.model.modules import Module
from reconciler.model.offers import Desired, Key, Live, MadeElsewhere
from reconciler.model.outcomes import Fault, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money
from reconciler.model.wire import Response
from reconciler.providers.conversation import Answer, Conversation, Request


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """An access token and, where the grant gives one, its refresh token; never shown."""

    access: str = dataclasses.field(repr=False)
    refresh: str = dataclasses.field(repr=False, default="")
    expires_in: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Credentials:
    """What authentication starts from: a ready token, or a client and a refresh token."""

    token: str = dataclasses.field(repr=False, default="")
    client_id: str = dataclasses.field(repr=False, default="")
    client_secret: str = dataclasses.field(repr=False, default="")
    refresh_token: str = dataclasses.field(repr=False, default="")

    @property
    def client(self) -> str:
        """Name the client; a ready token stands for a client of its own, hashed."""
        return self.client_id or hashlib.sha256(self.token.encode()).hexdigest()[:16]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a person confirms on another screen; only `device_code` is a secret."""

    device_code: str = dataclasses.field(repr=False)
    user_code: str
    address: str
    address_with_code: str = ""
    expires_in: int
    interval: int


class Login(Struct, frozen=True):
    """Whose token it is."""

    login: str
    user_id: str
    base_market: str


class RowsKnown(Struct, frozen=True):
    """The rows of the list that need not be decoded while they are the same.

    `digests` has 16 bytes for each, by remote id. `stretches` are rows that were together in an earlier list: the
    digest of all that decoding reads of them -> their digests, one after the other. Where a list has such a
    stretch again, no digest of one of its rows is made.
    """

    digests: Mapping[str, bytes] = field(default_factory=dict)
    stretches: Mapping[bytes, bytes] = field(default_factory=dict)


class Reading(Struct, frozen=True, kw_only=True):
    """What decoding needs: the account, its spec, its base market, and labels (kind -> remote id -> label).

    `seller` is the marketplace's own number of the seller, as `Login.user_id` has it. `resting` are the rows of
    the list that need not be decoded while they are the same; None where nobody will know its rows again.
    """

    account: str
    spec: MarketplaceSpec
    base_market: str
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    seller: str = ""
    resting: RowsKnown | None = None

    def label(self, kind: str, remote_id: str) -> str:
        """Return the name of an object where it is unique on the account, else `#<id>`."""
        return self.labels.get(kind, {}).get(remote_id) or f"#{remote_id}"


class Inventory(Struct, frozen=True):
    """One pass over the cheap list. `complete` is False when it came out short or inconsistent.

    `elsewhere` is what was made by other means and is in no list; None where nobody tells. `resting` are the ids
    of the rows that are in the list as `Reading.resting` has them: these are not in `live`. `digests` has 16 bytes
    for each row that is in `live`, by remote id, where a marketplace's rows can be digested: of all that decoding
    reads of the row, and nothing else of it. What the reading adds (spec, labels, base market) is not in it.
    `stretches` are those of this list, for the next reading of it (`RowsKnown`).
    """

    live: tuple[Live, ...]
    complete: bool
    elsewhere: tuple[MadeElsewhere, ...] | None = None
    resting: tuple[str, ...] = ()
    digests: Mapping[str, bytes] = field(default_factory=dict)
    stretches: Mapping[bytes, bytes] = field(default_factory=dict)


class Activation(Struct, frozen=True):
    """An offer that was listed: its id, its key, and when."""

    remote_id: str
    key: str
    at: datetime


class Happening(Struct, frozen=True):
    """What happened to a live offer: to which module (None: anything else of it), when, and by whom if it says.

    `what` is the marketplace's own name of it.
    """

    remote_id: str
    module: Module | None
    what: str
    at: datetime
    by: str = ""


#: Before any run.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Context(Struct, frozen=True, kw_only=True):
    """What an action needs to be written in the marketplace's words.

    `identify` turns (kind, label) into a remote id, also for what this run has created, and returns None when
    nobody knows it. `live` holds the fresh state of the targets, with `wire` where it was read in full.
    `images` maps our name of an image (`path@sha256:…`, or an address) to its address on the marketplace.
    `parameters` holds the definitions of the categories that the action's targets need. `timeout` is for how many
    seconds, at most, an accepted write is followed; None: as long as the marketplace says that it may take.
    Nothing of the action was sent before `began`: what is known under its id from earlier is not ours. `pays`
    takes what a resource costs at once from what may be paid; False: it may not.
    """

    reading: Reading
    identify: Callable[[str, str], str | None]
    live: Mapping[Key, Live]
    images: Mapping[str, str]
    parameters: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict)
    timeout: float | None = None
    began: datetime = LONG_AGO
    pays: Callable[[Key, Money], bool] = lambda _key, _cost: False


class Provider(Protocol):
    """One marketplace. Every method returns a conversation, but `client_of`, `bearer`, `authorization_url`,
    `practised`, `led_home` and `answer`.

    `refresh_life` is how many seconds a refresh token holds from its issue.
    """

    name: str
    media: str  # the media type of a request that says nothing else
    refresh_life: int

    def authorize(self, credentials: Credentials) -> Conversation[Token]:
        """Exchange credentials for an access token."""
        ...

    def client_of(self, token: str) -> str:
        """Read which application a ready token was issued to; empty when it does not say."""
        ...

    def begin_device(self, credentials: Credentials) -> Conversation[DeviceCode]:
        """Ask for a code that a person confirms on another screen."""
        ...

    def poll_device(self, credentials: Credentials, code: DeviceCode) -> Conversation[Token]:
        """Stay with a device code until it is confirmed; MarketplaceFault when it is refused or expired."""
        ...

    def authorization_url(
        self, base: str, credentials: Credentials, redirect: str, state: str, challenge: str
    ) -> str:
        """Return the page on which a person lets the application in (authorisation code with PKCE)."""
        ...

    def exchange_code(
        self, credentials: Credentials, code: str, redirect: str, verifier: str
    ) -> Conversation[Token]:
        """Exchange the code of the redirect for a pair of tokens."""
        ...

    def revoke(self, credentials: Credentials, token: str) -> Conversation[None]:
        """Make a refresh token, and what came of it, worthless."""
        ...

    def bearer(self, token: Token, credentials: Credentials, request: Request) -> Mapping[str, str]:
        """Return the headers that carry the token and name the client."""
        ...

    def identity(self) -> Conversation[Login]:
        """Ask whose token it is."""
        ...

    def inventory(self, reading: Reading) -> Conversation[Inventory]:
        """Read the cheap list of all offers."""
        ...

    def find(self, reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
        """Read the list rows of the offers with these keys (at most a hundred)."""
        ...

    def begun(self, reading: Reading, target: Target, since: datetime) -> Conversation[tuple[str, ...]]:
        """Return the ids of what a creation may have left since then that does not bear its key yet."""
        ...

    def read(self, reading: Reading, kind: str, remote_id: str, views: Iterable[str]) -> Conversation[Live | None]:
        """Read one resource through the named views; None when it is not there."""
        ...

    def objects(self, reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
        """List the named objects of a kind as (remote id, name)."""
        ...

    def moved(self, since: str) -> Conversation[tuple[frozenset[str], str, bool]]:
        """Return the ids of offers with events after `since`, the last event's id, and whether none is missing.

        What an event tells and each row of the list says is left out.
        """
        ...

    def activations(self) -> Conversation[tuple[Activation, ...]]:
        """Return the offers that were listed in the last day, oldest first, as far as they have a key."""
        ...

    def happenings(self) -> Conversation[tuple[Happening, ...]]:
        """Return what happened to live offers in the last day, oldest first."""
        ...

    def products(self, gtin: str) -> Conversation[tuple[Product, ...]]:
        """Find the catalogue products of a GTIN, the likeliest first."""
        ...

    def product(self, product_id: str) -> Conversation[Product | None]:
        """Read a product of the catalogue; None when it is not there."""
        ...

    def category(self, category: str) -> Conversation[CategoryFact | None]:
        """Read a category; None when it is not there."""
        ...

    def delivery_methods(self) -> Conversation[tuple[DeliveryMethod, ...]]:
        """Read the ways of delivery, and what may be said of each."""
        ...

    def markets(self) -> Conversation[Mapping[str, str]]:
        """Read which sites there are, and the currency of each."""
        ...

    def taxes(self, category: str) -> Conversation[Taxes | None]:
        """Read the taxes of a category; None when it is not there."""
        ...

    def fees(self, reading: Reading, remote_ids: Sequence[str]) -> Conversation[Mapping[str, Money]]:
        """Read what it would cost to put these on sale, one after another; what is not staged is left out."""
        ...

    def keeps_empty(self) -> Conversation[bool | None]:
        """Read whether the seller's preference keeps listings without stock; None where nobody tells."""
        ...

    def packages(self) -> Conversation[Packages]:
        """Read which promotion packages can be bought."""
        ...

    def size_templates(self) -> Conversation[Mapping[str, str]]:
        """Read the templates of size tables: id -> name."""
        ...

    def parameters(self, category: str) -> Conversation[tuple[Parameter, ...]]:
        """Read the parameter definitions of a category."""
        ...

    def practised(self, login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Mapping[str, Any]:
        """Describe a seller of the practice marketplace who has what documents name, and no offer."""
        ...

    def perform(self, action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
        """Write one action and stay with it until the marketplace has finished; one outcome per target."""
        ...

    def led_home(self, fault: Fault, body: Any, target: Target, context: Context) -> Fault:
        """Say which fields of the document the complaints of a fault speak of; `body` is what they point into."""
        ...

    def answer(self, request: Request, response: Response) -> Answer:
        """Read a response, strictly: what it says where it is as its request expects, else what is wrong."""
        ...


@cache
def provider(marketplace: str) -> Provider:
    """Find the provider of a marketplace among the installed entry points. LookupError when there is none.

    Once: what is installed is read from as many files as there are packages.
    """
    for point in points("reconciler.providers"):
        if point.name == marketplace:
            found: Provider = point.load()
            return found
    raise LookupError(f"no provider for marketplace `{marketplace}` is installed")


class MarketplaceFault(Exception):  # noqa: N818 - carries a Fault, and is named for it
    """A read that the marketplace refused, and that cannot go on without its answer.

    `denied`: the login is known and may not do this, or the account does not have it at all.
    """

    def __init__(self, fault: Fault, *, denied: bool = False) -> None:
        super().__init__(f"{fault.code}: {fault.message}" if fault.code else fault.message)
        self.fault = fault
        self.denied = denied
