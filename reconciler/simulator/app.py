"""A practice marketplace as an ASGI application: the API, and the control plane beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from reconciler.simulator import faults, wire
from reconciler.simulator.control import control
from reconciler.simulator.http import Refused, Request
from reconciler.simulator.marketplace import Marketplace
from reconciler.simulator.names import SIMULATORS, practised
from reconciler.simulator.wire import AsgiApp, Receive, Scope, Send


class Simulator(Marketplace):
    """A marketplace that answers over ASGI: `app` is the application."""

    def __init__(self, store: Path | str, *, log: Callable[[str], None] | None = None, **kw: Any) -> None:
        """`log` is told one line for each request: method, path, status and milliseconds."""
        super().__init__(store, **kw)
        self._log = log
        self.app = self._application()

    def _application(self) -> AsgiApp:
        """A plain function: servers do not recognise a bound method as ASGI 3."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._asgi(scope, receive, send)

        return app

    async def _asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await wire.lifespan(receive, send)
            return
        try:
            request = await wire.read_request(scope, receive)
        except Refused as refused:
            await wire.answer(self.too_large(str(refused.document)), receive, send)
            return
        began = time.perf_counter()
        try:
            reply = control(self, request) if request.path.startswith("/_sim") else self.respond(request)
        except faults.Dropped as dropped:
            self._tell(request, "cut", began)
            await wire.drop(dropped, receive)
            return
        self._tell(request, str(reply.status), began)
        await wire.answer(reply, receive, send)

    def _tell(self, request: Request, status: str, began: float) -> None:
        if self._log is not None:
            took = (time.perf_counter() - began) * 1000
            self._log(f"{request.method} {request.path} {status} {took:.0f} ms")


def simulator_of(marketplace: str) -> type[Simulator]:
    """The class of one marketplace. LookupError when there is none to practise on."""
    where = SIMULATORS.get(marketplace) or practised().get(marketplace)
    if where is None:
        raise LookupError(f"there is no practice marketplace for {marketplace}")
    module, _, name = where.partition(":")
    found: type[Simulator] = getattr(import_module(module), name)
    return found
