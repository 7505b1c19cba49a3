"""What a problem costs: its resource, and what cannot do without it. The rest goes on. Pure, linear in changes."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.document import Unusable
from reconciler.engine.match import Matched
from reconciler.engine.question import Question
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.marks import Mark
from reconciler.model.memory import Managed
from reconciler.model.offers import Key, Live
from reconciler.model.spec import KindSpec, MarketplaceSpec, Type

_REFERENCES = (Type.REFERENCE, Type.REFERENCES, Type.SLOTS)
#: What bears its name on the account only when this was done.
_NOT_YET = (Verb.CREATE, Verb.ADOPT, Verb.RENAME)
#: So many that wait for one thing are said one by one.
_FEW = 5


class Withheld(Struct, frozen=True):
    """The changes that go on, why each of the others is held back, what these wait for, and what is said of it."""

    changes: tuple[Change, ...]
    reasons: Mapping[Key, str]
    lost: frozenset[Key]
    notes: tuple[Diagnostic, ...]


def hold_back(
    changes: Sequence[Change],
    roots: Mapping[Key, str],
    is_missing: Callable[[Key], bool],
    missing: Mapping[Key, str],
    spec: MarketplaceSpec,
) -> Withheld:
    """Take out the changes of `roots`, and all that name something which is not on the account without them.

    `missing` is not created for reasons of its own, and said already: what names it waits as well.
    """
    by_key = {each.key: each for each in changes}
    named_by: dict[Key, list[Change]] = defaultdict(list)
    for change in changes if roots or missing else ():
        for name in _named(change, spec.kinds[change.key.kind]):
            named_by[name].append(change)
    reasons = dict(roots)
    waiting: dict[Key, list[Change]] = defaultdict(list)
    queue = deque([*(key for key in roots if _is_not_yet(by_key.get(key), key, is_missing)), *missing])
    while queue:
        lost = queue.popleft()
        for change in named_by[lost]:
            if change.key in reasons:
                continue
            reasons[change.key] = f"waits for {lost}"
            waiting[lost].append(change)
            if change.verb in _NOT_YET:
                queue.append(change.key)
    for change in [by_key[key] for key in reasons if key in by_key]:
        for name in _named(change, spec.kinds[change.key.kind], before=True):
            if name in by_key and by_key[name].verb is Verb.DELETE:
                reasons.setdefault(name, f"{change.key} uses it still, and is held back")
    kept = tuple(each for each in changes if each.key not in reasons)
    whys = {**roots, **missing}
    notes = tuple(note for lost, others in waiting.items() for note in _told(lost, others, whys.get(lost, "")))
    return Withheld(kept, reasons, frozenset(waiting), notes)


def _is_not_yet(change: Change | None, key: Key, is_missing: Callable[[Key], bool]) -> bool:
    return change.verb in _NOT_YET if change else is_missing(key)


def _named(change: Change, kind: KindSpec, *, before: bool = False) -> Iterator[Key]:
    """Yield what a change would write the names of; `before`: the names that stand there now."""
    for each in change.fields:
        known, value = kind.field(each.path), each.before if before else each.after
        if each.held or not value or known is None or known.type not in _REFERENCES or not known.refers:
            continue
        for name in _names(value):
            yield Key(change.key.account, known.refers, name)


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from each["offers"] if isinstance(each, Mapping) else (each,)


def _told(lost: Key, others: Sequence[Change], why: str) -> Iterator[Diagnostic]:
    """Say what each waits for; of many at once, for they all wait for the same."""
    detail = f"{lost} is held back: {why}" if why else f"{lost} is held back itself"
    if len(others) <= _FEW:
        for each in others:
            yield _waits(f"{each.key} waits for {lost}", detail, each.mark, each.key)
        return
    names = ", ".join(each.key.name for each in others[:_FEW])
    summary = f"{len(others):,} wait for {lost}: {names} and {len(others) - _FEW:,} more"
    yield _waits(summary, detail, others[0].mark, None)


def _waits(summary: str, detail: str, mark: Mark | None, about: Key | None) -> Diagnostic:
    hint = "nothing is done for it until that is mended"
    return warning("P110", summary, mark=mark, detail=detail, hint=hint, about=about)


# --- what is held, and whose it is ------------------------------------------------------------------------------


def roots_of(account: str, findings: Iterable[Diagnostic], unusable: Iterable[Unusable] = ()) -> dict[Key, str]:
    """Return what errors are about, and documents that cannot be used, with the first reason of each."""
    found: dict[Key, str] = {}
    for each in findings:
        if each.severity is Severity.ERROR and each.about is not None:
            found.setdefault(each.about._replace(account=account), each.summary)
    for document in unusable:
        found.setdefault(Key(account, document.kind, document.known_as), document.why)
    return found


def unexplained(
    account: str, findings: Iterable[Diagnostic], unusable: Iterable[Unusable]
) -> Iterator[Diagnostic]:
    """Say once for each reason which documents cannot be used, where no error says it of the document itself."""
    said = roots_of(account, findings)
    by_reason: dict[str, list[Unusable]] = defaultdict(list)
    for each in unusable:
        if Key(account, each.kind, each.known_as) not in said:
            by_reason[each.why].append(each)
    for why, lost in by_reason.items():
        names = ", ".join(each.name for each in lost[:_FEW])
        more = f" and {len(lost) - _FEW:,} more" if len(lost) > _FEW else ""
        yield warning("P111", f"held back, for {why}: {names}{more}", mark=lost[0].mark)


def not_removed(unread: Iterable[Mark]) -> Iterator[Diagnostic]:
    """Say that nothing counts as removed, since what cannot be read may declare it."""
    for each in unread:
        yield warning(
            "P112",
            f"nothing is ended, deleted or called unmanaged: {each.file} may declare it, and cannot be used",
            mark=each,
            hint="mend the file; what other files declare is planned",
        )


def stood_for(matched: Matched, unusable: Sequence[Unusable], managed: Mapping[Key, Managed]) -> Matched:
    """Leave out the live resources whose document is there and cannot be used: they have not lost it."""
    if not unusable:
        return matched
    names = {(each.kind, name) for each in unusable for name in each.names}
    ids = {(each.kind, each.adopt) for each in unusable if each.adopt}
    ids |= {(key.kind, each.remote_id) for key, each in managed.items() if (key.kind, key.name) in names}
    left = tuple(each for each in matched.unmanaged if not _stands(each, names, ids))
    return replace(matched, unmanaged=left)


def _stands(live: Live, names: set[tuple[str, str]], ids: set[tuple[str, str]]) -> bool:
    named = live.key is not None and (live.kind, live.key.name) in names
    return named or (live.kind, live.remote_id) in ids


def said(question: Question, declared: Iterable[Key], lost: Iterable[Key]) -> tuple[Diagnostic, ...]:
    """Return what was found of what is planned: a narrowed plan says nothing of other resources."""
    if question.whole:
        return question.findings
    named = {(key.kind, key.name) for key in (*declared, *question.chosen, *lost)}
    return tuple(
        each for each in question.findings if each.about is None or (each.about.kind, each.about.name) in named
    )


def counted_as_held(question: Question, declared: Iterable[Key], held: Withheld) -> dict[Key, str]:
    """Return what the plan counts as held back, in order: of a narrowed plan what it is about."""
    mine = None if question.whole else {*declared, *question.chosen}
    return {key: held.reasons[key] for key in sorted(held.reasons) if mine is None or key in mine}
