"""`reconcile completion`: what a shell needs to complete commands, options, offers and accounts."""

import click
from click.shell_completion import get_completion_class

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> int:
    """Print the script that lets a shell complete commands, options, offers and accounts.

    \b
    bash:  eval "$(reconcile completion bash)"   in ~/.bashrc
    zsh:   eval "$(reconcile completion zsh)"    in ~/.zshrc
    fish:  reconcile completion fish | source    in ~/.config/fish/config.fish
    """
    from reconciler.cli.main import cli

    script = get_completion_class(shell)
    assert script is not None, "click knows all three"
    Console.open().show(script(cli, {}, "reconcile", "_RECONCILE_COMPLETE").source().splitlines())
    return Exit.OK
