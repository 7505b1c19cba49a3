"""The facts of one marketplace, typed. Read from `specs/<name>.yaml`, frozen at the door.

The vocabulary is closed. Every word below names exactly one function or one meaning:

types        what a canonical value looks like, and how the wire writes it (`engine.canonical`, `providers.codecs`)
equalities   how a desired value is compared with a live one (`engine.equality`)
limits       what a value must keep to (`engine.limits`)
shapes       how changes are packed into requests (`engine.batch`)
completions  when a request has done its work (`providers.<name>`)
freezes      when a field can no longer be changed (`engine.frozen`)
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct, field

from reconciler.model.budgets import BudgetSpec
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.values import Money, Value

#: The view that tells what it would cost to put what is staged on sale.
FEES = "fees"


class Type(StrEnum):
    """Canonical shape of a field."""

    TEXT = "text"
    PLAIN = "plain"  # a text of paragraphs, without HTML
    HTML = "html"  # one piece of HTML
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ENUM = "enum"
    MONEY = "money"
    DURATION = "duration"  # "PT<hours>H" or "unlimited"
    REFERENCE = "reference"  # the label of a named object: its name, or #<id>
    REFERENCES = "references"
    OBJECT = "object"
    LIST = "list"
    PRODUCT = "product"
    PRODUCTS = "products"
    PARAMETERS = "parameters"
    SECTIONS = "sections"
    IMAGES = "images"
    TAX = "tax"
    STATUS = "status"
    RATES = "rates"  # price of a delivery method by its name
    SLOTS = "slots"
    DISCOUNT = "discount"
    PROMOTION = "promotion"


class Equality(StrEnum):
    """How desired and live are compared; `declared` looks at declared keys only."""

    EXACT = "exact"
    SPACES = "spaces"
    UNORDERED = "unordered"
    DECLARED = "declared"
    PARAMETERS = "parameters"
    PRODUCT = "product"
    PRODUCTS = "products"
    RATES = "rates"
    PROMOTION = "promotion"


class Shape(StrEnum):
    """How many changes go into one request."""

    SINGLE = "single"
    SHARED_VALUE = "shared_value"
    KEYED_LIST = "keyed_list"


class Completion(StrEnum):
    """When it is done: with the answer, when the operation ends, when the command's report is complete."""

    IMMEDIATE = "immediate"
    ACCEPTED = "accepted"
    COMMAND = "command"


class Freeze(StrEnum):
    """Conditions under which the marketplace refuses a change of a field."""

    AFTER_SALE = "after_sale"
    AFTER_LISTING = "after_listing"  # `listing_hours` after
    WHILE_AUTOMATED = "while_automated"  # a pricing rule of the marketplace sets it
    AFTER_CREATION = "after_creation"
    ON_HOLD = "on_hold"  # the marketplace holds its listing back


class Zero(StrEnum):
    """What no pieces come to: the marketplace ends what has none, or takes no zero, and an end stands for it.

    `option`: the seller has a preference: it is hidden, or withdrawn where an account says `zero: ends`.
    """

    ENDS = "ends"
    WITHDRAWS = "withdraws"
    OPTION = "option"


class Role(StrEnum):
    """Names of operations that the engine asks for by what they do. All other names are a spec's own."""

    CREATE = "create"
    DELETE = "delete"
    ACTIVATE = "activate"
    END = "end"


class Identity(StrEnum):
    """How a live resource is known to be ours."""

    EXTERNAL_ID = "external_id"
    NAME = "name"
    MEMBERS = "members"


class FieldSpec(Struct, frozen=True, kw_only=True):
    """One field: who owns it, what it looks like, where it is read and by which operations it is written.

    `views` maps a view's name to a JSON pointer; `by` lists operations in order of preference; `join` lets the
    field ride in an offer's single edit when there is one anyway; `create` is the pointer in a creation.
    `needed`: a resource is never without it, so it cannot be cleared; `cleared` is what null comes to, where that
    is a value; `refilled`: what is cleared comes back from the marketplace's catalogue. `single_with`: rates have
    no price of further pieces where one of these fields has a value. `paid`: what it names is charged by cycles.
    `required` is without what nothing is created, `listed` without what an offer is not put on sale.
    `zero` is what a number of no pieces comes to. `shown`: the status in which alone the marketplace shows it.
    `translated`: it is told in another language than the catalogue's; numbers say what is meant. `embeds`
    (`Kind.part`): there are no such things there; what this part of a document of that kind says is written.
    A path that ends in `.*` stands for one field for each key (a marketplace).
    """

    path: str
    module: Module | None
    type: Type
    equality: Equality
    views: Mapping[str, str]
    write: str
    by: tuple[str, ...]
    join: bool = True
    limits: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    refers: str = ""
    frozen: tuple[Freeze, ...] = ()
    required: bool = False
    paid: bool = False
    needed: bool = False
    cleared: Value = None
    refilled: bool = False
    single_with: tuple[str, ...] = ()
    listed: bool = False
    translated: bool = False
    zero: Zero | None = None
    shown: str = ""
    embeds: str = ""
    about: str = ""
    source: str = ""


class ViewSpec(Struct, frozen=True, kw_only=True):
    """A way to read resources of a kind: one request for a page of them, or for one of them.

    `keys` is how many of our own keys one request can ask for; 0: it cannot be asked by key. `states`: a list of
    each of them makes up the whole, and the first page of the first is read last. `partial`: a row may lack what
    the list can show, and is read in full where that is wanted; what is asked by key lacks nothing. `besides` are
    the views that each of those takes that are asked for by their keys. `trusted_hours`: for so long a plan
    believes what was read through it, also of what a row lacks, and each reads `rotated` of them again; 0: nothing
    that is not kept up to date otherwise.
    """

    kind: str
    name: str
    request: str
    page: int = 1
    keys: int = 0
    items: str = ""
    budgets: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    partial: bool = False
    trusted_hours: int = 0
    rotated: int = 0


class OperationSpec(Struct, frozen=True, kw_only=True):
    """A way to write: the request, how changes are packed, when it is done, in which wave it runs.

    `several`: a request of a shared value carries all fields of a resource that it can, and not one of them.
    `report_rows`: the marketplace tells so many rows of what became of it, one for each field of each resource;
    0: all of them. `after_creation`: what it carries cannot be said when a resource is created, and follows it.
    `besides` is asked for in its course. `told` is what it does in words, where its name is no role. `one_each`: a
    request for each entry that differs. `differences`: it can add pieces to what is there.
    `replaces` (`whole`): it writes all fields that it can carry; those that do not change are repeated as read.
    `fresh_seconds` is how old its look may be when it leaves; what takes longer to read is not written; 0: 5.
    """

    kind: str
    name: str
    request: str
    shape: Shape
    max: int
    completion: Completion
    wave: int
    budgets: tuple[str, ...]
    told: str = ""
    media: str = ""
    refuses: tuple[str, ...] = ()
    several: bool = False
    report_rows: int = 0
    after_creation: bool = False
    replaces: str = ""
    one_each: bool = False
    differences: bool = False
    besides: tuple[str, ...] = ()
    fresh_seconds: int = 0


class KindSpec(Struct, frozen=True, kw_only=True):
    """A kind of resource.

    `deletable`: what the marketplace lets us delete (`drafts`, `all`, or nothing). `whole`: the views that
    together show one resource in full. `rename` is the operation that can write what the resource is known by.
    `module`: the module that the whole kind belongs to; none for offers, whose fields belong to all of them.
    `archived_days`: what has ended is archived after so many, and cannot be resumed any more.
    `listing_hours`: what is frozen after listing can be changed for so long after it.
    `sold_days`: the marketplace counts as sold what was sold in so many days until now. `most` is how many an
    account may have, `most_drafts` how many of them may be drafts; 0: nobody says. `granted`: not every
    account has any. `key_given`: what a resource is known by is written `after` it was created, or is its
    `address`: to create it again does no harm; a key has `key_max` characters at most (0: nobody says) and is made
    as `key_pattern` says. `fees` is what is charged for at once: to `publish`, to `renew`. `trusted_by` is the
    fact of a list row that moves with whatever a full read shows: where it stands, what is kept of it holds.
    `implied`: its name says all: what is named and not there is made. `migrate` takes in what was made elsewhere.
    """

    name: str
    label: str
    identity: Identity
    deletable: str
    whole: tuple[str, ...]
    views: Mapping[str, ViewSpec]
    operations: Mapping[str, OperationSpec]
    fields: Mapping[str, FieldSpec]
    rename: str = ""
    module: Module | None = None
    sold_days: int = 0
    archived_days: int = 0
    listing_hours: int = 0
    most: int = 0
    most_drafts: int = 0
    granted: bool = False
    key_given: str = ""
    key_max: int = 0
    key_pattern: str = ""
    trusted_by: str = ""
    implied: bool = False
    migrate: str = ""
    fees: Mapping[str, Money] = field(default_factory=dict)

    @property
    def asks_fees(self) -> bool:
        """Whether what it costs to put a resource on sale is asked for, of what is staged only: a view `fees`."""
        return FEES in self.views

    def field(self, path: str) -> FieldSpec | None:
        """Find the field of a path, also when it stands under a `.*`."""
        found = self.fields.get(path)
        return found or self.fields.get(path.rpartition(".")[0] + ".*")


class MarketSpec(Struct, frozen=True, kw_only=True):
    """One site: its currency, the digits of a price, and the `country` if its offers say the tax of one only."""

    name: str
    currency: str
    decimals: int
    country: str = ""


class ImageSpec(Struct, frozen=True, kw_only=True):
    """What an image may be: its formats, how many bytes, pixels on its longer side, and pixels in all.

    `of` is whose it is: the account's, and any offer may show it, or one offer's (`offer`).
    """

    formats: tuple[str, ...]
    max_bytes: int
    min_side: int
    max_pixels: int
    of: str = "account"


class MarketplaceSpec(Struct, frozen=True, kw_only=True):
    """Everything that the engine knows about one marketplace.

    `settling_hours` is how long an accepted write may take until it shows: after that it is taken for lost.
    `list_lag_minutes` is how long a list may trail a write before a missing key means that nothing was created.
    `timezone` is the clock that its sellers mean. `api_key`: each request names the application by its key and
    secret, also with a ready token. `logins`: how a person can log in, the best way first, or `none`; `callback`:
    whether an application says the `address` to which a browser is sent back, or a `name` that stands for it.
    `base_said`: an account says that `base_market` is its own, and no login of another site will do.
    `signed_hosts` are the domains of addresses that it gives away for one use, such as to put a file there.
    """

    name: str
    title: str
    revision: str
    source: str
    base_market: str
    images_always_resent: bool
    settling_hours: int
    list_lag_minutes: int
    image_hosts: tuple[str, ...]
    images: ImageSpec
    marketplaces: Mapping[str, MarketSpec]
    environments: Mapping[str, Mapping[str, str]]
    budgets: Mapping[str, BudgetSpec]
    kinds: Mapping[str, KindSpec]
    couplings: tuple[tuple[Module, Module], ...] = ()
    timezone: str = "UTC"
    api_key: bool = False
    logins: tuple[str, ...] = ("device", "loopback")
    callback: str = "address"
    signed_hosts: tuple[str, ...] = ()
    base_said: bool = False

    @property
    def nobody_logs_in(self) -> bool:
        """Whether an application stands for its seller: its id and its secret are all that a token takes."""
        return self.logins == ("none",)

    @property
    def zero_ends(self) -> bool:
        """Whether what has no pieces ends, by itself or by us."""
        pieces = self.kinds[OFFER].fields.get("stock.quantity") if OFFER in self.kinds else None
        return pieces is not None and pieces.zero not in (None, Zero.OPTION)

    @property
    def list_lag(self) -> timedelta:
        """How long a list may trail a write."""
        return timedelta(minutes=self.list_lag_minutes)

    @property
    def everywhere(self) -> tuple[str, ...]:
        """The budgets that every request of an application counts against."""
        return tuple(each.name for each in self.budgets.values() if each.everywhere)

    def has_image(self, address: str) -> bool:
        """Tell whether an image lies on the marketplace's own hosts: it need not be uploaded."""
        host = address.partition("://")[2].partition("/")[0]
        return within(host, self.image_hosts)


def within(host: str, domains: Iterable[str]) -> bool:
    """Tell whether a host is one of these domains, or lies below one."""
    return any(host == each or host.endswith(f".{each}") for each in domains)
