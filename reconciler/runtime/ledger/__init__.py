"""The ledger: the only place that speaks SQL, beside the cache."""

from reconciler.runtime.ledger.store import Ledger

__all__ = ["Ledger"]
