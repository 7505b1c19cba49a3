"""When each write of an apply has its turn, at the permitted rate."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from reconciler.engine.rereads import FRESH
from reconciler.model.budgets import BudgetSpec
from reconciler.model.offers import OFFER
from reconciler.model.plan import Action
from reconciler.model.spec import MarketplaceSpec, Role

#: So many writes wait for their turn at once, unless `--parallelism` says otherwise.
AT_ONCE = 30
#: What leaves in a second takes eight ticks, and these so long (`runtime/ratelimit/slots.py`).
_TICKS = 1.06


class Moments(Struct, frozen=True):
    """When an action begins to wait for its turn, and when it leaves, in seconds from the beginning."""

    action: Action
    begins: float
    leaves: float


def turns(
    actions: Sequence[Action],
    spec: MarketplaceSpec,
    size: int,
    before_creations: float,
    reads: Callable[[Action], Mapping[str, int]] = lambda _action: {},
) -> Iterator[Moments]:
    """Yield the moments of all actions, wave by wave; so many of them are sent before the next ones begin.

    The first creation waits for so many seconds until it is sure that it is the first. `reads` counts, by budget,
    what is read of an action before it waits: where a limit is of reads and writes together, each waits for both.
    """
    ordered = sorted(actions, key=lambda action: action.wave)
    now = 0.0
    for start in range(0, len(ordered), max(1, size)):
        for _, wave in groupby(ordered[start : start + size], key=lambda action: action.wave):
            together = list(wave)
            load: dict[str, int] = defaultdict(int)
            left: list[float] = []
            for number, action in enumerate(together):
                if number % AT_ONCE == 0:  # those that begin meanwhile are read behind all that wait already
                    _read((reads(each) for each in together[number : number + AT_ONCE]), load)
                if action.kind == OFFER and action.operation == Role.CREATE:
                    now, before_creations = now + before_creations, 0.0
                budgets = spec.kinds[action.kind].operations[action.operation].budgets
                leaves = _after(budgets, load, spec)
                begins = left[-AT_ONCE] if len(left) >= AT_ONCE else 0.0
                if leaves - begins > FRESH:
                    _read([reads(action)], load)  # once more: its first look is too old
                yield Moments(action, now + min(begins, leaves), now + leaves)
                left.append(leaves)
                for name in budgets:
                    load[name] += len(action.targets) if spec.budgets[name].counts == "offers" else 1
            now += _after(load, load, spec)


def _after(budgets: Iterable[str], load: Mapping[str, int], spec: MarketplaceSpec) -> float:
    return max((paced(spec.budgets[name], load.get(name, 0)) for name in budgets), default=0.0)


def paced(budget: BudgetSpec, requests: int) -> float:
    """Return when so many requests have left: of a limit by the second, in its ticks."""
    return budget.seconds_for(requests) * (_TICKS if budget.per_second else 1)


def _read(reads: Iterable[Mapping[str, int]], load: dict[str, int]) -> None:
    for each in reads:
        for name, times in each.items():
            load[name] += times
