"""`reconcile ci`: what a pipeline does on a forge: comments on pull requests, and the plan that was reviewed."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.model.bounds import PLAN
from reconciler.model.typed import typed
from reconciler.runtime.forge import PullRequest


@click.group("ci")
def command() -> None:
    """Speak with GitHub or GitLab, in a job of theirs: the steps that `reconcile init --ci` writes use it."""


@command.command("comment")
@click.argument("saved", metavar="[PLAN.json]", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--account",
    "accounts",
    metavar="NAME",
    multiple=True,
    help="With --no-plan: an account that there is no plan of. Can be said again.",
)
@click.option("--no-plan", type=int, metavar="CODE", help="Say that planning ended with this exit code.")
@click.option(
    "--findings",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="With --no-plan: the document of `validate --json` that tells why.",
)
def comment(saved: str | None, accounts: tuple[str, ...], no_plan: int | None, findings: str | None) -> int:
    """Write a plan, or the report of an apply, as a comment on the pull request of this job.

    Each account has one comment, which is updated in its place. After a merge it is the pull request that was
    merged. The job of a fork may write none, and says so.
    """
    from reconciler.cli.show import read_saved
    from reconciler.render.comments import comments_of
    from reconciler.runtime.forge import ForgeFailed, of_fork

    if (saved is None) == (no_plan is None) or bool(accounts) != (no_plan is not None) or (saved and findings):
        raise click.UsageError("Name a PLAN.json, or say --no-plan CODE --account NAME.")
    console = Console.open()
    if saved is None:
        bodies = _without_plan(accounts, no_plan or 0, findings)
    else:
        bodies = comments_of(read_saved(Path(saved)), typed("apply", saved))
    try:
        _write(bodies, console)
    except ForgeFailed as refused:
        if not of_fork(os.environ):
            raise
        console.say(f"No comment: the job of a fork may write none ({refused.summary}).")
    return Exit.OK


def _without_plan(accounts: tuple[str, ...], code: int, findings: str | None) -> Iterator[tuple[str, str]]:
    """Yield account and comment, in place of a plan that was not made."""
    from reconciler.model.report_json import diagnostic_from_json
    from reconciler.render.comments import without_plan
    from reconciler.runtime.reading import read_file
    from reconciler.runtime.who import run_address

    found = []
    if findings:
        try:
            told = json.loads(read_file(Path(findings), PLAN))
            found = [diagnostic_from_json(each) for each in told["diagnostics"]]
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise Refusal(
                f"{findings} is no document of `validate --json`",
                "`validate --report json=FILE` writes one",
            ) from wrong
    for account in accounts:
        yield account, without_plan(account, code, run_address(), found)


def _write(bodies: Iterable[tuple[str, str]], console: Console) -> None:
    """Write each account's comment in its place."""
    from reconciler.runtime.forge import forge_of

    forge = forge_of(os.environ)
    pull = forge.pull_request()
    if pull is None:
        console.say("No pull request belongs to this commit: nothing to comment on.")
        return
    for name, body in bodies:
        mark, _, _ = body.partition("\n")
        where = forge.comment(pull, mark, body)
        console.show([f"Comment of account {name} on pull request {pull.number}: {where}"])


@command.command("reviewed")
@click.option("--account", metavar="NAME", required=True, help="The account whose plan it is.")
@click.option("--out", required=True, metavar="FILE", type=click.Path(dir_okay=False), help="Where the plan goes.")
def reviewed(account: str, out: str) -> int:
    """Fetch the plan that was reviewed in the pull request which this commit merges.

    Says what it was made of: the base and the tree of the documents, and what it saw on the marketplace (live).
    """
    from reconciler.cli.saving import save
    from reconciler.model.live_digest import live_digest
    from reconciler.model.plan_json import load_plan
    from reconciler.runtime.errors import StalePlan
    from reconciler.runtime.forge import forge_of

    forge = forge_of(os.environ)
    pull = _merged(forge.pull_request())
    found = forge.reviewed(pull, account)
    if found is None:
        raise StalePlan(
            f"the last run for pull request {pull.number} has kept no plan of account {account}",
            "what nobody has read is not applied: look at `reconcile plan`, then `reconcile apply` by hand",
        )
    plan = load_plan(found.plan)
    if [part.account for part in plan.accounts] != [account]:
        raise StalePlan(
            f"what the run for pull request {pull.number} has kept is no plan of account {account} alone",
            "what nobody has read is not applied: look at `reconcile plan`, then `reconcile apply` by hand",
        )
    save(Path(out), found.plan, private=True)
    told = {"base": plan.base, "tree": plan.tree, "live": live_digest(plan.accounts[0])}
    known = ", ".join(f"{name} {value[:8]}" for name, value in told.items() if value)
    Console.open().show([f"Plan of pull request {pull.number}, made by {found.run}", f"  {known}"])
    return Exit.OK


@command.command("approvers")
def approvers() -> int:
    """Print who has approved the pull request which this commit merges: names between commas."""
    from reconciler.runtime.forge import forge_of

    forge = forge_of(os.environ)
    Console.open().show([", ".join(forge.approvers(_merged(forge.pull_request())))])
    return Exit.OK


def _merged(pull: PullRequest | None) -> PullRequest:
    from reconciler.runtime.errors import StalePlan

    if pull is None:
        raise StalePlan(
            "this commit merges no pull request: nobody has reviewed a plan of it",
            "what nobody has read is not applied: look at `reconcile plan`, then `reconcile apply` by hand",
        )
    return pull
