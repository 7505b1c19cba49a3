"""`fmt`: the texts of all documents in their canonical form, all of them or none."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from reconciler.documents.decode import decode
from reconciler.documents.formatting.canonical import canonical
from reconciler.documents.formatting.tree import Left
from reconciler.documents.source import parse
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.project.placing import alone, rewrite, take_back
from reconciler.runtime.project.workspace import Workspace


class Formatting(Struct, frozen=True, kw_only=True):
    """How many files were looked at, which are to change (bytes before and after), and which are left, and why."""

    looked_at: int
    files: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def make_formatting(workspace: Workspace, chosen: Sequence[str] = ()) -> Formatting:
    """Find the files whose text is not canonical; with `chosen` only these files, or what is in these folders.

    Nothing is written. BadDocuments where a file is no valid YAML, RunStopped where a chosen one is no document.
    """
    files: dict[str, tuple[bytes, bytes]] = {}
    left: dict[str, str] = {}
    faults: list[Diagnostic] = []
    seen: set[str] = set()
    looked_at = 0
    for path, data in workspace.files():
        around = [each for each in chosen if each in (path, ".") or path.startswith(f"{each.rstrip('/')}/")]
        if chosen and not around:
            continue
        seen.update(around)
        looked_at += 1
        wrong = parse(path, data)[1]
        faults.extend(wrong)
        if wrong:
            continue
        try:
            after = _formatted(workspace, path, data)
        except Left as why:
            left[path] = why.why
            continue
        if after != data:
            files[path] = (data, after)
    if faults or workspace.diagnostics:
        raise BadDocuments(tuple(in_reading_order([*workspace.diagnostics, *faults])))
    _insist_on_all(chosen, seen)
    return Formatting(looked_at=looked_at, files=files, left=left)


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


def _insist_on_all(chosen: Iterable[str], seen: set[str]) -> None:
    for each in chosen:
        if each not in seen:
            raise RunStopped(
                f"{each} is no file of documents in this project", "Name a YAML file or a folder in it."
            )
