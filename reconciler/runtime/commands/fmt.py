"""`fmt`: the texts of all documents in their canonical form, all of them or none."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from reconciler.documents.decode import decode
from reconciler.documents.formatting.canonical import canonical
from reconciler.documents.formatting.tree import Left
from reconciler.documents.source import parse
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.progress import SILENT, Progress
from reconciler.runtime.project.placing import alone, rewrite, take_back
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import FilesAtRest
from reconciler.runtime.rests.formatted import formatted_before, note_formatted


class Formatting(Struct, frozen=True, kw_only=True):
    """How many files were looked at, which are to change (bytes before and after), and which are left, and why."""

    looked_at: int
    files: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def make_formatting(
    workspace: Workspace, chosen: Sequence[str] = (), *, cached: bool = True, progress: Progress = SILENT
) -> Formatting:
    """Find the files whose text is not canonical; with `chosen` only these files, or what is in these folders.

    What was found canonical and is as it was is not read again, unless it is not `cached`. No document is written.
    BadDocuments where a file is no valid YAML, RunStopped where a chosen one is no document.
    """
    files: dict[str, tuple[bytes, bytes]] = {}
    left: dict[str, str] = {}
    faults: list[Diagnostic] = []
    canonical_ones: list[str] = []
    before = formatted_before(workspace) if cached else None
    for path, data in workspace.files(before.leave_alone if before else None, progress):
        if chosen and not _around(path, chosen):
            continue
        wrong = parse(path, data)[1]
        faults.extend(wrong)
        if wrong:
            continue
        try:
            after = _formatted(workspace, path, data)
        except Left as why:
            left[path] = why.why
            continue
        if after == data:
            canonical_ones.append(path)
        else:
            files[path] = (data, after)
    if faults or workspace.diagnostics:
        raise BadDocuments(tuple(in_reading_order([*workspace.diagnostics, *faults])))
    looked_at = [path for path in workspace.paths if not chosen or _around(path, chosen)]
    _insist_on_all(chosen, looked_at)
    if before or not chosen:  # else a part would stand for all of it
        note_formatted(workspace, before.known if before else FilesAtRest(), canonical_ones)
    return Formatting(looked_at=len(looked_at), files=files, left=left)


def write_formatting(workspace: Workspace, formatting: Formatting) -> None:
    """Replace the files, all of them or none; one that was changed meanwhile stops it."""
    if formatting.files:
        with alone(workspace.root):
            take_back(workspace.root)
            rewrite(workspace.root, formatting.files)


def _formatted(workspace: Workspace, path: str, data: bytes) -> bytes:
    text = decode(path, data)
    assert isinstance(text, str), "it was read as YAML"
    after = canonical(path, text).encode()
    if after != data and (workspace.root / path).is_symlink():
        raise Left("it is a symbolic link: what it leads to is not replaced")
    return after


def _around(path: str, chosen: Iterable[str]) -> list[str]:
    """Return those of the chosen that mean a file."""
    return [each for each in chosen if each in (path, ".") or path.startswith(f"{each.rstrip('/')}/")]


def _insist_on_all(chosen: Sequence[str], looked_at: Iterable[str]) -> None:
    meant = {each for path in looked_at for each in _around(path, chosen)} if chosen else frozenset()
    for each in chosen:
        if each not in meant:
            raise RunStopped(
                f"{each} is no file of documents in this project", "Name a YAML file or a folder in it."
            )
