"""Asks for consent. Only the word `yes` is one; silence, an end of input and everything else are none."""

from reconciler.cli.output import ask
from reconciler.render.style import Style


def approved(accounts: list[str], style: Style) -> bool:
    """Ask whether the plan that was just shown may be applied."""
    return consent(f"Apply these changes to {', '.join(accounts)}?", style)


def consent(question: str, style: Style) -> bool:
    """Ask a question that nothing but `yes` answers."""
    return ask("", f"{style('strong', question)} Only `yes` is accepted.").strip() == "yes"
