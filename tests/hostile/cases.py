"""All cases of the catalogue."""

from __future__ import annotations

from hostile.case import Case
from hostile.content import DELIVERY, IMAGES, PARAMETERS, PRODUCTS
from hostile.files import FILES, TEMPLATES
from hostile.names import KEYS, MOVES, OBJECTS
from hostile.numbers import PRICES, STOCK
from hostile.texts import DESCRIPTIONS, SAFETY, TITLES

CASES: list[Case] = [
    *TITLES, *DESCRIPTIONS, *SAFETY, *PRICES, *STOCK, *PARAMETERS, *PRODUCTS, *IMAGES, *DELIVERY, *KEYS, *MOVES,
    *OBJECTS, *FILES, *TEMPLATES,
]  # fmt: skip
