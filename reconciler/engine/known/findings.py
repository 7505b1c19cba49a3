"""All findings of one account: what must be asked for, and what the answers say of the changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from reconciler.engine.known import delivery, offered, prices, products
from reconciler.engine.known.drafts import drafts
from reconciler.engine.known.facts import AccountFacts, Catalogue
from reconciler.engine.known.listing import listing
from reconciler.engine.known.parameters import PATH, Parameters
from reconciler.engine.known.references import ReferenceJudge, members
from reconciler.engine.known.room import room
from reconciler.engine.known.subject import Subject
from reconciler.engine.known.tax import is_taxed, tax
from reconciler.model.catalogue import Filled, Product
from reconciler.model.changes import Change
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.offers import OFFER


class Needed(Struct, frozen=True, kw_only=True):
    """What must be known to judge some changes; each is asked for once, whatever many changes need it."""

    gtins: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    methods: bool = False
    markets: bool = False
    packages: bool = False
    templates: bool = False


def needed(subjects: Iterable[Subject], account: AccountFacts) -> Needed:
    """Return what the changes write of the catalogue's: nothing where nothing of it is written."""
    found = list(subjects)
    offers = [each for each in found if each.key.kind == OFFER]
    odd = {site for each in found for site in prices.sites(each)} - account.spec.marketplaces.keys()
    return Needed(
        gtins=frozenset(gtin for each in offers for gtin in products.gtins(each)),
        products=frozenset(product for each in offers for product in products.ids(each)),
        categories=frozenset(
            str(each.after[products.CATEGORY]) for each in offers if each.after.get(products.CATEGORY)
        ),
        methods=any(each.after.get("methods") for each in found if each.key.kind == delivery.KIND),
        markets=bool(odd),
        packages=any(map(offered.is_promoted, offers)),
        templates=any(map(offered.has_template, found)),
    )


def parameters_needed(subjects: Iterable[Subject], catalogue: Catalogue) -> frozenset[str]:
    """Return the categories whose parameters must be known, once the products and the categories are."""
    found = (products.category_of(each, catalogue) for each in subjects if _has_parameters(each))
    return frozenset(key for key in found if key and _is_leaf(key, catalogue))


def taxes_needed(subjects: Iterable[Subject], catalogue: Catalogue) -> frozenset[str]:
    """Return the categories whose taxes must be known, once the products and the categories are."""
    found = (products.category_of(each, catalogue) for each in subjects if is_taxed(each))
    return frozenset(key for key in found if key and _is_leaf(key, catalogue))


def _has_parameters(subject: Subject) -> bool:
    if subject.key.kind != OFFER:
        return False
    changed = PATH in subject.after or products.CATEGORY in subject.after
    return changed or (subject.is_new and subject.value("stock.status") == "active")


def _is_leaf(key: str, catalogue: Catalogue) -> bool:
    known = catalogue.categories.get(key)
    return known.leaf if known is not None else key not in catalogue.categories


@dataclass(slots=True)
class _Judges:
    """What remembers what it has judged, for one account."""

    account: AccountFacts
    catalogue: Catalogue
    references: ReferenceJudge = field(init=False)
    parameters: Parameters = field(init=False)

    def __post_init__(self) -> None:
        self.references = ReferenceJudge(self.account)
        self.parameters = Parameters(self.catalogue)


def findings(
    subjects: Sequence[Subject],
    changes: Iterable[Change],
    account: AccountFacts,
    catalogue: Catalogue,
    counted: Callable[[Sequence[Subject]], Iterable[Subject]] = iter,
) -> tuple[Diagnostic, ...]:
    """Return everything that a marketplace would refuse of these changes, as far as it is known."""
    judges = _Judges(account, catalogue)
    offers = {each.key.name: each for each in subjects if each.key.kind == OFFER}
    found: list[Diagnostic] = []
    for subject in counted(subjects):
        found.extend(judges.references.findings(subject))
        if subject.key.kind == OFFER:
            found.extend(_of_offer(subject, judges))
        elif subject.key.kind == delivery.KIND:
            found.extend(delivery.delivery(subject, account, catalogue))
        else:
            found.extend(_of_object(subject, judges, offers))
    found.extend(room(subjects, changes, account))
    return tuple(found)


def _of_object(subject: Subject, judges: _Judges, offers: dict[str, Subject]) -> Iterator[Diagnostic]:
    if subject.after.get("slots"):
        yield from members(judges.account, judges.catalogue, subject, offers)
    yield from prices.discounts(subject, judges.catalogue)
    yield from offered.template(subject, judges.catalogue.templates)


def _of_offer(subject: Subject, judges: _Judges) -> Iterator[Diagnostic]:
    catalogue = judges.catalogue
    yield from products.products(subject, catalogue)
    yield from products.categories(subject, catalogue)
    yield from prices.prices(subject, judges.account, catalogue)
    yield from drafts(subject)
    yield from listing(subject, judges.account)
    yield from offered.promotion(subject, catalogue.packages)
    category = products.category_of(subject, catalogue)
    yield from tax(subject, category, catalogue.taxes.get(category))
    if _has_parameters(subject):
        product = products.product_of(subject, catalogue) or _live_product(subject)
        proposed = products.is_proposed(subject, catalogue)
        yield from judges.parameters.findings(subject, category, product, proposed=proposed)


def _live_product(subject: Subject) -> Product | None:
    """Return what the product of a live offer says, as the offer shows it."""
    live = subject.live
    if live is None or not live.fields.get(products.PRODUCT) or products.PRODUCT in subject.after:
        return None
    shown = (live.fields.get(PATH) or {}).items()
    return Product(
        id=live.fields[products.PRODUCT]["id"],
        parameters={key: _filled(each) for key, each in shown if each.get("section") == "product"},
    )


def _filled(shown: dict[str, object]) -> Filled:
    values, ids, span = shown.get("values") or (), shown.get("ids") or (), shown.get("range")
    ends = (str(span["from"]), str(span["to"])) if isinstance(span, dict) else None
    return Filled(values=tuple(map(str, values)), ids=tuple(map(str, ids)), span=ends)  # type: ignore[call-overload]
