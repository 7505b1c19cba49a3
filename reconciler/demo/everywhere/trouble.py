"""What happens to the mugs since they were listed: a commit, and people and buyers on each marketplace."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from reconciler.demo.corrections import Correction, note
from reconciler.demo.everywhere.documents import document_of
from reconciler.demo.everywhere.mugs import Mug
from reconciler.demo.everywhere.sites import SITES
from reconciler.model.bounds import TEMPLATE
from reconciler.runtime.reading import read_file
from reconciler.runtime.writing import write_aside

#: So many mugs must be there before anything happens to them.
_ENOUGH = 8


def make_trouble(directory: Path, every: Sequence[Mug], marketplaces: Sequence[str]) -> tuple[str, ...]:
    """Let everything happen, the last mug being a new one; return what happened."""
    *old, new = every
    happened = list(_new(directory, new, marketplaces))
    if len(old) >= _ENOUGH:
        happened += _in_documents(directory, old, marketplaces)
        for number, name in enumerate(marketplaces):
            happened += _on_site(directory, name, old[4 + number], old[-1 - number])
    return tuple(happened)


def _new(directory: Path, mug: Mug, marketplaces: Sequence[str]) -> Iterator[str]:
    path, text = document_of(mug, marketplaces)
    write_aside(directory / path, text)
    yield f"A new mug: {path}; one file makes {len(marketplaces)} offers."


def _in_documents(directory: Path, old: Sequence[Mug], marketplaces: Sequence[str]) -> Iterator[str]:
    path, text = document_of(replace(old[0], pieces=0), marketplaces)
    write_aside(directory / path, text)
    told = "; ".join(f"{name}: {SITES[name].at_zero}" for name in marketplaces)
    yield f"A mug that is sold out: {path} says `stock: 0`. {told}."
    first, typo = marketplaces[0], old[1]
    wrong, right = SITES[first].price(_cheaper(typo)), SITES[first].price(typo)
    path, text = document_of(typo, marketplaces)
    spoilt = text.decode().replace(right, wrong)
    write_aside(directory / path, spoilt.encode())
    lines = zip(spoilt.splitlines(keepends=True), text.decode().splitlines(keepends=True), strict=True)
    note(directory, [Correction(file=path, wrong=said, right=meant) for said, meant in lines if said != meant])
    yield f"A price typo: {path} says {wrong} instead of {right}; the guards refuse the part of {first} alone."
    for name in marketplaces:
        if written := SITES[name].rewritten:
            path, before, after = written
            text = read_file(directory / path, TEMPLATE)
            write_aside(directory / path, text.replace(before.encode(), after.encode()))
            yield f"An edit of {path}: a new description of all mugs on {name}, and of none elsewhere."
            break


def _on_site(directory: Path, name: str, sold: Mug, edited: Mug) -> Iterator[str]:
    site, pieces = SITES[name], 2
    site.panel.sell(directory, name, sold, pieces)
    yield f"A sale on {name}: {pieces} pieces of {sold.name} ({sold.pieces} declared), which are not put back."
    price = (site.costs(edited) * Decimal("0.9")).quantize(Decimal("0.01"))
    site.panel.set_price(directory, name, edited, price)
    yield f"A price edited by hand on {name}: {edited.name} costs {price} {site.currency} there."


def _cheaper(mug: Mug) -> Mug:
    """Return the mug with its point one place to the left, as a typo has it."""
    return replace(mug, pln=mug.pln / 10, eur=mug.eur / 10, usd=mug.usd / 10)
