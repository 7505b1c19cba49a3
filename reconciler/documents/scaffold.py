"""A new offer's document, to be filled in: its key, all six toggles as they are inherited, and its sections."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from reconciler.documents.writing import scalar
from reconciler.model.modules import Mode, Module

#: Where the comments of lines begin.
_COLUMN = 30
_COVERS = {
    Module.SETTINGS: "sales rules, invoice, location",
    Module.CONTENT: "title, description, parameters, category, product, images",
    Module.DELIVERY: "delivery price list, handling time",
    Module.PRICE: "prices, of other markets, too",
    Module.STOCK: "quantity and status",
    Module.BUNDLE: "further products that are sold in the same offer",
}
_CONTENT = (
    "# content:",
    "#   title: Kubek ceramiczny ACME 300 ml biały",
    '#   category: "257931"',
    '#   product: {gtin: "5901234123457"}',
    "#   parameters: {Stan: Nowy}",
    "#   description:",
    '#     - text: "<p>Do kawy i herbaty.</p>"',
)


class Scaffold(Struct, frozen=True, kw_only=True):
    """What is known of a new offer before anybody fills it in.

    `account` is empty where the folder says it. `modes` are the toggles that it inherits, each with the level that
    decides. `templates`, `price_lists` and `sources` are the names of what it may use; one is used where there is
    no other. `inherited` are the sections that Defaults give it.
    """

    name: str
    account: str = ""
    modes: Mapping[Module, tuple[Mode, str]] = field(default_factory=dict)
    templates: Sequence[str] = ()
    price_lists: Sequence[str] = ()
    sources: Sequence[str] = ()
    inherited: frozenset[str] = frozenset()
    schema: str = ""


def head_of(scaffold: Scaffold) -> str:
    """Return what makes it a document at all."""
    return "".join(f"{line}\n" for line in _head(scaffold))


def text_of(scaffold: Scaffold) -> str:
    """Return the whole document."""
    return "".join(f"{line}\n" for line in _lines(scaffold))


def _head(scaffold: Scaffold) -> Iterator[str]:
    if scaffold.schema:
        yield f"# yaml-language-server: $schema={scaffold.schema}"
    yield "kind: Offer"
    yield _beside(f"name: {scalar(scaffold.name)}", "the key: becomes the offer's external id, never reused")
    if scaffold.account:
        yield f"account: {scalar(scaffold.account)}"


def _lines(scaffold: Scaffold) -> Iterator[str]:
    yield from _head(scaffold)
    if scaffold.modes:
        yield ""
        yield "# Kept equal to this file? auto: planned and applied; manual: applied with --only; off: never."
        yield "sync:"
    for module, (mode, level) in scaffold.modes.items():
        by = "" if level == "default" else f" ({level})"
        yield _beside(f"  {module.value}: {mode.value}", f"{_COVERS[module]}{by}")
    yield ""
    yield "# A section for each module. What stands in none of them is left as it is on the marketplace."
    for module, section in _SECTIONS.items():
        if module.value not in scaffold.inherited:
            yield from section(scaffold)


def _settings(scaffold: Scaffold) -> Iterator[str]:
    if len(scaffold.templates) == 1:
        yield f"settings: {scalar(scaffold.templates[0])}"
    elif scaffold.templates:
        yield _beside(f"# settings: {scalar(scaffold.templates[0])}", _or(scaffold.templates[1:]))
    else:
        yield _beside("# settings: standard", "a SettingsTemplate")


def _delivery(scaffold: Scaffold) -> Iterator[str]:
    if len(scaffold.price_lists) == 1:
        yield f"delivery: {{prices: {scalar(scaffold.price_lists[0])}, handling: PT24H}}"
    elif scaffold.price_lists:
        first, *others = scaffold.price_lists
        yield _beside(f"# delivery: {{prices: {scalar(first)}, handling: PT24H}}", _or(others))
    else:
        yield "# delivery: {prices: paczkomaty, handling: PT24H}  # a DeliveryPriceList, here or on the account"


def _stock(scaffold: Scaffold) -> Iterator[str]:
    if scaffold.sources:
        yield _beside(f"# stock: {{from: {scaffold.sources[0]}}}", "its rows of this name, or of `item: CODE`")
    else:
        yield "# stock: {quantity: 73, status: active}"


def _or(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"or {', '.join(map(scalar, names[:3]))}{more}"


def _beside(text: str, comment: str) -> str:
    return f"{text.ljust(_COLUMN - 2)}  # {comment}"


#: What stands for each module, in the order of documents.
_SECTIONS: Mapping[Module, Callable[[Scaffold], Iterable[str]]] = {
    Module.SETTINGS: _settings,
    Module.DELIVERY: _delivery,
    Module.CONTENT: lambda _scaffold: _CONTENT,
    Module.PRICE: lambda _scaffold: ("# price: 49.99 PLN",),
    Module.STOCK: _stock,
    Module.BUNDLE: lambda _scaffold: ('# bundle: [{product: {gtin: "5901234123464"}, quantity: 2}]',),
}
