"""Pages that are told ahead: several under way, handed over in order, within budgets, stopped with their conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest
from msgspec.structs import replace
from stepping import Steps

from reconciler.documents.specs import load_spec
from reconciler.model.offers import OFFER
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Inventory, MarketplaceFault, Reading, Token
from reconciler.providers.conversation import Ahead, Conversation, Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection.ahead import AT_ONCE
from reconciler.runtime.connection.runner import Runner
from reconciler.runtime.connection.transport import Hosts, NoAnswer, Transport
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets
from reconciler.runtime.progress import Silent
from reconciler.runtime.ratelimit.throttle import Throttle

SPEC, PAGE = load_spec("allegro"), 10
OFFERS = SPEC.kinds[OFFER]
SMALL_PAGES = replace(OFFERS, views={**OFFERS.views, "list": replace(OFFERS.views["list"], page=PAGE)})
READING = Reading(
    account="main", spec=replace(SPEC, kinds={**SPEC.kinds, OFFER: SMALL_PAGES}), base_market="allegro-pl"
)


class Ready:
    """A token that is there already."""

    async def current(self, _exchange: object) -> Token:
        return Token("token")


@dataclass
class Lists:
    """A marketplace with so many offers. A page is answered when its offset may be; `spoil` changes what is said."""

    clock: Steps
    total: int
    free: Callable[[int], bool] = lambda _offset: True
    spoil: Callable[[int, dict[str, Any]], tuple[int, Any]] = lambda _offset, page: (200, page)
    came: list[int] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        offset = int(parse_qs(scope["query_string"].decode())["offset"][0])
        self.came.append(offset)
        self.moments.append(self.clock.microseconds() / 1_000_000)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            while not self.free(offset):
                await asyncio.sleep(0)
                await self.clock.sleep(1)
        finally:
            self.at_once -= 1
        numbers = range(offset, min(offset + PAGE, self.total))
        page = {"offers": [{"id": str(number)} for number in numbers], "totalCount": self.total}
        status, body = self.spoil(offset, page)
        self.answered.append(offset)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": orjson.dumps(body)})


@asynccontextmanager
async def running(root: Path, lists: Lists) -> AsyncIterator[Runner]:
    ledger = Ledger(root / "ledger.db")
    transport = Transport(Hosts(api="http://x", auth="http://x", upload="http://x", app=lists), ALLEGRO.media)
    yield Runner(
        provider=ALLEGRO,
        transport=transport,
        throttle=Throttle(SPEC.budgets, Budgets(ledger.pace, "app"), lists.clock, user="u", virtual=True),
        clock=lists.clock,
        tokens=Ready(),  # type: ignore[arg-type]
        progress=Silent(),
        read_file=lambda _path: b"",
        remember=lambda _fact: None,
    )
    await transport.close()
    ledger.close()


async def ended(clock: Steps, task: asyncio.Task[Any], seconds: int = 4000) -> None:
    """Let time pass until a task is over."""
    for _ in range(seconds):
        await clock.run(1)
        if task.done():
            return
    raise AssertionError("it goes on and on")


def listed(root: Path, lists: Lists) -> Inventory:
    async def main() -> Inventory:
        async with running(root, lists) as runner:
            task = asyncio.create_task(runner.run(ALLEGRO.inventory(READING)))
            await ended(lists.clock, task)
            await nobody_left(task)
            return task.result()

    return asyncio.run(main())


async def nobody_left(*known: asyncio.Task[Any]) -> None:
    """Insist that no request outlives its conversation; the throttle has a task of its own."""
    left = asyncio.all_tasks() - {asyncio.current_task(), *known}
    assert not [task for task in left if "_request" in repr(task.get_coro())]


def test_pages_are_asked_for_together_and_in_order(tmp_path: Path) -> None:
    lists = Lists(Steps(), 20 * PAGE + 1)
    lists.free = lambda _offset: lists.clock.microseconds() / 1_000_000 >= lists.moments[-1] + 1
    found = listed(tmp_path, lists)
    assert lists.came == [*range(0, 20 * PAGE + 1, PAGE)]
    assert lists.most_at_once == AT_ONCE == 8
    assert found.complete
    assert [each.remote_id for each in found.live] == [str(number) for number in range(lists.total)]


def test_a_page_that_is_late_is_waited_for_and_no_more_than_the_window_is_kept(tmp_path: Path) -> None:
    """All others are answered before the second page is: no more of them are sent than may be in memory."""
    lists = Lists(Steps(), 30 * PAGE)
    lists.free = lambda offset: offset != PAGE or lists.clock.microseconds() > before + 30_000_000
    before = lists.clock.microseconds()
    at_release: list[int] = []

    def note(offset: int, page: dict[str, Any]) -> tuple[int, Any]:
        if offset == PAGE:
            at_release.append(len(lists.came))
        return 200, page

    lists.spoil = note
    found = listed(tmp_path, lists)
    assert at_release == [1 + AT_ONCE]
    assert found.complete
    assert [each.remote_id for each in found.live] == [str(number) for number in range(lists.total)]


def test_budgets_hold_for_pages_that_are_told_ahead(tmp_path: Path) -> None:
    lists = Lists(Steps(), 600 * PAGE)
    limit = SPEC.budgets["client"].per_minute / 60
    assert listed(tmp_path, lists).complete
    assert len(lists.came) == 600
    assert max(sum(first <= each < first + 1 for each in lists.moments) for first in lists.moments) <= limit


@pytest.mark.parametrize("total", [2 * PAGE + 1, 9 * PAGE])
def test_one_page_that_counts_otherwise_makes_the_list_incomplete(tmp_path: Path, total: int) -> None:
    def otherwise(offset: int, page: dict[str, Any]) -> tuple[int, Any]:
        return 200, {**page, "totalCount": total} if offset == 2 * PAGE else page

    found = listed(tmp_path, Lists(Steps(), 10 * PAGE, spoil=otherwise))
    assert not found.complete


def test_a_page_that_fails_for_a_while_is_asked_for_again(tmp_path: Path) -> None:
    def weak(offset: int, page: dict[str, Any]) -> tuple[int, Any]:
        return (503, {}) if offset == 3 * PAGE and lists.came.count(offset) < 3 else (200, page)

    lists = Lists(Steps(), 10 * PAGE, spoil=weak)
    found = listed(tmp_path, lists)
    assert found.complete
    assert lists.came.count(3 * PAGE) == 3
    assert len(lists.came) == 12


def test_a_page_that_is_refused_ends_all(tmp_path: Path) -> None:
    """What was told ahead and is under way is stopped with its conversation."""
    lists = Lists(Steps(), 30 * PAGE, spoil=lambda offset, page: (422, {}) if offset == 2 * PAGE else (200, page))
    lists.free = lambda offset: offset <= 2 * PAGE
    with pytest.raises(MarketplaceFault):
        listed(tmp_path, lists)
    assert lists.at_once == 0
    assert len(lists.came) <= 3 + AT_ONCE


def test_a_conversation_that_is_cancelled_leaves_nothing_under_way(tmp_path: Path) -> None:
    async def main() -> None:
        lists = Lists(Steps(), 30 * PAGE, free=lambda offset: offset == 0)
        async with running(tmp_path, lists) as runner:
            task = asyncio.create_task(runner.run(ALLEGRO.inventory(READING)))
            await lists.clock.run(5)
            assert lists.at_once == AT_ONCE
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
            assert lists.at_once == 0
            await nobody_left(task)

    asyncio.run(main())


def test_what_was_told_and_is_not_asked_for_is_stopped(tmp_path: Path) -> None:
    """Also by a conversation that asks for something else, and hears of no answer."""

    def read(offset: int) -> Request:
        return Request(method="GET", path="/sale/offers", query=(("offset", str(offset)),), expects=anything)

    def elsewhere() -> Conversation[Any]:
        yield Ahead((read(1), read(2)))
        try:
            said = yield read(7)
        except NoAnswer:
            return None
        return said.value["totalCount"]

    async def main() -> Any:
        lists = Lists(Steps(), PAGE, free=lambda offset: offset == 7)
        async with running(tmp_path, lists) as runner:
            task = asyncio.create_task(runner.run(elsewhere()))
            await ended(lists.clock, task)
            assert lists.at_once == 0
            return task.result()

    assert asyncio.run(main()) == PAGE


def test_a_write_is_never_sent_ahead(tmp_path: Path) -> None:
    def writing() -> Conversation[None]:
        yield Ahead((Request(method="PUT", path="/sale/offers", query=(("offset", "0"),), expects=anything),))

    async def main() -> Lists:
        lists = Lists(Steps(), PAGE)
        async with running(tmp_path, lists) as runner:
            with pytest.raises(ValueError, match="is no read"):
                await runner.run(writing())
        return lists

    assert asyncio.run(main()).came == []
