"""From nothing to the mugs: documents, an apply on each practice marketplace, and then what goes wrong."""

from collections.abc import Sequence
from pathlib import Path

from reconciler.demo.aside import DemoSummary, put_down
from reconciler.demo.everywhere.documents import document_of, files
from reconciler.demo.everywhere.mugs import mugs, newcomer
from reconciler.demo.everywhere.readme import readme
from reconciler.demo.everywhere.trouble import make_trouble
from reconciler.documents.grammar import printed_names, schema_json
from reconciler.model.outcomes import Result
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.options import ApplyOptions, PlanOptions
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.state import STATE
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.writing import write_aside


def write_everywhere(
    directory: Path, offers: int, marketplaces: Sequence[str], progress: Progress | None = None
) -> DemoSummary:
    """Write so many mugs into a directory that is empty or does not exist, and list them on these marketplaces.

    It is put in place when it is complete; one that an earlier run completed is put in place instead.
    """
    return put_down(directory, lambda aside: _write(aside, offers, marketplaces, progress or Silent()))


def _write(directory: Path, offers: int, marketplaces: Sequence[str], progress: Progress) -> DemoSummary:
    for name in printed_names():
        write_aside(directory / "schemas" / f"{name}.schema.json", schema_json(name).encode())
    for path, data in files(offers, marketplaces):
        write_aside(directory / path, data)
    _list_all(directory, marketplaces, progress)
    planted = make_trouble(directory, (*mugs(offers), newcomer()), marketplaces)
    write_aside(directory / "README.md", readme(offers, marketplaces, planted).encode())
    written = [file for file in directory.rglob("*") if file.is_file() and STATE not in file.parts]
    return DemoSummary(
        directory=directory,
        files=len(written),
        offers=offers,
        parts=f"each on {', '.join(marketplaces)}",
        planted=planted,
    )


def _list_all(directory: Path, marketplaces: Sequence[str], progress: Progress) -> None:
    """Put everything on sale by plan and apply, as its seller did.

    The first plan makes the marketplaces, with all that documents name: also what the mug names that is to come.
    """
    workspace = Workspace(directory)
    path, text = document_of(newcomer(), marketplaces)
    write_aside(directory / path, text)
    make_plan(workspace, PlanOptions(), Silent())
    (directory / path).unlink()
    report = apply_plan(workspace, make_plan(workspace, PlanOptions(), progress), ApplyOptions(), progress)
    undone = [each for each in report.outcomes if each.result is not Result.APPLIED]
    if undone:
        raise RuntimeError(f"the demo's mugs were not listed: {undone[0]}")
