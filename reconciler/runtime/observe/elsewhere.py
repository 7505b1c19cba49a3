"""What is remembered of offers of other accounts that sell the same pieces as those of this one, or did."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reconciler.engine.open_orders import keys_elsewhere, parted_articles
from reconciler.model.memory import Baseline
from reconciler.model.offers import Desired, Key
from reconciler.runtime.connection.session import Session
from reconciler.runtime.ledger.place import Place


def elsewhere(opened: Session, places: Mapping[str, Place], desired: Iterable[Desired]) -> Mapping[Key, Baseline]:
    """Return it; `places` tells where the accounts are.

    Besides the offers that share in the articles of these, it is of all that the project manages there and knows
    to be of an article: their documents may say so no more, or have mistakes.
    """
    desired, found = list(desired), dict[Key, Baseline]()
    by_account: dict[str, set[Key]] = defaultdict(set)
    for key in keys_elsewhere(desired, opened.place.account):
        by_account[key.account].add(key)
    parted = parted_articles(desired)
    for account, place in places.items():
        if account == opened.place.account:
            continue
        if parted:
            found.update(opened.ledger.of_articles(place))
        found.update(opened.ledger.baselines_of(place, by_account[account]))
    return found
