"""What a shell completes after an option or an argument: offers, other documents, accounts, sources."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from reconciler.cli.options import project_of_context


def _names(start: Path) -> Iterator[str]:
    from reconciler.runtime.commands.completing import names

    return names(start)


def _accounts(start: Path) -> Iterator[str]:
    from reconciler.runtime.commands.completing import accounts

    return accounts(start)


def _sources(start: Path) -> Iterator[str]:
    from reconciler.runtime.commands.completing import sources

    return sources(start)


#: Name of a parameter -> where its words come from, wherever that parameter stands.
_WORDS: Mapping[str, Callable[[Path], Iterator[str]]] = {
    "account": _accounts,
    "accounts": _accounts,
    "targets": _names,
    "offer": _names,
    "name": _names,
    "names": _names,
    "source_name": _sources,
    "source_names": _sources,
}


class Word(click.types.StringParamType):
    """A text that can be completed from the project's documents."""

    def __init__(self, words: Callable[[Path], Iterator[str]]) -> None:
        self._words = words

    def shell_complete(
        self, ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[Any]]":  # generic since click 8.3
        """Return the words that begin so, each once."""
        found = sorted(set(self._words(project_of_context(ctx))))
        return [CompletionItem(word) for word in found if word.startswith(incomplete)]


def with_words(command: click.Command) -> click.Command:
    """Let the parameters of a command, and of its subcommands, complete their words."""
    for each in command.params:
        if each.name in _WORDS and isinstance(each.type, click.types.StringParamType):
            each.type = Word(_WORDS[each.name])
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        with_words(inner)
    return command
