"""What many changes of a plan have in common: one difference, or the rule by which values move and its exceptions.

The comment lists it, and the page filters by it.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.render.grouping import Drawing, Group, common_fields
from reconciler.render.modules_markdown import ORDER
from reconciler.render.rules import Cluster, outside, rules

#: Verbs of which a person looks at the whole change, and not at what it does to each module.
_WHOLE = frozenset({Verb.CREATE, Verb.ADOPT, Verb.RENAME})


class Alike(Struct, frozen=True):
    """Changes that are alike in some fields: `rule` where values move by one, `apart` where they keep to none."""

    members: tuple[Change, ...]
    fields: tuple[FieldChange, ...]
    rule: Cluster | None = None
    apart: bool = False


def alike_in(group: Group) -> Iterator[Alike]:
    """Yield what is alike in a group: each rule that its values keep to, or the one difference of all of them."""
    if group.drawing is Drawing.ALIKE and (alike := common_fields(group.members)):
        yield Alike(group.members, alike)
    elif group.drawing is Drawing.TABLE:
        fields = tuple(each.fields[0] for each in group.members)
        found = rules([(each.before, each.after) for each in fields])
        for rule in found:
            yield Alike(tuple(group.members[each] for each in rule.members), fields[:1], rule)
        if found and (rest := outside(len(fields), found)):
            yield Alike(tuple(group.members[each] for each in rest), fields[:1], apart=True)


def by_title(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Return the changes by the fold in which each stands: by module, but for those that are looked at whole."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        if change.verb in _WHOLE:
            found.setdefault("New, adopted and renamed", []).append(change)
        elif change.verb is Verb.REPORT:
            found.setdefault("Shown and left alone", []).append(change)
        elif not change.fields:
            found.setdefault("Ended and deleted", []).append(change)
        else:
            modules = {field.module for field in change.fields}
            for module in modules:
                fields = tuple(field for field in change.fields if field.module is module)
                title = f"Rows of {module}" if module else "Other rows"
                found.setdefault(title, []).append(change if len(modules) == 1 else replace(change, fields=fields))
    first = ["New, adopted and renamed", *(f"Rows of {module}" for module in ORDER)]
    return {title: found[title] for title in dict.fromkeys((*first, *found)) if title in found}
