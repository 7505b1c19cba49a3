"""`reconcile`: the commands, and what the process answers to the shell.

Only click is imported here. A command's module, and what it needs, is imported when it is called: `--help` costs
no more than starting Python.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from reconciler import __version__
from reconciler.cli.completing import with_words
from reconciler.cli.console import Console, Printed
from reconciler.cli.empty import without_empty_words
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import project_option
from reconciler.cli.output import OutputFailed, give_up_output, speak_utf8

#: Command -> what it does, in the order of use.
COMMANDS = {
    "init": "Start a project: an example offer, settings, schemas for editors.",
    "validate": "Check all documents, without the marketplace.",
    "fmt": "Write all documents in one form; comments stay.",
    "lint": "Find what is allowed in documents and still a pity.",
    "diff": "Show what two revisions of the documents mean differently.",
    "plan": "Show what would change on the marketplace.",
    "show": "Show a saved plan or report: as text, Markdown or JSON.",
    "apply": "Make a plan true, and nothing else.",
    "list": "List everything declared and live, with its state.",
    "sources": "Look at the tables that stock and prices come from.",
    "explain": "Tell why a field is as it is: file, layers, toggle, live value.",
    "graph": "Tell which documents refer to which.",
    "pull": "Write documents for what is on the marketplace.",
    "sync": "Switch modules on, off or to manual, for many offers at once.",
    "drift": "Show what has moved on the marketplace since it was as declared.",
    "revert": "Put back what has drifted, and nothing else.",
    "adopt": "Let a document mean a live offer, or take what has drifted.",
    "migrate": "Take in listings that were made elsewhere, for good.",
    "history": "List the runs, and what one of them did.",
    "blame": "Tell who wrote a value: run, commit, file and line.",
    "state": "List what is managed: since when, by which project and run.",
    "release": "Let go of resources: removing their documents ends nothing.",
    "undo": "Put back what a run has replaced.",
    "resync": "Send every owned field again: a last resort.",
    "ci": "Comment on a pull request, fetch its reviewed plan: in a job.",
    "login": "Log in to an account, or check whose token there is.",
    "logout": "Revoke an account's tokens and forget them.",
    "ledger": "Move what is remembered of runs to another place.",
    "unlock": "Show who holds an account, and break its lock.",
    "simulate": "Run a marketplace to practise on.",
    "demo": "Write a shop with planted accidents, to try things out.",
    "spec": "Show or check the facts of a marketplace.",
    "schema": "Print the JSON Schemas of documents, for editors.",
    "completion": "Print the script that lets a shell complete words.",
    "version": "Tell the version, and which facts of marketplaces it goes by.",
}


class LazyGroup(click.Group):
    """A group whose commands are modules, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Return the commands in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"reconciler.cli.{cmd_name}").command
        return without_empty_words(with_words(command))

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> "list[CompletionItem[Any]]":  # generic since click 8.3
        """Complete a command from the table, without importing one."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=what) for name, what in COMMANDS.items() if name.startswith(incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table, without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 error, 2 changes (with --detailed-exitcode or --check) or drift, "
    "3 refused by a guard, 4 authentication, 5 partly applied, 6 stale plan, 7 locked, 64 wrong usage.",
)
@click.version_option(__version__, "--version", message="reconcile %(version)s")
@project_option()
def cli() -> None:
    """Keep marketplace offers equal to what a git repository declares."""


#: Objects made until the collector looks. What a command imports stays, and so does most of what it loads: looking
#: after every 700, as Python does by itself, is a tenth of a short command's time, and finds nothing.
_MADE = 1_000_000


def main() -> NoReturn:
    """Run the command line of this process."""
    gc.set_threshold(_MADE)
    speak_utf8()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    answer = Printed()
    try:
        return int(cli.main(list(arguments), prog_name="reconcile", standalone_mode=False, obj=answer) or 0)
    except BrokenPipeError:  # `| head`
        give_up_output()
        return Exit.BROKEN_PIPE
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 - the last line of defence: ends, and our own bugs
        return _failed(problem, arguments, answer)


def _failed(problem: BaseException, arguments: Sequence[str], answer: Printed) -> int:
    """Tell how a command ended badly: to a person, and with `--json` in a document, unless there is one."""
    from reconciler.cli import failures
    from reconciler.model.report_json import to_text

    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    console = Console.open(json="--json" in options, no_color="--no-color" in options, answer=answer)
    report = None
    if isinstance(problem, failures.Halfway):
        report, problem = problem.report, problem.__cause__ or problem
    console.say(*failures.failure_text(problem, console.error_style))
    if isinstance(problem, OutputFailed):
        give_up_output()
    elif console.json and not answer.given:
        console.write(to_text(failures.failure_json(problem, report)))
    return failures.ending(problem)[1]


if __name__ == "__main__":
    main()
