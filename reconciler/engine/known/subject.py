"""One change of a plan with everything that is said of its resource."""

from collections.abc import Container, Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.values import Value

#: Nothing of these is written to a resource that goes on.
_IDLE = frozenset({Verb.REPORT, Verb.END, Verb.DELETE})


class Subject(Struct, frozen=True, kw_only=True):
    """What would be written to one resource (`after`), what stands there (`before`), and where it is declared.

    `key` is whose change it is, and `is_new` tells whether it is to be created: both are asked again and again.
    """

    change: Change
    key: Key
    is_new: bool
    desired: Desired
    live: Live | None
    before: Mapping[str, Value] = field(default_factory=dict)
    after: Mapping[str, Value] = field(default_factory=dict)

    def value(self, path: str) -> Value:
        """Return what a field will be."""
        if path in self.after:
            return self.after[path]
        return self.live.fields.get(path) if self.live else None

    def mark(self, *steps: str | int) -> Mark | None:
        """Return where a value is written: its own line, or that of what it stands in."""
        whole = self.desired.origin("name").mark
        for count in range(len(steps), 0, -1):
            found = self.desired.origin(".".join(map(str, steps[:count]))).mark
            if found != whole:
                return found
        return whole

    def problem(self, code: str, summary: str, *steps: str | int, detail: str = "", hint: str = "") -> Diagnostic:
        """Return an error about this resource, at the place of a value."""
        return error(
            code, f"{self.key.name}: {summary}", mark=self.mark(*steps), detail=detail, hint=hint, about=self.key
        )


def subjects(
    changes: Iterable[Change], desired: Iterable[Desired], live: Mapping[tuple[str, str], Live]
) -> list[Subject]:
    """Return what an apply would write, resource by resource; what is held is not written."""
    by_key = {each.key: each for each in desired}
    found = []
    for change in changes:
        wanted = by_key.get(change.key)
        written = [each for each in change.fields if not each.held]
        if wanted is None or change.verb in _IDLE or (change.fields and not written):
            continue
        found.append(
            Subject(
                change=change,
                key=change.key,
                is_new=change.verb is Verb.CREATE,
                desired=wanted,
                live=live.get((change.key.kind, change.remote_id or "")),
                before={each.path: each.before for each in written},
                after={each.path: each.after for each in written},
            )
        )
    return found


def by_module(change: Change) -> list[Change]:
    """Return a change as one for each module: their fields are judged together, and refused together."""
    modules = dict.fromkeys(each.module for each in change.fields)
    return [
        replace(change, fields=tuple(each for each in change.fields if each.module is module))
        for module in modules
    ]


def without(changes: Iterable[Change], left_out: Container[tuple[Key, str]]) -> tuple[Change, ...]:
    """Return changes without some of their fields; one that has none left is no change."""
    kept = (
        (
            each,
            replace(each, fields=tuple(field for field in each.fields if (each.key, field.path) not in left_out)),
        )
        for each in changes
    )
    return tuple(left for whole, left in kept if left.fields or not whole.fields)
