"""From nothing to a demo: documents, marketplace and ledger that agree, and then the incidents.

All of it is made in a folder aside, and moved to its place when it is complete, reconcile.yaml last.
"""

import json
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from reconciler.demo.account import Texts, account
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
from reconciler.runtime.project.state import PROJECT, STATE, practice_store
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.writing import flush_all, put_in_place, replace_file, write_aside
from reconciler.simulator.allegro.simulator import AllegroSimulator

_ASIDE: Final = ".reconcile-demo"
_SHOP: Final = f"{_ASIDE}/shop"
#: Stands when the shop is complete and only has to be moved: its summary.
_COMPLETE: Final = f"{_ASIDE}/complete.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSummary:
    """What was written, and what was planted: one sentence for each incident.

    `resumed`: by an earlier run, which was cut off when all was made.
    """

    directory: Path
    files: int
    offers: int
    templates: int
    price_lists: int
    bundles: int
    planted: tuple[str, ...]
    resumed: bool = False

    def lines(self) -> list[str]:
        """Return the summary for a terminal."""
        parts = (
            f"{self.templates} settings templates, {self.price_lists} delivery price lists, {self.bundles} bundles"
        )
        resumed = (
            ["An earlier run was cut off when its shop was made; now it is complete."] if self.resumed else []
        )
        return [
            *resumed,
            f"{self.directory}: {self.offers:,} offers in {self.files:,} files, {parts}.",
            "",
            "Planted, since the documents and the marketplace were last equal:",
            *(f"  - {sentence}" for sentence in self.planted),
            "",
            f"Next: cd {self.directory} && reconcile plan",
            f"`reconcile demo --fix {self.directory}` corrects the mistakes; README.md tells the rest.",
        ]


def write_demo(
    directory: Path, offers: int = 2000, seed: int = 1, progress: Progress | None = None
) -> DemoSummary:
    """Write a demo into a directory that is empty or does not exist. The same seed writes the same documents.

    A shop that an earlier run completed and did not put in place is put in place instead.
    """
    resumed = (directory / _COMPLETE).exists()
    if not resumed:
        _make(directory, offers, seed, progress or Silent())
    return replace(_put_in_place(directory), resumed=resumed)


def _make(directory: Path, offers: int, seed: int, progress: Progress) -> None:
    """Make a complete shop aside; on the way to it nothing of it is left, whatever goes wrong."""
    shutil.rmtree(directory / _ASIDE, ignore_errors=True)  # from a run that was cut off
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise FileExistsError(f"{directory} is not an empty folder")
    was_there = directory.exists()
    try:
        summary = _write_shop(directory / _SHOP, offers, seed, progress)
        flush_all()
        replace_file(directory / _COMPLETE, json.dumps(asdict(summary), default=str).encode())
    except BaseException:
        shutil.rmtree(directory / _ASIDE if was_there else directory, ignore_errors=True)
        raise


def _put_in_place(directory: Path) -> DemoSummary:
    summary = json.loads((directory / _COMPLETE).read_bytes())
    for each in sorted((directory / _SHOP).glob("*"), key=lambda path: (path.name == PROJECT, path.name)):
        put_in_place(each, directory / each.name)
    shutil.rmtree(directory / _SHOP, ignore_errors=True)
    shutil.rmtree(directory / _ASIDE)
    return DemoSummary(**{**summary, "directory": directory, "planted": tuple(summary["planted"])})


def _write_shop(directory: Path, offers: int, seed: int, progress: Progress) -> DemoSummary:
    shop, market = lay_out(directory, offers, seed, progress)
    try:
        planted = plant(directory, shop, market)
    finally:
        market.close()
    _write(directory, "README.md", readme(offers, planted, mistakes=offers >= ENOUGH))
    return DemoSummary(
        directory=directory,
        files=sum(1 for file in directory.rglob("*") if file.is_file() and STATE not in file.parts),
        offers=sum(file.name != "defaults.yaml" for file in directory.glob("offers/**/*.yaml")),
        templates=len(TEMPLATES),
        price_lists=len(PRICE_LISTS),
        bundles=len(shop.pairs),
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
