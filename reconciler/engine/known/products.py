"""Products and categories: what a new offer, or one whose product changes, is of."""

from collections.abc import Iterator, Mapping

from reconciler.engine.known.facts import Catalogue
from reconciler.engine.known.subject import Subject
from reconciler.model.catalogue import Product
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.values import Value

PRODUCT, CATEGORY, ITEMS = "content.product", "content.category", "bundle.items"
_TITLE, _IMAGES = "content.title", "content.images"


def gtins(subject: Subject) -> set[str]:
    """Return the GTINs that would be written."""
    return {each["gtin"] for each, _ in _declared(subject) if "gtin" in each}


def ids(subject: Subject) -> set[str]:
    """Return the ids of products that would be written."""
    return {each["id"] for each, _ in _declared(subject) if "id" in each}


def _declared(subject: Subject) -> Iterator[tuple[Mapping[str, Value], tuple[str | int, ...]]]:
    """Yield each product that would be written and is not there yet, with the steps to it."""
    product = subject.after.get(PRODUCT)
    if product:
        yield product, (PRODUCT,)
    if not subject.after.get(ITEMS):
        return
    there = [each["product"] for each in (subject.live.fields.get(ITEMS) or () if subject.live else ())]
    for number, item in enumerate(subject.after[ITEMS]):
        if not any(_is(item["product"], each) for each in there):
            yield item["product"], ("bundle", number, "product")


def _is(declared: Mapping[str, Value], live: Mapping[str, Value]) -> bool:
    if "id" in declared:
        return bool(declared["id"] == live.get("id"))
    return declared.get("gtin") in live.get("gtins", ())


def product_of(subject: Subject, catalogue: Catalogue) -> Product | None:
    """Return the catalogue's product of a new offer, where it is known."""
    declared = subject.after.get(PRODUCT) or {}
    if "id" in declared:
        return catalogue.by_id.get(declared["id"])
    found = catalogue.by_gtin.get(declared.get("gtin", ""), ())
    return found[0] if found else None


def is_proposed(subject: Subject, catalogue: Catalogue) -> bool:
    """Tell whether a new offer brings a product of its own: the catalogue has none of its GTIN, and takes it."""
    gtin = (subject.after.get(PRODUCT) or {}).get("gtin")
    category = catalogue.categories.get(str(subject.after.get(CATEGORY) or ""))
    missed = subject.is_new and gtin is not None and catalogue.by_gtin.get(gtin) == ()
    return missed and (category is None or category.proposals)


def category_of(subject: Subject, catalogue: Catalogue) -> str:
    """Return the category that an offer will be in: declared, there already, or its product's."""
    product = product_of(subject, catalogue) if subject.is_new else None
    return str(subject.value(CATEGORY) or (product.category if product else "") or "")


def products(subject: Subject, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Yield what is wrong with the products that would be written."""
    for declared, steps in _declared(subject):
        if "id" in declared:
            if declared["id"] in catalogue.by_id and catalogue.by_id[declared["id"]] is None:
                yield subject.problem(
                    "P212", f"the catalogue has no product {declared['id']}", *steps, "id",
                    hint="correct the id, or name the product by its GTIN",
                )  # fmt: skip
            continue
        found = catalogue.by_gtin.get(declared["gtin"])
        if found is None:
            continue
        if len(found) > 1:
            told = ", ".join(each.id for each in found)
            yield subject.problem(
                "P211", f"the catalogue has {len(found)} products of GTIN {declared['gtin']}: {told}",
                *steps, "gtin", hint=f'say which one: `product: {{id: "{found[0].id}"}}`',
            )  # fmt: skip
        elif not found and (steps != (PRODUCT,) or not subject.is_new):
            yield subject.problem(
                "P210", f"the catalogue has no product of GTIN {declared['gtin']}", *steps, "gtin",
                hint="correct the GTIN; only a new offer can bring a new product with it",
            )  # fmt: skip
        elif not found:
            yield from _proposal(subject, catalogue, declared["gtin"])


def _proposal(subject: Subject, catalogue: Catalogue, gtin: str) -> Iterator[Diagnostic]:
    """A product that the catalogue does not have is proposed with the offer, where it can be described."""
    missing = [path for path in (_TITLE, CATEGORY, _IMAGES) if not subject.after.get(path)]
    category = catalogue.categories.get(str(subject.after.get(CATEGORY) or ""))
    said = f"the catalogue has no product of GTIN {gtin}"
    if missing:
        needed = ", ".join(f"`{path}`" for path in missing)
        hint = f"correct the GTIN, or declare {needed}: a new product is described by them"
        yield subject.problem("P210", said, PRODUCT, "gtin", hint=hint)
    elif category is not None and not category.proposals:
        hint = "correct the GTIN, or choose another category"
        yield subject.problem(
            "P210", f"{said}, and category {category.id} takes no new ones", PRODUCT, "gtin", hint=hint
        )
    else:
        yield Diagnostic(
            severity=Severity.WARNING,
            code="P213",
            summary=f"{subject.key.name}: {said}: a new product is proposed to it",
            mark=subject.mark(PRODUCT, "gtin"),
            hint="make sure that the GTIN is right: everybody sees what is proposed",
            about=subject.key,
        )


def categories(subject: Subject, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Yield what is wrong with the category that would be written."""
    declared = subject.after.get(CATEGORY)
    if declared is None or declared not in catalogue.categories:
        return
    found = catalogue.categories[declared]
    if found is None:
        yield subject.problem("P220", f"there is no category {declared}", CATEGORY, hint="correct the number")
    elif not found.leaf:
        yield subject.problem(
            "P221", f"category {declared} ({found.name}) has categories below it", CATEGORY,
            hint="offers are listed in the lowest ones only: choose one of these",
        )  # fmt: skip
