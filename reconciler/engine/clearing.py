"""What a resource cannot be: without what it needs, or with parts that exclude each other."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.of_kind import of_kind
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.offers import Desired
from reconciler.model.spec import KindSpec, Type
from reconciler.model.values import Value


def never_without(desired: Desired, kind: KindSpec) -> Iterator[Diagnostic]:
    """Refuse to clear what a resource is never without."""
    for path, value in desired.fields.items():
        known = kind.field(path)
        if value is None and known is not None and known.needed:
            yield error(
                "D503",
                f"`{path}` of {desired.key.name} cannot be cleared: there is always one",
                mark=desired.origin(path).mark,
                detail=f"a rule of the marketplace ({known.source})",
                hint="leave the field out to let it be as it is, or declare another value",
                about=desired.key,
            )


@of_kind
def _has_single_rates(kind: KindSpec) -> bool:
    return any(each.type is Type.RATES and each.single_with for each in kind.fields.values())


def single_rates(desired: Desired, live: Mapping[str, Value], kind: KindSpec) -> Iterable[Diagnostic]:
    """Refuse a price of further pieces in a list that has one price for each parcel; `live` is what is there."""
    return _single_rates(desired, live, kind) if _has_single_rates(kind) else ()


def _single_rates(desired: Desired, live: Mapping[str, Value], kind: KindSpec) -> Iterator[Diagnostic]:
    for path, value in desired.fields.items():
        known = kind.field(path)
        if known is None or known.type is not Type.RATES or not value or not known.single_with:
            continue
        because = next((each for each in known.single_with if desired.fields.get(each) or live.get(each)), None)
        methods = [name for name, rate in value.items() if rate.get("next") is not None] if because else []
        if methods:
            yield error(
                "D503",
                f"`next` of {desired.key.name} ({', '.join(methods)}) cannot be: a list with `{because}` has none",
                mark=desired.origin(f"{path}.{methods[0]}.next").mark or desired.origin(path).mark,
                detail=f"a rule of the marketplace ({known.source})",
                hint="take `next` away: each further piece in a parcel costs nothing, up to `max_quantity`",
                about=desired.key,
            )


def typeless(desired: Desired, kind: KindSpec) -> Iterator[str]:
    """Name what a new list of rates lacks: it has a type, which the country that it is sent from implies."""
    for path in desired.fields:
        known = kind.field(path)
        if known is not None and known.single_with and not any(desired.fields.get(n) for n in known.single_with):
            yield known.single_with[-1]
