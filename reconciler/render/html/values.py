"""Values and texts as the page reads them: tagged, so that a mapping is never taken for money."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.model.foreign import is_harmless, shown
from reconciler.model.values import Gain, Money, Value, plain

Json = Any


def clean(text: str) -> str:
    r"""Return a foreign text as a page may show it; its breaks of line stay.

    >>> clean("Kubek\u202e\nx")
    'Kubek\\u202e\nx'
    """
    return text if is_harmless(text) else "\n".join(shown(line) for line in text.split("\n"))


class PageTexts:
    """How much room long texts have on one page: so many characters, then each is cut, and counted."""

    def __init__(self, room: int, cut: int) -> None:
        self._room, self._cut = room, cut
        self.shortened = 0

    def fitted(self, text: str) -> str:
        """Return a text, cut where the room for long ones is used up."""
        if len(text) <= self._cut:
            return clean(text)
        if self._room < len(text):
            self.shortened += 1
            return clean(text[: self._cut]) + " …"
        self._room -= len(text)
        return clean(text)

    def value(self, value: Value) -> Json:
        """Return a value: scalars as they are; money, differences, numbers, lists and mappings behind a tag."""
        if isinstance(value, str):
            return self.fitted(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value if abs(value) < 2**53 else ["#", str(value)]
        if isinstance(value, Money):
            return ["$", plain(value.amount), value.currency]
        if isinstance(value, Gain):
            return ["+", value.amount]
        if isinstance(value, Decimal):
            return ["#", plain(value)]
        if isinstance(value, Mapping):
            return ["{", *(each for key in value for each in (clean(str(key)), self.value(value[key])))]
        return ["[", *(self.value(each) for each in value)]


class Numbered:
    """PageTexts that many rows share (files, paths): each stands once, and rows have its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self._numbers.setdefault(text, len(self._numbers))

    def all(self) -> list[str]:
        """Return all texts, by number."""
        return [clean(text) for text in self._numbers]
