"""What is remembered of offers of other accounts that sell the same pieces as those of this one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from reconciler.engine.open_orders import keys_elsewhere
from reconciler.model.memory import Baseline
from reconciler.model.offers import Desired, Key
from reconciler.runtime.connection.session import Session
from reconciler.runtime.ledger.place import Place


def elsewhere(
    opened: Session, places: Mapping[str, Place], desired: Iterable[Desired]
) -> Callable[[Key], Baseline | None]:
    """Return how to find it; `places` tells where the accounts are."""
    by_account: dict[str, set[Key]] = defaultdict(set)
    for key in keys_elsewhere(desired, opened.place.account):
        by_account[key.account].add(key)
    found: dict[Key, Baseline] = {}
    for account, keys in by_account.items():
        if account in places:
            found.update(opened.ledger.baselines_of(places[account], keys))
    return found.get
