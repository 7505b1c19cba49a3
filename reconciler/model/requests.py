"""What requests are called, wherever they are counted: a forecast and what happened are then comparable.

A request that reads a view or writes an operation of the spec is called after it: `Offer.list`, `Offer.edit`. The
names of all others are here, each after the conversation of a provider that sends it.
"""

from enum import StrEnum


class Errand(StrEnum):
    """Requests that belong to no view and no operation of the spec."""

    TOKEN = "token"  # noqa: S105 - a name
    IDENTITY = "identity"  # whose token it is
    EVENTS = "events"  # which offers have moved
    PRODUCT = "product"  # whose a GTIN is
    CATEGORY = "category"  # whether offers can be listed in it
    PARAMETERS = "parameters"  # those of a category
    MARKETS = "markets"  # which sites there are
    METHODS = "methods"  # ways of delivery, and what may be said of them
    TAXES = "taxes"  # those of a category
    PACKAGES = "packages"  # what promotion can be bought
    SIZE_TEMPLATES = "size_templates"  # templates of size tables
    IMAGE = "image"  # one upload
    OPERATION = "operation"  # whether an accepted write is done
    REPORT = "report"  # whether a command is done
    TASKS = "tasks"  # what became of each row of a command


def called(kind: str, name: str) -> str:
    """Return what a request of a kind's view or operation is called."""
    return f"{kind}.{name}"


#: What is looked up while planning, and then known for a time.
LOOKUPS = frozenset(
    {
        Errand.PRODUCT,
        Errand.CATEGORY,
        Errand.PARAMETERS,
        Errand.METHODS,
        Errand.MARKETS,
        Errand.TAXES,
        Errand.PACKAGES,
        Errand.SIZE_TEMPLATES,
    }
)
