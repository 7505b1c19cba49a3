"""`reconcile ledger`: where the project remembers its runs."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import project_option


@click.group("ledger")
def command() -> None:
    """Move what the project remembers of its runs to another place."""


@command.command("move")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--no-color", is_flag=True, help="No colours. NO_COLOR in the environment does the same.")
@project_option()
def move(old: str, new: str, no_color: bool) -> int:
    """Write what OLD remembers into NEW, which has to be empty.

    Both are addresses as in `ledger:` of reconcile.yaml: a file, postgresql://HOST/NAME, git, git:BRANCH or
    s3://BUCKET/KEY. Nobody may be at work meanwhile. OLD stays as it is.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.ledger import move as moved

    console = Console.open(no_color=no_color)
    done = moved(workspace(), old, new)
    runs = "1 run" if done.runs == 1 else f"{done.runs} runs"
    console.show(
        [
            f"Moved {runs}, {done.rows} rows in all, from {done.old} to {done.new}.",
            f"Now write `ledger: {done.new}` in reconcile.yaml wherever this project runs.",
            f"{done.old} stays as it is: remove it when nobody uses it any more. Its logins are renewed no more.",
        ]
    )
    return Exit.OK
