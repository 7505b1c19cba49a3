"""A shop of offers as people write them, and a practice marketplace on which all of it is as declared.

Usage: python -m bench.cost.shop FOLDER OFFERS. A process of its own, so that whoever measures stays small: the peak
memory that a system tells of a child is never below what its parent had when the child was begun.

All of it is committed, where git is there: that is where such a folder lies, and plans ask git what differs.
The offers are the demo's, made leaner: a file each, most of 1.0 to 1.4 kB, in a folder for each category whose
`defaults.yaml` they inherit. Nothing is resolved to make them, so 1,000 take 1.6 s of processor time. All are on sale or
ended, and nothing was sold, which would fix titles; there are no drafts, which raise no events and are therefore always
read in full.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from reconciler.demo.account import account
from reconciler.demo.documents import all_files
from reconciler.demo.offers import OWN, DemoOffer
from reconciler.demo.shop import make_shop
from reconciler.documents.grammar import printed_names, schema_json
from reconciler.runtime.project.state import practice_store
from reconciler.simulator.allegro.simulator import AllegroSimulator

#: What is edited in every tenth of a shop or in all of it would be refused by guards; the cost is what is asked here.
_GUARDS = ("price_change", "price_shift", "stock_change", "creates", "ends", "updates", "zeros")
_SECTIONS, _IMAGES = 2, 5


def write_shop(folder: Path, offers: int, seed: int = 1) -> None:
    """Write the documents, and seed the practice marketplace with what they declare."""
    shop = make_shop(offers, seed)
    shop = replace(shop, offers=tuple(map(_lean, shop.offers)), pairs=(), strays=())
    for path, text in all_files(shop):
        _write(folder / path, _without_guards(text) if path == "reconcile.yaml" else text)
    for name in printed_names():
        _write(folder / "schemas" / f"{name}.schema.json", schema_json(name))
    market = AllegroSimulator(practice_store(folder, "allegro"))
    try:
        market.seed(account(shop, {}, datetime.now(UTC)))
    finally:
        market.close()


def commit(folder: Path) -> None:
    """Commit all that lies there, where git can; git looks at each file, and knows it again."""
    git = shutil.which("git")
    if git is None:
        return
    who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "--allow-empty", "-m", "as it is")):
        subprocess.run([git, "-C", str(folder), *who, *words], check=True)


def take_back(folder: Path) -> bool:
    """Take back what was edited since; return whether git could."""
    git = shutil.which("git")
    if git is None:
        return False
    subprocess.run([git, "-C", str(folder), "checkout", "-q", "."], check=True)
    return True


def _lean(offer: DemoOffer) -> DemoOffer:
    """Return the offer with its own texts, as short as most are, and with nothing that waits for somebody."""
    texts = [tuple(item for item in section if "text" in item)[:1] for section in offer.sections]
    title = ({"text": f"<h1>{offer.title}</h1>"},)
    return replace(
        offer,
        style=OWN,
        sections=tuple(each for each in texts if each)[:_SECTIONS] or (title,),
        images=tuple(each for each in offer.images if each.startswith("https://"))[:_IMAGES],
        status="ended" if offer.status == "ended" else "active",
        path=offer.path.replace("/kolekcja/", "/"),
        further=(),
        sync={},
        sold=0,
    )


def _without_guards(text: str) -> str:
    off = "".join(f"  {rule}: off\n" for rule in _GUARDS)
    return re.sub(r"(?m)^guards:\n(?:  .*\n)+", f"guards:\n{off}", text)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def offers_of(folder: Path) -> list[Path]:
    """Return the files of all offers, in order."""
    return sorted(each for each in folder.glob("offers/**/*.yaml") if each.name != "defaults.yaml")


def edit(files: Iterable[Path], *, title: bool) -> int:
    """Raise the price of each offer by a zloty, and begin its title anew where asked; return how many were edited."""
    count = 0
    for file in files:
        text = file.read_text("utf-8")
        changed = re.sub(r"(?m)^(price: (?:{base: )?)(\d+)", lambda found: f"{found[1]}{int(found[2]) + 1}", text)
        if title:
            changed = re.sub(r"(?m)^(  title: [\"']?)(\S+)", r"\1Nowy", changed, count=1)
        if changed == text:
            raise ValueError(f"{file} says no price as the bench writes it")
        file.write_text(changed, "utf-8")
        count += 1
    return count


if __name__ == "__main__":
    write_shop(Path(sys.argv[1]), int(sys.argv[2]))
    commit(Path(sys.argv[1]))
