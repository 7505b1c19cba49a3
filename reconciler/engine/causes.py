"""Where the changes of a plan come from, as seen from the documents of another revision. Pure, linear."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reconciler.model.changes import CausedBy, Change, FieldChange
from reconciler.model.offers import EXTERNAL_ID, NAME, Desired, Key

#: What a change of several causes is said to be of: the first of these.
_ORDER = (CausedBy.THIS, CausedBy.OTHER, CausedBy.SOURCE, CausedBy.DRIFT)


def with_causes(
    changes: Iterable[Change], now: Mapping[Key, Desired], base: Mapping[Key, Desired]
) -> tuple[Change, ...]:
    """Say of each change, and of its fields, whether these documents ask for it and those of `base` do not.

    What both ask for is drift as memory says, or follows a source; the rest was merged before and never applied.
    """
    return tuple(_told(each, now.get(each.key), base.get(each.key)) for each in changes)


def _told(change: Change, now: Desired | None, base: Desired | None) -> Change:
    if (now is None) != (base is None):  # a document came or went
        fields = tuple(replace(each, cause=CausedBy.THIS) for each in change.fields)
        return replace(change, fields=fields, cause=CausedBy.THIS)
    fields = tuple(replace(each, cause=_cause(each, now, base)) for each in change.fields)
    causes = {each.cause for each in fields}
    return replace(change, fields=fields, cause=next((each for each in _ORDER if each in causes), CausedBy.OTHER))


def _cause(field: FieldChange, now: Desired | None, base: Desired | None) -> CausedBy:
    if now is not None and base is not None and _differs(field.path, now, base):
        return CausedBy.THIS
    if field.drift:
        return CausedBy.DRIFT
    return CausedBy.SOURCE if field.rows else CausedBy.OTHER


def _differs(path: str, now: Desired, base: Desired) -> bool:
    """Tell whether two revisions ask for different values of a field."""
    if path in (EXTERNAL_ID, NAME):
        return (now.adopt, now.moved_from) != (base.adopt, base.moved_from)
    if path in now.fields or path in base.fields:
        return path not in now.fields or path not in base.fields or now.fields[path] != base.fields[path]
    section = f"{path.partition('.')[0]}."  # it follows from others, as a status does from a quantity
    return _section(now, section) != _section(base, section)


def _section(each: Desired, section: str) -> dict[str, object]:
    return {path: value for path, value in each.fields.items() if path.startswith(section)}
