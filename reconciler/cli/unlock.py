"""`reconcile unlock`: shows who holds an account, and breaks the lock of a holder that is gone."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import project_option
from reconciler.cli.prompt import consent
from reconciler.render.style import Style

if TYPE_CHECKING:
    from reconciler.runtime.ledger.locks import Lock


@click.command("unlock")
@click.argument("account", metavar="ACCOUNT")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Even when the holder is alive on this host.")
@click.option("--no-color", is_flag=True, help="No colours. NO_COLOR in the environment does the same.")
@project_option()
def command(account: str, yes: bool, force: bool, no_color: bool) -> int:
    """Show who holds the lock of an account, and break it.

    A lock keeps two from writing to one account at once. One whose process died on this host goes away by itself;
    one of another host stays until somebody who knows breaks it.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.unlock import break_lock, holder, insist_that_it_is_gone
    from reconciler.runtime.project.accounts import account_of

    console = Console.open(no_color=no_color)
    here = workspace()
    held = holder(here, account)
    if held is None:
        console.show([f"Account {account_of(here, account).name} is not locked."])
        return Exit.OK
    console.show(_text(held, console.style))
    if not force:
        insist_that_it_is_gone(held)
    if not (yes or consent("Are you sure that it is gone?", console.error_style)):
        console.say("Not unlocked: only `yes` is taken as consent.")
        return Exit.ERROR
    broken = break_lock(here, held)
    console.show(["The lock is broken." if broken else "The lock was given back meanwhile; nothing was done."])
    return Exit.OK


def _text(held: "Lock", style: Style) -> list[str]:
    return [
        f"Account {style('strong', held.account)} is locked.",
        f"  host:    {held.host}",
        f"  process: {held.pid}",
        f"  command: {held.command}",
        f"  since:   {held.since}",
    ]
