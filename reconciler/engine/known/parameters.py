"""Parameters of an offer and of the product that it proposes, against what their category says of them."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.known.facts import Catalogue, CategoryParameters
from reconciler.engine.known.subject import Subject
from reconciler.engine.known.values import SCALED, Misfit, breaches, value_ids
from reconciler.engine.known.words import instead
from reconciler.model.catalogue import Filled, Parameter, Product, Requirement
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.values import Value

PATH = "content.parameters"
#: What is declared of one parameter: under which name, and what.
_Declared = dict[str, tuple[str, Value]]


class Parameters:
    """Judges declared parameters; the same value of the same parameter is judged once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._said: dict[tuple[str, str, str], tuple[Misfit, ...]] = {}

    def findings(
        self, subject: Subject, category: str, product: Product | None, *, proposed: bool
    ) -> Iterator[Diagnostic]:
        """Yield what a category refuses. `product` is the catalogue's, where the offer is of one."""
        defined = self._catalogue.parameters.get(category)
        if defined is None:
            return
        declared: _Declared = {}
        there = _there(subject)
        for name, value in (subject.after.get(PATH) or {}).items():
            found = defined.named(name)
            if len(found) != 1:
                yield from _unknown(subject, name, found, defined, category, there)
                continue
            if found[0].id in declared and value is not None:
                other = declared[found[0].id][0]
                yield subject.problem(
                    "P232", f"{name!r} and {other!r} are the same parameter", PATH, name, hint="keep one of them"
                )
                continue
            declared[found[0].id] = name, value
        yield from self._values(subject, category, defined, declared, product, proposed=proposed)
        yield from _missing(subject, defined, declared, there, product, proposed=proposed)

    def _values(
        self,
        subject: Subject,
        category: str,
        defined: CategoryParameters,
        declared: _Declared,
        product: Product | None,
        *,
        proposed: bool,
    ) -> Iterator[Diagnostic]:
        before = subject.before.get(PATH) or {}
        for key, (name, value) in declared.items():
            known = defined.by_id(key)
            if known is None or value is None or before.get(name) == value:
                continue
            yield from (_told(subject, name, known, each) for each in self._judged(category, known, value))
            if known.section == "product" and not proposed:
                yield from _of_catalogue(subject, name, known, value, product)
            yield from _depending(subject, name, known, value, _ids(defined, declared, product))

    def _judged(self, category: str, known: Parameter, value: Value) -> tuple[Misfit, ...]:
        asked = category, known.id, repr(value)
        if asked not in self._said:
            self._said[asked] = tuple(breaches(known, value))
        return self._said[asked]


def _told(subject: Subject, name: str, known: Parameter, breach: Misfit) -> Diagnostic:
    steps: tuple[str | int, ...] = (PATH, name) if breach.number is None else (PATH, name, breach.number)
    said = f"{breach.sentence} parameter {known.name}" if breach.code == "P224" else f"`{name}` {breach.sentence}"
    return subject.problem(breach.code, said, *steps, hint=breach.hint)


def _unknown(
    subject: Subject,
    name: str,
    found: tuple[Parameter, ...],
    defined: CategoryParameters,
    category: str,
    there: Mapping[str, str],
) -> Iterator[Diagnostic]:
    if found:
        told = ", ".join(f"{each.id} ({each.section})" for each in found)
        yield subject.problem(
            "P223", f"category {category} has several parameters {name!r}: {told}", PATH, name, hint="write its id"
        )
    elif name not in there and name.casefold() not in there.values():
        hint = instead(name, defined.names(), what="It has", none="it has no parameters at all")
        yield subject.problem("P222", f"category {category} has no parameter {name!r}", PATH, name, hint=hint)


def _of_catalogue(
    subject: Subject, name: str, known: Parameter, value: Value, product: Product | None
) -> Iterator[Diagnostic]:
    """A catalogue's product says this itself, and an offer cannot say anything else (#7427, #7349)."""
    if product is None:
        return
    says = product.parameters.get(known.id)
    if says is not None and _agrees(known, value, says):
        return
    told = f"says {', '.join(says.values) or says.span}" if says else "does not say it"
    yield subject.problem(
        "P215",
        f"`{name}` describes the product, and the catalogue's product {told}",
        PATH,
        name,
        hint="declare what the catalogue says, or leave it out",
    )


def _agrees(known: Parameter, value: Value, says: Filled) -> bool:
    if isinstance(value, Mapping):
        return says.span is not None and (str(value["from"]), str(value["to"])) == says.span
    if {each.casefold() for each in value} == {each.casefold() for each in says.values}:
        return True
    ids = value_ids(known, value)
    return bool(says.ids) and (set(ids) == set(says.ids) or set(value) == set(says.ids))


def _depending(
    subject: Subject, name: str, known: Parameter, value: Value, ids: Mapping[str, set[str]]
) -> Iterator[Diagnostic]:
    """Some values go with some values of another parameter only (openapi dependsOnValueIds)."""
    if not known.depends_on:
        return
    there = ids.get(known.depends_on, set())
    for each in value_ids(known, value):
        wanted = known.depends.get(each)
        if wanted and there.isdisjoint(wanted):
            possible = [
                text
                for key, text in known.dictionary.items()
                if not known.depends.get(key) or not there.isdisjoint(known.depends[key])
            ]
            hint = instead(known.dictionary[each], possible, what="With what is declared go", none="")
            yield subject.problem(
                "P231",
                f"{known.dictionary[each]!r} of `{name}` does not go with {known.depends_on} as it is declared",
                PATH,
                name,
                hint=hint,
            )


def _missing(
    subject: Subject,
    defined: CategoryParameters,
    declared: _Declared,
    there: Mapping[str, str],
    product: Product | None,
    *,
    proposed: bool,
) -> Iterator[Diagnostic]:
    """What is required is there, where the offer is put on sale or stays there; a proposed product is whole."""
    on_sale = subject.value("stock.status") == "active"
    ids = _ids(defined, declared, product)
    filled = {key for key, (_, value) in declared.items() if value is not None}
    filled |= set(product.parameters if product else ()) | (there.keys() - _taken_away(declared))
    for known in defined.known:
        if known.id in filled or _is_code(known):
            continue
        needed = on_sale and (known.required or _is_met(known.required_if, ids, filled))
        if needed or (proposed and known.section == "product" and known.required_for_product):
            yield subject.problem(
                "P230",
                f"the required parameter {known.name!r} is missing",
                PATH,
                hint=SCALED if known.scaled else _possible(known),
            )


def _possible(known: Parameter) -> str:
    return instead(known.name, known.dictionary.values(), what="Possible are", none="declare it")


def _is_code(known: Parameter) -> bool:
    """The bar code is written from the product's GTIN."""
    return known.section == "product" and "GTIN" in known.name.upper()


def _is_met(needed: Requirement | None, ids: Mapping[str, set[str]], filled: Iterable[str]) -> bool:
    if needed is None or not (needed.with_value or needed.without):
        return False
    with_value = all(not ids.get(key, set()).isdisjoint(wanted) for key, wanted in needed.with_value.items())
    return with_value and not set(needed.without) & set(filled)


def _ids(defined: CategoryParameters, declared: _Declared, product: Product | None) -> Mapping[str, set[str]]:
    """Return the ids of dictionary values that are set, by parameter."""
    found = {key: set(each.ids) for key, each in product.parameters.items()} if product else {}
    for key, (_, value) in declared.items():
        known = defined.by_id(key)
        if known is not None and value is not None:
            found[key] = set(value_ids(known, value))
    return found


def _taken_away(declared: _Declared) -> set[str]:
    return {key for key, (_, value) in declared.items() if value is None}


def _there(subject: Subject) -> Mapping[str, str]:
    """Return the parameters that the live offer has: id -> name, folded."""
    live = (subject.live.fields.get(PATH) if subject.live else None) or {}
    return {key: str(each.get("name") or "").casefold() for key, each in live.items()}
