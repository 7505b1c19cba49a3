"""A server that speaks S3, in a process of its own: moto's, in memory, on a free port."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from postgresql import free_port

MISSING = "no S3 server here (moto_server, obstore): pip install 'moto[server]' obstore to run this"
BUCKET = "ledgers"


def program() -> list[str] | None:
    """What starts the server; None where there is none, or nothing that would speak to it."""
    if importlib.util.find_spec("obstore") is None:
        return None
    if importlib.util.find_spec("moto") is not None:
        return [sys.executable, "-m", "moto.server"]
    found = shutil.which("moto_server")
    return [found] if found else None


def variables(address: str) -> dict[str, str]:
    """The environment of who uses the server."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "AKIDTESTS",
        "AWS_SECRET_ACCESS_KEY": "hunter2-of-the-store",
    }


@contextmanager
def server() -> Iterator[str | None]:
    """Yield the address of a server with an empty bucket; None where there is none."""
    started = program()
    if started is None:
        yield None
        return
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        [*started, "-H", "127.0.0.1", "-p", str(port)],
        env=environment if started[0] != sys.executable else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _make_the_bucket(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _make_the_bucket(address: str, process: subprocess.Popen[bytes]) -> None:
    asked = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(asked, timeout=10).close()
        except (urllib.error.URLError, OSError):
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """The address of a server for all tests; each has a key of its own there."""
    with server() as address:
        if address is None:
            pytest.skip(MISSING)
        yield address
