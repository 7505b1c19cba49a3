"""The documents of the mugs: a file for each mug, and one file that says what is different on each marketplace."""

from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import Final

from reconciler.demo.everywhere.mugs import WALL, Mug, mugs
from reconciler.demo.everywhere.sites import SITES
from reconciler.demo.pictures import png

_SCHEMA: Final = "# yaml-language-server: $schema={}schemas/{}.schema.json\n"


def files(count: int, marketplaces: Sequence[str], schemas: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of a project of so many mugs.

    `schemas` leads from its root to the folder that holds `schemas/`.
    """
    every = tuple(mugs(count))
    chosen = [SITES[name] for name in marketplaces]
    accounts = indent("".join(each.account for each in chosen), "  ")
    project = f"kind: Project\nname: mugs\naccounts:\n{accounts}guards: {{price_change: 30%}}\n"
    yield "reconcile.yaml", _text(schemas, "project", project)
    shared = indent("".join(each.defaults for each in chosen), "    ")
    names = ", ".join(each.name for each in chosen)
    defaults = f"kind: Defaults\naccounts: [{names}]\nOffer:\n  stock: {{status: active}}\n  for:\n{shared}"
    yield "mugs/_defaults.yaml", _text(f"{schemas}../", "defaults", defaults)
    for site in chosen:
        yield from ((path, text.encode()) for path, text in site.files.items())
    for each in every:
        yield document_of(each, marketplaces, schemas)
    for path, glaze in {each.picture: each.glaze for each in every}.items():
        yield path, png(WALL, glaze.mug, glaze.stripe)


def document_of(mug: Mug, marketplaces: Sequence[str], schemas: str = "") -> tuple[str, bytes]:
    """Return (path, bytes) of the document of one mug."""
    chosen = [SITES[name] for name in marketplaces]
    left_out = [f"{each.name}: {{without: [{', '.join(each.without)}]}}" for each in chosen if each.without]
    differs = f"for: {{{', '.join(left_out)}}}\n" if left_out else ""
    text = f"""\
kind: Offer
name: {mug.name}
labels: {{glaze: {mug.glaze.name}, size: {mug.size}}}
content: {{product: {{gtin: "{mug.gtin}"}}, images: [{mug.picture}]}}
price: {{{", ".join(each.prices(mug) for each in chosen)}}}
stock: {mug.pieces}
{differs}"""
    return f"mugs/{mug.name}.yaml", _text(f"{schemas}../", "offer", text)


def _text(schemas: str, kind: str, body: str) -> bytes:
    return (_SCHEMA.format(schemas, kind) + body).encode()
