"""From nothing to a demo: documents, marketplace and ledger that agree, and then the incidents."""

from datetime import datetime
from pathlib import Path

from reconciler.demo.account import Texts, account
from reconciler.demo.aside import DemoSummary, put_down
from reconciler.demo.documents import all_files
from reconciler.demo.history import resolve, write_ledger
from reconciler.demo.incidents import plant
from reconciler.demo.mistakes import ENOUGH
from reconciler.demo.pictures import PICTURES, png
from reconciler.demo.readme import readme
from reconciler.demo.settings import PRICE_LISTS, TEMPLATES
from reconciler.demo.shop import Shop, make_shop
from reconciler.documents.grammar import printed_names, schema_json
from reconciler.model.offers import OFFER, Desired
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.state import STATE, practice_store
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.writing import write_aside
from reconciler.simulator.allegro.simulator import AllegroSimulator


def write_demo(
    directory: Path, offers: int = 2000, seed: int = 1, progress: Progress | None = None
) -> DemoSummary:
    """Write a demo into a directory that is empty or does not exist. The same seed writes the same documents.

    A shop that an earlier run completed and did not put in place is put in place instead.
    """
    return put_down(directory, lambda aside: _write_shop(aside, offers, seed, progress or Silent()))


def _write_shop(directory: Path, offers: int, seed: int, progress: Progress) -> DemoSummary:
    shop, market = lay_out(directory, offers, seed, progress)
    try:
        planted = plant(directory, shop, market)
    finally:
        market.close()
    _write(directory, "README.md", readme(offers, planted, mistakes=offers >= ENOUGH))
    bundles = len(shop.pairs)
    return DemoSummary(
        directory=directory,
        files=sum(1 for file in directory.rglob("*") if file.is_file() and STATE not in file.parts),
        offers=sum(file.name != "defaults.yaml" for file in directory.glob("offers/**/*.yaml")),
        parts=f"{len(TEMPLATES)} settings templates, {len(PRICE_LISTS)} delivery price lists, {bundles} bundles",
        planted=planted,
    )


def lay_out(directory: Path, offers: int, seed: int, progress: Progress) -> tuple[Shop, AllegroSimulator]:
    """Write documents, marketplace and ledger, all equal; FileExistsError when something is there already."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise FileExistsError(f"{directory} is not an empty folder")
    shop = make_shop(offers, seed)
    progress.start("writing documents", offers)
    _write_all(directory, shop, progress)
    progress.finish()
    market = AllegroSimulator(practice_store(directory, "allegro"))
    progress.start("reading documents")
    texts = _remember(directory, shop, market.clock.now())
    progress.finish()
    progress.start("filling the marketplace")
    market.seed(account(shop, texts, market.clock.now()))
    progress.finish()
    return shop, market


def _remember(directory: Path, shop: Shop, now: datetime) -> Texts:
    """Write the ledger; return what the templates wrote. All else that the documents say is not needed again."""
    desired = resolve(Workspace(directory))
    write_ledger(directory, shop, desired, now)
    return _texts(desired)


def _write_all(directory: Path, shop: Shop, progress: Progress) -> None:
    for name, colours in PICTURES.items():
        write_aside(directory / "images" / name, png(*colours))
    for name in printed_names():
        _write(directory, f"schemas/{name}.schema.json", schema_json(name))
    for path, text in all_files(shop):
        _write(directory, path, text)
        progress.advance()


def _write(directory: Path, path: str, text: str) -> None:
    write_aside(directory / path, text.encode())


def _texts(desired: tuple[Desired, ...]) -> Texts:
    """Return titles and descriptions as the documents say them; many of them come from templates."""
    return {
        each.key.name: (each.fields["content.title"], each.fields["content.description"])
        for each in desired
        if each.key.kind == OFFER and "content.title" in each.fields
    }
