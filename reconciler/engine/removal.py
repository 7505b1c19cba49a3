"""What lost its document: ended or deleted, held, or let go. Only what this project manages is ever touched."""

from collections.abc import Container, Iterable, Mapping

from msgspec import Struct, field

from reconciler.engine.creation import named_only
from reconciler.engine.match import bears_another_key
from reconciler.engine.question import Question
from reconciler.engine.unclear import left_out
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.memory import Managed
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import EXTERNAL_ID, OFFER, Desired, Key, Live, Snapshot
from reconciler.model.spec import KindSpec, MarketplaceSpec
from reconciler.model.typed import typed

_STATUS = "stock.status"


class Removed(Struct):
    """What becomes of the live resources without a document.

    `changes` end or delete, `left` are none of our business, `released` are managed no longer. `lost` is all that
    lost its document and is neither history nor let go.
    """

    changes: list[Change] = field(default_factory=list)
    left: list[Live] = field(default_factory=list)
    released: list[Key] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    lost: list[tuple[Key, Live]] = field(default_factory=list)


def removed(
    unmanaged: Iterable[Live],
    spec: MarketplaceSpec,
    question: Question,
    snapshot: Snapshot,
    claimed: Container[tuple[str, str]] = (),
    pairs: Iterable[tuple[Desired, Live | None]] = (),
) -> Removed:
    """Judge every live resource that no document means. Linear in these.

    What a creation is held back for (`claimed`) stays until somebody has said whether it goes on otherwise. So
    does what a document meant that is there, and means another one now (`pairs`): that one was adopted, or their
    keys were exchanged by hand.
    """
    meant = {desired.key: live.remote_id for desired, live in pairs if live is not None}
    found = Removed()
    ours = {
        (key.kind, each.remote_id): each
        for key, each in question.managed.items()
        if each.project == question.project
    }
    if question.whole and not question.scope.only:
        _let_go(question, found)
    let_go = set(found.released)
    for live in unmanaged:
        managed = ours.get((live.kind, live.remote_id))
        asked = _is_asked(spec.kinds[live.kind], question)
        if managed is None or not asked or (live.kind, live.remote_id) in claimed:
            found.left.append(live)
        elif odd := live.unclear():
            found.left.append(live)
            found.notes.append(left_out(managed.key, live, odd))
        elif managed.key in let_go:
            continue
        elif why := _no_more_ours(managed.key, live, meant, spec):
            found.left.append(live)
            found.notes.append(_left_on_account(managed.key, live, why))
        else:
            _judge(managed, live, spec, question, snapshot, found)
    return found


def _no_more_ours(key: Key, live: Live, meant: Mapping[Key, str], spec: MarketplaceSpec) -> str:
    """Say why what was managed is not ended with its document, if so."""
    if other := meant.get(key):
        return f"that document means {other} now"
    if bears_another_key(key, live, spec.kinds[live.kind]):
        borne = live.facts[EXTERNAL_ID]
        return f"somebody gave it the key {borne}" if borne else "somebody took its key away"
    return ""


def _judge(
    managed: Managed, live: Live, spec: MarketplaceSpec, question: Question, snapshot: Snapshot, found: Removed
) -> None:
    kind = spec.kinds[live.kind]
    mode = question.levels.get(_module(kind), managed.stock)
    if mode is Mode.OFF:
        found.released.append(managed.key)
        return
    verb, note = _farewell(live, kind, spec) if snapshot.complete else (None, "")
    if verb is not None or note:
        found.lost.append((managed.key, live))
    if verb is None:
        if note or not snapshot.complete:
            found.left.append(live)
        if note:
            found.notes.append(_left_on_account(managed.key, live, note))
        return
    held = mode is Mode.MANUAL and _module(kind) not in question.scope.only
    found.changes.append(_gone(managed.key, live, verb, kind, held=held))


def _module(kind: KindSpec) -> Module:
    """Name the module whose toggle decides a removal: to end an offer is to write its status."""
    return kind.module or Module.STOCK


def _is_asked(kind: KindSpec, question: Question) -> bool:
    """Tell whether all documents of a kind were asked for and read: else nothing can be called removed."""
    if question.unread or not question.whole:
        return False
    return not question.scope.only or _module(kind) in question.scope.only


def _let_go(question: Question, found: Removed) -> None:
    """Release what documents name; say which of these names mean nothing any more."""
    for key, mark in question.released.items():
        managed = question.managed.get(key)
        if managed is not None and managed.project == question.project:
            found.released.append(key)
        else:
            found.notes.append(
                Diagnostic(
                    severity=Severity.NOTE,
                    code="P405",
                    summary=f"{key} is released, and this project does not manage it (any more)",
                    mark=mark,
                    hint="the name may be deleted here",
                )
            )


def _farewell(live: Live, kind: KindSpec, spec: MarketplaceSpec) -> tuple[Verb | None, str]:
    status = live.fields.get(_STATUS)
    if kind.name == OFFER:
        if status == "draft":
            return Verb.DELETE, ""
        return (Verb.END, "") if status == "active" else (None, "")
    if kind.deletable == "all":
        return Verb.DELETE, ""
    return None, f"{spec.title} has no way to delete a {kind.label}"


def _gone(key: Key, live: Live, verb: Verb, kind: KindSpec, *, held: bool) -> Change:
    fields: tuple[FieldChange, ...] = ()
    if verb is Verb.END:
        fields = (
            FieldChange(
                path=_STATUS, module=Module.STOCK, before="active", after="ended", level="removed", held=held
            ),
        )
    elif held and kind.name == OFFER:
        fields = (
            FieldChange(path=_STATUS, module=Module.STOCK, before="draft", after=None, level="removed", held=True),
        )
    elif held:
        fields = (named_only(key.name, kind, held=True, gone=True),)
    return Change(
        key=key,
        verb=verb,
        remote_id=live.remote_id,
        title=str(live.fields.get("content.title") or ""),
        fields=fields,
        reason="its document was removed",
    )


def _left_on_account(key: Key, live: Live, why: str) -> Diagnostic:
    return Diagnostic(
        severity=Severity.NOTE,
        code="P401",
        summary=f"{key} ({live.remote_id}) has no document any more and is left on the account: {why}",
        hint=f"`{typed('release', key.name if key.kind == OFFER else str(key))}` lets go of it",
    )
