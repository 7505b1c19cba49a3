"""The marketplace over HTTP."""

from __future__ import annotations

import socket
from contextlib import suppress

from reconciler.simulator.app import Simulator


def listen(host: str, port: int) -> socket.socket:
    """Take an address. OSError when somebody else has it, or it is none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def serve(simulator: Simulator, listening: socket.socket) -> None:
    """Serve until interrupted; the server's own log stays quiet."""
    import uvicorn  # noqa: PLC0415 - the embedded marketplace does without a server

    config = uvicorn.Config(simulator.app, log_level="warning", access_log=False, date_header=False)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
