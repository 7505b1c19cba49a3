"""A second story for the shop: its stock comes from what a warehouse program exports.

The export says that one article is gone; then it breaks off; then it is whole again, and goods have come. Each of
these can be written at any time. What the warehouse holds is kept in a private note, since the export may be cut.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import orjson

from reconciler.demo.corrections import NOTE
from reconciler.demo.documents import offer_defaults
from reconciler.demo.words import LOGIN
from reconciler.model.bounds import DOCUMENT, TABLE
from reconciler.runtime.project.state import STATE, practice_store
from reconciler.runtime.reading import read_file
from reconciler.runtime.writing import replace_file
from reconciler.simulator.allegro.simulator import AllegroSimulator

FEED: Final = "feeds/magazyn.csv"
_SOURCE: Final = "sources/magazyn.yaml"
_STOCK: Final = f"{STATE}/feed.json"
_NUMBER: Final = re.compile(r"^stock: \d+\n", re.MULTILINE)
_NAME: Final = re.compile(r"^name: (.+)\n", re.MULTILINE)
_CODE: Final = re.compile(r'^  product: \{gtin: "(\d+)"\}$', re.MULTILINE)
#: What comes of the article that ran out: to Poznań and to Gniezno.
_RECEIPT: Final = (24, 16)

_SOURCE_TEXT: Final = f"""\
# yaml-language-server: $schema=../schemas/source.schema.json
kind: Source
name: magazyn
type: csv
path: {FEED}
delimiter: ";"
columns:
  item: {{type: text, from: ean}}
  warehouse: {{type: text, from: magazyn}}
  quantity: {{type: whole, from: stan}}
orders: {{by: program magazynowy, within: 15m}}     # who lowers it for what is sold here, and how soon
"""


class Feed(StrEnum):
    """What the warehouse's export says."""

    SOLD_OUT = "sold-out"
    CUT = "cut"
    RECEIPT = "receipt"


class NothingToFollow(Exception):  # noqa: N818 - a shop that is too small for this story
    """None of its offers is on sale with a number of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article: its bar code, the document of its offer, and how many lie in the warehouse."""

    code: str
    file: str
    pieces: int

    @property
    def name(self) -> str:
        """The key of its offer."""
        return Path(self.file).stem

    def split(self) -> tuple[int, int]:
        """Return how many lie in Poznań and in Gniezno."""
        return self.pieces - self.pieces // 3, self.pieces // 3


def write_feed(directory: Path, feed: Feed) -> tuple[str, ...]:
    """Write what the warehouse's export says now, and let the offers follow it; return what was done, in lines.

    FileNotFoundError where there is no demo, NothingToFollow where it is too small.
    """
    read_file(directory / NOTE, DOCUMENT)  # every demo has one
    started = (directory / _STOCK).exists()
    articles = _noted(directory) if started else _counted(directory)
    if not articles:
        raise NothingToFollow("no offer with a number of its own is on sale")
    replace_file(directory / _STOCK, orjson.dumps([asdict(each) for each in articles]), private=True)
    whole = feed_text(articles, _RECEIPT if feed is Feed.RECEIPT else (0, 0))
    shown = cut_off(whole) if feed is Feed.CUT else whole
    _put(directory, FEED, shown)
    _put(directory, _SOURCE, _SOURCE_TEXT)
    _put(directory, *offer_defaults({"from": "magazyn", "status": "active"}))
    for each in articles:
        _follow(directory, each)
    beginning = () if started else tuple(_begun(articles))
    return (*beginning, *_told(feed, articles, shown, whole))


def feed_text(articles: Sequence[Article], first: tuple[int, int]) -> str:
    """Return the export: a line for each article and warehouse. `first`: how many there are of the first one."""
    lines = ["ean;magazyn;stan"]
    for number, each in enumerate(articles):
        poznan, gniezno = each.split() if number else first
        lines += (f"{each.code};Poznań;{poznan}", f"{each.code};Gniezno;{gniezno}")
    return "\n".join((*lines, ""))


def cut_off(whole: str) -> str:
    """Return what arrives of an export that breaks off: three fifths of it, the last line without its number."""
    return whole[: whole.rindex(";", 0, len(whole) * 3 // 5 + 1)]


def _noted(directory: Path) -> list[Article]:
    return [Article(**each) for each in orjson.loads(read_file(directory / _STOCK, TABLE))]


def _counted(directory: Path) -> list[Article]:
    """Return what is on sale with a number of its own, and as many pieces of each as are on sale."""
    with closing(AllegroSimulator(practice_store(directory, "allegro"))) as market:
        on_sale = {
            (each.get("external") or {}).get("id"): int(each["stock"]["available"])
            for each in market.offers(LOGIN)
            if each["publication"]["status"] == "ACTIVE"
        }
    found = []
    for file in sorted((directory / "offers").glob("**/*.yaml")):
        text = read_file(file, DOCUMENT).decode()
        name, code = _NAME.search(text), _CODE.search(text)
        alone = _NUMBER.search(text) and "\nbundle:" not in text
        if name and code and alone and on_sale.get(name[1]):
            path = file.relative_to(directory).as_posix()
            found.append(Article(code=code[1], file=path, pieces=on_sale[name[1]]))
    return found


def _follow(directory: Path, article: Article) -> None:
    """Take the number out of a document, and say which article it is; nothing where that was done."""
    path = directory / article.file
    if not path.exists():
        return
    text = read_file(path, DOCUMENT).decode()
    if _NUMBER.search(text):
        named = _NAME.sub(lambda line: f'{line[0]}item: "{article.code}"\n', text, count=1)
        replace_file(path, _NUMBER.sub("", named, count=1).encode())


def _put(directory: Path, path: str, text: str) -> None:
    (directory / path).parent.mkdir(exist_ok=True)
    replace_file(directory / path, text.encode())


def _begun(articles: Sequence[Article]) -> Iterator[str]:
    count = len(articles)
    yield f"From now on the stock of {count:,} offers comes from what the warehouse program exports:"
    yield f"  {FEED:<22}{2 * count:,} lines, one for each article and warehouse"
    yield f"  {_SOURCE:<22}says how that file is read"
    yield "  offers/defaults.yaml  says `stock: {from: magazyn}`, for all that has no number of its own"
    yield f"  offers/*/*.yaml       {count:,} numbers went out, and `item:` says which article it is"
    yield ""


def _told(feed: Feed, articles: Sequence[Article], shown: str, whole: str) -> Iterator[str]:
    first = articles[0].name
    if feed is Feed.SOLD_OUT:
        yield f"The last {first} is gone: the file says 0 in both warehouses."
    elif feed is Feed.CUT:
        there, all_of_it = len(shown.encode()), len(whole.encode())
        yield f"The next export broke off: {FEED} ends after {there:,} of {all_of_it:,} bytes, within a line."
        yield "What it does not tell of any more lies in the warehouse all the same."
    else:
        yield f"The next export is whole, and {sum(_RECEIPT)} pieces of {first} have come:"
        yield f"{_RECEIPT[0]} to Poznań, {_RECEIPT[1]} to Gniezno."
