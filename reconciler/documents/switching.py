"""Chooses where to say a toggle, so that chosen documents follow it and no other one does: in the fewest places.

A place that decides for a document that was not chosen is never taken. Documents that no place holds for alone say
it themselves.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from reconciler.documents.toggles import Toggleable, TogglePlace
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.modules import Level, Mode, Module

_NAMED = 3


class Choice(Struct, frozen=True):
    """The places where the toggle is to be said, or why it cannot be."""

    places: tuple[TogglePlace, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def switch(
    chosen: Sequence[Toggleable], others: Iterable[Toggleable], module: Module, mode: Mode, level: Level | None
) -> Choice:
    """Return where to say the toggle of a module; nowhere when all that was chosen follows it already.

    Without a level it is the one that takes the fewest places; among equals one where it is said already, then the
    nearest. What stands nearer than a level that was asked for and says otherwise is changed, too. What comes
    into an account later (it has no key) is thought of at the level of accounts only.
    """
    found = _Switch(module, mode)
    for each in chosen:
        found.add(each, chosen=True)
    for each in others:
        found.add(each, chosen=False)
    if level is not None:
        return found.at(level, forced=True)
    if not any(each.key for each in found.needing):
        return Choice()
    choices = [found.at(each) for each in Level]
    possible = [each for each in choices if not each.problems]
    return min(possible, key=found.cost, default=choices[0])


class _Switch(Struct):
    """One toggle: which documents need another word, and whom each place decides for."""

    module: Module
    mode: Mode
    needing: list[Toggleable] = field(default_factory=list)
    _covered: dict[TogglePlace, list[int]] = field(default_factory=dict)  # numbers of those that need it
    _foreign: dict[TogglePlace, list[Toggleable]] = field(default_factory=dict)  # what would change with them

    def add(self, toggleable: Toggleable, *, chosen: bool) -> None:
        if not toggleable.has(self.module) or toggleable.mode(self.module) is self.mode:
            return
        for place in toggleable.open_to(self.module):
            if chosen:
                self._covered.setdefault(place, []).append(len(self.needing))
            else:
                self._foreign.setdefault(place, []).append(toggleable)
        if chosen:
            self.needing.append(toggleable)

    def cost(self, choice: Choice) -> tuple[int, bool]:
        return len(choice.places), any(each.said(self.module) is None for each in choice.places)

    def at(self, level: Level, *, forced: bool = False) -> Choice:
        """Say it at one level; what that does not reach says it itself."""
        left = {n for n, each in enumerate(self.needing) if each.key or level is Level.ACCOUNT}
        places: list[TogglePlace] = []
        for place in self._in_order(level) if level is not Level.OFFER else ():
            if not left.isdisjoint(self._covered[place]):
                places.append(place)
                left.difference_update(self._covered[place])
        rest = [self.needing[n] for n in sorted(left)]
        problems = list(self._problems(rest, level)) if forced and level is not Level.OFFER else []
        own = dict.fromkeys(each.places[0] for each in rest if each.key)
        if not problems:
            problems = [self._held_by_others(place) for place in own if place in self._foreign]
        return Choice((*places, *own) if not problems else (), tuple(problems))

    def _in_order(self, level: Level) -> list[TogglePlace]:
        """Return the places of a level that nobody else depends on: those first that reach most."""
        found = [each for each in self._covered if each.level is level and each not in self._foreign]
        depth = {place: n for each in self.needing for n, place in enumerate(each.places)}
        return sorted(
            found, key=lambda each: (-len(self._covered[each]), each.said(self.module) is None, depth[each])
        )

    def _problems(self, left: list[Toggleable], level: Level) -> Iterator[Diagnostic]:
        """Yield why a level that was asked for does not do for what is left."""
        shared: dict[TogglePlace, None] = {}
        lacking = []
        for each in left:
            here = [place for place in each.places if place.level is level]
            open_to = [place for place in each.open_to(self.module) if place in here]
            if not here:
                lacking.append(each)
            elif open_to:  # else it says otherwise itself, or what is nearer does
                shared.setdefault(open_to[0])
        yield from map(self._held_by_others, shared)
        if lacking:
            yield _lacking(lacking, level)

    def _held_by_others(self, place: TogglePlace) -> Diagnostic:
        names = [str(each.key) if each.key else "what comes later" for each in self._foreign[place]]
        own = place.level is Level.OFFER
        return error(
            "D642",
            f"a toggle of {self.module} here would hold for more than was chosen: {_some(names)}",
            mark=place.mark(self.module),
            detail=f"This is {place.name}.",
            hint="Choose all of its accounts, or write a document for each."
            if own
            else "Choose these, too, or leave --level out: then each chosen document says it itself if need be.",
        )


def _lacking(lacking: list[Toggleable], level: Level) -> Diagnostic:
    names = _some([str(each.key) for each in lacking])
    mark = lacking[0].places[0].document.mark("name")
    if level is Level.FOLDER:
        hint = "Write a document that says `kind: Defaults` into its folder, and run the command again."
        return error("D643", f"no Defaults lies in the folder of {names}, or above", mark=mark, hint=hint)
    hint = "Choose another --level, or leave it out."
    return error("D643", f"there is no {level} that {names} inherits from", mark=mark, hint=hint)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
