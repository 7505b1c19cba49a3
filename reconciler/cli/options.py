"""Flags that several commands share, so that they are spelled and explained once."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.model.modules import Module

F = TypeVar("F", bound=Callable[..., Any])

_PROJECT = "reconciler.project"
_COUNT_RULES = frozenset({"creates", "ends", "zeros", "zero-wave", "updates", "stock-change"})
_UNITS = {"price-change": ", in percent", "stock-change": " of pieces"}
_DURATION = re.compile(r"([0-9]{1,6})(|s|m|h)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
_LONGEST = 24 * 3600


def _together(options: Iterable[Callable[[F], F]]) -> Callable[[F], F]:
    return lambda command: reduce(lambda wrapped, option: option(wrapped), reversed(list(options)), command)


def _remember(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_PROJECT] = value


def _whole_command(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
    """A flag before the name of a subcommand holds for that, too."""
    name = f"reconciler.{parameter.name}"
    context.meta[name] = said = value or bool(context.meta.get(name))
    return said


def project_option() -> Callable[[F], F]:
    """`-C DIR`, before or after the command's name; the nearer one wins."""
    return click.option(
        "-C",
        "--project",
        "project",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False),
        expose_value=False,
        callback=_remember,
        help="Work in this project instead of the current folder.",
    )


def taking_options(flag: str, also: str = "") -> Callable[[F], F]:
    """How live values are taken into documents, with the flag that asks for it: which, where to, and unasked."""
    return _together(
        (
            click.option(
                "--only",
                multiple=True,
                type=click.Choice([module.value for module in Module]),
                help=f"With {flag}: only this module{also}.",
            ),
            click.option(
                "--override",
                is_flag=True,
                help=f"With {flag}: what Defaults or a template define goes into the offer's own document.",
            ),
            click.option("--auto-approve", is_flag=True, help=f"With {flag}: do not ask. For machines."),
        )
    )


def format_option(formats: Sequence[str]) -> Callable[[F], F]:
    """`--format NAME`: text unless something else is said."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default="text", show_default=True, help="How it is shown."
    )


def project_folder() -> Path:
    """Return the folder that was asked for: of `-C`, else the current one."""
    return project_of_context(click.get_current_context())


def project_of_context(context: click.Context) -> Path:
    """Return the folder that was asked for in a context that is not the current one: while a shell completes."""
    return Path(context.meta.get(_PROJECT, "."))


def output_options() -> Callable[[F], F]:
    """How the result is shown: `--json`, `--no-color`."""
    return _together(
        (
            click.option(
                "--json",
                "as_json",
                is_flag=True,
                callback=_whole_command,
                help="Print JSON on stdout, and nothing else.",
            ),
            click.option(
                "--no-color",
                is_flag=True,
                callback=_whole_command,
                help="No colours. NO_COLOR in the environment does the same.",
            ),
            project_option(),
        )
    )


def planning_options() -> Callable[[F], F]:
    """What is planned: the narrowing flags, `--refresh` and `--allow`."""
    return _together(
        (
            accounts_option(),
            target_option(),
            select_option(),
            file_option(),
            changed_since_option(),
            click.option(
                "--only",
                "only",
                multiple=True,
                type=click.Choice([module.value for module in Module]),
                help="Only this module; also includes it where it is `manual`.",
            ),
            click.option(
                "--refresh",
                type=click.Choice(["auto", "full", "list", "none"]),
                default="auto",
                help="`full` reads every offer anew, `list` believes details of any age, `none` asks for none.",
            ),
            no_cache_option(),
            allow_option(),
            source_option(),
        )
    )


def no_cache_option() -> Callable[[F], F]:
    """`--no-cache`."""
    return click.option(
        "--no-cache",
        "uncached",
        is_flag=True,
        help="Load every document and every row of the list anew, as if nothing were known to be at rest.",
    )


def source_option() -> Callable[[F], F]:
    """`--source NAME=FILE`, again and again."""
    return click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="NAME=FILE",
        callback=_sources,
        help="Read this source from a CSV or sheet file, whatever its document says.",
    )


def target_option() -> Callable[[F], F]:
    """`--target NAME`, again and again."""
    return click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="NAME",
        help="Only this offer, or Kind/name of another document; * and ? stand for letters.",
    )


def file_option() -> Callable[[F], F]:
    """`--file PATH`, again and again."""
    return click.option(
        "--file",
        "files",
        multiple=True,
        metavar="PATH",
        callback=_files,
        help="Only documents written in this file or folder, or that inherit from it; * and ? stand for letters.",
    )


def changed_since_option() -> Callable[[F], F]:
    """`--changed-since REV`."""
    return click.option(
        "--changed-since",
        metavar="REV",
        default="",
        help="Only what differs from this git revision to the files here, and documents that it has a say in.",
    )


def accounts_option() -> Callable[[F], F]:
    """`--account NAME`, several times, with wildcards and `!`."""
    return click.option(
        "--account",
        "accounts",
        multiple=True,
        metavar="NAME",
        help="Only this account; * and ? stand for letters, and ! before it leaves it out.",
    )


def select_option() -> Callable[[F], F]:
    """`--select LABEL=VALUE`."""
    return click.option(
        "--select",
        "select",
        multiple=True,
        metavar="LABEL=VALUE",
        callback=_select,
        help="Only documents with this label.",
    )


def allow_option() -> Callable[[F], F]:
    """`--allow RULE[=N]`."""
    return click.option(
        "--allow",
        "allow",
        multiple=True,
        metavar="RULE[=N]",
        callback=_allow,
        help="Lift a guard for this run: wholly, or up to N.",
    )


def shown_options() -> Callable[[F], F]:
    """How much of a plan is shown."""
    return _together(
        (
            click.option("--show-unsynced", is_flag=True, help="List what differs in modules that are off."),
            click.option(
                "--by",
                "by",
                type=click.Choice(("account", "offer")),
                default="account",
                show_default=True,
                help="What stands together: what is done on an account, or to one offer on all of them.",
            ),
            click.option(
                "-v", "--verbose", is_flag=True, help="Show every change and row; group and cut nothing."
            ),
        )
    )


def parallelism_option() -> Callable[[F], F]:
    """`--parallelism N`."""
    return click.option(
        "--parallelism",
        type=click.IntRange(1, 200),
        default=30,
        show_default=True,
        metavar="N",
        help="Requests in flight at once.",
    )


def lock_timeout_option() -> Callable[[F], F]:
    """`--lock-timeout SECONDS`: how long to wait for whoever writes to the account."""
    return click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0),
        default=0.0,
        metavar="SECONDS",
        help="Wait so long while somebody else applies to the account.",
    )


def wait_option() -> Callable[[F], F]:
    """`--wait [DURATION]`, in seconds; None when it is not given."""
    return click.option(
        "--wait",
        is_flag=False,
        flag_value="2h",
        callback=_duration,
        metavar="[DURATION]",
        help="Stay with what the marketplace accepted until it shows: 45s, 30m, 2h (without a number 2h) at most.",
    )


def _duration(_context: click.Context, _parameter: click.Parameter, given: str | None) -> float | None:
    if given is None:
        return None
    found = _DURATION.fullmatch(given)
    if found is None:
        raise click.BadParameter(f"`{given}` is no duration: write it as 45s, 30m or 2h")
    seconds = float(found[1]) * _SECONDS[found[2]]
    if not 1 <= seconds <= _LONGEST:
        raise click.BadParameter(f"`{given}`: from 1s to 24h")
    return seconds


def _files(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(in_project(each) for each in given)


def in_project(given: str) -> str:
    """Return a path as the project has it: what is there is meant from here, else from the project's folder."""
    from reconciler.runtime.project.workspace import find_project

    root, here = find_project(project_folder()), Path(given)
    if isinstance(root, Path) and here.exists() and here.resolve().is_relative_to(root.resolve()):
        return here.resolve().relative_to(root.resolve()).as_posix()
    return given.removeprefix("./")


def _select(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    for label, equals, _ in pairs:
        if not label or not equals:
            raise click.BadParameter("write it as LABEL=VALUE, such as --select brand=acme")
    twice = next((label for label, count in Counter(each[0] for each in pairs).items() if count > 1), None)
    if twice:
        raise click.BadParameter(f"{twice} is asked for twice, and a document has one value of a label")
    return {label: value for label, _, value in pairs}


def _sources(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for each in given:
        name, equals, file = each.partition("=")
        if not name or not equals or not file:
            raise click.BadParameter("write it as NAME=FILE, such as --source erp=stock.csv")
        found[name] = file
    return found


def _allow(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    return dict(_allowance(each) for each in given)


def _allowance(given: str) -> tuple[str, str]:
    from reconciler.documents.freezes import FREEZE
    from reconciler.engine.guard_rules import RULES
    from reconciler.engine.source_guards import SHRINK, SOURCE
    from reconciler.engine.stock import START

    name, equals, limit = given.partition("=")
    rule = name.replace("_", "-")
    if name in (SOURCE, SHRINK):
        return name, limit
    rules = sorted({START, SOURCE, SHRINK, FREEZE, *(each.replace("_", "-") for each in RULES)})
    if rule not in rules:
        near = get_close_matches(rule, rules, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise click.BadParameter(f"there is no guard `{name}`{meant} The guards are {', '.join(rules)}.")
    if equals and not _is_limit(rule, limit):
        raise click.BadParameter(f"`{given}`: after the = stands a number{_kind_of_limit(rule)}")
    return rule, limit


def _is_limit(rule: str, limit: str) -> bool:
    whole, _, digits = limit.partition(".")
    if rule in _COUNT_RULES:
        return limit.isascii() and limit.isdigit()
    return (whole + digits).isascii() and (whole + digits).isdigit()


def _kind_of_limit(rule: str) -> str:
    return _UNITS.get(rule, " of offers" if rule in _COUNT_RULES else "")
