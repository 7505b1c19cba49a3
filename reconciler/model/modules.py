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


class StockForm(StrEnum):
    """How a stock number is meant. What a person counted is sold once: only `always` is filled up."""

    BASELINE = "baseline"  # a change of the declared number is written, as a difference
    COUNT = "count"  # written as it is, once, when the declared number changes
    ALWAYS = "always"  # filled up on each run: goods that are made to order
    SOURCED = "sourced"  # kept equal to what a source says, by the offer's rule


class Mode(StrEnum):
    """`auto`: planned and applied. `manual`: planned, applied when named. `off`: never written."""

    AUTO = "auto"
    MANUAL = "manual"
    OFF = "off"


class Level(StrEnum):
    """Where a toggle can be said: in a document itself, for its folder, in its template, for its account."""

    OFFER = "offer"
    FOLDER = "folder"
    TEMPLATE = "template"
    ACCOUNT = "account"
