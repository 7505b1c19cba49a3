"""How a description reads back: what could run in a browser is gone, and the rest is written in one way."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

ACTIVE = frozenset({"script", "style", "iframe", "form", "object", "embed", "input", "button", "link", "meta"})
SWALLOWED = frozenset({"script", "style", "iframe", "object"})  # with all that is in them
EMPTY = frozenset({"br", "hr", "img", "col"})


class _Cleaner(HTMLParser):
    """Writes a text anew: names in lower case, values in double quotes, no active content."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._swallowed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SWALLOWED:
            self._swallowed += 1
        if self._swallowed or tag in ACTIVE:
            return
        kept = [(name, value) for name, value in attrs if not name.startswith("on")]
        written = "".join(f' {name}="{escape(value or "")}"' for name, value in kept)
        self.parts.append(f"<{tag}{written}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SWALLOWED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in SWALLOWED:
            self._swallowed = max(0, self._swallowed - 1)
        elif not self._swallowed and tag not in ACTIVE | EMPTY:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._swallowed:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def cleaned(content: str) -> str:
    """The text as eBay shows it again; one that is clean already stays what it is."""
    cleaner = _Cleaner()
    cleaner.feed(content)
    cleaner.close()
    return "".join(cleaner.parts)
