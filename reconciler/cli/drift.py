"""`reconcile drift`: what the marketplace says otherwise since the last apply, and nothing is written."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit, worst
from reconciler.cli.options import accounts_option, output_options
from reconciler.cli.plan import verdict


@click.command("drift")
@accounts_option()
@output_options()
def command(accounts: tuple[str, ...], as_json: bool, no_color: bool) -> int:
    """Show the fields whose documents are as they were applied last, and whose live value is another one.

    Three things are compared: what an apply left there, what is declared, what is live. Where the documents have
    changed as well it is a change of the plan, and no drift. Ends with 2 where anything has moved. To take a value
    over, write it into the document; to put the declared one back, apply. With --json: a plan of these fields.
    """
    from reconciler.cli.project import workspace
    from reconciler.engine.drift import drift_of
    from reconciler.model.plan_json import dump_plan, sealed
    from reconciler.render.drift_text import drift_text
    from reconciler.runtime.commands.plan import make_plan
    from reconciler.runtime.options import PlanOptions

    console = Console.open(json=as_json, no_color=no_color)
    plan = make_plan(workspace(), PlanOptions(accounts=accounts, refresh="full"), console.progress())
    found = sealed(drift_of(plan))
    if console.json:
        console.write(dump_plan(found))
    else:
        console.show(drift_text(found, console.style))
    return worst((Exit.CHANGES if found.changes else Exit.OK, verdict(found, detailed=False)))
