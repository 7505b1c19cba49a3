"""`reconcile plan`: what would change, field by field."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from reconciler.cli.accounts import ends_to_json, of_plan, refusal
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit, worst
from reconciler.cli.machine import MACHINE, folder_in_repository, write_located
from reconciler.cli.options import format_option, output_options, planning_options, shown_options
from reconciler.cli.saving import save_plan
from reconciler.model.accounts import AccountEnd
from reconciler.model.diagnostics import has_errors
from reconciler.model.modules import Module
from reconciler.model.plan import Plan
from reconciler.model.plan_json import plan_in_pieces, steps_of
from reconciler.render import machine
from reconciler.render.accounts_text import accounts_text
from reconciler.render.machine import Located
from reconciler.render.plan_text import plan_text
from reconciler.render.totals import changing
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import one_task


@click.command("plan")
@planning_options()
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="Save the plan, to apply exactly it.")
@click.option(
    "--at",
    metavar="TIME",
    default="",
    help="With the prices of a moment to come, such as 2026-11-27T00:00; such a plan is not applied before it.",
)
@click.option(
    "--base",
    metavar="REV",
    default="",
    help="Say of each change whether the documents ask for it since this git revision, or did before.",
)
@click.option(
    "--detailed-exitcode",
    is_flag=True,
    help="Exit with 2 when there are changes, or something declared stays undone.",
)
@format_option(("text", "markdown", "json", *MACHINE))
@shown_options()
@output_options()
def command(
    out: str | None,
    form: str,
    detailed_exitcode: bool,
    show_unsynced: bool,
    by: str,
    verbose: bool,
    as_json: bool,
    no_color: bool,
    **narrowing: Any,
) -> int:
    """Show what would change on the marketplace, and change nothing.

    Reads as little as it can: a list for prices, stock and status, details only where a document declares them.
    With --out the plan is saved; `reconcile apply FILE` then does what was reviewed, and nothing else.
    """
    console = Console.open(json=as_json or form == "json", no_color=no_color)
    plan = planned(narrowing, console, kept=bool(out) or console.json)
    if out:
        save_plan(Path(out), plan, console.progress())
    if console.json:
        write_plan(plan, console, detailed=detailed_exitcode)
    elif form in MACHINE:
        write_located(form, located_in(plan), console, "plan")
    elif form == "markdown":
        from reconciler.render.plan_markdown import plan_markdown

        applies = shlex.join(["reconcile", "apply", out]) if out else ""
        console.show_unlimited(plan_markdown(plan, verbose=verbose, following=applies))
    else:
        lines = plan_text(
            plan,
            console.style,
            verbose=verbose,
            show_unsynced=show_unsynced,
            by_offer=by == "offer",
            following=following(plan, out, narrowing),
        )
        console.show(lines)
        show_accounts(of_plan(plan, detailed=detailed_exitcode), console)
    return verdict(plan, detailed=detailed_exitcode)


def located_in(plan: Plan) -> tuple[Located, ...]:
    """List what is wrong with a plan, at files as the repository knows them."""
    from reconciler.cli.project import workspace

    return machine.of_plan(plan, folder_in_repository(workspace().root))


def write_plan(plan: Plan, console: Console, *, detailed: bool = False) -> None:
    """Write a plan as JSON, with what each account comes to."""
    ends = ends_to_json(of_plan(plan, detailed=detailed))
    with one_task(steps_of(plan), "writing the plan", console.progress()) as counted:
        console.write_pieces(plan_in_pieces(plan, counted, ends=ends))


def show_accounts(ends: list[AccountEnd], console: Console) -> None:
    """Show the table of all accounts, where there are several."""
    if len(ends) > 1:
        console.show(["", *accounts_text(ends, console.style)])


def planned(narrowing: dict[str, Any], console: Console, *, kept: bool = False) -> Plan:
    """Make a plan of what the flags ask for; one that is kept says of which revision it is."""
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.plan import make_plan

    return make_plan(workspace(), replace(plan_options(**narrowing), kept=kept), console.progress())


def plan_options(
    *,
    accounts: tuple[str, ...],
    targets: tuple[str, ...],
    files: tuple[str, ...],
    select: dict[str, str],
    only: tuple[str, ...],
    refresh: str,
    allow: dict[str, str],
    sources: dict[str, str],
    at: str = "",
    base: str = "",
    uncached: bool = False,
    changed_since: str = "",
) -> PlanOptions:
    """Turn flags into options."""
    return PlanOptions(
        accounts=accounts,
        targets=targets,
        files=files,
        select=select,
        only=frozenset(Module(module) for module in only),
        refresh=refresh,
        allow=allow,
        sources=sources,
        at=at,
        base=base,
        cached=not uncached,
        changed_since=changed_since,
    )


def verdict(plan: Plan, *, detailed: bool) -> Exit:
    """Return what the shell is told about a plan that was shown: the worst of its accounts."""
    ends = (Exit(each.exit_code) for each in of_plan(plan, detailed=detailed))
    return worst((*ends, Exit.ERROR if has_errors(plan.diagnostics) else Exit.OK))


def following(plan: Plan, out: str | None, narrowing: Mapping[str, Any]) -> str:
    """Return the command that comes next, if there is one: it applies what was shown, and no more."""
    if plan.refresh == "none":
        return ""  # such a plan is for looking only
    if not any(refusal(part, {}) is Exit.OK and (changing(part) or part.released) for part in plan.accounts):
        return ""
    if plan.at and not out:
        ahead = ("--at", str(narrowing["at"]), *_flags(narrowing))
        return shlex.join(["reconcile", "plan", *ahead, "--out", "plan.json"])
    return shlex.join(["reconcile", "apply", out] if out else ["reconcile", "apply", *_flags(narrowing)])


def _flags(narrowing: Mapping[str, Any]) -> Iterator[str]:
    """Write the narrowing flags again. `--refresh` narrows nothing."""
    names = {"accounts": "--account", "targets": "--target", "files": "--file", "only": "--only"}
    for name, flag in names.items():
        for value in narrowing.get(name, ()):
            yield from (flag, value)
    for label, value in narrowing.get("select", {}).items():
        yield from ("--select", f"{label}={value}")
    for name, file in narrowing.get("sources", {}).items():
        yield from ("--source", f"{name}={file}")
    if since := narrowing.get("changed_since"):
        yield from ("--changed-since", since)
    for rule, limit in narrowing.get("allow", {}).items():
        yield from ("--allow", f"{rule}={limit}" if limit else rule)
