"""`reconcile migrate`: takes in what was made elsewhere, which has no way back: shown first, and agreed to."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.cli.options import allow_option, lock_timeout_option, output_options
from reconciler.model.offers import MadeElsewhere
from reconciler.model.outcomes import Report

if TYPE_CHECKING:
    from reconciler.runtime.commands.migrate import Apart


@click.command("migrate")
@click.argument("account", required=False, default="")
@click.option("--listing", "numbers", metavar="ID", multiple=True, help="Migrate the listing of this number.")
@click.option("--all", "every", is_flag=True, help="Migrate every listing that nothing stands in the way of.")
@click.option("--auto-approve", is_flag=True, help="Do not ask. For machines.")
@allow_option()
@lock_timeout_option()
@output_options()
def command(
    account: str,
    numbers: tuple[str, ...],
    every: bool,
    auto_approve: bool,
    allow: Mapping[str, str],
    lock_timeout: float,
    as_json: bool,
    no_color: bool,
) -> int:
    """Show what was made elsewhere on ACCOUNT, and take in what is named.

    Some marketplaces keep listings that were made by other means apart: no plan sees or touches them. Without a
    flag they are listed, with what stands in the way of each. With --listing or --all they are migrated, when you
    type `yes`: there is no way back. What was migrated is an offer like any other: `reconcile pull` writes its
    document.
    """
    from reconciler.cli.apply import outcome_code
    from reconciler.cli.project import workspace
    from reconciler.render.migrating_text import no_way_back
    from reconciler.runtime.commands.migrate import finished_first, made_elsewhere, migrate
    from reconciler.runtime.options import ApplyOptions

    if numbers and every:
        raise click.UsageError("Give --listing or --all.")
    if as_json and (numbers or every) and not auto_approve:
        raise click.UsageError("--json leaves nobody to ask: give --auto-approve.")
    console = Console.open(json=as_json, no_color=no_color)
    options = ApplyOptions(allow=allow, lock_timeout=lock_timeout)
    if numbers or every:
        earlier = finished_first(workspace(), account, options, console.progress())
        if earlier.stops or (earlier.outcomes and not as_json):
            _told(earlier, console)
        if earlier.stops:
            return outcome_code(earlier)
    found = made_elsewhere(workspace(), account, console.progress())
    chosen = _chosen(found.listings, numbers, every=every)
    if not chosen:
        return _listed(found, console)
    if not as_json:
        console.show(no_way_back(chosen, found.title, console.style))
    if not (auto_approve or _agreed(len(chosen), found.account, console)):
        console.say("Nothing was sent: only `yes` is taken as consent.")
        return Exit.ERROR
    return _told(migrate(workspace(), found.account, chosen, options, console.progress()), console)


def _chosen(found: Sequence[MadeElsewhere], numbers: Sequence[str], *, every: bool) -> list[MadeElsewhere]:
    """Return what is to be migrated. Refusal where a number is not there, or something stands in its way."""
    if every:
        return [each for each in found if not each.stops]
    there = {each.remote_id: each for each in found}
    for number in numbers:
        if number not in there:
            raise Refusal(
                f"{number} is no listing that was made elsewhere", "`reconcile migrate` without a flag lists them"
            )
        if stops := there[number].stops:
            raise Refusal(f"{number} cannot be migrated: {stops}")
    return [there[number] for number in dict.fromkeys(numbers)]


def _listed(found: "Apart", console: Console) -> Exit:
    from reconciler.model.report_json import to_text
    from reconciler.render.migrating_text import elsewhere_text, elsewhere_to_json, nothing_apart

    if console.json:
        console.write(to_text(elsewhere_to_json(found.account, found.listings)))
    elif not found.has:
        console.show([nothing_apart(found.title)])
    else:
        console.show(elsewhere_text(found.account, found.listings, console.style))
    return Exit.OK


def _agreed(count: int, account: str, console: Console) -> bool:
    from reconciler.cli.prompt import consent

    some = "this listing" if count == 1 else f"these {count:,} listings"
    return consent(f"Migrate {some} of {account} for good?", console.error_style)


def _told(report: Report, console: Console) -> Exit:
    from reconciler.cli.apply import outcome_code
    from reconciler.model.report_json import report_in_pieces
    from reconciler.render.migrating_text import migrated_text

    if console.json:
        console.write_pieces(report_in_pieces(report))
    else:
        console.show(["", *migrated_text(report, console.style)])
    return outcome_code(report)
