"""Writes what is much the same five hundred times in examples/offers/06-stock-from-sources: its offers and its data.

    PYTHONPATH=.:tests python -m demo.source_example examples/offers/06-stock-from-sources

The same files come out every time. Rules, sources and texts of the example are written by hand.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

from sources.sheets import xlsx

from reconciler.demo.assortment import CATEGORIES
from reconciler.demo.categories import Category
from reconciler.demo.offers import Good, Maker
from reconciler.demo.quoting import quote
from reconciler.demo.words import slug

SEED = 6
#: Offers of each category; the last category is the wholesaler's.
EACH, WHOLESALE = 48, "lampki"
SETS = 12
PICTURES = "https://zdjecia.cztery-katy.example"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Article:
    """One article: what it is, what it costs, and how many of it lie where."""

    code: str
    good: Good
    net: Decimal
    cost: Decimal
    pieces: int
    reserved: int
    abroad: int

    @property
    def name(self) -> str:
        """The key of its offer: no two articles have the same."""
        return f"{slug(self.good.noun.text)}-{slug(self.good.motif)}-{self.code.lower()}"

    @property
    def file(self) -> str:
        """Where its offer stands."""
        folder = self.good.category.folder
        return f"offers/hurtownia/{folder}.yaml" if folder == WHOLESALE else f"offers/{folder}.yaml"


def articles() -> list[Article]:
    """All articles, category by category."""
    maker, dice = Maker(SEED), Random(SEED)
    return [
        _article(maker.good(category), number, dice)
        for category in CATEGORIES
        for number in range(1, (56 if category.folder == WHOLESALE else EACH) + 1)
    ]


def _article(good: Good, number: int, dice: Random) -> Article:
    low, high = good.category.prices
    net = Decimal(dice.randrange(low * 50, high * 50)) / 100
    return Article(
        code=f"{good.category.folder[:3].upper()}-{number:03d}",
        good=good,
        net=net,
        cost=(net * dice.randrange(48, 72) / 100).quantize(CENT, ROUND_HALF_UP),
        pieces=dice.choice((6, 9, 14, 22, 31, 40, 58, 84, 120)),
        reserved=dice.choice((0, 0, 0, 1, 2, 4)),
        abroad=dice.choice((0, 3, 8, 12, 33)),
    )


def offers(every: Sequence[Article]) -> dict[str, str]:
    """The offers, by file."""
    found: dict[str, list[str]] = {}
    for each in every:
        found.setdefault(each.file, []).append(_offer(each))
    found["offers/zestawy/z-herbata.yaml"] = list(_sets(every))
    return {path: _head(path) + "---\n".join(texts) for path, texts in found.items()}


def _head(path: str) -> str:
    return f"# yaml-language-server: $schema={'../' * (path.count('/') + 3)}schemas/offer.schema.json\n"


def _offer(article: Article) -> str:
    good = article.good
    return "\n".join(
        (
            "kind: Offer",
            f"name: {article.name}",
            f"item: {article.code}",
            "content:",
            f"  title: {quote(good.title())}",
            f'  category: "{good.category.id}"',
            f'  product: {{gtin: "{good.gtin}"}}',
            f"  parameters: {{{_parameters(good)}}}",
            f'  images: ["{PICTURES}/{article.code}.jpg"]',
            "",
        )
    )


def _parameters(good: Good) -> str:
    category: Category = good.category
    said = {
        "Marka": good.brand,
        category.shade_name: good.shades[0][0],
        category.size_name: str(good.size[1]),
        "Materiał": good.material[0],
    }
    return ", ".join(
        f"{name}: {value if value.isdigit() else quote(value, flow=True)}" for name, value in said.items()
    )


def _sets(every: Sequence[Article]) -> Iterator[str]:
    """A cup and two teas in one offer: as many as there are pieces for."""
    cups = [each for each in every if each.code.startswith("KUB")][:SETS]
    teas = [each for each in every if each.code.startswith("HER")][:SETS]
    for number, (cup, tea) in enumerate(zip(cups, teas, strict=True), 1):
        good, other = cup.good, tea.good
        price = int((cup.net + 2 * tea.net) * Decimal("1.3")) // 10 * 10 + 9
        yield "\n".join(
            (
                "kind: Offer",
                f"name: zestaw-z-herbata-{number:02d}",
                f"item: {cup.code}",
                "content:",
                f"  title: Zestaw {good.noun.text.lower()} {good.motif} i dwie herbaty {other.motif}",
                f'  category: "{good.category.id}"',
                f'  product: {{gtin: "{good.gtin}"}}',
                f"  parameters: {{{_parameters(good)}}}",
                f'  images: ["{PICTURES}/zestaw-{number:02d}.jpg"]',
                f"price: {{base: {price}.00 PLN, allegro-cz: {price * 6 + 9} CZK}}",
                "bundle:",
                f'  - {{product: {{gtin: "{other.gtin}"}}, item: {tea.code}, quantity: 2}}',
                "",
            )
        )


def stock(every: Sequence[Article]) -> str:
    """The warehouse's export: a line for each article and warehouse."""
    lines = ["symbol;magazyn;stan;rezerwacja"]
    for each in every:
        if each.good.category.folder != WHOLESALE:
            lines.append(f"{each.code};Poznań;{each.pieces};{each.reserved}")
            lines.append(f"{each.code};Brno;{each.abroad};")
    return "\n".join(lines) + "\n"


def prices(every: Sequence[Article]) -> bytes:
    """The office's price list."""
    rows = [[each.code, each.good.title(), each.net, each.cost] for each in every]
    return xlsx({"Ceny": [["Symbol", "Nazwa", "Netto", "Koszt"], *rows]})


def write_wholesale(file: Path, every: Sequence[Article]) -> None:
    """The wholesaler's database."""
    file.unlink(missing_ok=True)
    made = sqlite3.connect(file)
    made.executescript(
        "CREATE TABLE products (id INTEGER PRIMARY KEY, sku TEXT, net NUMERIC, discontinued INTEGER);"
        "CREATE TABLE shelves (product_id INTEGER, pieces INTEGER, ordered INTEGER);"
    )
    theirs = [each for each in every if each.good.category.folder == WHOLESALE]
    for number, each in enumerate(theirs, 1):
        made.execute("INSERT INTO products VALUES (?, ?, ?, 0)", (number, each.code, str(each.net)))
        made.execute("INSERT INTO shelves VALUES (?, ?, ?)", (number, each.pieces + 9, each.reserved))
    made.commit()
    made.close()


def write(folder: Path) -> None:
    """Write all of it."""
    every = articles()
    texts = {**offers(every), "data/magazyn.csv": stock(every)}
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "cennik.xlsx").write_bytes(prices(every))
    write_wholesale(folder / "data" / "hurtownia.db", every)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
