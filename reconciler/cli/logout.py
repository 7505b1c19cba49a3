"""`reconcile logout`: gives a seller's tokens back and forgets them."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options
from reconciler.model.report_json import to_text


@click.command("logout")
@click.argument("account", default="", metavar="ACCOUNT")
@output_options()
def command(account: str, as_json: bool, no_color: bool) -> int:
    """Revoke the stored tokens of an account, and forget them.

    They are forgotten even when the marketplace cannot be told; then it says so.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.login import log_out

    console = Console.open(json=as_json, no_color=no_color)
    done = log_out(workspace(), account, console.progress())
    if console.json:
        body = {
            "format_version": 1,
            "account": done.account,
            "was_stored": done.was_stored,
            "revoked": done.revoked,
            "why_not_revoked": done.why_not,
        }
        console.write(to_text(body))
    elif done.was_stored:
        console.show([f"Account {done.account} is logged out: its tokens are forgotten here."])
    else:
        console.show([f"Account {done.account} was not logged in: nothing is stored for it."])
    if done.why_not:
        console.say(
            f"{console.error_style('warning', 'They were not revoked:')} {done.why_not}.",
            "    Remove the application's access in the account's settings on the marketplace.",
        )
    if done.left:
        console.say(f"{done.left} in the environment still holds a token.")
    return Exit.OK
