"""Whether one parameter takes a value: its dictionary, its type, its range, its length, how many it takes."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from reconciler.engine.known.words import instead
from reconciler.model.catalogue import Parameter
from reconciler.model.values import Value

SCALED = "leave it out here, and say it in the marketplace's own pages"
_NUMBERS = frozenset({"integer", "float"})


class Misfit(Struct, frozen=True):
    """What is wrong with a value; `number` is its place in a list, where it is one of several."""

    code: str
    sentence: str
    hint: str = ""
    number: int | None = None


def breaches(known: Parameter, value: Value) -> Iterator[Misfit]:
    """Yield what a category refuses of a declared value: a list of texts, or from one number to another."""
    if known.scaled:
        yield Misfit("P246", "has a scale, which no document can say", SCALED)
        return
    if isinstance(value, Mapping):
        yield from _span(known, value)
        return
    if known.spans:
        yield Misfit("P225", "is a range", "write it as `{from: 10, to: 20}`")
        return
    if known.most and len(value) > known.most:
        yield Misfit("P229", f"has {len(value)} values; {known.most} at most", "leave the others out")
    for number, each in enumerate(value):
        for breach in _one(known, each):
            yield Misfit(breach.code, breach.sentence, breach.hint, number if len(value) > 1 else None)


def _span(known: Parameter, value: Mapping[str, Value]) -> Iterator[Misfit]:
    if not known.spans:
        yield Misfit("P225", "takes one value, and is declared as a range", "declare one value")
        return
    ends = [value["from"], value["to"]]
    found = [breach for each in ends for breach in _number(known, each)]
    yield from found
    if not found and _decimal(ends[0]) > _decimal(ends[1]):
        yield Misfit("P226", f"goes from {ends[0]} down to {ends[1]}", "exchange the two")


def _one(known: Parameter, value: str) -> Iterator[Misfit]:
    if known.type in _NUMBERS:
        yield from _number(known, value)
    elif known.dictionary:
        if known.value_id(value) is None and not known.custom:
            texts = known.dictionary.values()
            yield Misfit(
                "P224", f"{value!r} is no value of the", instead(value, texts, what="Possible are", none="")
            )
    elif known.longest is not None and len(value) > known.longest:
        yield Misfit("P228", f"has {len(value)} characters; {known.longest} at most", "shorten it")
    elif known.shortest is not None and len(value) < known.shortest:
        yield Misfit("P228", f"has {len(value)} characters; {known.shortest} at least", "write it in full")


def _number(known: Parameter, value: str) -> Iterator[Misfit]:
    kind = "a whole number" if known.type == "integer" else "a number"
    try:
        number = _decimal(value)
    except InvalidOperation:
        yield Misfit("P225", f"{value!r} is not {kind}", "write digits, without the unit")
        return
    digits = -int(number.normalize().as_tuple().exponent)
    if known.digits is not None and digits > known.digits:
        most = f"at most {known.digits} digits after the point" if known.digits else "whole numbers only"
        yield Misfit("P227", f"is {value}; it takes {most}", "round it")
    lowest, highest = _bound(known.minimum), _bound(known.maximum)
    if (lowest is not None and number < lowest) or (highest is not None and number > highest):
        yield Misfit("P226", f"is {value}; possible is {_between(known)}", "correct it")


def _decimal(text: str) -> Decimal:
    """Read a number as the marketplace does: a comma is a point; anything that is no plain number is none."""
    found = Decimal(str(text).replace(",", "."))
    if not found.is_finite():
        raise InvalidOperation
    return found


def _bound(stated: str) -> Decimal | None:
    return Decimal(stated) if stated else None


def _between(known: Parameter) -> str:
    if known.minimum and known.maximum:
        return f"{known.minimum} to {known.maximum}"
    return f"{known.minimum} and more" if known.minimum else f"{known.maximum} and less"


def value_ids(known: Parameter, value: Value) -> Sequence[str]:
    """Return the ids of a declared value in the parameter's dictionary."""
    if isinstance(value, Mapping) or value is None:
        return ()
    return [found for each in value if (found := known.value_id(each))]
