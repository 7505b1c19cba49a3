"""What each module means on each marketplace, side by side: from the specs, so that it cannot be out of date."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.spec import FieldSpec, Freeze, Identity, KindSpec, MarketplaceSpec, Zero
from reconciler.render.spec_text import budget_cells, piped
from reconciler.render.style import Style

NOT_THERE = "–"
#: A list of words that is longer than this is left to `spec show`.
_FEW = 6
_KNOWN_BY = {
    Identity.EXTERNAL_ID: "the document's name, which the marketplace keeps",
    Identity.NAME: "its name",
    Identity.MEMBERS: "what is in it",
}
_GIVEN = {"after": "; written after the creation", "address": "; it is the address"}
_ZERO = {
    Zero.ENDS: "the marketplace ends the offer",
    Zero.WITHDRAWS: "refused by the marketplace; the offer is withdrawn instead",
    Zero.OPTION: "hidden until there are pieces; withdrawn where the account says `zero: ends`",
}
_FREEZES = {
    Freeze.AFTER_SALE: "not after a sale",
    Freeze.AFTER_LISTING: "not after listing",
    Freeze.WHILE_AUTOMATED: "not while a rule of the marketplace sets it",
    Freeze.AFTER_CREATION: "not after it was made",
    Freeze.ON_HOLD: "not on hold",
}


class Comparison(Struct, frozen=True):
    """One table: its title, and for each row a name and a text for each marketplace."""

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def compared(specs: Sequence[MarketplaceSpec]) -> Iterator[Comparison]:
    """Yield a table for each module, one for what holds of all offers, and one for the other kinds."""
    offers = [spec.kinds[OFFER] for spec in specs]
    for module in Module:
        paths = dict.fromkeys(path for kind in offers for path in _of(kind, module))
        rows = ((path, tuple(_field(_of(kind, module).get(path)) for kind in offers)) for path in paths)
        yield Comparison(f"Module {module}", tuple(rows))
    about = ((name, tuple(tell(spec) or NOT_THERE for spec in specs)) for name, tell in _ABOUT.items())
    yield Comparison("All offers", tuple(about))
    kinds = dict.fromkeys(name for spec in specs for name in spec.kinds if name != OFFER)
    others = ((name, tuple(_kind(spec.kinds.get(name)) for spec in specs)) for name in kinds)
    yield Comparison("Other kinds", tuple(others))


def compared_text(specs: Sequence[MarketplaceSpec], style: Style) -> Iterator[str]:
    """Yield the tables for a terminal: each row with a line for each marketplace."""
    width = max(len(spec.name) for spec in specs)
    for table in compared(specs):
        yield style("strong", table.title)
        for name, cells in table.rows:
            yield f"  {name}"
            for spec, cell in zip(specs, cells, strict=True):
                yield f"    {style('dim', f'{spec.name:<{width}}')}  {cell}"
        yield ""


def compared_markdown(specs: Sequence[MarketplaceSpec]) -> Iterator[str]:
    """Yield the tables as Markdown, a column for each marketplace."""
    for table in compared(specs):
        yield f"## {table.title}"
        yield ""
        yield piped(("", *(spec.title for spec in specs)))
        yield piped(["---"] * (len(specs) + 1))
        yield from (piped((f"`{name}`" if "." in name else name, *cells)) for name, cells in table.rows)
        yield ""


def _of(kind: KindSpec, module: Module) -> dict[str, FieldSpec]:
    return {path: field for path, field in kind.fields.items() if field.module is module}


def _field(field: FieldSpec | None) -> str:
    if field is None:
        return NOT_THERE
    said = [field.about.rstrip("."), *_limits(field), *(_FREEZES[each] for each in field.frozen)]
    if field.paid:
        said.append("paid by the cycle")
    if field.required:
        said.append("needed to create")
    return "; ".join(filter(None, said))


def _limits(field: FieldSpec) -> Iterator[str]:
    limits = field.limits
    for most, unit in (("max_length", "characters"), ("max_items", "at most"), ("maximum", "at most")):
        if isinstance(number := limits.get(most), int) and number < 2**31 - 1:
            yield f"{number:,} {unit}" if unit == "characters" else f"{unit} {number:,}"
    if 0 < len(field.values) <= _FEW:
        yield f"one of {', '.join(field.values)}"


def _known_by(spec: MarketplaceSpec) -> str:
    kind = spec.kinds[OFFER]
    return _KNOWN_BY[kind.identity] + _GIVEN.get(kind.key_given, "")


def _no_pieces(spec: MarketplaceSpec) -> str:
    pieces = spec.kinds[OFFER].fields.get("stock.quantity")
    return _ZERO.get(pieces.zero, "the offer stays as it is, with no pieces") if pieces and pieces.zero else ""


def _costs(spec: MarketplaceSpec) -> str:
    kind = spec.kinds[OFFER]
    acts = [f"to {act}: {amount}" for act, amount in kind.fees.items()]
    acts += ["to publish: what is asked for when it is staged"] if kind.asks_fees else []
    return "; ".join((*acts, *(f"`{path}`, by the cycle" for path, field in kind.fields.items() if field.paid)))


def _elsewhere(spec: MarketplaceSpec) -> str:
    return "in no list, until `reconcile migrate` takes it in for good" if spec.kinds[OFFER].migrate else ""


def _together(spec: MarketplaceSpec) -> str:
    return "; ".join(f"{one} and {other}" for one, other in spec.couplings)


def _whole(spec: MarketplaceSpec) -> str:
    kind = spec.kinds[OFFER]
    names = [name for name, operation in kind.operations.items() if operation.replaces]
    return ", ".join(f"{name} ({', '.join(_carried(kind, name))})" for name in names)


def _carried(kind: KindSpec, operation: str) -> list[str]:
    return [path for path, field in kind.fields.items() if operation in field.by]


def _read(spec: MarketplaceSpec) -> str:
    kind = spec.kinds[OFFER]
    page = kind.views["list"].page if "list" in kind.views else 0
    return f"lists of {page:,}; in full: {', '.join(kind.whole)}"


def _shows(spec: MarketplaceSpec) -> str:
    return f"a list within {spec.list_lag_minutes} min, a write within {spec.settling_hours} h"


def _pictures(spec: MarketplaceSpec) -> str:
    images = spec.images
    return (
        f"{', '.join(images.formats)}; {images.max_bytes / 1_048_576:.0f} MB; of the {images.of}; "
        f"{images.min_side} pixels on the longer side at least"
    )


def _requests(spec: MarketplaceSpec) -> str:
    rows = (budget_cells(each) for each in spec.budgets.values())
    return "; ".join(f"{name}: {limit} ({counts} of a {scope})" for name, scope, counts, limit in rows)


def _deleted(spec: MarketplaceSpec) -> str:
    return {"all": "all", "drafts": "drafts", "": "nothing"}[spec.kinds[OFFER].deletable]


def _kind(kind: KindSpec | None) -> str:
    if kind is None:
        return NOT_THERE
    known = f"by {_KNOWN_BY[kind.identity]}"
    if kind.implied:
        return f"{kind.label}: referred to {known}, and made where it is not there"
    if not kind.operations:
        return f"{kind.label}: referred to {known}, and not written"
    return f"{kind.label}: a document; known {known}"


#: What is told of all offers -> how.
_ABOUT: dict[str, Callable[[MarketplaceSpec], str]] = {
    "known by": _known_by,
    "sites": lambda spec: ", ".join(spec.marketplaces),
    "no pieces": _no_pieces,
    "costs money at once": _costs,
    "made elsewhere": _elsewhere,
    "written together": _together,
    "written whole": _whole,
    "read": _read,
    "shows": _shows,
    "pictures": _pictures,
    "requests": _requests,
    "can be deleted": _deleted,
}
