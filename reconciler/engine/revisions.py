"""What two revisions of documents mean differently, as changes. Pure, linear; the marketplace is not known."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.from_sources import because
from reconciler.engine.places import places
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.offers import Desired, Key
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Value

_SYNC, _LABELS, _PROTECT = "sync.", "labels.", "protect"


def differences(
    before: Iterable[Desired], after: Iterable[Desired], specs: Mapping[str, MarketplaceSpec]
) -> tuple[Change, ...]:
    """Return what became another document's meaning, by account, kind and name. `specs` are by account.

    A document that came is a creation, one that went a deletion, one that was `moved` a renaming.
    """
    then, now = {each.key: each for each in before}, {each.key: each for each in after}
    origins = {key: _before(key, each, then) for key, each in now.items()}
    moved = {each.key for each in origins.values() if each is not None}
    gone = (_gone(each) for key, each in then.items() if key not in moved)
    found = (_change(each, origins[key], specs[key.account]) for key, each in now.items())
    return tuple(sorted((*gone, *(each for each in found if each)), key=lambda each: each.key))


def _before(key: Key, each: Desired, then: Mapping[Key, Desired]) -> Desired | None:
    return then.get(key) or (then.get(key._replace(name=each.moved_from)) if each.moved_from else None)


def _gone(each: Desired) -> Change:
    return Change(
        key=each.key,
        verb=Verb.DELETE,
        remote_id=None,
        title=_title(each),
        reason="its document is gone",
        mark=each.origin("name").mark,
        document=each.document,
    )


def _change(now: Desired, before: Desired | None, spec: MarketplaceSpec) -> Change | None:
    old, new = _meaning(before) if before else {}, _meaning(now, whole=before is not None)
    fields = tuple(_fields(now, old, new, spec))
    renamed = before is not None and before.key != now.key
    if before is not None and not fields and not renamed:
        return None
    return Change(
        key=now.key,
        verb=Verb.CREATE if before is None else Verb.RENAME if renamed else Verb.UPDATE,
        remote_id=None,
        title=_title(now),
        fields=fields,
        moved_from=before.key.name if before and renamed else "",
        reason=f"it was {before.key.name} before" if before and renamed else "",
        mark=now.origin("name").mark,
        document=now.document,
    )


def _title(each: Desired) -> str:
    return str(_declared(each).get("content.title") or "")


def _declared(each: Desired) -> Mapping[str, Value]:
    """Return the values of all modules: what is not synced was meant, too."""
    return {**each.unsynced, **each.fields} if each.unsynced else each.fields


def _meaning(each: Desired, *, whole: bool = True) -> dict[str, Value]:
    """Return all that a document says, by path; not `whole`: its values only."""
    found = dict(_declared(each))
    if whole:
        found |= {f"{_SYNC}{module}": mode.value for module, (mode, _) in each.modes.items()}
        found |= {f"{_LABELS}{name}": value for name, value in each.labels.items()}
        found |= {_PROTECT: True} if each.protected else {}
    return found


def _fields(
    now: Desired, old: Mapping[str, Value], new: Mapping[str, Value], spec: MarketplaceSpec
) -> Iterator[FieldChange]:
    kind = spec.kinds[now.key.kind]
    for path in sorted({*old, *new}):
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        known, origin = kind.field(path), now.origin(path)
        yield FieldChange(
            path=path,
            module=known.module if known else None,
            before=before,
            after=after,
            level=origin.level,
            mark=origin.mark,
            places=places(now, path, after, origin.mark),
            because=because(now, path, after) if path in now.fields else "",
            rows=now.sourced.told.rows(path) if now.sourced else {},
        )
