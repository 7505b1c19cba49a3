"""What documents name and nobody has made yet, where its name says all of it: it is made with what names it. Pure.

Such a thing has no document, so an apply does not remember it: it stays when nothing names it any more.
"""

from collections.abc import Container, Iterable, Iterator, Mapping

from reconciler.model.offers import Desired, Key, Origin
from reconciler.model.spec import FieldSpec, MarketplaceSpec


def implied(
    desired: Iterable[Desired],
    references: Mapping[str, Mapping[str, str]],
    ambiguous: Container[str],
    spec: MarketplaceSpec,
) -> tuple[Desired, ...]:
    """Return what is to be made: named by a field that is written, and not on the account. Each once."""
    fields = {
        kind.name: [each for each in kind.fields.values() if _is_implied(each, spec)]
        for kind in spec.kinds.values()
    }
    found: dict[Key, Desired] = {}
    for each in desired:
        for field, label in _named(each, fields.get(each.key.kind, ())):
            there = references.get(field.refers)
            key = Key(each.key.account, field.refers, label)
            if there is not None and label not in there and f"{field.refers}/{label}" not in ambiguous:
                found.setdefault(key, _made(key, each.origin(field.path)))
    return tuple(found.values())


def _is_implied(field: FieldSpec, spec: MarketplaceSpec) -> bool:
    return field.refers in spec.kinds and spec.kinds[field.refers].implied


def _named(each: Desired, fields: Iterable[FieldSpec]) -> Iterator[tuple[FieldSpec, str]]:
    for field in fields:
        label = each.fields.get(field.path)
        if isinstance(label, str) and not label.startswith("#") and field.module not in each.held:
            yield field, label


def _made(key: Key, origin: Origin) -> Desired:
    return Desired(key=key, fields={}, origin=lambda _: origin)
