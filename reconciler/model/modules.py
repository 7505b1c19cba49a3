"""The six sync modules and the three modes of a toggle: a closed set (DESIGN: one section per module)."""

from enum import StrEnum


class Module(StrEnum):
    """A part of an offer that is managed, or not, as a whole."""

    SETTINGS = "settings"
    CONTENT = "content"
    DELIVERY = "delivery"
    PRICE = "price"
    STOCK = "stock"
    BUNDLE = "bundle"


class Mode(StrEnum):
    """`auto`: planned and applied. `manual`: planned, applied when named. `off`: never written."""

    AUTO = "auto"
    MANUAL = "manual"
    OFF = "off"
