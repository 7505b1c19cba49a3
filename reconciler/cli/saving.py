"""Writes a result to a file: whole, or not at all."""

from collections.abc import Iterable
from pathlib import Path

from reconciler.cli.failures import Refusal
from reconciler.model.plan import Plan
from reconciler.model.plan_json import plan_in_pieces, steps_of
from reconciler.runtime.progress import Progress, one_task
from reconciler.runtime.writing import replace_file


def save_plan(file: Path, plan: Plan, progress: Progress) -> None:
    """Save a plan for `apply`, readable for its owner only."""
    with one_task(steps_of(plan), "writing the plan", progress) as counted:
        save(file, plan_in_pieces(plan, counted), private=True)


def save(file: Path, content: str | bytes | Iterable[str], *, private: bool = False) -> None:
    """Replace a file in one step, so that nobody reads half a plan. Pieces are written as they come."""
    pieces = (content,) if isinstance(content, str | bytes) else content
    written = (each.encode() if isinstance(each, str) else each for each in pieces)
    try:
        replace_file(file, written, private=private)
    except OSError as wrong:
        raise Refusal(f"{file} cannot be written: {wrong.strerror}") from wrong
