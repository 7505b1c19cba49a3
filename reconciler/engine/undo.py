"""What would put back the values that a run replaced, wherever nobody has changed them since. Pure.

An undo is a plan like any other: its desired values are the `before` of the run. It never overwrites what came
after the run, and says of every row that it cannot restore why not.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine import zero
from reconciler.engine.diff import Scope, diff
from reconciler.engine.equality import seen_as
from reconciler.engine.stock import QUANTITY, STATUS
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.exact import brief_pair
from reconciler.model.marks import Mark
from reconciler.model.modules import Module, StockForm
from reconciler.model.offers import EXTERNAL_ID, NAME, OFFER, Desired, Key, Live, Origin
from reconciler.model.spec import KindSpec, MarketplaceSpec, Type
from reconciler.model.values import Gain, Value

_IMAGES = "content.images"


class Done(Struct, frozen=True, kw_only=True):
    """What one run has done, or may have done, to one resource.

    `before` and `after` are the values of the fields that it wrote; `certain` is false where nobody knows if the
    write arrived; `removed` tells that the run ended it because its document was gone; `marks` tell where the
    values were declared; `taken_back` tells whether an earlier undo has taken its difference of pieces back, None
    where nobody knows: no number shows that. `followed` are the fields that a source decides, then or now: an old
    number would sell pieces that are not there. `seen` are the live fields, read with the eyes of the run (bar
    codes looked up), where that makes a difference. `hidden` is what documents say of fields that the marketplace
    does not always show: what replaces a whole has to say them, too.
    """

    key: Key
    remote_id: str | None
    before: Mapping[str, Value] = field(default_factory=dict)
    after: Mapping[str, Value] = field(default_factory=dict)
    created: bool = False
    deleted: bool = False
    removed: bool = False
    certain: bool = True
    taken_back: bool | None = False
    marks: Mapping[str, Mark] = field(default_factory=dict)
    followed: frozenset[str] = frozenset()
    seen: Mapping[str, Value] | None = None
    hidden: Mapping[str, Value] = field(default_factory=dict)


class Undone(Struct, frozen=True, kw_only=True):
    """The changes of an undo, what it cannot restore, and how many fields stand as they were already.

    `unseen` stands as it was, too, but the run may have written it, and the marketplace may still carry that out.
    `followed` keeps the stock that its source has given it.
    """

    changes: tuple[Change, ...]
    notes: tuple[Diagnostic, ...]
    already: int = 0
    unseen: tuple[Key, ...] = ()
    followed: tuple[Key, ...] = ()


def undo(
    done: Iterable[Done], live: Mapping[tuple[str, str], Live], spec: MarketplaceSpec, run: str, scope: Scope
) -> Undone:
    """Plan the return to what stood there before a run; `live` is by kind and remote id."""
    changes: list[Change] = []
    notes: list[Diagnostic] = []
    already = 0
    unseen: list[Key] = []
    followed: list[Key] = []
    for each in done:
        there = live.get((each.key.kind, each.remote_id or ""))
        found = _of_one(each, there, spec, run, scope)
        changes.extend(found.changes)
        notes.extend(found.notes)
        already += found.already
        unseen.extend(found.unseen)
        followed.extend(found.followed)
    return Undone(
        changes=tuple(changes),
        notes=tuple(notes),
        already=already,
        unseen=tuple(unseen),
        followed=tuple(followed),
    )


def _of_one(each: Done, live: Live | None, spec: MarketplaceSpec, run: str, scope: Scope) -> Undone:
    if each.deleted:
        return _only(_lost(each, f"run {run} deleted it, and nothing brings it back"))
    if live is None and not each.created:
        return _only(_lost(each, "it is not there any more"))
    if live is None:  # what the run created is gone again, or never was
        return _as_before(each, 1)
    if odd := live.unclear((*each.before, *each.after)):
        return _only(_lost(each, f"what the marketplace answers for it cannot be read ({odd})"))
    if each.created:
        return _uncreated(each, live, spec, run)
    return _restored(each, live, spec, run, scope)


def _as_before(each: Done, values: int) -> Undone:
    """Tell that so many values stand as they were: for good where the run has surely come to rest."""
    unseen = () if each.certain or not values else (each.key,)
    return Undone(changes=(), notes=(), already=values if each.certain else 0, unseen=unseen)


def _only(note: Diagnostic) -> Undone:
    return Undone(changes=(), notes=(note,))


def _lost(each: Done, why: str, path: str = "") -> Diagnostic:
    what = f"`{path}` of {each.key.name}" if path else f"{each.key.name}"
    number = f" ({each.remote_id})" if each.remote_id else ""
    return warning("P601", f"{what}{number} cannot be restored: {why}", mark=each.marks.get(path))


def _uncreated(each: Done, live: Live, spec: MarketplaceSpec, run: str) -> Undone:
    """What a run has created goes again: drafts are deleted, offers on sale are ended, the rest as it can be."""
    kind = spec.kinds[each.key.kind]
    status = live.fields.get("stock.status")
    if kind.name == OFFER and status == "ended":
        return Undone(changes=(), notes=(), already=1)
    if kind.name == OFFER and status != "draft":
        return Undone(changes=(_gone(each, live, Verb.END, run, _ending(status)),), notes=())
    if kind.deletable == "all" or (kind.name == OFFER and kind.deletable == "drafts"):
        return Undone(changes=(_gone(each, live, Verb.DELETE, run, ()),), notes=())
    return _only(_lost(each, f"it was created, and {spec.title} has no way to delete a {kind.label}"))


def _ending(status: Value) -> tuple[FieldChange, ...]:
    return (
        FieldChange(
            path="stock.status", module=Module.STOCK, before=status, after="ended", level="it was created"
        ),
    )


def _gone(each: Done, live: Live, verb: Verb, run: str, fields: tuple[FieldChange, ...]) -> Change:
    return Change(
        key=each.key,
        verb=verb,
        remote_id=live.remote_id,
        title=str(live.fields.get("content.title") or ""),
        fields=fields,
        reason=f"run {run} created it",
    )


def _restored(each: Done, live: Live, spec: MarketplaceSpec, run: str, scope: Scope) -> Undone:
    """Compare field by field, then let the same diff as ever judge what may be written."""
    kind = spec.kinds[each.key.kind]
    each = _with_its_end(each, live, kind)
    wanted: dict[str, Value] = {}
    notes: list[Diagnostic] = []
    as_before = 0
    of_source = _of_source(each)
    for path, after in each.after.items():
        if path in of_source or isinstance(after, Gain):
            continue  # of a difference: see `_gain_back`
        before = _whole(as_desired(kind, path, each.before.get(path)), live.fields.get(path))
        if path in (EXTERNAL_ID, NAME):
            notes.append(_keyed(each))
        elif _stands(kind, path, before, live):
            as_before += 1
        elif not _stands(kind, path, after, live if each.seen is None else replace(live, fields=each.seen)):
            notes.append(_moved(each, path, after, live, run))
        elif path == _IMAGES and spec.images.of == "offer" and not _still_there(before, live.fields.get(path)):
            notes.append(_lost(each, "pictures that it does not have any more are gone with it", path))
        else:
            wanted[path] = before
    hidden = {
        path: value for path, value in each.hidden.items() if zero.hidden(kind.field(path), path, live.fields)
    }
    found = diff(_desired(each, {**hidden, **wanted}, run), live, kind, scope)
    notes.extend((*found.notes, *_ended_by_itself(each, wanted, live, spec)))
    changes: tuple[Change, ...] = (found.change,) if found.change else ()
    gain = None if QUANTITY in of_source else each.after.get(QUANTITY)
    if isinstance(gain, Gain) and each.taken_back:
        as_before += 1
    elif isinstance(gain, Gain) and (why := _unsure(each, run)):
        notes.append(_lost(each, why, QUANTITY))
    elif isinstance(gain, Gain):
        changes = _with_gain_back(each, gain, found.change, live, run)
    followed = (each.key,) if of_source else ()
    return replace(_as_before(each, as_before), changes=changes, notes=tuple(notes), followed=followed)


def _with_its_end(each: Done, live: Live, kind: KindSpec) -> Done:
    """Add the end that stood for zero where no document says a status: the old number shows all the time."""
    ended = live.fields.get(STATUS) == "ended" and each.after.get(QUANTITY) == 0 and STATUS not in each.after
    if not ended or not zero.withdraws(kind):
        return each
    marks = {**each.marks, STATUS: each.marks[QUANTITY]} if QUANTITY in each.marks else each.marks
    before, after = {**each.before, STATUS: "active"}, {**each.after, STATUS: "ended"}
    return replace(each, before=before, after=after, marks=marks)


def _still_there(before: Any, there: Any) -> bool:
    """Tell whether the pictures are the offer's: what it does not name any more is deleted."""
    return {*(before or ())} <= {*(there or ())}


def _of_source(each: Done) -> frozenset[str]:
    """Return the fields that stay as the source has made them: its numbers, and what a receipt has resumed.

    To end that would be a person's end, and no receipt resumes those.
    """
    return frozenset(
        path
        for path, after in each.after.items()
        if path in each.followed and (path != STATUS or after == "active")
    )


def _unsure(each: Done, run: str) -> str:
    """Say why a difference may not be taken back: it may not stand there, and no number tells."""
    if not each.certain:
        return f"nobody knows whether run {run} wrote it"
    if each.taken_back is None:
        return f"nobody knows whether an earlier undo of run {run} has taken it back"
    return ""


def _with_gain_back(each: Done, gain: Gain, change: Change | None, live: Live, run: str) -> tuple[Change, ...]:
    """Take a difference of pieces back by the opposite difference: what was sold since stays sold."""
    changes = (change,) if change else ()
    there = int(live.fields.get(QUANTITY) or 0)
    after: Value = Gain(-gain.amount) if there > gain.amount else 0
    back = FieldChange(
        path=QUANTITY,
        module=Module.STOCK,
        before=there,
        after=after,
        level=f"run {run}",
        mark=each.marks.get(QUANTITY),
    )
    if there == after:
        return changes
    if change:
        return (replace(change, fields=(*change.fields, back)),)
    title = str(live.fields.get("content.title") or "")
    return (Change(key=each.key, verb=Verb.UPDATE, remote_id=live.remote_id, title=title, fields=(back,)),)


def _desired(each: Done, wanted: Mapping[str, Value], run: str) -> Desired:
    return Desired(
        key=each.key,
        fields=wanted,
        stock_form=StockForm.ALWAYS,
        origin=lambda path: Origin(f"run {run}", each.marks.get(path)),
    )


def _stands(kind: KindSpec, path: str, value: Value, live: Live) -> bool:
    known = kind.field(path)
    there = live.fields.get(path)
    return bool((seen_as(known.equality, value, there) if known else there) == value)


def _moved(each: Done, path: str, after: Value, live: Live, run: str) -> Diagnostic:
    was, now = brief_pair(after, live.fields.get(path))
    said = f"the run set {was}, now it is {now}"
    note = _lost(each, f"it was changed after run {run}", path)
    if not each.certain:
        note = _lost(each, f"nobody knows whether run {run} wrote it", path)
    return Diagnostic(severity=note.severity, code=note.code, summary=note.summary, detail=said, mark=note.mark)


def _keyed(each: Done) -> Diagnostic:
    return Diagnostic(
        severity=Severity.NOTE,
        code="P602",
        summary=f"{each.key.name} ({each.remote_id}) keeps the key that it got when it was adopted or moved",
        mark=each.marks.get(EXTERNAL_ID, each.marks.get(NAME)),
    )


def _ended_by_itself(
    each: Done, wanted: Mapping[str, Value], live: Live, spec: MarketplaceSpec
) -> tuple[Diagnostic, ...]:
    """Stock 0 has ended the offer without a word about its status: pieces come back, the status is not ours."""
    pieces = wanted.get("stock.quantity")
    ended = live.fields.get("stock.status") == "ended" and "stock.status" not in each.after
    if not (spec.zero_ends and pieces and ended and each.after.get("stock.quantity") == 0):
        return ()
    return (
        _lost(each, "the marketplace ended it at stock 0, and the run did not manage its status", "stock.status"),
    )


def as_desired(kind: KindSpec, path: str, value: Value) -> Value:
    """Turn what was seen before into what may be asked for: a value that was cleared was seen in the live form."""
    known = kind.field(path)
    if known is None or value is None:
        return value
    if known.type is Type.PARAMETERS and isinstance(value, Mapping):
        return _parameters(value)
    if known.type is Type.PRODUCT and isinstance(value, Mapping):
        return {"id": value["id"]} if value.get("id") else value
    return value


def _whole(value: Value, there: Value) -> Value:
    """An object of which nothing stood there before goes as a whole, unless somebody has put more into it."""
    empty = isinstance(value, Mapping) and value and all(each is None for each in value.values())
    if not empty or not isinstance(there, Mapping):
        return value
    more = {name for name, each in there.items() if each is not None} - value.keys()
    return value if more else None


def _parameters(value: Mapping[str, Value]) -> Value:
    if not any(isinstance(each, Mapping) and "section" in each for each in value.values()):
        return value
    own = {key: each for key, each in value.items() if each.get("section") != "product"}
    return {key: each.get("values") or each.get("ids") or each.get("range") for key, each in own.items()}


def still_declared(done: Iterable[Done], desired: Mapping[Key, Desired], changes: Iterable[Change]) -> list[Key]:
    """List what is undone although today's documents still declare it: the next plan would do it again."""
    undone = {change.key: {each.path for each in change.fields} for change in changes}
    return [
        each.key
        for each in done
        if each.key in undone
        and (document := desired.get(each.key)) is not None
        and (
            each.created
            or any(
                document.fields.get(path, _ABSENT) == each.after.get(path) or _is_sourced(document, path)
                for path in undone[each.key]
            )
        )
    ]


def _is_sourced(document: Desired, path: str) -> bool:
    return document.sourced is not None and path in document.sourced.sources


def without_document(done: Iterable[Done], desired: Mapping[Key, Desired], changes: Iterable[Change]) -> list[Key]:
    """List what goes on sale again although it has no document: the next plan would end it again."""
    undone = {change.key for change in changes}
    return [each.key for each in done if each.removed and each.key in undone and each.key not in desired]


_ABSENT = object()
