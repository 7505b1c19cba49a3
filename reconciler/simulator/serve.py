"""The marketplace over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.simulator.app import Simulator


def serve(store: Path | str, host: str = "127.0.0.1", port: int = 8765, **kw: Any) -> None:
    """Serve until interrupted. `kw` goes to `Simulator`; the log stays quiet."""
    import uvicorn  # noqa: PLC0415 - the embedded marketplace does without a server

    simulator = Simulator(store, **kw)
    try:
        uvicorn.run(simulator.app, host=host, port=port, log_level="warning", access_log=False, date_header=False)
    finally:
        simulator.close()
