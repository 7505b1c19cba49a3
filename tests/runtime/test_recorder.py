"""The timeline of a run: what it counts, and that it stays small however long the run takes."""

from __future__ import annotations

from reconciler.model.budgets import BudgetSpec
from reconciler.runtime.connection.recorder import MOST, Recorder
from reconciler.runtime.ratelimit.priority import PRICE, REST

SECOND = 1_000_000
BEGAN = 1_764_400_000 * SECOND
BUDGETS = {
    "client": BudgetSpec(name="client", scope="client", counts="requests", per_minute=9000),
    "writes": BudgetSpec(name="writes", scope="user", counts="requests", per_minute=2490, per_hour=74_700),
    "daily": BudgetSpec(name="daily", scope="user", counts="requests", per_hour=7200),
    "pieces": BudgetSpec(name="pieces", scope="user", counts="offers", per_minute=9000),
    "other": BudgetSpec(name="other", scope="user", counts="requests", per_minute=60),
}


def test_requests_are_counted_by_second_and_lane() -> None:
    """With those that were sent again, what was too fast, and who waits when a second ends."""
    recorder = Recorder()
    recorder.waits(BEGAN, BEGAN)
    recorder.sent(BEGAN, REST, ("client",), again=False)
    recorder.waits(BEGAN + SECOND // 2, BEGAN + 2 * SECOND)
    recorder.sent(BEGAN + 2 * SECOND, PRICE, ("client", "writes", "daily", "pieces"), again=False)
    recorder.throttled(BEGAN + 2 * SECOND + 1)
    recorder.sent(BEGAN + 4 * SECOND - 1, PRICE, (), again=True)
    told = recorder.timeline("main", BUDGETS)
    assert told is not None
    assert (told.account, told.began, told.width) == ("main", "2025-11-29T07:06:40+00:00", 1)
    assert told.sent == {"price": (0, 0, 1, 1), "rest": (1, 0, 0, 0)}
    assert (told.again, told.throttled, told.waiting) == ((0, 0, 0, 1), (0, 0, 1, 0), (1, 1, 0, 0))
    assert told.limits == {"client": 150.0, "writes": 41.5, "daily": 2.0}


def test_a_long_run_has_as_few_spans_as_a_short_one() -> None:
    """Each two become one, and nothing is lost; a clock that is set back costs no span."""
    recorder = Recorder()
    for second in range(5000):
        recorder.waits(BEGAN + second * SECOND, BEGAN + (second + 3) * SECOND)
        recorder.sent(BEGAN + second * SECOND, REST, (), again=second % 5 == 0)
    recorder.sent(BEGAN - SECOND, REST, (), again=False)
    told = recorder.timeline("main", BUDGETS)
    assert told is not None
    assert (told.width, len(told.sent["rest"])) == (16, 313)
    assert len(told.sent["rest"]) <= MOST
    assert (sum(told.sent["rest"]), told.sent["rest"][:2], sum(told.again)) == (5001, (17, 16), 1000)
    assert set(told.waiting[:-1]) == {3}
    assert told.waiting[-1] == 0


def test_where_nothing_was_sent_there_is_no_timeline() -> None:
    """Also where something waited and was sent away."""
    recorder = Recorder()
    assert recorder.timeline("main", BUDGETS) is None
    recorder.waits(BEGAN, BEGAN + SECOND)
    assert recorder.timeline("main", BUDGETS) is None
