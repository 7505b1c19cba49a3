"""How many requests a plan takes, and how long at the permitted rate."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from reconciler.model.plan import Action, Forecast
from reconciler.model.spec import Completion, MarketplaceSpec, OperationSpec, Shape

#: What a completion costs beyond its request: a report read twice and its tasks, or an operation read once.
_FOLLOW_UP = {Completion.IMMEDIATE: 0, Completion.ACCEPTED: 1, Completion.COMMAND: 3}


def forecast(actions: Iterable[Action], spec: MarketplaceSpec) -> Forecast:
    """Count requests by operation; the time is that of the budget that takes longest."""
    requests: Counter[str] = Counter()
    load: dict[str, float] = defaultdict(float)
    for action in actions:
        operation = spec.kinds[action.kind].operations[action.operation]
        requests[f"{action.kind}.{action.operation}"] += 1
        _charge(load, operation, len(action.targets), spec)
        follow = _follow_ups(operation)
        requests["follow-up and read-back"] += follow
        load["client"] += follow
    return Forecast(requests=dict(requests), seconds=_seconds(load, spec))


def _follow_ups(operation: OperationSpec) -> int:
    base_and_back = 2 if operation.shape is Shape.SINGLE else 0
    return _FOLLOW_UP[operation.completion] + base_and_back


def _charge(load: dict[str, float], operation: OperationSpec, offers: int, spec: MarketplaceSpec) -> None:
    for name in operation.budgets:
        load[name] += offers if spec.budgets[name].counts == "offers" else 1


def _seconds(load: Mapping[str, float], spec: MarketplaceSpec) -> float:
    """Return the time of the slowest budget. Requests need at least their own length each, about 0.2 s."""
    times = [amount / spec.budgets[name].per_second_sustained() for name, amount in load.items()]
    return math.ceil(max(times, default=0.0) * 10) / 10
