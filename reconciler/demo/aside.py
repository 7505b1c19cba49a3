"""A demo is made in a folder aside, and moved to its place when it is complete, reconcile.yaml last."""

import json
import shlex
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from reconciler.model.typed import typed
from reconciler.runtime.project.state import PROJECT
from reconciler.runtime.writing import flush_all, put_in_place, replace_file

_ASIDE: Final = ".reconcile-demo"
_SHOP: Final = f"{_ASIDE}/shop"
#: Stands when the shop is complete and only has to be moved: its summary.
_COMPLETE: Final = f"{_ASIDE}/complete.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSummary:
    """What was written, and what was planted: one sentence for each incident.

    `parts` says what there is beside offers. `resumed`: by an earlier run, which was cut off when all was made.
    """

    directory: Path
    files: int
    offers: int
    parts: str
    planted: tuple[str, ...]
    resumed: bool = False

    def lines(self) -> list[str]:
        """Return the summary for a terminal."""
        resumed = (
            ["An earlier run was cut off when its shop was made; now it is complete."] if self.resumed else []
        )
        return [
            *resumed,
            f"{self.directory}: {self.offers:,} offers in {self.files:,} files, {self.parts}.",
            "",
            "Planted, since the documents and the marketplace were last equal:",
            *(f"  - {sentence}" for sentence in self.planted),
            "",
            f"Next: cd {shlex.quote(str(self.directory))} && reconcile plan",
            f"`{typed('demo', '--fix', str(self.directory))}` corrects the mistakes; README.md tells the rest.",
        ]


def put_down(directory: Path, write: Callable[[Path], DemoSummary]) -> DemoSummary:
    """Let a shop be written for a directory that is empty or does not exist; FileExistsError for another one.

    A shop that an earlier run completed and did not put in place is put in place instead.
    """
    resumed = (directory / _COMPLETE).exists()
    if not resumed:
        _make(directory, write)
    return replace(_put_in_place(directory), resumed=resumed)


def _make(directory: Path, write: Callable[[Path], DemoSummary]) -> None:
    """Make a complete shop aside; on the way to it nothing of it is left, whatever goes wrong."""
    shutil.rmtree(directory / _ASIDE, ignore_errors=True)  # from a run that was cut off
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise FileExistsError(f"{directory} is not an empty folder")
    was_there = directory.exists()
    try:
        summary = write(directory / _SHOP)
        flush_all()
        replace_file(directory / _COMPLETE, json.dumps(asdict(summary), default=str).encode())
    except BaseException:
        shutil.rmtree(directory / _ASIDE if was_there else directory, ignore_errors=True)
        raise


def _put_in_place(directory: Path) -> DemoSummary:
    summary = json.loads((directory / _COMPLETE).read_bytes())
    for each in sorted((directory / _SHOP).glob("*"), key=lambda path: (path.name == PROJECT, path.name)):
        put_in_place(each, directory / each.name)
    shutil.rmtree(directory / _SHOP, ignore_errors=True)
    shutil.rmtree(directory / _ASIDE)
    return DemoSummary(**{**summary, "directory": directory, "planted": tuple(summary["planted"])})
