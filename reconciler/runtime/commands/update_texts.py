"""Live values are written into the texts of documents: each where it is defined, or not, and then why not."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.documents.document import Documents
from reconciler.documents.editing import with_field
from reconciler.documents.edits import NotEditable
from reconciler.documents.effective import Effective
from reconciler.documents.layers import effective
from reconciler.documents.said import in_documents
from reconciler.engine.diff import differing
from reconciler.engine.importing.taken import taken as as_written
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.taking import Taken
from reconciler.runtime.project.resolve import Resolved
from reconciler.runtime.project.texts import EditedTexts
from reconciler.runtime.project.workspace import Workspace


class FilesToBe:
    """Puts values into the texts of documents."""

    def __init__(self, workspace: Workspace, resolved: Resolved, *, override: bool) -> None:
        self._texts = EditedTexts(workspace.root)
        self._override = override
        self._several = len(resolved.documents.project.accounts) > 1
        self._effective = _effective(resolved.documents)

    @property
    def files(self) -> Mapping[str, tuple[bytes, bytes]]:
        """The files that it has touched: bytes before and after."""
        return self._texts.files

    def write(
        self, found: Iterable[tuple[Desired, str, Live]], specs: Mapping[str, MarketplaceSpec]
    ) -> tuple[list[Taken], list[Taken]]:
        """Write what can be written; return that, and the rest with the reasons."""
        taken: list[Taken] = []
        refused: list[Taken] = []
        for desired, path, live in found:
            spec = specs[desired.key.account]
            file = self._effective[desired.key].document.source.path
            each = replace(_told(desired, path, live, spec), file=file)
            reason = self._refused(desired, path) or self._put(desired, path, live, spec)
            (refused if reason else taken).append(replace(each, reason=reason))
        return taken, refused

    def _refused(self, desired: Desired, path: str) -> str:
        """Say why a value may not be written where it is defined."""
        whole = self._effective[desired.key]
        if whole.document.shared or (whole.document.account is None and self._several):
            return "its document holds for several accounts"
        origin = desired.origin(in_documents(path))
        if words := desired.window(path):
            return f"the {words} says it, and a live price may be meant for longer: change it by hand"
        if self._override:
            return ""
        own = whole.layers[0].find(in_documents(path))
        if own is None:
            return f"it is defined by {origin.level}; --override writes it into the document of {desired.key.name}"
        said = _at(whole.document.body, own)
        named = _template(said)
        return f"{named} writes it; --override writes the text itself into the document" if named else ""

    def _put(self, desired: Desired, path: str, live: Live, spec: MarketplaceSpec) -> str:
        document = self._effective[desired.key].document
        own = self._effective[desired.key].layers[0].find(in_documents(path))
        said = _at(document.body, own) if own is not None else None
        value, possible = as_written(path, said, live, spec)
        if not possible:
            return "a document has no way to say it"
        try:
            self._texts.change(
                document.source, lambda text: with_field(text, document.index, desired.key.kind, path, value)
            )
        except NotEditable as why:
            return str(why)
        return ""


def _effective(documents: Documents) -> dict[Key, Effective]:
    found, _ = effective(documents, render=None)
    return {each.key: each for each in found}


def _at(body: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        body = body[step]
    return body


def _template(said: Any) -> str:
    """Name the content template that writes a value, if one does."""
    if isinstance(said, Mapping):
        return f"the template {said['template']}" if said.keys() == {"template"} else _template(said.get("text"))
    return next(filter(None, map(_template, said)), "") if isinstance(said, list) else ""


def _told(desired: Desired, path: str, live: Live, spec: MarketplaceSpec) -> Taken:
    declared = {**desired.unsynced, **desired.fields}
    origin = desired.origin(in_documents(path))
    seen = dict(differing({path: declared[path]}, live.fields, spec.kinds[desired.key.kind]))
    return Taken(
        key=desired.key,
        path=path,
        declared=declared[path],
        live=seen.get(path),
        level=origin.level,
        mark=origin.mark,
    )
