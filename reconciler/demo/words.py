"""Polish words: forms of adjectives, names without diacritics, places."""

import re
from dataclasses import dataclass
from typing import Final

#: Masculine, feminine, neuter: the three forms that an adjective takes beside a noun in the singular.
Forms = tuple[str, str, str]

_LETTERS: Final = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")


def slug(text: str) -> str:
    """Return a text as a name for files and keys.

    >>> slug("Filiżanka Słoneczniki 250 ml")
    'filizanka-sloneczniki-250-ml'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.translate(_LETTERS).lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing, and which of the three forms its adjectives take."""

    text: str
    gender: int


def m(text: str) -> Noun:
    """Return a masculine noun."""
    return Noun(text, 0)


def f(text: str) -> Noun:
    """Return a feminine noun."""
    return Noun(text, 1)


def n(text: str) -> Noun:
    """Return a neuter noun."""
    return Noun(text, 2)


def hard(stem: str) -> Forms:
    """Decline an adjective with a hard stem.

    >>> hard("biał")
    ('biały', 'biała', 'białe')
    """
    return f"{stem}y", f"{stem}a", f"{stem}e"


def soft(stem: str) -> Forms:
    """Decline an adjective on -ki or -gi.

    >>> soft("niebiesk")
    ('niebieski', 'niebieska', 'niebieskie')
    """
    return f"{stem}i", f"{stem}a", f"{stem}ie"


COLOURS: Final[tuple[Forms, ...]] = (
    hard("biał"), hard("czarn"), hard("szar"), hard("granatow"), soft("niebiesk"), hard("zielon"), hard("żółt"),
    hard("czerwon"), hard("różow"), hard("beżow"), hard("brązow"), hard("turkusow"), hard("miętow"),
    hard("kremow"),
)  # fmt: skip

SEASONS: Final = ("wiosna", "lato", "jesien", "zima", "caly-rok", "caly-rok", "caly-rok")

#: The seller: one warehouse in Poznań.
CITY: Final = "Poznań"
PROVINCE: Final = "wielkopolskie"
POST_CODE: Final = "61-003"
STREET: Final = "Magazynowa 14"
COMPANY: Final = "Kubki i Reszta sp. z o.o."
LOGIN: Final = "kubki-i-reszta"
