"""What a kind of goods is made of: its words, its parameters, and the prices it is sold at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.demo.words import COLOURS, Forms, Noun

Json = dict[str, Any]

STATE, BRAND, GTIN, CODE, PIECES = "11323", "248811", "225693", "224017", "215941"
SHADE, SIZE, MATERIAL, OCCASION, WASHABLE, AGE = "2548", "17448", "3806", "246713", "229205", "129721"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One leaf category and everything that offers in it are written from."""

    folder: str
    id: str
    name: str
    department: str
    nouns: tuple[Noun, ...]
    materials: tuple[tuple[str, Forms], ...]
    brands: tuple[str, ...]
    motifs: tuple[str, ...]
    sizes: tuple[tuple[str, int], ...]
    size_name: str
    prices: tuple[int, int]
    producer: str
    price_list: str
    handling: str = "PT24H"
    shade_name: str = "Kolor"
    shades: tuple[Forms, ...] = COLOURS
    washable: bool = False
    ages: tuple[tuple[int, int], ...] = ()
    safety: str = ""
    merits: tuple[str, ...] = field(default=(), repr=False)
    care: tuple[str, ...] = field(default=(), repr=False)

    def parameters(self) -> list[Json]:
        """Return the definitions, as the marketplace has them."""
        found = [
            _dictionary(STATE, "Stan", ("Nowy", "Używany", "Powystawowy"), product=False, required=True),
            _dictionary(BRAND, "Marka", self.brands, required=True),
            _dictionary(SHADE, self.shade_name, [forms[0] for forms in self.shades], required=True, several=True),
            _free(SIZE, self.size_name, "integer", unit=self.unit),
            _dictionary(MATERIAL, "Materiał", [name for name, _ in self.materials]),
            _free(PIECES, "Liczba sztuk w ofercie", "integer", product=False),
            _dictionary(OCCASION, "Okazja", OCCASIONS, product=False, several=True),
            _free(CODE, "Kod producenta", "string"),
            _free(GTIN, "EAN (GTIN)", "string"),
        ]
        if self.washable:
            found.append(_dictionary(WASHABLE, "Można myć w zmywarce", ("Tak", "Nie")))
        if self.ages:
            found.append(_free(AGE, "Wiek dziecka", "integer", product=False, unit="lat", span=True))
        return found

    @property
    def unit(self) -> str:
        """Return the unit of the sizes, from the first one's label."""
        return self.sizes[0][0].rpartition(" ")[2]


OCCASIONS = ("Urodziny", "Ślub", "Boże Narodzenie", "Dzień Matki", "Dzień Babci i Dziadka", "Parapetówka")


def _definition(key: str, name: str, kind: str, *, product: bool, required: bool, unit: str | None) -> Json:
    return {
        "id": key,
        "name": name,
        "type": kind,
        "required": required,
        "requiredForProduct": required and product,
        "unit": unit,
        "options": {"describesProduct": product, "customValuesEnabled": False},
    }


def _dictionary(
    key: str,
    name: str,
    values: Any,
    *,
    product: bool = True,
    required: bool = False,
    several: bool = False,
) -> Json:
    body = _definition(key, name, "dictionary", product=product, required=required, unit=None)
    entries = [{"id": f"{key}_{number}", "value": value} for number, value in enumerate(values, 1)]
    return body | {"dictionary": entries, "restrictions": {"multipleChoices": several}}


def _free(
    key: str, name: str, kind: str, *, product: bool = True, unit: str | None = None, span: bool = False
) -> Json:
    body = _definition(key, name, kind, product=product, required=False, unit=unit)
    if kind == "integer":
        return body | {"restrictions": {"min": 0, "max": 100_000, "range": span}}
    return body | {"restrictions": {"minLength": 1, "maxLength": 100, "allowedNumberOfValues": 1}}


def read_back(definition: Mapping[str, Any], value: Any) -> Json:
    """Return a parameter with its value as offers and products read back: values and, where there are, ids."""
    span = {end: str(each) for end, each in value.items()} if isinstance(value, dict) else None
    values = [] if span else [str(each) for each in (value if isinstance(value, list | tuple) else [value])]
    known = {entry["value"]: entry["id"] for entry in definition.get("dictionary") or ()}
    ids = [known[each] for each in values] if known else None
    shown = {"id": definition["id"], "name": definition["name"], "values": values}
    return shown | {"valuesIds": ids, "rangeValue": span}
