"""Defaults that choose by labels (`match`): which hold for a document, and what is wrong with them. Pure.

They say toggles only. Where labels come from they never change, so nothing goes round in a circle.
"""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.documents.document import Document, folders_up
from reconciler.documents.kinds import DEFAULTS, TEMPLATE, named_kinds
from reconciler.documents.near import did_you_mean
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.modules import Module


class Matching:
    """The Defaults with `match`, known by their numbers: those with fewer labels first, else as they are read."""

    def __init__(self, documents: Iterable[Document]) -> None:
        found = [each for each in documents if each.kind == DEFAULTS and "match" in each.body]
        self.defaults = tuple(sorted(found, key=lambda each: len(each.body["match"])))
        self._in: dict[str, list[int]] = {}
        for number, each in enumerate(self.defaults):
            self._in.setdefault(each.folder, []).append(number)

    def of(self, folder: str, labels: Mapping[str, str]) -> tuple[int, ...]:
        """Return those that hold for a document in a folder with these labels, the farthest first."""
        if not self.defaults:
            return ()
        return tuple(
            number
            for above in reversed(folders_up(folder))
            for number in self._in.get(above, ())
            if self.defaults[number].body["match"].items() <= labels.items()
        )


def chooses(document: Document) -> tuple[str, frozenset[tuple[str, str]]]:
    """Return what a Defaults holds for: its folder, and the labels that it asks for."""
    return document.folder, frozenset(document.body.get("match", {}).items())


def check_matching(documents: tuple[Document, ...]) -> Iterator[Diagnostic]:
    """Yield labels that nothing has, and documents for which two Defaults of one folder say different things."""
    matching = Matching(documents)
    if not matching.defaults:
        return
    plain = {each.folder: each for each in documents if each.kind == DEFAULTS and "match" not in each.body}
    inherited: dict[str, dict[str, str]] = {}
    used: set[int] = set()
    known: dict[str, set[str]] = {}
    for each in documents:
        if each.kind not in named_kinds() or each.kind == TEMPLATE:
            continue
        if each.folder not in inherited:
            inherited[each.folder] = _inherited(each.folder, plain)
        labels = {**inherited[each.folder], **each.body.get("labels", {})}
        for name, value in labels.items():
            known.setdefault(name, set()).add(value)
        held = matching.of(each.folder, labels)
        used.update(held)
        yield from _contradictions(each, [matching.defaults[number] for number in held])
    for number, defaults in enumerate(matching.defaults):
        if number not in used:
            yield _matches_nothing(defaults, known)


def _inherited(folder: str, plain: Mapping[str, Document]) -> dict[str, str]:
    """Return the labels that a folder gives; the nearest wins."""
    labels: dict[str, str] = {}
    for above in reversed(folders_up(folder)):
        if above in plain:
            labels |= plain[above].body.get("labels", {})
    return labels


def _contradictions(document: Document, held: list[Document]) -> Iterator[Diagnostic]:
    """More labels win over fewer; of as many in one folder none is nearer than the other."""
    for module in Module:
        said: dict[tuple[str, int], Document] = {}
        for each in held:
            if module not in each.body["sync"]:
                continue
            other = said.setdefault((each.folder, len(each.body["match"])), each)
            if other.body["sync"][module] != each.body["sync"][module]:
                yield error(
                    "D646",
                    f"two Defaults say different things of {module} for {document.kind} `{document.name}`",
                    mark=each.mark("sync", module.value),
                    detail=f"The other one is at {other.mark('sync', module.value)}; both ask for as many labels.",
                    hint="Give one of them a further label, or say it in the document itself.",
                    about=document.key,
                )


def _matches_nothing(defaults: Document, known: Mapping[str, set[str]]) -> Diagnostic:
    match: Mapping[str, str] = defaults.body["match"]
    wrong = next((name for name, value in match.items() if value not in known.get(name, ())), None)
    hint = "Each label is there, but no document in this folder or below has all of them."
    if wrong is not None and wrong in known:
        hint = did_you_mean(match[wrong], known[wrong], otherwise=f"No document has {wrong}={match[wrong]}.")
    elif wrong is not None:
        hint = did_you_mean(wrong, known, otherwise=f"No document has a label {wrong}.")
    words = " ".join(f"{name}={value}" for name, value in match.items())
    return warning("D647", f"no document here matches {words}", mark=defaults.mark("match"), hint=hint)
