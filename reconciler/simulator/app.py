"""The practice marketplace as an object and as an ASGI application."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.simulator import faults, seed
from reconciler.simulator.allegro.lifecycle import sweep
from reconciler.simulator.clock import SteppedClock, iso
from reconciler.simulator.exchange import serve
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.jobs import settle
from reconciler.simulator.panel import Panel
from reconciler.simulator.record import Recorder
from reconciler.simulator.settings import Settings
from reconciler.simulator.store import Store
from reconciler.simulator.world import Json, World

RECORD_VARIABLE = "RECONCILE_SIMULATOR_RECORD"
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class SharedClock(SteppedClock):
    """A clock whose offset lies in the store, so that a second process goes on from it."""

    def __init__(self, store: Store) -> None:
        super().__init__(float(store.get("clock") or 0.0))
        self._store = store

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        with self._store.write():
            self.catch_up(float(self._store.get("clock") or 0.0))
            self._store.put("clock", self.offset)


class Simulator(Panel):
    """One marketplace in one SQLite file. Settings not given are those of the store, if it has any."""

    def __init__(self, store: Path | str, *, settings: Settings | None = None, record: Path | None = None) -> None:
        self._store = Store(store)
        self.clock = SharedClock(self._store)
        if settings is None:
            settings = Settings.practice().changed(self._store.get("settings") or {})
        self.world = World(self._store, settings, self.clock)
        target = record or os.environ.get(RECORD_VARIABLE)
        self._recorder = Recorder(target) if target else None
        self._history: deque[Json] = deque(maxlen=settings.history)
        self._lock = threading.RLock()
        self.app = self._application()

    def close(self) -> None:
        if self._recorder:
            self._recorder.close()
        self._store.close()

    @property
    def settings(self) -> Settings:
        return self.world.settings

    def change_settings(self, knobs: Mapping[str, Any]) -> None:
        """Turn knobs; another process that opens the store later starts with them."""
        with self._lock, self._store.write():
            self.world.settings = self.world.settings.changed(knobs)
            self._store.put("settings", self.world.settings.as_json())

    def seed(self, account: Mapping[str, Any]) -> None:
        """Add or replace one seller; see the module `seed` for the shape."""
        with self._lock:
            self.catch_up()
            seed.seed(self.world, account)

    def reset(self) -> None:
        """Forget all sellers and dictionaries; time and settings stay."""
        with self._lock:
            self._store.clear()
            self.world.meter.windows.clear()
            self._history.clear()
            self._store.put("settings", self.world.settings.as_json())

    def requests(self, since: int = 0, **wanted: str) -> Iterator[Json]:
        """The requests this process has answered since a number; filters: method, path (prefix), seller."""
        for one in list(self._history):
            if one["n"] >= since and _is_wanted(one, wanted):
                yield one

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""
        stored = self._store.get("clock")
        if stored is not None:
            self.clock.catch_up(float(stored))
        now = self.clock.now().timestamp()
        settle(self.world, now)
        sweep(self.world, now)
        self.world.moment = now

    def respond(self, request: Request) -> Reply:
        """Answer one request; may raise Dropped after the work is done."""
        with self._lock:
            self.catch_up()
            trouble, left = faults.before(self.settings.faults, request)
            if trouble is not None:
                self._set_faults(left)
                reply, seller = trouble, ""
            else:
                reply, seller = serve(self.world, request)
            reply.headers["trace-id"] = f"{int(self.world.moment * 1000):x}"
            self._note(request, reply, seller)
            dropped, left = faults.after(self.settings.faults, request)
            if dropped and trouble is None:
                self._set_faults(left)
                raise faults.Dropped("the connection was cut")
            return reply

    def _set_faults(self, left: Any) -> None:
        self.world.settings = replace(self.world.settings, faults=left)

    def _note(self, request: Request, reply: Reply, seller: str) -> None:
        number = self._history[-1]["n"] + 1 if self._history else 1
        moment = iso(self.world.time)
        self._history.append(
            {
                "n": number,
                "at": moment,
                "method": request.method,
                "path": request.path,
                "query": request.query_string,
                "body": request.content,
                "status": reply.status,
                "seller": seller,
            }
        )
        if self._recorder:
            self._recorder.append(request, reply, moment, seller)

    def _application(self) -> AsgiApp:
        """A plain function: servers do not recognise a bound method as ASGI 3."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._asgi(scope, receive, send)

        return app

    async def _asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = await _request(scope, receive)
        if request.path.startswith("/_sim"):
            from reconciler.simulator.control import control  # noqa: PLC0415 - it needs this module

            reply = control(self, request)
        else:
            try:
                reply = self.respond(request)
            except faults.Dropped:
                # Half an answer under a server, an exception in an embedded client.
                await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
                raise
        await _answer(reply, send)


def create_app(store: Path | str, **kw: Any) -> AsgiApp:
    """The ASGI application of one store."""
    return Simulator(store, **kw).app


def _is_wanted(one: Json, wanted: Mapping[str, str]) -> bool:
    for key, value in wanted.items():
        if key == "path" and not one["path"].startswith(value):
            return False
        if key in {"method", "seller"} and one[key] != value:
            return False
    return True


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _request(scope: Scope, receive: Receive) -> Request:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}"
    query = scope.get("query_string", b"").decode("latin-1")
    return Request(scope["method"], scope["path"], query, headers, b"".join(chunks), origin)


async def _answer(reply: Reply, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in reply.all_headers().items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.content})
