"""A limit of changes: whatever is taken, by whom, and whenever it is used, no minute and no hour holds more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reconciler.documents.specs import load_spec
from reconciler.model.budgets import BudgetSpec
from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import LATE, TICK, Budgets, Claim
from reconciler.runtime.ratelimit.claims import Limits
from reconciler.runtime.ratelimit.priority import LANE, PRICE

from .pacing import PRICES, Client, most_in

LIMITS = Limits(load_spec("allegro").budgets, "u")
MINUTE, HOUR = "price_changes of u/60", "price_changes of u/hour"
A_MINUTE, AN_HOUR = 9000, 150_000
#: It begins together with a tick.
START = 13_500_000_000 * TICK
SIZES = {
    "a thousand": [1000],
    "large and small": [1000, 25],
    "three": [1000, 100, 7],
    "all and one": [999, 1],
    "any": range(1, 1001),
    "where slots begin to lie further apart than a second": [149, 150],
    "halves": [1000, 500, 1000, 3],
}
Opened = Callable[[str | Path, int], list[Ledger]]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """So many connections to one ledger, as processes of their own have them."""
    with ExitStack() as stack:
        yield lambda where, count: [stack.enter_context(closing(Ledger(where))) for _ in range(count)]


def claim(name: str, weight: int) -> Claim:
    """What a command for so many offers takes from a limit."""
    return next(each for each in LIMITS.claims(PRICES, weight) if each.name == name)


def changes(ledgers: list[Ledger], sizes: Sequence[int], seed: int, seconds: int) -> list[tuple[float, int]]:
    """Processes take slots by turns, some as a resync does; each is used at some moment at which it may be."""
    random = Random(seed)
    rows = [Budgets(each.pace, f"seed {seed}") for each in ledgers]
    begins = START + random.randrange(TICK)
    turn, used = [begins] * len(rows), []
    while (now := min(turn)) < begins + seconds * 1_000_000:
        process, weight = turn.index(now), random.choice(sizes)
        taken = claim(MINUTE, weight)
        if random.random() < 0.1:
            wait = rows[process].take_if_free([taken], now, yields_to="")
            opens, closes = now, now + LATE
            turn[process] = now + (wait or random.randrange(1, TICK))
            if wait:
                continue
        else:
            (slot,) = rows[process].take(taken, 1, now)
            opens, closes = max(now, now + slot.opens), now + slot.closes
            turn[process] = max(now + 1, opens + random.randrange(-TICK, TICK))
        leaves = random.choice((opens, closes, random.randint(opens, closes)))
        used.append(((leaves - begins) / 1_000_000, weight))
    return sorted(used)


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_no_minute_holds_more_whenever_slots_are_used(
    opened: Opened, tmp_path: Path, sizes: Sequence[int], processes: int
) -> None:
    ledgers = opened(tmp_path / "ledger.db", processes)
    most = {seed: most_in(60, changes(ledgers, sizes, seed, 300)) for seed in range(20)}
    assert max(most.values()) <= A_MINUTE, most


@pytest.mark.parametrize("sizes", [SIZES["large and small"], SIZES["any"]], ids=["large and small", "any"])
def test_the_same_on_postgresql(opened: Opened, postgresql_url: str, sizes: Sequence[int]) -> None:
    ledgers = opened(postgresql_url, 3)
    most = {seed: most_in(60, changes(ledgers, sizes, seed, 200)) for seed in range(3)}
    assert max(most.values()) <= A_MINUTE, most


def test_a_slot_that_is_taken_late_in_a_tick_is_counted_in_the_tick_in_which_it_is_used(
    opened: Opened, tmp_path: Path
) -> None:
    """Fourteen commands, the first as late as it may: a minute after its tick began is not one after it left."""
    (ledger,) = opened(tmp_path / "ledger.db", 1)
    rows, now, used = Budgets(ledger.pace, "app"), START + TICK - 1, []
    for weight in (1000, 1, *[1000] * 12):
        (slot,) = rows.take(claim(MINUTE, weight), 1, now)
        used.append(((now - START + (slot.closes if not used else max(0, slot.opens))) / 1_000_000, weight))
        now += max(0, slot.opens)
    assert most_in(60, used) <= A_MINUTE


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_nine_tenths_of_a_minute_are_used_and_no_minute_holds_more(
    tmp_path: Path, sizes: Sequence[int], processes: int
) -> None:
    """However changes are cut; in commands of a thousand, all nine in a minute and the lateness of a slot."""
    random = Random(processes)
    with closing(Client(tmp_path, processes, one_user=True)) as client:

        def worker(process: int) -> Callable[[], Awaitable[None]]:
            async def work() -> None:
                LANE.set(PRICE)
                while True:
                    weight = random.choice(sizes)
                    await client.send(process, PRICES, str(weight), weight)

            return work

        client.run(660, *(worker(process) for process in range(processes)), each=20)
    used = [(moment, int(name)) for moment, name in client.left]
    assert most_in(60, used) <= A_MINUTE
    settled = sum(weight for moment, weight in used if 60 <= moment)
    assert settled >= (0.985 if sizes == SIZES["a thousand"] else 0.9) * A_MINUTE * 10


def test_a_resync_of_any_sizes_keeps_the_limit_beside_others(tmp_path: Path) -> None:
    """What stands back counts what the others have changed in the same minute."""
    random = Random(3)
    with closing(Client(tmp_path, 2, one_user=True)) as client:
        client.throttles[1].stand_back()

        async def now_and_then() -> None:
            while True:
                await client.clock.sleep(random.uniform(5, 40))
                await client.send(0, PRICES, "1000", 1000)

        async def resync() -> None:
            while True:
                weight = random.choice([1000, 300, 20])
                await client.send(1, PRICES, str(weight), weight)

        client.run(600, now_and_then, resync, each=3)
    used = [(moment, int(name)) for moment, name in client.left]
    assert most_in(60, used) <= A_MINUTE
    assert sum(weight for _, weight in used) >= 0.8 * A_MINUTE * 10


def test_no_hour_holds_more_when_many_wait_for_the_next(tmp_path: Path) -> None:
    """What waits is counted an hour ahead; it makes nobody forget what was used lately."""
    with closing(Client(tmp_path, 3, one_user=True)) as client:
        client.run(8000, *(client.for_ever(each, PRICES, "1000", PRICE, weight=1000) for each in range(3)))
    used = [(moment, 1000) for moment, _ in client.left]
    assert most_in(3600, used) <= AN_HOUR
    assert sum(weight for moment, weight in used if moment < 7260) >= 2 * AN_HOUR


def test_no_day_holds_more_and_the_next_one_is_used(tmp_path: Path) -> None:
    """A limit by the day is a sliding one: what was used in its first hour is free again a day later, not sooner."""
    slow = BudgetSpec(name="app", scope="client", counts="requests", per_second=10, per_day=500)
    with closing(Client(tmp_path, 2, budgets={"app": slow})) as client:
        client.run(100_000, *(client.for_ever(each, ("app",), "all", PRICE) for each in range(2)))
    used = [(moment, 1) for moment, _ in client.left]
    assert most_in(86_400, used) <= 500
    assert most_in(1, used) <= 10
    assert sum(moment < 3600 for moment, _ in used) >= 495
    assert len(used) >= 990


# --- at the same moment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [MINUTE, HOUR])
@pytest.mark.parametrize("stands_back", [False, True])
def test_who_counts_is_not_overtaken_between_looking_and_taking(
    opened: Opened, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, name: str, stands_back: bool
) -> None:
    """There is room for one more, and another process wants it while this one has looked and not taken yet."""
    mine, other = opened(postgresql_url, 2)
    other.pace.run("set lock_timeout = '200ms'")
    rows, others = Budgets(mine.pace, "app"), Budgets(other.pace, "app")
    limit = A_MINUTE if name == MINUTE else AN_HOUR
    now = START
    for _ in range(limit // 1000 - 1):
        (slot,) = rows.take(claim(name, 1000), 1, now)
        now += max(0, slot.opens) + 7_000_000 * (name == MINUTE)
    tried: list[bool] = []

    def meanwhile(look: Callable[[Budgets, Claim, int], Any]) -> Callable[[Budgets, Claim, int], Any]:
        def looked(self: Budgets, claim: Claim, period: int) -> Any:
            found = look(self, claim, period)
            if self is rows and not tried:
                tried.append(True)
                try:
                    others.take(claim, 1, now)
                except LedgerFailed:
                    tried.append(False)
            return found

        return looked

    for name_of_look in ("_sum_since", "_used_since"):
        monkeypatch.setattr(Budgets, name_of_look, meanwhile(getattr(Budgets, name_of_look)))
    if stands_back:
        rows.take_if_free([claim(name, 1000)], now, yields_to="")
    else:
        rows.take(claim(name, 1000), 1, now)
    assert tried == [True, False], "the other waits until this one has counted"
