"""Reads that a conversation has told of: sent in their order, several at once, and handed over when it asks."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from reconciler.providers.conversation import Answer, Request

#: So many are under way, or answered and not yet asked for: what one conversation has in memory besides.
AT_ONCE = 8


class ReadsAhead:
    """The reads of one conversation. Each leaves by `send`: budgets, retries and waits are those of any other."""

    __slots__ = ("_coming", "_send", "_under_way")

    def __init__(self, send: Callable[[Request], Coroutine[Any, Any, Answer]]) -> None:
        self._send = send
        self._coming: deque[Request] = deque()
        self._under_way: deque[tuple[Request, asyncio.Task[Answer]]] = deque()

    def told(self, requests: Iterable[Request]) -> None:
        """Begin with the first of these. ValueError for one that is no read: it may never be asked for."""
        for request in requests:
            if not request.harmless:
                raise ValueError(f"{request.method} {request.path} is no read")
            self._coming.append(request)
        self._begin()

    async def answer(self, request: Request) -> Answer:
        """Return the answer of a request, which may have been told of."""
        if not self._under_way or self._under_way[0][0] is not request:
            return await self._send(request)
        try:
            return await self._under_way[0][1]
        finally:
            self._under_way.popleft()
            self._begin()

    def _begin(self) -> None:
        while self._coming and len(self._under_way) < AT_ONCE:
            request = self._coming.popleft()
            self._under_way.append((request, asyncio.create_task(self._send(request))))

    async def close(self) -> None:
        """Stop what nobody will ask for any more, and return when it has stopped."""
        self._coming.clear()
        if not self._under_way:
            return
        tasks = [task for _, task in self._under_way]
        self._under_way.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
