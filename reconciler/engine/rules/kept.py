"""Rules that were read once, however many offers say them: those that inherit one share the very mapping."""

from collections.abc import Hashable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

R = TypeVar("R")


class KeptRules(Struct, Generic[R], frozen=True):
    """What was made of a mapping, by the mapping itself and not by what it says: that is told at once.

    It keeps the mapping as well: another one may get the place in memory of one that is gone.
    """

    _made: dict[tuple[int, Hashable], tuple[Mapping[str, Any], R]] = field(default_factory=dict)

    def of(self, said: Mapping[str, Any], beside: Hashable = None) -> R | None:
        """Return what was made of this very mapping, together with what else decided it; None for nothing yet."""
        known = self._made.get((id(said), beside))
        return known[1] if known is not None and known[0] is said else None

    def keep(self, said: Mapping[str, Any], made: R, beside: Hashable = None) -> R:
        """Remember what was made of a mapping, and return it."""
        self._made[id(said), beside] = said, made
        return made
