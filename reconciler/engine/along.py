"""What comes along with a selection: new things that the chosen documents refer to. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from reconciler.engine.match import match
from reconciler.engine.values_used import labels_in
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.spec import MarketplaceSpec


class Along(Struct, frozen=True):
    """A document that was not selected and comes along, and one that needs it."""

    desired: Desired
    needed_by: Key

    def told(self) -> Diagnostic:
        """Say it, and why."""
        return Diagnostic(
            severity=Severity.NOTE,
            code="P120",
            summary=f"comes along: {self.desired.key}, which {self.needed_by.name} needs",
            detail="it was not selected, and it is not on the account under this name yet",
            mark=self.desired.origin("name").mark,
            about=self.desired.key,
        )


def within_reach(
    chosen: Iterable[Desired], others: Iterable[Desired], spec: MarketplaceSpec
) -> tuple[Desired, ...]:
    """Return what the chosen refer to among the others, and what that refers to. Linear in these."""
    by_key = {each.key: each for each in others}
    return tuple(each.desired for each in _walk(chosen, by_key, spec))


def coming_along(
    chosen: Iterable[Desired],
    reach: Iterable[Desired],
    live: Iterable[Live],
    spec: MarketplaceSpec,
    known: Mapping[Key, str],
) -> tuple[Along, ...]:
    """Return what of these has to be created or renamed first: what is there stays not selected."""
    near = tuple(reach)
    pairs = match(near, live, spec, known).pairs if near else ()
    lacking = {each.key: each for each, there in pairs if there is None or _gets_its_name(each, there)}
    return tuple(_walk(chosen, lacking, spec))


def _gets_its_name(desired: Desired, live: Live) -> bool:
    return bool(desired.moved_from) and live.key != desired.key


def _walk(chosen: Iterable[Desired], others: Mapping[Key, Desired], spec: MarketplaceSpec) -> Iterator[Along]:
    """Follow references from the chosen into the others, each of them once."""
    left, waiting = dict(others), deque(chosen)
    while waiting and left:
        here = waiting.popleft()
        for key in _referred(here, spec):
            if (found := left.pop(key, None)) is not None:
                yield Along(found, here.key)
                waiting.append(found)


def _referred(desired: Desired, spec: MarketplaceSpec) -> Iterator[Key]:
    kind = spec.kinds[desired.key.kind]
    for path, value in desired.fields.items():
        known = kind.field(path)
        if known is not None and known.refers and value:
            yield from (Key(desired.key.account, known.refers, label) for label in labels_in(known.type, value))
