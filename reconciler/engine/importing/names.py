"""Names of files: readable, unique in any case, and never anything but a name."""

import re
import unicodedata
from collections.abc import Iterable

_LONGEST = 80
_NO_WORD = re.compile(r"[^a-z0-9]+")
#: Letters that do not come apart into a letter and an accent.
_FOLDED = str.maketrans(
    {"ł": "l", "Ł": "L", "ß": "ss", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "œ": "oe"}
)
#: Names that a system keeps for devices, with any suffix; and that of the file which makes its folder a project.
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)), "reconcile"}
)


def slug(text: str, otherwise: str = "unnamed") -> str:
    """Return a name of lower-case letters, digits and dashes.

    >>> slug("Zażółć gęślą/Jaźń"), slug("../../etc"), slug("日本", "offer")
    ('zazolc-gesla-jazn', 'etc', 'offer')
    """
    plain = unicodedata.normalize("NFKD", text.translate(_FOLDED)).encode("ascii", "ignore").decode()
    name = _NO_WORD.sub("-", plain.lower()).strip("-")[:_LONGEST].strip("-") or otherwise
    return f"{name}-{otherwise}" if name in _RESERVED else name


class Paths:
    """Hands out paths, each once. `taken` are paths that files have already."""

    __slots__ = ("_next", "_taken")

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {path.lower() for path in taken}
        self._next: dict[str, int] = {}

    def new(self, folder: str, name: str) -> str:
        """Return `folder/name.yaml`, with a number where that is taken."""
        wanted = path = f"{folder}/{name}.yaml"
        while path in self._taken:
            count = self._next[wanted] = self._next.get(wanted, 1) + 1
            path = f"{folder}/{name}-{count}.yaml"
        self._taken.add(path)
        return path
