"""What a marketplace keeps for all sellers: categories, their parameters and taxes, products, ways of delivery.

Numbers are text, as everywhere: no float comes from outside.
"""

from collections.abc import Mapping

from msgspec import Struct, field


class Requirement(Struct, frozen=True, kw_only=True):
    """When a parameter is required, besides always: all of these have one of the values, and none of those any."""

    with_value: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: tuple[str, ...] = ()


class Parameter(Struct, frozen=True, kw_only=True):
    """A parameter of a category: whether it describes the product, its dictionary (id -> value), and its limits.

    `minimum`, `maximum` and `digits` are of numbers; `spans` tells that the value is from one number to another.
    `shortest` and `longest` are of texts, `most` is how many values it takes. `custom` lets texts in that the
    dictionary has not. `depends` maps an id of the dictionary to the values of the parameter `depends_on` that it
    goes with; one that is not there goes with all. `scaled`: its values are of scales, which no document says.
    """

    id: str
    name: str
    section: str
    type: str = ""
    required: bool = False
    required_for_product: bool = False
    required_if: Requirement | None = None
    dictionary: Mapping[str, str] = field(default_factory=dict)
    custom: bool = False
    depends_on: str = ""
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum: str = ""
    maximum: str = ""
    digits: int | None = None
    spans: bool = False
    shortest: int | None = None
    longest: int | None = None
    most: int | None = None
    scaled: bool = False

    def value_id(self, text: str) -> str | None:
        """Return the id of a dictionary's value: by id, by text, or by text in any case."""
        if text in self.dictionary:
            return text
        exact = next((key for key, value in self.dictionary.items() if value == text), None)
        folded = text.casefold()
        return exact or next((key for key, value in self.dictionary.items() if value.casefold() == folded), None)


class CategoryFact(Struct, frozen=True, kw_only=True):
    """A category. `leaf`: offers can be listed in it; `proposals`: new products can be proposed for it."""

    id: str
    name: str
    leaf: bool
    proposals: bool = True


class Filled(Struct, frozen=True, kw_only=True):
    """What a product says under one parameter: texts, ids of the dictionary, or from what to what."""

    values: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    span: tuple[str, str] | None = None


class Product(Struct, frozen=True, kw_only=True):
    """A product of the catalogue, with what it says under its parameters (by id)."""

    id: str
    category: str = ""
    parameters: Mapping[str, Filled] = field(default_factory=dict)


class Bounds(Struct, frozen=True, kw_only=True):
    """What the price of a way of delivery must keep to."""

    lowest: str
    highest: str
    currency: str


class DeliveryMethod(Struct, frozen=True, kw_only=True):
    """A way of delivery, and what may be said of it: `weighed` and `timed` tell if it takes a weight, a time."""

    id: str
    name: str
    allowed: bool = True
    country: str = ""
    first: Bounds | None = None
    most_pieces: int | None = None
    weighed: bool = True
    lightest: str = ""
    heaviest: str = ""
    timed: bool = True


class Taxes(Struct, frozen=True, kw_only=True):
    """The taxes of a category: country -> rate -> whether it needs an exemption; subjects, and exemptions.

    Words are in small letters. Where there are no subjects, or no exemptions, nothing is known of them.
    """

    rates: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()


class Packages(Struct, frozen=True, kw_only=True):
    """The ids of the promotion packages that can be bought: one `base` package, and any of the `extra` ones."""

    base: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
