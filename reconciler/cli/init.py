"""`reconcile init`: a small project that validates, plans and applies as it is.

reconcile.yaml comes last: as long as it is missing there is no project, and the next `init` completes it.
"""

import json
import re
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.cli.init_ci import AFTERWARDS, FORGES, write_pipeline
from reconciler.cli.project import in_a_project
from reconciler.cli.schema import write_schemas
from reconciler.documents.kinds import PROJECT_FILE
from reconciler.model.bounds import DOCUMENT
from reconciler.model.typed import typed
from reconciler.runtime.project.placing import alone
from reconciler.runtime.project.state import STATE, practice_name, private_store
from reconciler.runtime.reading import TooLarge, read_file
from reconciler.runtime.writing import create_file, put_in_place

#: What stands in the starter for the name of the project.
_PLACE = "PROJECT"
_LONGEST = 100
_STARTER = Path(__file__).parent / "starter"
#: Where the project of the starter practises.
_MARKETPLACE = re.compile(r"^    marketplace: (\w+)", re.MULTILINE)
#: Where each file of the starter goes, in the order in which they are written.
FILES = {
    "offers/kubek-acme-300.yaml": "kubek-acme-300.yaml",
    "templates/standard.yaml": "standard.yaml",
    "delivery/paczkomaty.yaml": "paczkomaty.yaml",
    ".gitignore": "gitignore",
    PROJECT_FILE: PROJECT_FILE,
}


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False))
@click.option("--offer", metavar="NAME", help="Begin the file of a new offer, in a project that is there.")
@click.option("--account", metavar="NAME", help="With --offer: the account that it is sold on.")
@click.option("--into", metavar="FOLDER", help="With --offer: the folder of the project for it. [default: offers]")
@click.option("--ci", "forge", type=click.Choice(FORGES), help="Write a pipeline, also in a project.")
@click.option("--no-color", is_flag=True, help="No colours.")
def command(
    folder: str, offer: str | None, account: str | None, into: str | None, forge: str | None, no_color: bool
) -> int:
    """Start a project in DIR, or here; with --offer, a new offer of the project; with --ci, its pipeline.

    Writes reconcile.yaml, an example offer with its template and delivery price list, the schemas for editors,
    and a .gitignore. Its marketplace is a simulator on this machine. Files that exist
    are kept. In a project of yours, below one or around one, nothing is written.

    With --offer one file is written: with all six toggles as the project has them, and a section for each module
    to be filled in.

    With --ci the pipeline for pull requests is written, into the project that is there or a new one: plan,
    comment, apply of the reviewed plan after the merge, drift at night.
    """
    console = Console.open(no_color=no_color)
    if offer is not None:
        return _begin_offer(None if folder == "." else Path(folder), offer, account or "", into or "", console)
    if account or into:
        raise click.UsageError("--account and --into go with --offer.")
    root = Path(folder)
    new = not (forge and (root / PROJECT_FILE).exists())
    if new:
        _insist_on_none(root)
        _insist_on_none_below(root, forge)
    try:
        told = [*(_begin(root) if new else ()), *(write_pipeline(root, forge) if forge else ())]
    except OSError as wrong:
        raise Refusal(f"{folder} cannot be written: {wrong.strerror}", "run it again: it goes on here") from wrong
    except sqlite3.Error as wrong:
        raise Refusal(f"{root / STATE} cannot be written: {wrong}", "run it again: it goes on here") from wrong
    console.show(told)
    if forge:
        console.show(["", *AFTERWARDS[forge]])
    steps = "" if folder == "." else f"cd {shlex.quote(folder)} && "
    console.show(["", f"Next: {console.style('strong', f'{steps}reconcile plan')}"])
    return Exit.OK


def _insist_on_none(root: Path) -> None:
    """Refuse to put an example offer among the offers of a project; what `init` itself began may be completed."""
    if refusal := in_a_project(root):
        try:
            ours = (root / PROJECT_FILE).exists() and _is_ours(root)
        except (OSError, TooLarge):
            ours = False
        if not ours:
            raise refusal


def _insist_on_none_below(root: Path, forge: str | None) -> None:
    """Refuse a project around another one: the top of a repository is no project when a folder in it is one."""
    if (root / PROJECT_FILE).exists():
        return
    found = sorted(each.parent for depth in ("*", "*/*") for each in root.glob(f"{depth}/{PROJECT_FILE}"))
    shown = (each for each in found if not any(part.startswith(".") for part in each.relative_to(root).parts))
    if inner := next(shown, None):
        hint = (
            f"`{typed('init', str(inner), '--ci', forge)}` writes its pipeline" if forge else "name another folder"
        )
        raise Refusal(f"{inner} is a project, and no other one can lie around it; nothing was written", hint)


def _begin_offer(start: Path | None, name: str, account: str, into: str, console: Console) -> int:
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.scaffold import scaffold_offer

    path = scaffold_offer(workspace(start), name, account, into)
    console.show([_told(path, made=True)])
    console.show(["", f"Next: fill it in, and {console.style('strong', 'reconcile validate --online')}"])
    return Exit.OK


def _begin(root: Path) -> Iterator[str]:
    """Make what is missing; yield what was made and what was kept."""
    ours = _is_ours(root)
    yield f"  wrote  schemas/ ({write_schemas(root / 'schemas')} files, for editors)"
    for name, source in FILES.items():
        if name == PROJECT_FILE and ours:
            store, made = _practice(root)
            yield _told(store, made=made) + " (the practice marketplace: one seller, one product)"
        yield _told(name, made=create_file(root / name, _text(source, root).encode()))


def _is_ours(root: Path) -> bool:
    """Tell whether the project is, or will be, the starter's: only that one names the seller of the starter."""
    project = root / PROJECT_FILE
    return not project.exists() or read_file(project, DOCUMENT) == _text(FILES[PROJECT_FILE], root).encode()


def _text(source: str, root: Path) -> str:
    from reconciler.documents.writing import scalar

    text = (_STARTER / source).read_text("utf-8")
    return text.replace(_PLACE, scalar(project_name(root.resolve().name)), 1) if source == PROJECT_FILE else text


def project_name(folder: str) -> str:
    """Make the name of a folder one that a project can have: one line of at most 100 printable characters."""
    printable = "".join(char if char.isprintable() else " " for char in folder)
    return " ".join(printable.split())[:_LONGEST].strip() or "project"


def _told(name: str, *, made: bool) -> str:
    return f"  {'wrote' if made else 'kept '}  {name}"


def _marketplace() -> str:
    """Return the marketplace of the starter's account."""
    found = _MARKETPLACE.search((_STARTER / FILES[PROJECT_FILE]).read_text("utf-8"))
    assert found is not None
    return found[1]


def _practice(root: Path) -> tuple[str, bool]:
    """Have an embedded simulator with what the example names; tell its file, and whether it is new."""
    marketplace = _marketplace()
    name = f"{STATE}/{practice_name(marketplace)}"
    store = root / name
    with alone(root):
        if store.exists():
            return name, _fill(store, marketplace)
        aside = store.with_name(".new-simulator")
        shutil.rmtree(aside, ignore_errors=True)  # from a run that was cut off
        try:
            _fill(aside / store.name, marketplace)
            put_in_place(aside / store.name, store)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return name, True


def _fill(store: Path, marketplace: str) -> bool:
    """Add the seller; closing leaves all of it in the one file. False: it is in there."""
    from reconciler.simulator.app import simulator_of

    seller = json.loads((_STARTER / "seller.json").read_text("utf-8"))
    simulator = simulator_of(marketplace)(private_store(store))
    try:
        if seller["login"] in simulator.logins():
            return False
        simulator.seed(seller)
    finally:
        simulator.close()
    return True
