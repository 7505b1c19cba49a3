"""What there is to say of one marketplace: documents, texts, and what people do there by hand."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from reconciler.demo.everywhere.mugs import GLAZES, LOGIN, Glaze, Mug
from reconciler.runtime.project.state import practice_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What a person does by hand there, and buyers do: never by the way that reconcile takes.

    `market` opens the practice marketplace, `find` knows what a mug is called there, and `edited` is the patch of
    a person who sets another price.
    """

    market: Callable[[Path], Any]
    find: Callable[[Any, str], Any]
    edited: Callable[[Decimal], Mapping[str, Any]]

    def sell(self, directory: Path, marketplace: str, mug: Mug, pieces: int) -> None:
        """Let somebody buy so many pieces."""
        with closing(self.market(practice_store(directory, marketplace))) as market:
            market.sell(LOGIN, self.find(market, mug.name), pieces)

    def set_price(self, directory: Path, marketplace: str, mug: Mug, price: Decimal) -> None:
        """Let a person set another price."""
        with closing(self.market(practice_store(directory, marketplace))) as market:
            market.panel_edit(LOGIN, self.find(market, mug.name), self.edited(price))


@dataclass(frozen=True, slots=True, kw_only=True)
class Storefront:
    """The documents of one marketplace, and what happens there.

    `account` is its entry in the project, `defaults` what all mugs say there, `prices` what one costs on its
    sites, `without` the fields of mugs that it does not have, `files` whole files (path -> text): all of it YAML.
    `costs` is a price there, in `currency`, and `at_zero` what no pieces come to. `rewritten` is a file, with
    what an edit of it replaces, and by what.
    """

    name: str
    account: str
    defaults: str
    prices: Callable[[Mug], str]
    files: Mapping[str, str]
    costs: Callable[[Mug], Decimal]
    currency: str
    at_zero: str
    panel: Panel
    without: tuple[str, ...] = ()
    rewritten: tuple[str, str, str] | None = None

    def price(self, mug: Mug) -> str:
        """Return what a mug costs there, as a document has it."""
        return f"{self.costs(mug):.2f} {self.currency}"


def with_glaze(word: Callable[[Glaze], str], text: str) -> str:
    """Return a content template that knows what each glaze is called, as `glaze`."""
    told = ",\n  ".join(f'"{each.name}": "{word(each)}"' for each in GLAZES)
    return f"{{% set glaze = {{\n  {told}\n}}[labels.glaze] %}}\n{text}\n"
