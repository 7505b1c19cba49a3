"""What is known of an account and of the catalogue, as far as the changes of a plan need it."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from reconciler.model.catalogue import CategoryFact, DeliveryMethod, Packages, Parameter, Product, Taxes
from reconciler.model.offers import Key, Live
from reconciler.model.spec import MarketplaceSpec


class CategoryParameters:
    """The parameters of a category, found by id or by name."""

    def __init__(self, known: Iterable[Parameter]) -> None:
        self.known = tuple(known)
        self._by_id = {each.id: each for each in self.known}
        self._by_name: dict[str, list[Parameter]] = {}
        for each in self.known:
            self._by_name.setdefault(each.name.casefold(), []).append(each)

    def by_id(self, key: str) -> Parameter | None:
        """Return the parameter with an id."""
        return self._by_id.get(key)

    def named(self, name: str) -> tuple[Parameter, ...]:
        """Return the parameters that a document means by a name: by id, then by name, then in any case."""
        if name in self._by_id:
            return (self._by_id[name],)
        alike = self._by_name.get(name.casefold(), [])
        return tuple(exact) if (exact := [each for each in alike if each.name == name]) else tuple(alike)

    def names(self) -> list[str]:
        """Return what the parameters are called."""
        return [each.name for each in self.known]


class Catalogue(Struct, frozen=True, kw_only=True):
    """What was looked up. What is missing from a mapping is not known; None and () say that it is not there.

    `markets` are the sites with their currencies. `packages` and `templates` are None where they are not known.
    """

    categories: Mapping[str, CategoryFact | None] = field(default_factory=dict)
    parameters: Mapping[str, CategoryParameters] = field(default_factory=dict)
    by_gtin: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)
    by_id: Mapping[str, Product | None] = field(default_factory=dict)
    methods: Mapping[str, DeliveryMethod] = field(default_factory=dict)
    markets: Mapping[str, str] = field(default_factory=dict)
    taxes: Mapping[str, Taxes | None] = field(default_factory=dict)
    packages: Packages | None = None
    templates: Mapping[str, str] | None = None


class AccountFacts(Struct, frozen=True, kw_only=True):
    """What was observed and is planned: names on the account (kind -> name -> id), names that stand there twice
    (`Kind/name` -> ids), names that documents declare (asked for where a name is nowhere else: there may be very
    many), and those that this plan creates.
    """

    spec: MarketplaceSpec
    base_market: str
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    declared: Callable[[], frozenset[Key]] = frozenset
    coming: frozenset[Key] = frozenset()
    live: Mapping[tuple[str, str], Live] = field(default_factory=dict)
    refused_kinds: Mapping[str, str] = field(default_factory=dict)
