"""Turn a shop of the demo into one whose stock and prices come from sources, with the very same numbers.

Usage: sourced.py PROJECT. A CSV has what is in stock, an SQLite database the prices: a row for each offer in both.
The rules stand in one file of Defaults, as they mostly do.
"""

import csv
import re
import sqlite3
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

_SOURCES = """\
kind: Source
name: erp
type: csv
path: erp.csv
columns: {item: text, quantity: whole}
freshness: 365d
rows: {minimum: 1}
missing: keep
orders: {by: erp, within: 15m}
---
kind: Source
name: shop
type: sql
url: sqlite:///shop.db
query: SELECT item, half FROM prices
columns: {item: text, half: {type: money, currency: PLN}}
freshness: 365d
rows: {minimum: 1}
missing: keep
orders: none
"""
_RULES = """\
kind: Defaults
Offer:
  stock: {status: active, from: erp}
  price: {base: {formula: shop.half * 2}}
"""
_STOCK = re.compile(r"(?m)^stock: (?:(\d+)|{(?:quantity|count): (\d+)(?:, (status: \w+))?})\n")
_PRICE = re.compile(r"(?m)^price: (?:([\d.]+) PLN|{base: ([\d.]+) PLN(?:, (.*))?})\n")
_NAME = re.compile(r"(?m)^name: (\S+)")


def main() -> None:
    """Rewrite all offers, and write the tables that they follow."""
    project = Path(sys.argv[1])
    stock: list[tuple[str, int]] = []
    prices: list[tuple[str, str]] = []
    for file in sorted(project.glob("offers/*/*.yaml")):
        if file.name != "defaults.yaml":
            file.write_text(_followed(file.read_text("utf-8"), stock, prices), "utf-8")
    (project / "offers" / "defaults.yaml").write_text(_RULES, "utf-8")
    (project / "sources.yaml").write_text(_SOURCES, "utf-8")
    with (project / "erp.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([("item", "quantity"), *stock])
    with closing(sqlite3.connect(project / "shop.db")) as database, database:
        database.execute("CREATE TABLE prices (item TEXT PRIMARY KEY, half TEXT NOT NULL)")
        database.executemany("INSERT INTO prices VALUES (?, ?)", prices)


def _followed(text: str, stock: list[tuple[str, int]], prices: list[tuple[str, str]]) -> str:
    """Take the numbers out of an offer and put them into the tables."""
    name = _NAME.search(text)
    if name is None:
        return text
    if "\nbundle:" not in text and (number := _STOCK.search(text)) is not None:
        stock.append((name[1], int(number[1] or number[2])))
        text = _STOCK.sub(lambda found: f"stock: {{{found[3]}}}\n" if found[3] else "", text)
    if (price := _PRICE.search(text)) is not None:
        prices.append((name[1], str(Decimal(price[1] or price[2]) / 2)))
        text = _PRICE.sub(lambda found: f"price: {{{found[3]}}}\n" if found[3] else "", text)
    return text


if __name__ == "__main__":
    main()
