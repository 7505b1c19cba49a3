"""In which stages a run goes: whoever executes it, foretells it or tells how far it is reads them here.

A stage is sent, its waves one after another, and read back before the next one begins. The stages follow from the
waves of the actions alone, so whoever goes on with a run that was interrupted finds the same ones.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from reconciler.model.plan import Action

#: The actions of a canary are in their own waves, the rest in waves from here on.
PHASE = 1000


class Stage(Struct, frozen=True, kw_only=True):
    """What is sent and read back together; `told` is what the progress calls it.

    `first_look` are the actions whose offers are checked with a list before they are sent, those of a group at
    once. `is_canary`: the next stage begins only when the offers of this one are found well.
    """

    told: str
    actions: tuple[Action, ...]
    first_look: tuple[tuple[Action, ...], ...] = ()
    is_canary: bool = False


def stages(actions: Iterable[Action]) -> tuple[Stage, ...]:
    """Return the stages of an apply: the canary, if any, and the rest. All is checked before the first one."""
    every = tuple(actions)
    if not every:
        return ()
    canary = tuple(each for each in every if each.wave < PHASE)
    rest = tuple(each for each in every if each.wave >= PHASE)
    if not canary or not rest:
        return (Stage(told="applying", actions=every, first_look=(every,)),)
    return (
        Stage(told="applying the canary", actions=canary, first_look=(every,), is_canary=True),
        Stage(told="applying", actions=rest),
    )


def slices(actions: Iterable[Action], size: int) -> tuple[Stage, ...]:
    """Return the stages of a resync: so many requests each, every one checked by itself, since hours may pass."""
    ordered = sorted(actions, key=lambda each: each.wave)
    return tuple(_slice(ordered, start, size) for start in range(0, len(ordered), size))


def _slice(ordered: Sequence[Action], start: int, size: int) -> Stage:
    some = tuple(ordered[start : start + size])
    return Stage(
        told=f"sending again, requests {start + 1:,} to {start + len(some):,} of {len(ordered):,}",
        actions=some,
        first_look=tuple((each,) for each in some),
    )
