"""What in the documents a refusal speaks of: from a place in the request to a field, and into its value.

One table, made of the pointers that the spec writes to. Beside it stand the few places that one pointer shares
(the products), and how the parts of a value lie in the request.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.catalogue import Parameter
from reconciler.model.offers import NAME, OFFER
from reconciler.model.outcomes import Complaint, Fault, Outcome
from reconciler.model.paths import inside
from reconciler.model.plan import Target
from reconciler.model.spec import FieldSpec, KindSpec, Type
from reconciler.model.values import Value
from reconciler.providers.allegro.offer_parameters import Definitions
from reconciler.providers.allegro.product_set import PARTS
from reconciler.providers.allegro.rates import METHOD, part_of_rate
from reconciler.providers.base import Context
from reconciler.providers.codecs import Steps, pick, snake, steps

_STEP = re.compile(r"[^.\[\]/$]+")
_ANY = "*"
_MOST_ALLOWED = 50
#: What an element of the products holds beside its product.
_OF_PRODUCT = {
    "responsibleProducer": "settings.producer",
    "responsiblePerson": "settings.person",
    "safetyInformation": "settings.safety",
}
#: What a proposed product repeats of the offer.
_OF_PROPOSAL = {"name": "content.title", "category": "content.category", "images": "content.images"}


class Sent(Struct, frozen=True, kw_only=True):
    """A request that was refused: its body, and what it was made of."""

    body: Any
    target: Target
    context: Context

    @property
    def kind(self) -> KindSpec:
        """The kind of what it writes to."""
        return self.context.reading.spec.kinds[self.target.key.kind]


def led_home(outcome: Outcome, body: Any, target: Target, context: Context) -> Outcome:
    """Say what each complaint of an outcome speaks of; what is not known stays as the marketplace says it."""
    if outcome.fault is None or not outcome.fault.complaints:
        return outcome
    return replace(outcome, fault=translated(outcome.fault, Sent(body=body, target=target, context=context)))


def translated(fault: Fault, sent: Sent) -> Fault:
    """Translate all complaints of a fault."""
    return replace(fault, complaints=tuple(_translated(each, sent) for each in fault.complaints))


def _translated(complaint: Complaint, sent: Sent) -> Complaint:
    way = _steps(complaint.pointer)
    found = _field(way, sent) if way else None
    if found is None:
        return complaint
    path, rest = found
    known = sent.kind.field(path)
    part, shown = _inside(known, path, way, rest, sent) if known else ((), path)
    allowed = tuple(_allowed(known, part, sent))[:_MOST_ALLOWED] if known else ()
    return replace(complaint, field=path, part=part, path=shown, allowed=allowed)


def _steps(pointer: str) -> Steps:
    """Split `parameters[0].name`, `$.parameters[0]` and `/parameters/0` alike."""
    return tuple(int(step) if step.isdigit() else step for step in _STEP.findall(pointer))


def _field(way: Steps, sent: Sent) -> tuple[str, Steps] | None:
    """Find the field that a place belongs to, and what is left of the way: inside its value."""
    if way[0] in ("modification", "modifications"):
        return _of_command(way[2:] if way[1:] and isinstance(way[1], int) else way[1:], sent)
    if sent.target.key.kind == OFFER and way[0] == "productSet":
        return _of_products(way, sent)
    if way[0] == "external":
        return NAME, ()
    return _by_table(way, sent) or ((NAME, ()) if way == ("name",) else None)


def _of_command(way: Steps, sent: Sent) -> tuple[str, Steps] | None:
    """A command names its values in its own words; with one field it can only be that."""
    after = sent.target.after
    if len(after) == 1:
        return next(iter(after)), ()
    if way[:1] == ("prices",) and len(way) > 1:
        market = str(way[1])
        return f"price.{'base' if market == sent.context.reading.base_market else market}", ()
    return ("stock.quantity", ()) if way[:1] == ("stock",) else _by_table(way, sent) if way else None


def _of_products(way: Steps, sent: Sent) -> tuple[str, Steps]:
    after = sent.target.after
    if len(way) < 3 or not isinstance(way[1], int):
        return next((path for path in after if path in PARTS), "content.product"), ()
    number, name, *inner = way[1:]
    if isinstance(number, int) and number > 0:
        return "bundle.items", (number - 1, name)
    if name in _OF_PRODUCT:
        return _OF_PRODUCT[str(name)], ()
    if name == "product" and inner and inner[0] == "parameters":
        return "content.parameters", tuple(inner[1:])
    if name == "product" and inner and inner[0] in _OF_PROPOSAL:
        return _OF_PROPOSAL[str(inner[0])], tuple(inner[1:])
    return "content.product", ()


def _by_table(way: Steps, sent: Sent) -> tuple[str, Steps] | None:
    """Choose the longest pointer that leads to the place; else, of those below it, one that was sent."""
    exact: tuple[str, Steps, int] | None = None
    below: list[str] = []
    for path, pointer in _table(sent.kind):
        length = min(len(pointer), len(way))
        if not all(one in (_ANY, other) for one, other in zip(pointer, way, strict=False)):
            continue
        named = _named(path, pointer, way)
        if length == len(pointer) and (exact is None or length > exact[2]):
            exact = named, way[length:], length
        elif length < len(pointer):
            below.append(named)
    if exact is not None:
        return exact[0], exact[1]
    return next(((path, ()) for path in [*(p for p in below if p in sent.target.after), *below]), None)


def _table(kind: KindSpec) -> Iterator[tuple[str, Steps]]:
    """List each field with the place that it is written to; of a reference that is the whole, not its id."""
    for path, field in kind.fields.items():
        pointer = field.write.removesuffix("/id") if field.type is Type.REFERENCE else field.write
        if pointer and pointer != "/productSet":
            yield path, steps(pointer)


def _named(path: str, pointer: Steps, way: Steps) -> str:
    """Write the site in place of the star, where the way is long enough to name one."""
    place = pointer.index(_ANY) if _ANY in pointer else len(way)
    return path.replace(_ANY, str(way[place])) if place < len(way) else path


def _inside(known: FieldSpec, path: str, way: Steps, rest: Steps, sent: Sent) -> tuple[tuple[str, ...], str]:
    """Return the way into the value as the document has it, and the whole as it is shown."""
    declared = sent.target.after.get(path)
    number = rest[0] if rest and isinstance(rest[0], int) else None
    match known.type:
        case Type.PARAMETERS if number is not None:
            name = _parameter(pick(sent.body, way[: len(way) - len(rest) + 1]), declared, sent)
            part: tuple[str, ...] = (name,) if name else ()
        case Type.IMAGES if number is not None:
            return (str(number),), inside(path, _image(_at(declared, number)) or str(number))
        case Type.SECTIONS:
            return _section(rest, path)
        case Type.RATES if number is not None:
            part = (_at(list(declared or ()), number) or str(number), *part_of_rate(rest[1:]))
        case Type.DISCOUNT:
            part = _discount(way, rest, sent.body)
        case Type.TAX:
            part = _tax(rest, sent.body)
        case Type.OBJECT | Type.LIST | Type.SLOTS | Type.PRODUCTS | Type.REFERENCES:
            part = tuple(_SLOT.get(str(step), snake(str(step))) for step in rest)
        case _:
            part = ()
    return part, inside(path, *part)


#: How a document calls the parts of a bundle's slot.
_SLOT = {"requiredQuantity": "quantity", "entryPoint": "entry"}


def _at(values: Any, number: int) -> Any:
    return values[number] if isinstance(values, Sequence) and number < len(values) else None


def _image(source: Any) -> str:
    return str(source or "").partition("@sha256:")[0]


def _section(rest: Steps, path: str) -> tuple[tuple[str, ...], str]:
    numbers = [step for step in rest if isinstance(step, int)]
    said = ", ".join(f"{word} {number + 1}" for word, number in zip(("section", "item"), numbers, strict=False))
    return tuple(map(str, numbers[:2])), f"{path}, {said}" if said else path


def _discount(way: Steps, rest: Steps, body: Any) -> tuple[str, ...]:
    """Discounts are of the whole or of slots, and each row names its site."""
    row = next((way[: end + 1] for end in range(len(way) - 1, 0, -1) if isinstance(way[end], int)), way)
    site = pick(body, (*row, "marketplaceId"))
    last = (str(site),) if site else ()
    if rest[:1] == ("slot",):
        return ("slots", *(str(step) for step in rest[2:3]), *last)
    return ("whole", *(("minimum",) if rest[-1:] == ("minimumBoughtOffers",) else last)) if rest else ()


def _tax(rest: Steps, body: Any) -> tuple[str, ...]:
    if rest[:1] == ("rates",) and len(rest) > 1:
        country = pick(body, ("taxSettings", "rates", rest[1], "countryCode"))
        return (str(country),) if country else ()
    return tuple(str(step) for step in rest[:1] if step != "rates")


def _parameter(wire: Any, declared: Any, sent: Sent) -> str:
    """Name a parameter as the document does; else as its category, else as the request does."""
    said = wire if isinstance(wire, Mapping) else {}
    defined = _definitions(sent)
    known = defined.find(str(said.get("id") or said.get("name") or ""))
    for name in declared if isinstance(declared, Mapping) else ():
        mine = defined.find(name)
        if name in (said.get("id"), said.get("name")) or (known is not None and mine == known):
            return str(name)
    return known.name if known else str(said.get("name") or said.get("id") or "")


def _definitions(sent: Sent) -> Definitions:
    return Definitions(tuple(each for found in sent.context.parameters.values() for each in found))


def _allowed(known: FieldSpec, part: tuple[str, ...], sent: Sent) -> Iterator[str]:
    labels: Mapping[str, Mapping[str, Value]] = sent.context.reading.labels
    if known.type is Type.PARAMETERS and part:
        found: Parameter | None = _definitions(sent).find(part[0])
        yield from found.dictionary.values() if found else ()
    elif known.type in (Type.ENUM, Type.STATUS, Type.DURATION):
        yield from known.values
    elif known.type in (Type.REFERENCE, Type.REFERENCES):
        yield from sorted(str(label) for label in labels.get(known.refers, {}).values())
    elif known.type is Type.RATES and len(part) == 1:
        yield from sorted(str(label) for label in labels.get(METHOD, {}).values())
