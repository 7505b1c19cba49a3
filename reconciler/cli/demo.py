"""`reconcile demo`: a shop on the simulator, with accidents planted in it."""

import sqlite3
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.model.typed import typed
from reconciler.runtime.errors import LedgerFailed


@click.command("demo")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--offers", type=click.IntRange(1, 100_000), help="How many offers: 200, or 50 with --marketplaces.")
@click.option("--seed", default=1, show_default=True, type=int, help="The same seed gives the same shop.")
@click.option("--fix", is_flag=True, help="Correct the planted mistakes in a shop that is there already.")
@click.option(
    "--feed",
    type=click.Choice(["sold-out", "cut", "receipt"]),
    help="In a shop that is there already: its stock comes from a file, and this is what it says next.",
)
@click.option(
    "--marketplaces",
    metavar="NAMES",
    help="The same mugs on several marketplaces instead: their names, with commas.",
)
@click.option("--no-color", is_flag=True, help="No colours.")
def command(
    folder: str,
    offers: int | None,
    seed: int,
    fix: bool,
    feed: str | None,
    marketplaces: str | None,
    no_color: bool,
) -> int:
    """Write a shop with planted accidents into a new folder, to try things out.

    Its marketplace is the simulator: nothing leaves this machine.
    """
    target = Path(folder)
    console = Console.open(no_color=no_color)
    if fix:
        return _fix(target, console)
    if feed:
        return _feed(target, feed, console)
    from reconciler.cli.project import in_a_project
    from reconciler.demo import write_demo, write_everywhere

    if refusal := in_a_project(target):
        raise refusal
    names = _known(marketplaces) if marketplaces is not None else ()
    try:
        if names:
            summary = write_everywhere(target, offers or 50, names, console.progress())
        else:
            summary = write_demo(target, offers or 200, seed, console.progress())
    except FileExistsError as wrong:
        raise Refusal(f"{folder} is not empty", "name a folder that does not exist yet") from wrong
    except (OSError, sqlite3.Error, LedgerFailed) as wrong:
        why = getattr(wrong, "strerror", None) or wrong
        raise Refusal(f"{folder} cannot be written: {why}") from wrong
    console.show(summary.lines())
    return Exit.OK


def _known(marketplaces: str) -> tuple[str, ...]:
    from reconciler.demo import MARKETPLACES

    names = tuple(dict.fromkeys(each.strip() for each in marketplaces.split(",")))
    if unknown := [each for each in names if each not in MARKETPLACES]:
        there = f"there are: {', '.join(MARKETPLACES)}"
        raise Refusal(f"there is no demo on `{unknown[0]}`", there)
    return names


def _feed(target: Path, feed: str, console: Console) -> int:
    """Do what a warehouse program does: write its export, whole or not."""
    from reconciler.demo import Feed, NothingToFollow, write_feed

    try:
        console.show([*write_feed(target, Feed(feed)), "", f"Next: {typed('-C', str(target), 'plan')}"])
    except FileNotFoundError:
        raise Refusal(f"{target} is no demo shop", "make one with `reconcile demo DIR`") from None
    except NothingToFollow as wrong:
        raise Refusal(f"{target}: {wrong}", "make a larger shop: `reconcile demo DIR --offers 200`") from None
    except (OSError, sqlite3.Error) as wrong:
        why = getattr(wrong, "strerror", None) or wrong
        raise Refusal(f"{target} cannot be written: {why}") from wrong
    return Exit.OK


def _fix(target: Path, console: Console) -> int:
    """Do what a person would do after reading the plan: edit one line of each file that it names."""
    from reconciler.demo import put_right

    try:
        console.show(put_right(target))
    except FileNotFoundError:
        raise Refusal(f"{target} is no demo shop", "make one with `reconcile demo DIR`") from None
    except OSError as wrong:
        raise Refusal(f"{target} cannot be corrected: {wrong.strerror or wrong}") from wrong
    return Exit.OK
