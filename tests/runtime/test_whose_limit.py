"""Whose limit it is, and what counts against it: two users of one application, on a stepped clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.model.budgets import BudgetSpec
from reconciler.runtime.ratelimit.priority import REST

from .pacing import Client


@contextmanager
def two_users(where: Path, **limit: object) -> Iterator[Client]:
    """Two processes, of a user each, with one budget."""
    facts = {"name": "few", "scope": "client", "counts": "requests", "per_second": 20, **limit}
    made = Client(where, 2, budgets={"few": BudgetSpec(**facts)})  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(("scope", "low", "high"), [("client", 10, 20), ("user", 21, 40)])
def test_a_limit_of_the_client_is_shared_by_its_users(tmp_path: Path, scope: str, low: int, high: int) -> None:
    with two_users(tmp_path, scope=scope) as client:
        client.run(10, *(client.for_ever(place, ("few",), "mine", REST) for place in (0, 1)))
        assert low <= client.most_in_a_second() <= high


@pytest.mark.parametrize(("counts", "low", "high"), [("requests", 10, 20), ("offers", 1, 4)])
def test_what_counts_are_requests_or_the_offers_that_they_change(
    tmp_path: Path, counts: str, low: int, high: int
) -> None:
    """Each changes five."""
    with two_users(tmp_path, counts=counts) as client:
        client.run(20, client.for_ever(0, ("few",), "mine", REST, weight=5))
        assert low <= client.most_in_a_second() <= high
