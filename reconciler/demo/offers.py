"""The offers of the shop as plain facts, before anybody writes them as documents or as an account."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from html import escape
from random import Random
from typing import Any, Final

from reconciler.demo.assortment import CATEGORIES
from reconciler.demo.categories import (
    AGE,
    BRAND,
    CODE,
    GTIN,
    MATERIAL,
    OCCASION,
    OCCASIONS,
    PIECES,
    SHADE,
    SIZE,
    STATE,
    WASHABLE,
    Category,
)
from reconciler.demo.descriptions import describe
from reconciler.demo.words import SEASONS, Forms, Noun, m, slug

CDN: Final = "https://a.allegroimg.com/original"
#: Crowns and euros for a zloty, as the seller reckons.
RATES: Final = {"allegro-cz": Decimal("6.1"), "allegro-sk": Decimal("0.245")}
REACH: Final = {
    "polska-i-czechy": ("allegro-cz",),
    "polska-czechy-slowacja": ("allegro-cz", "allegro-sk"),
}
#: A picture of the project that all offers of the collection share, and where it went long ago.
SHARED_IMAGE: Final = "images/karta-kolekcji.png"
SHARED_ADDRESS: Final = f"{CDN}/5e1f0a/5e1f0ac0ffee5e1f0ac0ffee"

#: How an offer is declared: with its own texts, with the collection's templates, or price and stock alone.
OWN, COLLECTION, BARE = "own", "collection", "bare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A product of the catalogue."""

    id: str
    gtin: str
    category: Category
    brand: str
    noun: Noun
    material: tuple[str, Forms]
    motif: str
    size: tuple[str, int]
    shades: tuple[Forms, ...]

    def title(self) -> str:
        """Return a title of at most 75 characters, also with `&amp;`; the motif goes when it is too long."""
        gender = self.noun.gender
        colour = " i ".join(forms[gender] for forms in self.shades)
        start = f"{self.noun.text} {self.material[1][gender]} {self.brand}"
        full = f"{start} {self.motif} {self.size[0]} {colour}"
        return full if len(escape(full)) <= 75 else f"{start} {self.size[0]} {colour}"

    def values(self) -> dict[str, Any]:
        """Return the product's parameters by their id."""
        found: dict[str, Any] = {
            BRAND: self.brand,
            SHADE: [forms[0] for forms in self.shades],
            SIZE: self.size[1],
            MATERIAL: self.material[0],
            CODE: f"{slug(self.brand)[:3].upper()}-{self.gtin[-6:-1]}",
            GTIN: self.gtin,
        }
        return found | ({WASHABLE: "Tak"} if self.category.washable else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOffer:
    """One offer: what the documents say and what the marketplace shows."""

    key: str
    path: str
    remote_id: str
    good: Good
    style: str
    title: str
    sections: tuple[tuple[Mapping[str, str], ...], ...]
    images: tuple[str, ...]
    values: Mapping[str, Any]
    price: Decimal
    abroad: Mapping[str, Decimal]
    quantity: int
    status: str
    ended_by: str | None = None
    sold: int = 0
    counted: bool = False
    days: int = 30
    template: str = "standard"
    labels: Mapping[str, str] = field(default_factory=dict)
    sync: Mapping[str, str] = field(default_factory=dict)
    further: tuple[tuple[Good, int], ...] = ()

    @property
    def plain(self) -> bool:
        """Tell whether this is an everyday offer, free for whatever is to happen to it."""
        return (
            self.status == "active"
            and self.template == "standard"
            and self.style == OWN
            and not self.sync
            and not self.further
        )


def check_digit(digits: str) -> str:
    """Return the last digit of a GTIN.

    >>> check_digit("590123412345")
    '7'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


class Maker:
    """Makes goods and offers one after the other; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a demonstration, and the same one for the same seed
        self._keys: set[str] = set()
        self._codes: set[str] = set()
        self._last: dict[str, Good] = {}
        self._number = 13_400_000_000

    def uuid(self) -> str:
        """Return a fresh identifier."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def remote_id(self) -> str:
        """Return the number of an offer; they grow, with gaps."""
        self._number += self.random.randrange(11, 4_000)
        return str(self._number)

    def image(self) -> str:
        """Return the address of a picture on the marketplace."""
        name = f"{self.random.getrandbits(120):030x}"
        return f"{CDN}/{name[:6]}/{name[6:]}"

    def good(self, category: Category) -> Good:
        """Make a product."""
        pick = self.random.choice
        shades = [pick(category.shades)]
        if len(category.shades) > 6 and self.random.random() < 0.15:
            shades = self.random.sample(category.shades, 2)
        return Good(
            id=self.uuid(),
            gtin=self._gtin(),
            category=category,
            brand=pick(category.brands),
            noun=pick(category.nouns),
            material=pick(category.materials),
            motif=pick(category.motifs),
            size=pick(category.sizes),
            shades=tuple(shades),
        )

    def _gtin(self) -> str:
        while True:
            digits = f"590{self.random.randrange(10**9):09d}"
            if digits not in self._codes:
                self._codes.add(digits)
                return digits + check_digit(digits)

    def offer(self, number: int) -> DemoOffer:
        """Make the next offer; categories take turns, so that every folder has its share."""
        category = CATEGORIES[number % len(CATEGORIES)]
        good = self.good(category)
        style = self._style(category)
        if style == COLLECTION:
            good = replace(good, noun=m("Kubek"))
        key = self._key(good)
        status, ended_by = ("active", None) if style == BARE else self._status()
        sold = 0 if status == "draft" or self.random.random() < 0.6 else self.random.randrange(1, 240)
        template = self._template(number) if style == OWN else "standard"
        price = self._price(category, template)
        further = self._further(category, number) if style == OWN else ()
        self._last[category.folder] = good
        return DemoOffer(
            key=key,
            path=f"offers/{_folder(category, style)}/{key}.yaml",
            remote_id=self.remote_id(),
            good=good,
            style=style,
            title=good.title(),
            sections=describe(self.random, category, good.title(), self.image) if style != COLLECTION else (),
            images=self._images(style),
            values=self._values(category, template),
            price=price,
            abroad=self._abroad(category, price),
            quantity=0 if ended_by == "EMPTY_STOCK" else self.random.choice(_QUANTITIES),
            status=status,
            ended_by=ended_by,
            sold=sold,
            days=self.random.randrange(2, 700),
            template=template,
            labels=self._labels(good, style),
            sync=self._sync(number, style),
            further=further,
        )

    def _further(self, category: Category, number: int) -> tuple[tuple[Good, int], ...]:
        """Now and then two pieces of the tableware before belong to an offer."""
        previous = self._last.get(category.folder)
        return ((previous, 2),) if previous and category.washable and number % 31 == 0 else ()

    def _style(self, category: Category) -> str:
        dice = self.random.random()
        if dice < 0.03:
            return BARE
        return COLLECTION if category.folder == "kubki" and dice < 0.5 else OWN

    def _key(self, good: Good) -> str:
        words = (good.noun.text, good.brand, good.motif, good.size[0], good.shades[0][good.noun.gender])
        name = slug(" ".join(words))
        key, number = name, 2
        while key in self._keys:
            key, number = f"{name}-{number}", number + 1
        self._keys.add(key)
        return key

    def _status(self) -> tuple[str, str | None]:
        dice = self.random.random()
        if dice < 0.06:
            return "ended", self.random.choice(("USER", "EMPTY_STOCK", "EMPTY_STOCK", "EXPIRATION"))
        return ("draft", None) if dice < 0.09 else ("active", None)

    def _template(self, number: int) -> str:
        return {3: "outlet", 17: "prezenty", 29: "hurt"}.get(number % 37, "standard")

    def _price(self, category: Category, template: str) -> Decimal:
        low, high = category.prices
        whole = self.random.randrange(low, high)
        if template == "outlet":
            whole = max(9, whole * 6 // 10)
        return Decimal(whole) + Decimal(self.random.choice(("0.00", "0.49", "0.90", "0.99", "0.99", "0.99")))

    def _abroad(self, category: Category, price: Decimal) -> dict[str, Decimal]:
        found = {}
        for market in REACH.get(category.price_list, ()):
            if self.random.random() < 0.6:
                amount = price * RATES[market]
                whole = market == "allegro-cz"
                found[market] = (
                    Decimal(int(amount) // 10 * 10 + 9) if whole else Decimal(int(amount)) + Decimal("0.95")
                )
        return found

    def _images(self, style: str) -> tuple[str, ...]:
        count = min(16, 1 + int(self.random.expovariate(0.3)))
        own = tuple(self.image() for _ in range(count))
        return (*own[:15], SHARED_IMAGE) if style == COLLECTION else own

    def _values(self, category: Category, template: str) -> dict[str, Any]:
        """Return the parameters of the offer itself, by their id."""
        found: dict[str, Any] = {STATE: "Powystawowy" if template == "outlet" else "Nowy", PIECES: 1}
        if self.random.random() < 0.35:
            found[OCCASION] = self.random.sample(OCCASIONS, self.random.choice((1, 1, 2, 3)))
        if category.ages:
            low, high = self.random.choice(category.ages)
            found[AGE] = {"from": low, "to": high}
        return found

    def _labels(self, good: Good, style: str) -> dict[str, str]:
        if style == BARE:
            return {}
        return {"brand": slug(good.brand), "season": self.random.choice(SEASONS)}

    def _sync(self, number: int, style: str) -> dict[str, str]:
        if style != OWN:
            return {}
        return {13: {"content": "manual"}, 44: {"price": "off"}}.get(number % 97, {})


_QUANTITIES: Final = (1, 2, 3, 4, 5, 6, 8, 9, 11, 14, 17, 22, 26, 31, 38, 45, 60, 84, 120, 200)


def _folder(category: Category, style: str) -> str:
    return {BARE: "tylko-cena-i-stan", COLLECTION: f"{category.folder}/kolekcja"}.get(style, category.folder)
