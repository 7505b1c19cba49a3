"""Asks for consent. Only the word `yes` is one; silence, an end of input and everything else are none."""

import sys

import click

from reconciler.render.style import Style


def approved(accounts: list[str], style: Style) -> bool:
    """Ask whether the plan that was just shown may be applied."""
    where = ", ".join(accounts)
    click.echo(f"\n{style('strong', f'Apply these changes to {where}?')} Only `yes` is accepted.", err=True)
    click.echo("> ", nl=False, err=True)
    if sys.stdin is None:
        return False
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        click.echo("", err=True)
    return answer.strip() == "yes"
