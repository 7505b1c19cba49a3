"""`validate` lets go of an offer that it has looked at: what stays is its bytes, and what a book knows of it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from reconciler.runtime.commands.validate import validate
from reconciler.runtime.project.workspace import Workspace

PROJECT = "accounts: {main: {marketplace: allegro, environment: simulator, login: sklep}}\n"
OFFERS = 1_000
#: What each says, beside its number: of two bytes a sign in memory, and another text once it is canonical.
WORDS = "łąka  " * 800
#: Bytes that stay of an offer: those of its file and of its body, and little more.
MOST = 2 * len(WORDS.encode()) + 4_000


def test_nothing_of_an_offer_stays_once_it_was_judged(tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").write_text(PROJECT)
    for number in range(OFFERS):
        text = f"<p>{number} {WORDS}</p>"
        said = f"kind: Offer\nname: A-{number}\ncontent:\n  title: Kubek {number}\n  description: {text}\n"
        (tmp_path / f"{number}.yaml").write_text(said, encoding="utf-8")
    validate(Workspace(tmp_path))  # what is read once for all
    tracemalloc.start()
    try:
        found = validate(Workspace(tmp_path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.offers == OFFERS
    assert peak / OFFERS < MOST
