"""`reconcile drift`: what has moved on the marketplace since it was last as declared."""

from typing import Any

import click

from reconciler.cli.accounts import ends_to_json, of_plan
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit, worst
from reconciler.cli.options import format_option, output_options, planning_options
from reconciler.cli.plan import plan_options, show_accounts, verdict
from reconciler.model.report_json import to_text


@click.command("drift")
@planning_options()
@format_option(("text", "markdown", "json"))
@output_options()
def command(form: str, as_json: bool, no_color: bool, **narrowing: Any) -> int:
    """Show what has moved on the marketplace since it was last as declared, and change nothing.

    Exits with 2 when anything has. What only the documents have changed is no drift: `plan` shows it.
    `reconcile adopt --drift` takes it into the documents, `reconcile revert` puts it back.
    """
    from reconciler.cli.project import workspace
    from reconciler.render.difference import Pen
    from reconciler.render.drift_text import drift_markdown, drift_text, drift_to_json
    from reconciler.runtime.commands.drift import find_drift

    console = Console.open(json=as_json or form == "json", no_color=no_color)
    found = find_drift(workspace(), plan_options(**narrowing), console.progress())
    if console.json:
        console.write(to_text({**drift_to_json(found.drift), "ends": ends_to_json(of_plan(found.plan))}))
    elif form == "markdown":
        console.show_unlimited(drift_markdown(found.drift))
    else:
        console.show(drift_text(found.drift, Pen(style=console.style)))
        show_accounts(of_plan(found.plan), console)
    return worst((verdict(found.plan, detailed=False), Exit.CHANGES if found.drift else Exit.OK))
