"""One document with everything merged in that it inherits."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Document
from reconciler.documents.packed import PackedBody
from reconciler.model.marks import Mark
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Key, Origin
from reconciler.model.sourced import Sourced

#: The one section of an offer that is a field itself: in documents nothing is called so.
_ITEMS = "bundle.items"
#: A number that follows a source is written as where it comes from.
_QUANTITY, _FROM = "stock.quantity", "stock.from"
#: Where the windows of prices are written.
WINDOWS = "price.windows"


class Window(Struct, frozen=True, kw_only=True):
    """The window that decides prices: its place in the list, the sites that it speaks of, and itself in words."""

    number: int
    sites: frozenset[str]
    words: str

    def place(self, path: str) -> str:
        """Return where the value of a field is written: in the window, if that speaks of it."""
        section, _, rest = path.partition(".")
        site, dot, below = rest.partition(".")
        if section != Module.PRICE or site not in self.sites:
            return path
        return f"{WINDOWS}.{self.number}.{site}{dot}{below}"


class PriceChange(NamedTuple):
    """When the prices of an offer may be others: the moment (ISO, UTC), and by the clock of which zone."""

    at: str
    there: str
    zone: str


#: No window begins or ends any more, or there is none.
NEVER = PriceChange("", "", "")


class Layer(Struct, frozen=True):
    """A place that may decide values: its level in words, the document, and where in it the fields begin.

    `below` are the field's own first steps that the layer leaves out (`settings` in a SettingsTemplate). `adapts`:
    it is what its document says for one account or marketplace, under `for`.
    """

    level: str
    document: Document
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    adapts: bool = False

    def says_anything(self) -> bool:
        """Tell whether a document of this kind inherits anything from it: Defaults may be for other kinds."""
        if not self.above or self.document.account is not None:
            return True
        return not self.document.body.keys().isdisjoint((*self.above, "labels", "sync", "protect"))

    def find(self, path: str) -> tuple[str | int, ...] | None:
        """Return where in the document the dotted field path is decided, or None."""
        body: Any = self.document.body
        for step in self.above:
            body = body.get(step, {})
        for step in self.below:
            if path != step and not path.startswith(f"{step}."):
                return None
            path = path[len(step) + 1 :]
        found = _walk(body, path)
        return None if found is None else (*self.above, *found)


def _walk(body: Any, path: str) -> tuple[str | int, ...] | None:
    """Follow a dotted path. A key may hold dots itself (`Waga [kg.]`), so every split is tried."""
    if not path:
        return ()
    if isinstance(body, list):
        step, _, rest = path.partition(".")
        if not step.isdigit() or int(step) >= len(body):
            return None
        found = _walk(body[int(step)], rest)
        return None if found is None else (int(step), *found)
    if type(body) is not dict and type(body) is not PackedBody:
        return None
    if path in body:
        return (path,)
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        key = ".".join(parts[:count])
        if key in body:
            found = _walk(body[key], ".".join(parts[count:]))
            if found is not None:
                return (key, *found)
    return None


class Effective(Struct, frozen=True, kw_only=True):
    """One document in one account, with everything merged in.

    `body` has no `labels`, `sync`, `protect` and `settings.template` any more: what they said is in `labels`,
    `modes`, `protected` and the values. `modes` has every module, with the level that decided. `protected` is who
    forbids to end or delete it. `layers` are the nearest first. `lacks` says why it cannot be used, where
    something that it inherits from or is written by cannot be. `written` are the texts that content templates
    wrote: field -> path of the template, and `drawn_in` all files of these templates. `sourced` is what the rules
    filled in from sources. `window` is the one whose prices hold, and `until` the moment from which windows may
    say others.
    """

    document: Document
    account: str
    body: Mapping[str, Any]
    modes: Mapping[Module, tuple[Mode, str]]
    labels: Mapping[str, str]
    protected: Origin | None = None
    layers: tuple[Layer, ...] = ()
    lacks: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    drawn_in: frozenset[str] = frozenset()
    sourced: Sourced | None = None
    window: Window | None = None
    until: PriceChange = NEVER

    @property
    def key(self) -> Key:
        """The key of the resource that it stands for."""
        return Key(self.account, self.document.kind, self.document.known_as)

    def filled(self, body: Mapping[str, Any], sourced: Sourced | None) -> "Effective":
        """Return it with another body; what `replace` does, for each offer that follows a source."""
        return Effective(
            document=self.document,
            account=self.account,
            body=body,
            modes=self.modes,
            labels=self.labels,
            protected=self.protected,
            layers=self.layers,
            lacks=self.lacks,
            written=self.written,
            drawn_in=self.drawn_in,
            sourced=sourced,
            window=self.window,
            until=self.until,
        )

    def in_window(self, body: Mapping[str, Any], window: Window | None, until: PriceChange = NEVER) -> "Effective":
        """Return it with the prices of a moment, which hold until another one."""
        return replace(self, body=body, window=window, until=until)

    def window_of(self, path: str) -> str:
        """Say in which window the value of a field is; empty for one that holds at any time."""
        return self.window.words if self.window and self.window.place(path) != path else ""

    def files(self) -> frozenset[str]:
        """Return the files that have a say in it: its own, and those that it inherits from."""
        inherited = (layer.document.source.path for layer in self.layers if layer.says_anything())
        return frozenset((self.document.source.path, *inherited, *self.drawn_in))

    def origin(self, field_path: str) -> Origin:
        """Return who decided a field, such as `content.title` or `settings.invoice` (dotted, section first).

        Of what was not written itself (a part of a short form, a field that is missing) it is who wrote what it
        belongs to.
        """
        if field_path == "protect" and self.protected is not None:
            return self.protected
        if field_path == "name":
            return Origin(self.layers[0].level if self.layers else "document", self.document.mark("name"))
        path = field_path
        if path == _QUANTITY and self.sourced is not None and self.sourced.stock is not None:
            path = _FROM
        if path.startswith(_ITEMS):
            path = Module.BUNDLE + path.removeprefix(_ITEMS)
        place = self._place(path)
        if place is None:
            return Origin(self.layers[0].level if self.layers else "document", self.document.mark("name"))
        layer, found = place
        return Origin(layer.level, layer.document.mark(*found), self.written.get(field_path, ""))

    def asked_for(self, path: str) -> bool:
        """Tell whether its own document says a field, or anything that is said for this account: not inherited."""
        place = self._place(path)
        return place is None or place[0].document is self.document or place[0].adapts

    def says(self, path: str) -> bool:
        """Tell whether a document writes a field itself: else a rule has added it."""
        path = Module.BUNDLE + path.removeprefix(_ITEMS) if path.startswith(_ITEMS) else path
        path = self.window.place(path) if self.window else path
        return any(layer.find(path) is not None for layer in self.layers)

    def within(self, path: str, offset: int) -> Mark:
        """Return the place of a character of a text that stands in a field."""
        place = self._place(path)
        if place is None:
            return self.document.mark("name")
        layer, found = place
        return layer.document.within(*found, offset=offset)

    def inside(self, path: str, find: Callable[[str], int | None]) -> Mark | None:
        """Return the place of what is found in the text of a field, however many lines it has."""
        place = self._place(path)
        if place is None or path in self.written:
            return self.origin(path).mark
        layer, found = place
        return layer.document.inside(*found, find=find)

    def _place(self, path: str) -> tuple[Layer, tuple[str | int, ...]] | None:
        """Find the nearest layer that says anything of a path, or of what it belongs to."""
        path = self.window.place(path) if self.window else path
        layers = self.layers
        if path.startswith(WINDOWS):  # a list is replaced as a whole: those of farther layers do not hold
            layers = tuple(each for each in layers if each.find(WINDOWS) is not None)[:1] or layers
        while path:
            for layer in layers:
                found = layer.find(path)
                if found is not None:
                    return layer, found
            path = path.rpartition(".")[0]
        return None
