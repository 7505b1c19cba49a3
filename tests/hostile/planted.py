"""Mistakes that people make in the document of an offer, planted into a shop: fifty kinds, each with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from reconciler.demo.pictures import png

#: A document before, and after: None where the mistake cannot be made in this one.
Edit = Callable[[str], str | None]


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake: how it is made, and a word of the line that a person has to look at."""

    kind: str
    edit: Edit
    at: str
    severity: str = "error"


@dataclass(frozen=True)
class Planted:
    """One mistake in a file of the project, and how bad a finding it deserves."""

    kind: str
    path: str
    line: int
    severity: str


def _instead(pattern: str, new: str) -> Edit:
    """Put something in the place of the first line, or lines, that match."""

    def edit(text: str) -> str | None:
        changed, count = re.subn(pattern, lambda _: new, text, count=1, flags=re.MULTILINE)
        return changed if count else None

    return edit


def _after(pattern: str, new: str) -> Edit:
    """Write a line below the first one that matches."""

    def edit(text: str) -> str | None:
        changed, count = re.subn(pattern, lambda found: f"{found[0]}\n{new}", text, count=1, flags=re.MULTILINE)
        return changed if count else None

    return edit


def _parameter(new: str) -> Edit:
    """Write a parameter that the document does not have."""
    edit = _after(r"^  parameters:$", f"    {new}")
    return lambda text: None if new.partition(":")[0] in text else edit(text)


def _end(new: str) -> Edit:
    """Write a section that no offer of the shop has at the end of the document."""
    head = new.partition(":")[0]
    return lambda text: None if re.search(rf"^{head}:", text, re.MULTILINE) else f"{text.rstrip()}\n{new}\n"


_PRICE, _STOCK, _TITLE = r"^price: .*$", r"^stock: .*$", r"^  title: .*$"
_PRODUCT, _IMAGES, _CONTENT = r"^  product: .*$", r"^  images:\n(?:    - .*\n)+", r"^content:$"
_DESCRIPTION = r"^  description:\n(?:    .*\n)+"
_SIZE, _BRAND, _COLOUR = r"^    (?:Średnica|Pojemność): .*$", r"^    Marka: .*$", r"^    Kolor: .*$"


def _text(html: str) -> Edit:
    """In the second line of a block, as long descriptions are written."""
    return _instead(_DESCRIPTION, f"  description:\n    - text: |\n        <p>Dzień dobry</p>\n        {html}\n")


def _pictures(*sources: str) -> Edit:
    lines = "".join(f"    - {source}\n" for source in sources)
    return _instead(_IMAGES, f"  images:\n{lines}")


#: How the mistake is made, and what its line contains: of a quote that is missing the line where another one comes.
#: The category of what is on sale cannot be changed at all, so that is a warning. A GTIN with a right check digit that no catalogue has is 4006381333931.
MISTAKES: tuple[Mistake, ...] = (
    Mistake("an unknown section", _instead(r"^price: ", "prise: "), "prise:"),
    Mistake("an unknown key", _instead(r"^  title: ", "  titel: "), "titel:"),
    Mistake("an unknown module", _end("sync: {prices: off}"), "sync:"),
    Mistake("an unknown toggle", _end("sync: {price: of}"), "sync:"),
    Mistake("a price without a currency", _instead(_PRICE, "price: 49.99"), "price:"),
    Mistake("a price with a comma", _instead(_PRICE, "price: 49,99 PLN"), "price:"),
    Mistake("a price of another currency", _instead(_PRICE, "price: 49.99 EUR"), "price:"),
    Mistake("a price with three decimals", _instead(_PRICE, "price: 49.999 PLN"), "price:"),
    Mistake("a price below zero", _instead(_PRICE, "price: -49.99 PLN"), "price:"),
    Mistake("a site that is not there", _instead(_PRICE, "price: {base: 49.99 PLN, allegro-xx: 9 EUR}"), "allegro-xx"),
    Mistake("crowns with decimals", _instead(_PRICE, "price: {base: 49.99 PLN, allegro-cz: 289.50 CZK}"), "289.50"),
    Mistake("crowns of the wrong site", _instead(_PRICE, "price: {base: 49.99 PLN, allegro-cz: 12 EUR}"), "12 EUR"),
    Mistake("stock below zero", _instead(_STOCK, "stock: -3"), "stock:"),
    Mistake("stock in words", _instead(_STOCK, "stock: dużo"), "stock:"),
    Mistake("stock said twice", _instead(_STOCK, "stock: {quantity: 5, count: 6}"), "stock:"),
    Mistake("an unknown status", _instead(_STOCK, "stock: {quantity: 5, status: aktywna}"), "aktywna"),
    Mistake("a title that is too long", _instead(_TITLE, "  title: " + "Kubek ceramiczny " * 6), "title:"),
    Mistake("a broken quote", _instead(_TITLE, '  title: "Kubek ceramiczny'), "product:"),
    Mistake("a key twice", _after(_TITLE, "  title: Kubek po raz drugi"), "po raz drugi"),
    Mistake("a GTIN with a wrong check digit", _instead(_PRODUCT, '  product: {gtin: "5901234123458"}'), "product:"),
    Mistake("a GTIN that nobody has", _instead(_PRODUCT, '  product: {gtin: "4006381333931"}'), "product:"),
    Mistake("a category that is not there", _after(_CONTENT, '  category: "999999"'), "category:", "warning"),
    Mistake("an unknown parameter", _instead(_COLOUR, "    Kollor: czerwony"), "Kollor:"),
    Mistake("an unknown value", _parameter("Okazja: [Imieniny, Slub]"), "Imieniny"),
    Mistake("a number in words", _parameter("Liczba sztuk w ofercie: jedna"), "jedna"),
    Mistake("two values where one can be", _parameter("Stan: [Nowy, Używany]"), "Stan:"),
    Mistake("a parameter twice", _after(_BRAND, "    marka: Inna"), "marka:"),
    Mistake("a span that cannot be one", _instead(_SIZE, "    Liczba sztuk w ofercie: {from: 1, to: 2}"), "from:"),
    Mistake("a tag that is refused", _text("<p>Kubek<br>ceramiczny</p>"), "<br>"),
    Mistake("a link", _text("<p><a href='https://a.example'>Kubek</a></p>"), "<a "),
    Mistake("a tag left open", _text("<h1>Kubek</h1><p>ceramiczny"), "ceramiczny"),
    Mistake("bare text", _text("Kubek ceramiczny <p>do kawy</p>"), "do kawy"),
    Mistake("a paragraph in a paragraph", _text("<p>Kubek <p>do kawy</p></p>"), "do kawy"),
    Mistake("bold in a heading", _text("<h1>Kubek <b>biały</b></h1>"), "biały"),
    Mistake("no pictures", _instead(_IMAGES, "  images: []\n"), "images:"),
    Mistake("a picture that is not there", _pictures("images/nie-ma-mnie.png"), "nie-ma-mnie"),
    Mistake("a picture that is none", _pictures("images/opis.png"), "opis.png"),
    Mistake("a picture that is too small", _pictures("images/ikona.png"), "ikona.png"),
    Mistake("too many pictures", _pictures(*(f"https://cdn.example/{n}.jpg" for n in range(17))), "example/0.jpg"),
    Mistake("an unknown price list", _end("delivery: kurier-i-odbiur"), "kurier-i-odbiur"),
    Mistake("an unknown handling time", _end("delivery: {prices: kurier-i-odbior, handling: PT7H}"), "PT7H"),
    Mistake("an unknown template", _end("settings: standart"), "standart"),
    Mistake("an unknown return policy", _end("settings: {return_policy: zwroty-14-dnii}"), "zwroty-14-dnii"),
    Mistake("an unknown warranty", _end("settings: {warranty: gwarancja-2-lata}"), "gwarancja-2-lata"),
    Mistake("an unknown producer", _end("settings: {producer: ceramika-bolimkaa}"), "ceramika-bolimkaa"),
    Mistake("an unknown tag", _end("settings: {tags: [wyprzedarz]}"), "wyprzedarz"),
    Mistake("an unknown size table", _end("settings: {size_table: kubki}"), "size_table"),
    Mistake("an unknown invoice", _end("settings: {invoice: faktura}"), "faktura"),
    Mistake("a duration that cannot be had", _end("settings: {duration: PT5H}"), "PT5H"),
    Mistake("promotion without leave", _end("settings: {promotion: {package: emphasized10d}}"), "promotion"),
    Mistake("a part that nobody has", _end('bundle: [{product: {gtin: "4006381333931"}}]'), "4006381333931"),
    Mistake("something to adopt that is not there", _after(r"^name: .*$", 'adopt: "99999999999"'), "adopt:"),
)  # fmt: skip


def plant(root: Path, count: int, seed: int) -> Iterator[Planted]:
    """Make so many mistakes, of all kinds in turn, each in an offer of its own; yield where."""
    dice = Random(seed)
    (root / "images" / "opis.png").write_text("Kubek ceramiczny\n", encoding="utf-8")
    (root / "images" / "ikona.png").write_bytes(_small())
    files = [each for each in sorted((root / "offers").rglob("*.yaml")) if each.name != "defaults.yaml"]
    dice.shuffle(files)
    for number in range(count):
        mistake = MISTAKES[number % len(MISTAKES)]
        yield _make(mistake, root, files)


def _make(mistake: Mistake, root: Path, files: list[Path]) -> Planted:
    for file in files:
        changed = mistake.edit(file.read_text("utf-8"))
        if changed is not None:
            files.remove(file)
            file.write_text(changed, "utf-8")
            lines = changed.splitlines()
            line = next(n for n, line in enumerate(lines, 1) if mistake.at in line)
            return Planted(mistake.kind, file.relative_to(root).as_posix(), line, mistake.severity)
    raise LookupError(mistake.kind)


def _small() -> bytes:
    """A picture of 64 by 64: the head of a large one says so, and nobody decodes the rest."""
    import struct
    import zlib

    large = png((1, 2, 3), (4, 5, 6), (7, 8, 9))
    head = b"IHDR" + struct.pack(">II", 64, 64) + large[24:29]
    return large[:12] + head + struct.pack(">I", zlib.crc32(head)) + large[33:]
