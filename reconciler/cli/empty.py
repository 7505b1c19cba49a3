"""Empty words of a command line: a variable of a script that nobody has set, or a command in it that failed."""

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

#: What may be nobody, and is handed on by a script as it was told.
_MAY_BE_EMPTY = frozenset({"approved_by"})


class _Refusing:
    """The callback of a parameter, which is not asked about an empty word."""

    def __init__(self, callback: Callable[..., Any] | None) -> None:
        self._callback = callback

    def __call__(self, context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        """Refuse an empty word that was given; all else is the parameter's own."""
        given = value if isinstance(value, tuple) else (value,)
        written = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if written and "" in given:
            raise click.BadParameter("it is empty: what a script has put there has failed, or come to nothing")
        return self._callback(context, parameter, value) if self._callback else value


def without_empty_words(command: click.Command) -> click.Command:
    """Let no parameter of a command, nor of its subcommands, be given and empty.

    Nothing is narrowed by an empty word: `--changed-since "$(git merge-base …)"` would plan, and apply, everything
    where git knows no such thing.
    """
    for each in command.params:
        if each.name not in _MAY_BE_EMPTY and not isinstance(each.callback, _Refusing):
            each.callback = _Refusing(each.callback)
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        without_empty_words(inner)
    return command
