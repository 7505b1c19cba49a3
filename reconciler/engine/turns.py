"""When each write of an apply has its turn, at the permitted rate."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from reconciler.model.offers import OFFER
from reconciler.model.plan import Action
from reconciler.model.spec import MarketplaceSpec, Role

#: So many writes wait for their turn at once, unless `--parallelism` says otherwise.
_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Moments:
    """When an action begins to wait for its turn, and when it leaves, in seconds from the beginning."""

    action: Action
    begins: float
    leaves: float


def turns(
    actions: Sequence[Action], spec: MarketplaceSpec, size: int, before_creations: float
) -> Iterator[Moments]:
    """Yield the moments of all actions, wave by wave; so many of them are sent before the next ones begin.

    The first creation waits for so many seconds until it is sure that it is the first.
    """
    ordered = sorted(actions, key=lambda action: action.wave)
    now = 0.0
    for start in range(0, len(ordered), max(1, size)):
        for _, wave in groupby(ordered[start : start + size], key=lambda action: action.wave):
            left: list[float] = []
            load: dict[str, int] = defaultdict(int)
            for action in wave:
                if action.kind == OFFER and action.operation == Role.CREATE:
                    now, before_creations = now + before_creations, 0.0
                budgets = spec.kinds[action.kind].operations[action.operation].budgets
                leaves = max((spec.budgets[name].seconds_for(load[name]) for name in budgets), default=0.0)
                begins = left[-_AT_ONCE] if len(left) >= _AT_ONCE else 0.0
                yield Moments(action, now + min(begins, leaves), now + leaves)
                left.append(leaves)
                for name in budgets:
                    load[name] += len(action.targets) if spec.budgets[name].counts == "offers" else 1
            now += max((spec.budgets[name].seconds_for(amount) for name, amount in load.items()), default=0.0)
