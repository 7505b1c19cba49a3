"""A clock that is set an hour or three days forward or back: nobody waits for it, and nobody else is blamed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents.specs import load_spec
from reconciler.model.wire import Response, retry_after
from reconciler.providers.conversation import LONGEST_BLOCK
from reconciler.runtime.clock import WallClock, is_within
from reconciler.runtime.connection.agreeing import TheirTime
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets, Claim
from reconciler.runtime.ledger.leases import Leases
from reconciler.runtime.ratelimit.claims import Limits

SECOND, MINUTE, HOUR = 1_000_000, 60_000_000, 3_600_000_000
JUMPS = [HOUR, -HOUR, 72 * HOUR, -72 * HOUR]
NOON = 1_800_000_000_000_000
DATE = datetime(2026, 11, 28, 9, tzinfo=UTC)
LIMITS = Limits(load_spec("allegro").budgets, "u")
CLAIMS = [LIMITS.claims(("client", "offer_writes"), 1), LIMITS.claims(("client", "price_changes"), 1000)]


class Machine:
    """A machine's clock, which can be set, and the time that passes."""

    def __init__(self) -> None:
        self.wall = self.passed = 0

    def clock(self) -> WallClock:
        return WallClock(lambda: self.wall, lambda: self.passed)

    def passes(self, microseconds: int) -> None:
        self.wall += microseconds * 1000
        self.passed += microseconds * 1000

    def jumps(self, microseconds: int) -> None:
        self.wall += microseconds * 1000


@pytest.fixture
def machine() -> Machine:
    made = Machine()
    made.passes(NOON)
    return made


@pytest.mark.parametrize("jump", JUMPS)
def test_within_a_command_nobody_sees_it(machine: Machine, jump: int) -> None:
    """Waits, deadlines, slots, looks and tokens are all measured by this one clock."""
    clock = machine.clock()
    began = clock.now(), clock.microseconds()
    machine.jumps(jump)
    machine.passes(SECOND)
    assert clock.now() - began[0] == timedelta(seconds=1)
    assert clock.microseconds() - began[1] == SECOND
    assert machine.clock().microseconds() - began[1] == SECOND + jump


def test_the_clock_of_this_machine_goes_on() -> None:
    clock = WallClock()
    first, second = clock.microseconds(), clock.microseconds()
    assert first <= second
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("claims", CLAIMS)
@pytest.mark.parametrize("same_process", [True, False])
@pytest.mark.parametrize("blocked", [True, False])
def test_a_limit_costs_no_more_than_a_minute(
    tmp_path: Path, jump: int, claims: tuple, same_process: bool, blocked: bool
) -> None:
    """Slots that were taken, a block that was told, and the hour that was counted, before the clock was set."""
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        said: list[str] = []
        rows, now = Budgets(ledger.pace, "app", said.append), NOON
        for claim in claims:
            for _ in range(5):
                rows.take(claim, 1, now)
        if blocked and jump < 0:
            rows.block(600 * SECOND, now)
        now += jump + SECOND
        rows = rows if same_process else Budgets(ledger.pace, "app", said.append)
        waits = [slot.opens for claim in claims for slot in rows.take(claim, 1, now)]
        assert max(waits) <= MINUTE
        assert rows.take_if_free(claims, now + MINUTE, yields_to="") <= MINUTE
        assert len(said) == (jump < 0), said
        assert all("the clock was set back by" in each for each in said)


@pytest.mark.parametrize("jump", [-HOUR, -72 * HOUR])
def test_an_hour_that_was_used_up_before_is_not_waited_for_twice(tmp_path: Path, jump: int) -> None:
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        rows, hour = Budgets(ledger.pace, "app"), Claim(name="writes/hour", cost=900, limit=1000, minutes=61)
        assert rows.take(hour, 1, NOON)[0].opens == 0
        assert rows.take(hour, 1, NOON + SECOND)[0].opens > 59 * MINUTE
        assert rows.take(hour, 1, NOON + jump)[0].opens == 0


def test_a_day_that_is_used_up_is_waited_for_and_no_more(tmp_path: Path) -> None:
    """What waits for a day's limit is counted a day ahead: that is no wrong clock, and a month ahead is one."""
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        day = Claim(name="app/day", cost=900, limit=1000, minutes=1441)
        assert Budgets(ledger.pace, "app").take(day, 1, NOON)[0].opens == 0
        assert Budgets(ledger.pace, "app").take(day, 1, NOON + SECOND)[0].opens > 23 * HOUR
        said: list[str] = []
        assert Budgets(ledger.pace, "app", said.append).take(day, 1, NOON + 2 * SECOND)[0].opens > 47 * HOUR
        assert not said
        assert Budgets(ledger.pace, "app", said.append).take(day, 1, NOON - 720 * HOUR)[0].opens == 0
        assert said


@pytest.mark.parametrize("ahead", [HOUR * 24 * 365 * 31, 10**30])
def test_a_block_is_never_stored_for_longer_than_any_block_lasts(tmp_path: Path, ahead: int) -> None:
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        rows = Budgets(ledger.pace, "app")
        rows.block(ahead, NOON)
        assert rows.blocked(NOON + 599 * SECOND)
        assert not rows.blocked(NOON + 601 * SECOND)


@pytest.mark.parametrize("name", ["blocked", "client/60"])
def test_a_cursor_further_ahead_than_any_can_be_is_void(tmp_path: Path, name: str) -> None:
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        rows, said = Budgets(ledger.pace, "app"), []
        rows.mark(name, 31 * 365 * 24 * HOUR, NOON)
        rows = Budgets(ledger.pace, "app", said.append)
        assert max(slot.opens for claim in CLAIMS[0] for slot in rows.take(claim, 1, NOON + SECOND)) <= SECOND
        assert len(said) == 1
        assert "no block or queue is that long" in said[0]


def test_a_queue_as_long_as_one_can_be_holds(tmp_path: Path) -> None:
    """Hundreds of processes with a slow limit behind a block: none of that is taken for a wrong clock."""
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        said: list[str] = []
        (claim, *_) = CLAIMS[1]
        Budgets(ledger.pace, "app").block(600 * SECOND, NOON)
        opens = [Budgets(ledger.pace, "app", said.append).take(claim, 1, NOON)[0].opens for _ in range(300)]
        assert opens == sorted(opens)
        assert opens[-1] > 600 * SECOND + 290 * claim.step
        assert not said


def test_a_lease_from_before_the_clock_was_set_back_is_free(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        leases = Leases(ledger.database)
        assert leases.take("a", "old", 72 * 3_600_000)
        assert leases.take("a", "new", 15_000)
        assert not leases.take("a", "third", 15_000)


MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: format_datetime(moment, usegmt=True))
ODD = st.sampled_from(["1e9", "nan", "inf", "-5", "٣", "²", "0x10", "1" + "0" * 30, "9" * 5000, "7, 8", " 7"])


@given(st.one_of(st.text(), st.integers().map(str), MOMENTS, ODD), st.one_of(st.none(), st.text(), MOMENTS))
def test_retry_after_is_within_reason_or_nothing(stated: str, date: str | None) -> None:
    headers = {"retry-after": stated} if date is None else {"retry-after": stated, "date": date}
    found = retry_after(headers, LONGEST_BLOCK)
    assert found is None or 1 <= found <= LONGEST_BLOCK


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("0" * 12 + "120", 120),
        ("1000000000", LONGEST_BLOCK),
        ("1" + "0" * 30, LONGEST_BLOCK),
        ("٣", None),
        ("1e9", None),
        ("NaN", None),
        ("-5", None),
        ("", None),
        (format_datetime(DATE + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(DATE + timedelta(days=90), usegmt=True), LONGEST_BLOCK),
        (format_datetime(DATE - timedelta(days=90), usegmt=True), 1),
    ],
)
def test_retry_after_in_seconds_and_as_a_moment_of_their_clock(stated: str, seconds: float | None) -> None:
    assert (
        retry_after({"retry-after": stated, "date": format_datetime(DATE, usegmt=True)}, LONGEST_BLOCK) == seconds
    )


class Marketplace:
    """Answers with these dates, one after the other."""

    def __init__(self, clock: WallClock, *offsets: timedelta | str) -> None:
        self._offsets: Iterator[timedelta | str] = iter(offsets)
        self._clock = clock
        self.asked = 0

    def answer(self) -> Response:
        offset = next(self._offsets)
        self.asked += 1
        date = offset if isinstance(offset, str) else format_datetime(self._clock.now() + offset, usegmt=True)
        return Response(200, {"date": date} if date else {}, b"")


H, D = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("offsets", "asked", "follows", "said"),
    [
        ((3 * D, 3 * D), 2, 3 * D, "this machine's clock is 3 days behind the marketplace's, whose time counts"),
        ((-H, -H), 2, -H, "this machine's clock is 1 hour ahead of the marketplace's, whose time counts"),
        ((timedelta(seconds=30), timedelta(seconds=30)), 2, timedelta(seconds=30), ""),
        (
            (3 * D - timedelta(seconds=20), 3 * D),
            2,
            3 * D,
            "this machine's clock is 3 days behind the marketplace's, whose time counts",
        ),
        ((timedelta(seconds=30), timedelta(seconds=10)), 2, timedelta(0), ""),
        ((timedelta(seconds=2),), 1, timedelta(0), ""),
        ((3 * D, timedelta(0)), 2, timedelta(0), ""),  # the first lay in a cache
        ((3 * D, -3 * D), 2, timedelta(0), ""),
        ((3 * D, ""), 2, timedelta(0), ""),
        (("",), 1, timedelta(0), ""),
        (("tomorrow, perhaps",), 1, timedelta(0), ""),
        (("Sat, 28 Nov 99999 09:00:00 GMT",), 1, timedelta(0), ""),
    ],
)
def test_the_marketplaces_time_counts_when_two_answers_tell_it(
    machine: Machine, offsets: tuple, asked: int, follows: timedelta, said: str
) -> None:
    clock, notes = machine.clock(), []
    began, paced = clock.now(), clock.microseconds()
    theirs, marketplace = TheirTime(clock), Marketplace(clock, *offsets)
    theirs.heed(marketplace.answer())

    async def ask_again() -> None:
        theirs.heed(marketplace.answer())

    asyncio.run(theirs.agree(ask_again, notes.append))
    assert marketplace.asked == asked
    assert abs(clock.now() - began - follows) <= timedelta(seconds=1)
    assert clock.microseconds() == paced, "what is paced must not jump"
    assert notes == ([said] if said else [])


@pytest.mark.parametrize(
    ("ago", "fresh"), [(0, True), (59, True), (60, False), (-1, True), (-60, False), (-4320, False)]
)
def test_what_was_kept_in_the_future_is_not_fresh(ago: int, fresh: bool) -> None:
    assert is_within(DATE - timedelta(minutes=ago), timedelta(hours=1), DATE) is fresh
