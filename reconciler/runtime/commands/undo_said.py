"""What an undo says besides its changes: what stays as it is, and what the documents do about it afterwards."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from reconciler.engine.undo import Done, Undone, still_declared, without_document
from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.offers import Key
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.project.resolve import Wanted

_SHORT = 8


def said_of_undo(run: Run, done: tuple[Done, ...], undone: Undone, wanted: Wanted) -> tuple[Diagnostic, ...]:
    """Return what a person has to know about the undo of a run."""
    notes: list[Diagnostic] = []
    if undone.already:
        fields = f"{undone.already:,} value{'s' * (undone.already != 1)}"
        summary = f"{fields} of run {run.id[:_SHORT]} stand as they were before it: nothing to undo there"
        notes.append(Diagnostic(severity=Severity.NOTE, code="P603", summary=summary))
    if undone.unseen:
        notes.append(_unseen(run, undone.unseen))
    if undone.followed:
        notes.append(_of_source(undone.followed))
    desired = {each.key: each for each in wanted.desired}
    if declared := still_declared(done, desired, undone.changes):
        notes.append(_revert(run, declared))
    if orphans := without_document(done, desired, undone.changes):
        notes.append(_undeclared(run, orphans))
    return tuple(notes)


def impossible(gone: Mapping[tuple[Key, str], Diagnostic]) -> Iterator[Diagnostic]:
    """Yield what of the past cannot come back: it may be of a policy, or a category, that is gone.

    A module comes back whole or not at all: what stays with the field that cannot be is named.
    """
    fields: dict[int, list[str]] = defaultdict(list)
    for (_, path), why in gone.items():
        fields[id(why)].append(path)
    for (key, _), why in {id(why): (what, why) for what, why in gone.items()}.values():
        said = why.summary.removeprefix(f"{key.name}: ")
        beside = [f"`{path}`" for path in sorted(fields[id(why)]) if f"`{path}`" not in said]
        yield warning(
            "P601",
            f"{key.name} cannot be restored as it was: {said}",
            mark=why.mark,
            detail=f"with it stays {', '.join(beside)}" if len(fields[id(why)]) > 1 and beside else "",
            hint="the rest is restored; change this by hand",
        )


def mistaken(keys: Sequence[Key]) -> Diagnostic:
    """Their values may be restored, and what else an undo does not: nobody knows, so all of it waits."""
    one = len(keys) == 1
    return warning(
        "P608",
        f"{len(keys):,} {'resource is' if one else 'resources are'} left as {'it is' if one else 'they are'}: "
        f"nobody can read all that {'its document says' if one else 'their documents say'} ({_names(keys)})",
        detail="it may forbid to end it, or give its stock to a source",
        hint="`reconcile validate` says what is wrong; correct that, and undo the run again",
    )


def _names(keys: Sequence[Key]) -> str:
    return ", ".join(key.name for key in keys[:3]) + (" …" if len(keys) > 3 else "")


def _unseen(run: Run, keys: Sequence[Key]) -> Diagnostic:
    """What was sent and never seen may come when the undo is long over."""
    return warning(
        "P605",
        f"nobody has seen what became of all that run {run.id[:_SHORT]} may have sent ({_names(keys)})",
        detail="it stands there as before the run, and the marketplace may still carry it out",
        hint=f"look again in a quarter of an hour: reconcile undo {run.id[:_SHORT]}",
    )


def _of_source(keys: Sequence[Key]) -> Diagnostic:
    """An old number over that of a source would sell pieces that are not there, and the next plan undo it."""
    one = len(keys) == 1
    return Diagnostic(
        severity=Severity.NOTE,
        code="P607",
        summary=f"the stock of {len(keys):,} offer{'s' * (not one)} follows a source, and is left as it is: "
        f"{_names(keys)}",
        hint="correct it in the source; or declare `stock: {count: N}` in its document",
    )


def _revert(run: Run, declared: list[Key]) -> Diagnostic:
    """The undone values are still in git: without a revert the next plan brings them back."""
    return warning(
        "P604",
        f"the documents still declare what is undone here ({_names(declared)})",
        detail="without a change in git the next plan brings it back",
        hint=_git_revert(run) or "change the documents back, too",
    )


def _undeclared(run: Run, orphans: list[Key]) -> Diagnostic:
    """An offer that was ended with its document is ours again, and still has none."""
    return Diagnostic(
        severity=Severity.NOTE,
        code="P606",
        summary=f"what run {run.id[:_SHORT]} ended has no document any more and goes on sale again "
        f"({_names(orphans)})",
        detail="the next plan ends it again, unless its document comes back",
        hint=_git_revert(run) or "bring the document back, too",
    )


def _git_revert(run: Run) -> str:
    commit, author = run.who.get("commit", ""), run.who.get("author", "")
    whose = f" ({author})" if author else ""
    return f"git revert {commit}{whose}" if commit else ""
