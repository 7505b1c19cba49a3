"""Fifty mugs: ten glazes in five sizes."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reconciler.demo.offers import check_digit
from reconciler.demo.pictures import Colour

#: The seller, on every marketplace.
LOGIN: Final = "glinny-dwor"
#: The colour of the wall behind each mug.
WALL: Final[Colour] = (236, 231, 221)


@dataclass(frozen=True, slots=True)
class Glaze:
    """A glaze: what it is called, its words in Polish, German and English, its colour and that of its stripe."""

    name: str
    polish: str
    german: str
    english: str
    mug: Colour
    stripe: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Mug:
    """One article: the same on all marketplaces. Prices are in złoty, crowns, euros and dollars."""

    glaze: Glaze
    size: int
    batch: int
    gtin: str
    pln: Decimal
    czk: Decimal
    eur: Decimal
    usd: Decimal
    pieces: int

    @property
    def name(self) -> str:
        """Return its key, on each account."""
        return f"mug-{self.glaze.name}-{self.size}" + (f"-{self.batch}" if self.batch > 1 else "")

    @property
    def picture(self) -> str:
        """Return the path of its picture, which all of its glaze share."""
        return f"images/{self.glaze.name}.png"


GLAZES: Final = (
    Glaze("rain", "deszczowy", "Regen", "rain", (96, 122, 148), (222, 232, 240)),
    Glaze("moss", "mchowy", "Moos", "moss", (98, 118, 70), (222, 214, 190)),
    Glaze("amber", "bursztynowy", "Bernstein", "amber", (196, 128, 52), (250, 236, 206)),
    Glaze("chalk", "kredowy", "Kreide", "chalk", (238, 236, 230), (120, 120, 120)),
    Glaze("night", "nocny", "Nacht", "night", (34, 40, 64), (212, 180, 92)),
    Glaze("plum", "śliwkowy", "Pflaume", "plum", (104, 58, 92), (232, 208, 226)),
    Glaze("clay", "gliniany", "Ton", "clay", (170, 98, 70), (240, 214, 196)),
    Glaze("sea", "morski", "Meer", "sea", (42, 118, 126), (206, 236, 234)),
    Glaze("ash", "popielaty", "Asche", "ash", (128, 124, 120), (232, 230, 226)),
    Glaze("rose", "różany", "Rose", "rose", (202, 132, 138), (250, 232, 230)),
)
#: Millilitres -> price in złoty.
SIZES: Final = {200: 39, 250: 45, 300: 49, 350: 55, 450: 65}
#: So many different ones there are; more are further batches of them.
KINDS: Final = len(GLAZES) * len(SIZES)


def mugs(count: int) -> Iterator[Mug]:
    """Yield so many mugs: all glazes in all sizes, and then again as further batches."""
    sizes = tuple(SIZES.items())
    for number in range(count):
        batch, place = divmod(number, KINDS)
        size, zloty = sizes[place % len(sizes)]
        yield _mug(number, GLAZES[place // len(sizes)], size, zloty, batch + 1)


def newcomer() -> Mug:
    """Return a mug that is none of them."""
    return _mug(999_999, GLAZES[0], 600, 79, 1)


def _mug(number: int, glaze: Glaze, size: int, zloty: int, batch: int) -> Mug:
    body = f"590123{number:06d}"
    return Mug(
        glaze=glaze,
        size=size,
        batch=batch,
        gtin=body + check_digit(body),
        pln=Decimal(zloty),
        czk=Decimal(zloty * 6),
        eur=Decimal(zloty) / 4,
        usd=Decimal(zloty) / 2,
        pieces=6 + number * 7 % 23,
    )
