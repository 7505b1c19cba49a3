"""The whole shop: offers, what they refer to, bundles, and what is on the account without a document."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Final

from reconciler.demo.assortment import CATEGORIES
from reconciler.demo.categories import OCCASION, PIECES, STATE
from reconciler.demo.offers import COLLECTION, OWN, DemoOffer, Good, Maker
from reconciler.demo.settings import (
    IMPLIED_WARRANTIES,
    PRICE_LISTS,
    RETURN_POLICIES,
    TAGS,
    WARRANTIES,
    producers,
)
from reconciler.demo.words import hard, m

#: The price that somebody will type with its point in the wrong place.
TYPO_PRICE: Final = Decimal("149.00")
_TYPO_NUMBER: Final = 2  # the first of the pots
_STRAYS: Final = 6


@dataclass(frozen=True, slots=True)
class BundlePair:
    """A Bundle: one of the first offers together with the second one."""

    name: str
    remote_id: str
    first: tuple[DemoOffer, ...]
    second: DemoOffer
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Everything, before anything has happened to it."""

    seed: int
    offers: tuple[DemoOffer, ...]
    pairs: tuple[BundlePair, ...]
    newcomer: DemoOffer
    strays: tuple[DemoOffer, ...]
    ids: dict[tuple[str, str], str]

    def random(self, name: str) -> Random:
        """Return dice of their own for one purpose, so that purposes do not disturb each other."""
        return Random(f"{self.seed}/{name}")  # noqa: S311 - the same shop for the same seed

    def typo(self) -> DemoOffer | None:
        """Return the offer whose price will be mistyped."""
        return next((each for each in self.offers[_TYPO_NUMBER : _TYPO_NUMBER + 1]), None)


def make_shop(offers: int, seed: int) -> Shop:
    """Make a shop with so many documents of offers."""
    maker = Maker(seed)
    made = [maker.offer(number) for number in range(offers)]
    for number, each in enumerate(made[_TYPO_NUMBER : _TYPO_NUMBER + 1], _TYPO_NUMBER):
        made[number] = replace(_everyday(each), price=TYPO_PRICE, abroad={})
    strays = tuple(_everyday(maker.offer(number)) for number in range(_STRAYS))
    return Shop(
        seed=seed,
        offers=tuple(made),
        pairs=tuple(_pairs(maker, made)),
        newcomer=_newcomer(maker),
        strays=strays,
        ids={key: maker.uuid() for key in _names()},
    )


def _names() -> Iterable[tuple[str, str]]:
    kinds = {
        "DeliveryPriceList": PRICE_LISTS,
        "ReturnPolicy": RETURN_POLICIES,
        "ImpliedWarranty": IMPLIED_WARRANTIES,
        "Warranty": WARRANTIES,
        "ResponsibleProducer": producers(),
        "OfferTag": TAGS,
    }
    return [(kind, name) for kind, named in kinds.items() for name in named]


def _everyday(offer: DemoOffer) -> DemoOffer:
    """Return the offer without anything special about it."""
    sections = offer.sections or (({"text": f"<h1>{offer.title}</h1>"},),)
    values = {**offer.values, STATE: "Nowy"}
    images = tuple(image for image in offer.images if image.startswith("https://"))
    return replace(
        offer, style=OWN, template="standard", status="active", ended_by=None, sync={}, further=(), sold=0,
        sections=sections, values=values, images=images, quantity=max(7, offer.quantity),
        path=f"offers/{offer.good.category.folder}/{offer.key}.yaml",
    )  # fmt: skip


def _pairs(maker: Maker, offers: list[DemoOffer]) -> Iterable[BundlePair]:
    """Put mugs and teas together, plates and bowls, candles and pots."""
    for name, first, second, percent in (
        ("kubek-z-herbata", "kubki", "herbaty", 10),
        ("koc-i-poduszka", "koce", "poduszki", 8),
        ("swieca-w-prezencie", "swiece", "doniczki", 12),
    ):
        left = [each for each in offers if _fits(each, first)][:2]
        right = [each for each in offers if _fits(each, second)][:1]
        if left and right:
            yield BundlePair(name, maker.uuid(), tuple(left), right[0], percent)


def _fits(offer: DemoOffer, folder: str) -> bool:
    if offer.status != "active" or offer.further or offer.template != "standard":
        return False
    return offer.good.category.folder == folder and offer.style in (OWN, COLLECTION)


def _newcomer(maker: Maker) -> DemoOffer:
    """A mug for the winter, with pictures from the project: it is in the catalogue and not yet on sale."""
    category = CATEGORIES[0]
    good = replace(
        maker.good(category), brand="Bolimka", noun=m("Kubek zimowy"), material=category.materials[0],
        motif="Sweterek", size=("450 ml", 450), shades=(hard("czerwon"),),
    )  # fmt: skip
    key = "kubek-zimowy-bolimka-sweterek-450-ml-czerwony"
    text = (
        "<h1>Kubek zimowy Sweterek</h1>\n"
        "<p>Ciepły w dotyku, z wypukłym wzorem jak z babcinego swetra. Mieści prawie pół litra.</p>"
    )
    merits = "<ul>\n  <li>Ceramika z Bolesławca</li>\n  <li>Wzór pod szkliwem</li>\n</ul>"
    return DemoOffer(
        key=key,
        path=f"offers/kubki/{key}.yaml",
        remote_id="",
        good=good,
        style=OWN,
        title=good.title(),
        sections=(({"text": text},), ({"image": "images/kubek-zimowy-detal.png"}, {"text": merits})),
        images=("images/kubek-zimowy-przod.png", "images/kubek-zimowy-tyl.png"),
        values={STATE: "Nowy", PIECES: 1, OCCASION: ["Boże Narodzenie", "Urodziny"]},
        price=Decimal("64.90"),
        abroad={},
        quantity=120,
        status="active",
        labels={"brand": "bolimka", "season": "zima"},
    )


def goods_of(shop: Shop) -> Iterable[Good]:
    """Return every product of the catalogue once."""
    for each in (*shop.offers, *shop.strays, shop.newcomer):
        yield each.good
