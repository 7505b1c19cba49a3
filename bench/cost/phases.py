"""What is measured of a shop, one phase after the other, each as a command in a fresh process."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.cost.feeds import follow, receive
from bench.cost.measured import Failed, Figure, measure, surroundings
from bench.cost.shop import commit, edit, offers_of, take_back

#: What the phases are called, in their order, and what happens in them.
PHASES = {
    "validate, cold": "`validate` without any cache: load, check, inherit, resolve, limits",
    "plan, first": "`plan` of a fresh clone: no cache, no ledger; every offer is read in full",
    "apply, first": "`apply` of that plan: nothing is sent, all is remembered",
    "plan, warm": "`plan`, nothing changed",
    "validate, warm": "`validate`, nothing changed",
    "plan, one offer": "`plan --target` of one offer, nothing changed",
    "explain, one offer": "`explain` of one field of it",
    "plan, one module": "`plan --only price`, nothing changed",
    "plan, a git range": "`plan --changed-since HEAD`, nothing changed",
    "list, not in sync": "`list --state changes --state not-on-account`, nothing changed",
    "pull, at rest": "`pull`, everything has a document, and nothing changed",
    "update, one offer": "`pull --update --target` of one offer, nothing changed",
    "resync, one offer": "`resync --target` of one offer: its plan, which nobody agrees to",
    "diff": "`diff HEAD`, nothing changed",
    "fmt, cold": "`fmt --check` without any cache",
    "fmt, warm": "`fmt --check`, nothing changed",
    "lint": "`lint`",
    "graph": "`graph`",
    "plan, new checkout": "`plan` where every file is another than before and says the same, as in a job that has kept its cache",
    "plan, 100 changed": "`plan` after 100 files were edited, price and title",
    "apply, 100 changed": "`apply` of these",
    "plan, 1 % changed": "`plan` after 1 % of the files were edited, price and title",
    "apply, 1 % changed": "`apply` of these",
    "plan, all prices": "`plan` after the price in every file was edited",
    "apply, all prices": "`apply` of these",
    "plan, from a feed": "`plan` where the stock of all offers follows a CSV, nothing changed",
    "plan, 1 % of a feed": "`plan` after the numbers of 1 % of its rows moved",
    "apply, 1 % of a feed": "`apply` of these",
    "pull": "`pull` of the whole account into an empty project",
    "pull, again": "`pull` where everything has a document, and no plan was made yet",
}
ROUNDS = 3


#: More offers than these are not written, or pulled, at once.
LARGEST_WRITTEN = 10_000


class Shop:
    """A folder of documents with its practice marketplace, and what runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aside = folder.parent

    def run(self, *words: str, expect: tuple[int, ...] = (0,)) -> Figure:
        """Run a command of reconcile; its figure is without the practice marketplace."""
        told = self._aside / "told.json"
        command = [sys.executable, "-m", "bench.cost.command", str(told), "-C", str(self.folder), *words]
        whole = measure(
            command, folder=self._aside, log=self._aside / "log.txt", env=surroundings(), expect=expect
        )
        island = json.loads(told.read_text("utf-8"))
        own = whole.cpu - island["cpu"]
        return replace(whole, cpu=own, island=island["cpu"], requests=island["requests"])

    @property
    def was_planned(self) -> bool:
        """Tell whether it has been planned and applied before: it is a kept one, whose first look was long."""
        return (self.folder / ".reconcile" / "cache.db").exists()

    def forget(self, *patterns: str) -> None:
        """Remove every cache, whatever keeps one; or some."""
        for pattern in patterns or ("cache*", "rests*", "valid*", "formatted*"):
            for each in (self.folder / ".reconcile").glob(pattern):
                each.unlink()

    def at_rest(self) -> None:
        """Insist that nothing that is declared is undone."""
        self.run("plan", "--detailed-exitcode")


def middle(run: Callable[[], Figure], rounds: int = ROUNDS) -> Figure:
    """Return the run whose processor time is in the middle of several."""
    told = [run() for _ in range(rounds)]
    wanted = median(each.cpu for each in told)
    return min(told, key=lambda each: abs(each.cpu - wanted))


def phases(shop: Shop) -> Iterator[tuple[str, int, Figure]]:
    """Yield each phase with how many changes it is about.

    The shop has no state yet but its marketplace; the first look at one that has is left out.
    """
    files, plan = offers_of(shop.folder), str(shop.folder.parent / "plan.json")
    first = not shop.was_planned
    shop.forget("valid*")
    yield "validate, cold", 0, shop.run("validate")
    if first:
        shop.forget()
        yield "plan, first", 0, shop.run("plan", "--out", plan)
        yield "apply, first", 0, shop.run("apply", plan, "--auto-approve")
    shop.at_rest()  # what is read again once after an apply is read
    yield "plan, warm", 0, middle(lambda: shop.run("plan", "--detailed-exitcode"))
    yield "validate, warm", 0, middle(lambda: shop.run("validate"))
    one = files[len(files) // 2].stem
    yield "plan, one offer", 0, middle(lambda: shop.run("plan", "--target", one))
    yield "explain, one offer", 0, middle(lambda: shop.run("explain", one, "content.title"))
    yield "plan, one module", 0, middle(lambda: shop.run("plan", "--only", "price"))
    yield "plan, a git range", 0, middle(lambda: shop.run("plan", "--changed-since", "HEAD"))
    states = ("--state", "changes", "--state", "not-on-account")
    yield "list, not in sync", 0, middle(lambda: shop.run("list", *states))
    yield "pull, at rest", 0, middle(lambda: shop.run("pull"))
    yield "update, one offer", 0, middle(lambda: shop.run("pull", "--update", "--target", one))
    again = ("resync", "--account", "main", "--target", one)
    yield "resync, one offer", 0, middle(lambda: shop.run(*again, expect=(1,)))
    yield "diff", 0, middle(lambda: shop.run("diff", "HEAD"))
    yield "fmt, cold", 0, shop.run("fmt", "--check")
    yield "fmt, warm", 0, middle(lambda: shop.run("fmt", "--check"))
    yield "lint", 0, shop.run("lint")
    yield "graph", 0, shop.run("graph")
    for each in files:
        each.touch()
    commit(shop.folder)
    yield "plan, new checkout", 0, shop.run("plan", "--detailed-exitcode")
    shop.at_rest()
    for name, chosen, title in (
        ("100 changed", files[:: max(1, len(files) // 100)][:100], True),
        ("1 % changed", files[1::100], True),
        ("all prices", files, False),
    ):
        edited = edit(chosen, title=title)
        rounds = ROUNDS if edited <= LARGEST_WRITTEN else 1
        yield f"plan, {name}", edited, middle(lambda: shop.run("plan", "--out", plan), rounds)
        if edited > LARGEST_WRITTEN:  # to apply it takes a quarter of an hour, for what the smaller sizes tell
            if not take_back(shop.folder):
                return
            continue
        yield f"apply, {name}", edited, shop.run("apply", plan, "--auto-approve")
        commit(shop.folder)
        shop.at_rest()
    yield from _of_a_feed(shop, files, plan)
    if len(files) > LARGEST_WRITTEN:
        return
    for name, figure in zip(("pull", "pull, again"), _pulled(shop), strict=True):
        yield name, 0, figure


def _of_a_feed(shop: Shop, files: list[Path], plan: str) -> Iterator[tuple[str, int, Figure]]:
    """Let all follow a feed, have that remembered, and look again: with nothing new in it, and with something."""
    follow(shop.folder, files)
    commit(shop.folder)
    shop.run("plan", "--out", plan)
    shop.run("apply", plan, "--auto-approve")
    shop.at_rest()
    yield "plan, from a feed", 0, middle(lambda: shop.run("plan", "--detailed-exitcode"))
    moved = receive(shop.folder, 100)
    yield "plan, 1 % of a feed", moved, middle(lambda: shop.run("plan", "--out", plan))
    yield "apply, 1 % of a feed", moved, shop.run("apply", plan, "--auto-approve")


def _pulled(shop: Shop) -> tuple[Figure, Figure]:
    """Pull into a project that has its account, and no document yet; and again."""
    empty = shop.folder.parent / "pulled"
    (empty / ".reconcile").mkdir(parents=True, mode=0o700)
    shutil.copy(shop.folder / "reconcile.yaml", empty)
    shutil.copy(shop.folder / ".reconcile" / "simulator-allegro.db", empty / ".reconcile")
    first = Shop(empty).run("pull")
    if len(list(empty.rglob("*.yaml"))) <= len(offers_of(shop.folder)):
        raise Failed("pull has not written a document for each offer")
    again = Shop(empty).run("pull")
    shutil.rmtree(empty)
    return first, again
