"""What a marketplace may refuse although no stated limit forbids it, and what a value says twice."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.gtin import due_digit
from reconciler.model.offers import Desired
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.texts import invisible, looks, may_hide
from reconciler.model.values import Value

#: Signs as they are counted once they are entities: by the marketplace's staff, some years ago.
_ENTITIES = {"&": 5, '"': 6, "<": 4, ">": 4}
_JOINED_SIGNS = re.compile("[\u200d\ufe0f]")


def cautions(desired: Desired, known: FieldSpec, path: str, value: Value) -> Iterator[Diagnostic]:
    """Yield what is odd about the value of one field."""
    if "max_escaped" in known.limits:
        yield from _escaped(desired, path, value, known)
    if known.type in (Type.PARAMETERS, Type.RATES):
        yield from _twice(desired, path, value)
    if known.type in (Type.PRODUCT, Type.PRODUCTS):
        yield from _slips(desired, path, value)
    for where, text in _texts(path, value):
        # what joins signs to one, as many small pictures are written, is meant
        if odd := invisible(_JOINED_SIGNS.sub("", text)):
            yield warning(
                "D533",
                f"`{path}` of {desired.key.name} holds {', '.join(odd)}, which nobody sees",
                mark=desired.origin(where).mark,
                detail="Nobody knows what the marketplace makes of such characters.",
                hint="Delete them; they often come along when a text is copied from a page.",
                about=desired.key,
            )


def quick_looks(known: FieldSpec) -> Iterator[Callable[[Value], object]]:
    """Yield looks at a value of a field that is not null.

    Where all say no, and no text of it may hide anything (`may_hide`), `cautions` has nothing to say.
    """
    if "max_escaped" in known.limits:
        yield partial(_outgrows, known.limits["max_escaped"])
    if known.type in (Type.PARAMETERS, Type.RATES):
        yield _has_twins
    if known.type in (Type.PRODUCT, Type.PRODUCTS):
        yield _has_slips


def _outgrows(limit: int, value: str) -> bool:
    for sign in _ENTITIES:
        if sign in value:
            return len(value) <= limit < _escaped_length(value)
    return False


def _escaped_length(value: str) -> int:
    return len(value) + sum((size - 1) * value.count(sign) for sign, size in _ENTITIES.items())


def _has_twins(value: Mapping[str, Value]) -> bool:
    return len(set(map(looks, value))) < len(value)


def _has_slips(value: Value) -> bool:
    if not isinstance(value, dict):
        return any(_has_slips(each["product"]) for each in value)
    gtin: str = value.get("gtin", "")
    return gtin != "" and gtin[-1] != due_digit(gtin)


def _escaped(desired: Desired, path: str, value: str, known: FieldSpec) -> Iterator[Diagnostic]:
    """Warn where a text fits as it is, and no longer when its signs are written as entities."""
    limit = known.limits["max_escaped"]
    if _outgrows(limit, value):
        length = _escaped_length(value)
        yield warning(
            "D535",
            f"`{path}` of {desired.key.name} has {len(value)} characters, and {length} when & is counted as &amp;",
            mark=desired.origin(path).mark,
            detail=f'The marketplace has counted & as 5, " as 6, < and > as 4 characters; at most {limit} fit.',
            hint="Use fewer of these signs, or a shorter text.",
            about=desired.key,
        )


def _twice(desired: Desired, path: str, value: Mapping[str, Value]) -> Iterator[Diagnostic]:
    """Refuse one thing under two names: each would undo the other's value, run after run."""
    first: dict[str, str] = {}
    for name in value:
        other = first.setdefault(looks(name), name)
        if other != name:
            yield error(
                "D530",
                f"`{path}` of {desired.key.name} has `{name}` and `{other}`, which are the same",
                mark=desired.origin(f"{path}.{name}").mark,
                detail=f"`{other}` stands at {desired.origin(f'{path}.{other}').mark}; only one of them can hold.",
                hint="Remove one of the two.",
                about=desired.key,
            )


def _slips(desired: Desired, path: str, value: Value) -> Iterator[Diagnostic]:
    """Refuse a GTIN whose last digit does not follow from the others: it is another product's, or nobody's."""
    products = (
        [(path, value)]
        if isinstance(value, Mapping)
        else [(f"{path}.{at}.product", each["product"]) for at, each in enumerate(value)]
    )
    for where, product in products:
        gtin = product.get("gtin", "")
        if gtin and gtin[-1] != (due := due_digit(gtin)):
            yield error(
                "D536",
                f"`{path}` of {desired.key.name}: the last digit of {gtin} would have to be {due}",
                mark=desired.origin(f"{where}.gtin").mark,
                detail="The last digit of a GTIN follows from the others.",
                hint="Look for a slip in any of its digits.",
                about=desired.key,
            )


def _texts(path: str, value: Value) -> Iterator[tuple[str, str]]:
    """Yield every text of a value with its path, less those in which all can be seen."""
    if isinstance(value, str):
        if may_hide(value):
            yield path, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(f"{path}.{name}", each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts(f"{path}.{number}", each)


def add_texts(values: Iterable[Value], found: list[str]) -> None:
    """Add all texts of values to those that were found."""
    for each in values:
        kind = each.__class__
        if kind is str:
            found.append(each)
        elif kind is list:
            add_texts(each, found)
        elif kind is dict:
            add_texts(each.values(), found)
