"""What should be (Desired) and what was observed (Live), for offers and for every other named resource."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.ages import Ages
from reconciler.model.marks import Mark
from reconciler.model.modules import Mode, Module, StockForm
from reconciler.model.resting import RestShape
from reconciler.model.sourced import Sourced
from reconciler.model.values import Value

OFFER = "Offer"

#: The paths of what a resource is known by, in changes: no document declares them as fields. An offer bears our
#: key as its external id, every other resource as its name.
EXTERNAL_ID = "external_id"
NAME = "name"
#: The sections of an offer whose numbers move every day, and which every list shows.
NUMBERS = ("price.", "stock.")
#: Stands for the path of what is observed beside the fields.
WHOLE = ""
#: What decides about the life of an offer: where it is not known, nothing can be concluded.
_ALWAYS = ("stock.status", "stock.quantity")


class Key(NamedTuple):
    """Our identity of a resource: the account, the kind of document and what it is known by there.

    That is the name of its document, or the `sku` that the document says for the account.
    """

    account: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Origin(Struct, frozen=True):
    """Who decided a value: the place in a file, and the level (offer, template standard, defaults …).

    `written_by` is the content template that wrote the text, where the place only names it.
    """

    level: str
    mark: Mark | None = None
    written_by: str = ""


#: Finds something in a text as it was written: how many letters stand before it, or None.
Find = Callable[[str], int | None]


class Desired(Struct, frozen=True, kw_only=True):
    """What the documents say about one resource, resolved.

    `fields` holds owned fields only, and `unsynced` the declared fields whose module is off; nothing later
    asks about a toggle. `held` are the owned modules in mode `manual`. `stock_form` is how its stock
    number is meant; `sourced` is what of it comes from sources, and `item` what its article is called there where
    its document says so. `moved_from` is the name that it had before. `document` is the name of its document,
    empty where the key has it. `protected`: it may not be ended or deleted. `pictures` are its images as documents
    name them: files of the project, and addresses; `not_there` are fields that it inherits and the marketplace
    does not have. `written`: a template has written a text of it, and may have named any field in it. `origin`
    tells on demand where a field's value was written, and where `name`, `adopt`, `moved.from` and `protect` were;
    `inside` where in its text something stands; `files` which files have a say in it; `window` in which window a
    price is said, in words, and `in_window` whether any holds; `until` up to which moment (ISO, UTC) its prices
    hold, empty where no window ends or begins after it, and `until_there` that moment by the clock of a zone, and
    the name of that. `besides` is what the rest of an offer counts as whose price and stock alone are looked
    at, since the rest is at rest.
    """

    key: Key
    fields: Mapping[str, Value]
    unsynced: Mapping[str, Value] = field(default_factory=dict)
    held: frozenset[Module] = frozenset()
    modes: Mapping[Module, tuple[Mode, str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    adopt: str | None = None
    stock_form: StockForm = StockForm.BASELINE
    sourced: Sourced | None = None
    item: str = ""
    moved_from: str = ""
    document: str = ""
    protected: bool = False
    pictures: tuple[str, ...] = ()
    not_there: tuple[str, ...] = ()
    written: bool = False
    origin: Callable[[str], Origin] = lambda _path: Origin("document")
    inside: Callable[[str, Find], Mark | None] = lambda _path, _find: None
    files: Callable[[], frozenset[str]] = frozenset
    window: Callable[[str], str] = lambda _path: ""
    in_window: bool = False
    until: str = ""
    until_there: tuple[str, ...] = ()
    besides: RestShape | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """By which people choose it: what its key has, and the name of its document where that is another one."""
        return (self.key.name, self.document) if self.document else (self.key.name,)


class Live(Struct, frozen=True, kw_only=True):
    """What was observed of one resource.

    `fields` are canonical values by field path; `facts` are observations that are no fields (sold, ended_by,
    listed_at …); `detailed` tells whether the full read was made; `wire` is the marketplace's own body, kept
    only while an action needs it for a write that replaces whole objects. `unreadable` says, by field
    path, what was answered and cannot be understood: such a field is not in `fields`, and nothing may be concluded
    from that.
    """

    key: Key | None
    kind: str
    remote_id: str
    fields: Mapping[str, Value]
    facts: Mapping[str, Value] = field(default_factory=dict)
    detailed: bool = False
    wire: Mapping[str, Value] | None = None
    unreadable: Mapping[str, str] = field(default_factory=dict)

    def unclear(self, paths: Iterable[str] = ()) -> str:
        """Say what is not known of it: what is answered beside the fields, its stock, or one of these fields."""
        if not self.unreadable:
            return ""
        asked = (path for path in (WHOLE, *_ALWAYS, *paths) if path in self.unreadable)
        path = next(asked, None)
        return "" if path is None else f"{path or 'what is beside its fields'}: {self.unreadable[path]}"


class MadeElsewhere(Struct, frozen=True, kw_only=True):
    """What is for sale and was made by other means, so that no list shows it: it is migrated, or left.

    `name` is the key that it will be known by; `remote_id` its number there. Of title, price and pieces what is
    told. `stops` says why it cannot be migrated, as far as that is known before; empty: nothing is in its way.
    """

    remote_id: str
    name: str = ""
    title: str = ""
    price: str = ""
    pieces: int | None = None
    stops: str = ""


class Snapshot(Struct, frozen=True):
    """Everything observed of one account. `complete=False` forbids to end or to call missing.

    `elsewhere` is how many were made by other means, as far as it is told; `ages` how old all of it is.
    """

    account: str
    live: tuple[Live, ...]
    complete: bool = True
    elsewhere: int = 0
    requests: Mapping[str, int] = field(default_factory=dict)
    ages: Ages = field(default_factory=Ages)

    def understood(self) -> "Snapshot":
        """Return it without what cannot be read: whether a write shows there is not known."""
        if not any(each.unreadable for each in self.live):
            return self
        return replace(self, live=tuple(each for each in self.live if not each.unreadable))
