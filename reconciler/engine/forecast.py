"""How many requests a plan takes, and how long at the permitted rate: what `apply` can be compared with."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from reconciler.model.offers import OFFER
from reconciler.model.plan import Action, Forecast
from reconciler.model.spec import Completion, KindSpec, MarketplaceSpec, Shape

#: A command's report is asked for about this often until it is complete; few operations answer 202.
_REPORTS = 3
#: The keys that one request of the list can ask for.
_KEYS = 100


def forecast(actions: Iterable[Action], spec: MarketplaceSpec, population: int = 0) -> Forecast:
    """Count requests by operation, with the reads before and after; the time is that of the slowest budget."""
    count = _Count(spec, population)
    for action in actions:
        count.action(action)
    return count.total()


class _Count:
    def __init__(self, spec: MarketplaceSpec, population: int) -> None:
        self._spec = spec
        self._population = population
        self._requests: Counter[str] = Counter()
        self._load: dict[str, float] = defaultdict(float)
        self._times: dict[str, float] = defaultdict(float)
        self._listed: set[str] = set()

    def action(self, action: Action) -> None:
        kind = self._spec.kinds[action.kind]
        operation = kind.operations[action.operation]
        self._add(f"{action.kind}.{action.operation}", 1, len(action.targets), operation.budgets)
        if operation.completion is Completion.COMMAND:
            self._read("report", _REPORTS, ("client",))
        for target in action.targets:
            if operation.shape is Shape.SINGLE or not _listed(target.after, kind):
                views = kind.views.get("detail")
                self._read("detail", 2, views.budgets if views else ("client",))
            elif action.kind == OFFER:
                self._listed.add(target.key.name)
        if operation.name == "create" and action.kind == OFFER:
            self._read("list", 1, ("client",))

    def _read(self, name: str, times: int, budgets: Iterable[str]) -> None:
        self._add(name, times, times, budgets)

    def _add(self, name: str, times: int, offers: int, budgets: Iterable[str]) -> None:
        self._requests[name] += times
        longest = 0.0
        for budget in budgets:
            known = self._spec.budgets[budget]
            amount = offers if known.counts == "offers" else times
            self._load[budget] += amount
            longest = max(longest, amount / known.per_second_sustained())
        self._times[name] += longest

    def total(self) -> Forecast:
        if self._listed:
            pages = self._population // 1000 + 1
            self._read("list", 2 * min(pages, math.ceil(len(self._listed) / _KEYS)), ("client",))
        times = [amount / self._spec.budgets[name].per_second_sustained() for name, amount in self._load.items()]
        seconds = math.ceil(max(times, default=0.0) * 10) / 10
        lasting = {name: math.ceil(each) for name, each in self._times.items()}
        return Forecast(requests=dict(self._requests), times=lasting, seconds=seconds)


def _listed(after: Iterable[str], kind: KindSpec) -> bool:
    return all((known := kind.field(path)) is not None and "list" in known.views for path in after)
