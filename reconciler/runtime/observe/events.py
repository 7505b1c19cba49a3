"""What the marketplace's events tell of offers that its list does not show yet."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.providers.base import Activation
from reconciler.runtime.connection.session import Session


def known_since(opened: Session) -> datetime | None:
    """Return since when this ledger has known the account: its first run, or the first time it saw all of it."""
    first = opened.ledger.runs.first_start(opened.place)
    reads = opened.ledger.prices.reads(opened.place)[:1]
    return min((*reads, *((datetime.fromisoformat(first),) if first else ())), default=None)


def may_lack_creations(opened: Session) -> bool:
    """Tell whether the ledger is too young to know everything that the list may not show."""
    since = known_since(opened)
    return since is None or opened.clock.now() - since < opened.spec.list_lag


async def lately_listed(opened: Session, names: Iterable[str]) -> dict[str, Activation]:
    """Ask the events which of these offers were listed within the grace: name -> the latest time."""
    wanted, since = set(names), opened.clock.now() - opened.spec.list_lag
    found = await opened.ask(opened.provider.activations())
    return {each.key: each for each in found if each.key in wanted and each.at > since}
