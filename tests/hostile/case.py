"""What a case is: files, and what has to be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.example import CATEGORY
from world import SECOND_GTIN

#: An offer that can be listed by the account of `world.seller`, field by field, each on a line of its own.
FIELDS = {
    "name": "K-1",
    "settings": "{return_policy: 14 dni, invoice: vat, location: {city: Poznań, province: wielkopolskie, post_code: 60-166, country: PL}}",
    "delivery": "{prices: Standard, handling: PT24H}",
    "title": "Talerz płytki biały porcelanowy",
    "category": f'"{CATEGORY}"',
    "product": f'{{gtin: "{SECOND_GTIN}"}}',
    "parameters": "{Stan: Nowy}",
    "description": "<p>Talerz do kawy &amp; herbaty</p>",
    "images": "[https://example.com/talerz.jpg]",
    "price": "199.00 PLN",
    "stock": "{always: 5, status: active}",
}
_CONTENT = ("title", "category", "product", "parameters", "description", "images")


def offer(**fields: str | None) -> str:
    """Return the document of a good offer, with what follows the colon of some fields replaced, or left out."""
    said = {name: text for name, text in {**FIELDS, **fields}.items() if text is not None}
    lines = ["kind: Offer"]
    for name, text in said.items():
        if name in _CONTENT and "content:" not in lines:
            lines.append("content:")
        lines.append(f"{'  ' if name in _CONTENT else ''}{name}: {text}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Said:
    """One finding: its code, where it is, and words of its summary.

    `at` is a line of a.yaml, the name of a field (whose line is meant), or `file:line`.
    """

    code: str
    at: int | str
    words: str = ""


@dataclass(frozen=True)
class Case:
    """Files of a project, and everything that `validate` says of them; nothing else may be said.

    `text` is a.yaml; `files` are others by path. Without a finding that is an error the documents are accepted. Such
    a case can be planned and applied on the account of `world.seller` where `sells`: after that, two plans are empty,
    the second of them with a full refresh.
    """

    name: str
    text: str
    said: tuple[Said, ...] = ()
    files: dict[str, str | bytes] = field(default_factory=dict)
    sells: bool = False


def good(name: str, /, *said: Said, files: dict[str, str | bytes] | None = None, **fields: str | None) -> Case:
    """An offer that is accepted, perhaps with a warning, and that the account can sell."""
    return Case(name, offer(**fields), said, files or {}, sells=True)


def bad(name: str, code: str, at: int | str, words: str = "", /, *more: Said, **fields: str | None) -> Case:
    """An offer with one field that is refused at its line."""
    return Case(name, offer(**fields), (Said(code, at, words), *more))


def doc(
    name: str, text: str, *said: Said, files: dict[str, str | bytes] | None = None, sells: bool = False
) -> Case:
    """Whatever documents, and what is said of them."""
    return Case(name, text, said, files or {}, sells)
