"""What an answer may cost at the most: bytes, values, time, headers; whatever the server does."""

from __future__ import annotations

import asyncio
import gzip
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.model.wire import Response
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection.transport import Hosts, NoAnswer, Transport

Serve = Callable[[asyncio.StreamWriter], object]
LARGEST = 100_000


def head(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: application/json", *headers, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def packed(data: bytes, *, name: str = "gzip", end: bytes = b"") -> Serve:
    return lambda writer: writer.write(
        head(f"Content-Encoding: {name}", f"Content-Length: {len(data + end)}") + data + end
    )


def plain(data: bytes) -> Serve:
    return lambda writer: writer.write(head(f"Content-Length: {len(data)}") + data)


async def _for_ever(writer: asyncio.StreamWriter, before: bytes, piece: bytes) -> None:
    writer.write(before)
    while not writer.is_closing():
        writer.write(piece)
        await writer.drain()


def endless(before: bytes, piece: bytes) -> Serve:
    """Write for ever, as fast as it is read."""
    return lambda writer: _for_ever(writer, before, piece)


async def _dripped(writer: asyncio.StreamWriter) -> None:
    writer.write(head("Content-Length: 1000") + b'"')
    while not writer.is_closing():
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.01)


async def sent(serve: Serve, deadline: float = 60.0, times: int = 1) -> list[Response | Exception]:
    """Ask so often at once, and return what was said."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            doing = serve(writer)
            if asyncio.iscoroutine(doing):
                await doing
        except ConnectionError:
            pass  # that is what the tests want
        finally:
            writer.close()
            gone.set()

    gone = asyncio.Event()
    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Transport(
        Hosts(api=base, auth=base, upload=base), "application/json", deadline=deadline, largest=LARGEST
    )
    asked = [transport.send(Request(expects=anything, method="GET", path="/"), {}, None) for _ in range(times)]
    said = await asyncio.gather(*asked, return_exceptions=True)
    await transport.close()
    server.close()
    await gone.wait()
    assert not [each for each in said if not isinstance(each, Response | NoAnswer)], said
    return [each for each in said if isinstance(each, Response | Exception)]


BOMB = gzip.compress(b"0" * 50_000_000)
RAW = zlib.compress(b'{"a": 1}')


@pytest.mark.parametrize(
    ("serve", "why"),
    [
        (plain(b"1" * (LARGEST + 1)), "has 100001 bytes; 100,000 are the most"),
        (lambda w: w.write(head("Content-Length: 4000000000")), "has 4000000000 bytes"),
        (endless(head("Transfer-Encoding: chunked"), chunk(b"1" * 4096)), "goes on after 100,000 bytes"),
        (endless(head(), b"1" * 4096), "goes on after 100,000 bytes"),
        (packed(BOMB), "goes on after 100,000 bytes"),
        (packed(gzip.compress(b'{"a": 1}')[:-4]), "cut off"),
        (packed(b'{"a": 1}'), "cannot be unpacked"),
        (packed(gzip.compress(b'{"a": 1}'), end=gzip.compress(b"2")), "goes on after its packed part"),
        (packed(RAW, name="deflate"), r"nobody asked for \(deflate\)"),
        (packed(b"x", name="br"), r"nobody asked for \(br\)"),
        (packed(gzip.compress(b"2"), name="gzip, gzip"), r"nobody asked for \(gzip, gzip\)"),
        (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 4096), ""),
        (endless(b"HTTP/1.1 200 ", b"x" * 4096), ""),
    ],
)
def test_more_than_an_honest_answer_is_none(serve: Serve, why: str) -> None:
    (said,) = asyncio.run(sent(serve))
    assert isinstance(said, NoAnswer), said
    assert len(str(said)) <= 300
    assert re.search(why, str(said)), said


def test_what_is_just_allowed_is_read() -> None:
    text = b'"%s"' % (b"1" * (LARGEST - 2))
    for serve in (plain(text), packed(gzip.compress(text)), packed(b"")):
        (said,) = asyncio.run(sent(serve))
        assert isinstance(said, Response)
        assert len(said.body) in (LARGEST, 0)


def test_a_byte_now_and_then_is_no_answer_after_the_deadline() -> None:
    """Each byte comes well before silence would be noticed."""
    (said,) = asyncio.run(sent(_dripped, deadline=0.3))
    assert isinstance(said, NoAnswer)
    assert "no whole answer came within" in str(said)


def test_continuing_for_ever_is_no_answer_after_the_deadline() -> None:
    async def serve(writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.001)

    (said,) = asyncio.run(sent(serve, deadline=0.3))
    assert isinstance(said, NoAnswer)


#: Many bombs of each kind at once, in a process of their own: its peak says what they cost.
_PEAK = """
import asyncio, gzip, resource, sys
sys.path[:0] = [{tests!r}, {root!r}]
from runtime import test_bounds as t
from reconciler.runtime.connection.body import LARGEST
t.LARGEST = LARGEST
bomb = gzip.compress(b"0" * 100_000_000, 1)
values = b"[" + b"{{}}," * 5_000_000 + b"{{}}]"
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for serve in (t.packed(bomb), t.packed(gzip.compress(values, 1)), t.endless(t.head(), b"1" * 4096)):
    said = asyncio.run(t.sent(serve, times=30))
    assert all(isinstance(each, t.NoAnswer) for each in said), said
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_thirty_bombs_at_once_fit_into_memory() -> None:
    tests = Path(__file__).parents[1]
    code = _PEAK.format(tests=str(tests), root=str(tests.parent))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 200, f"{done.stdout} MB"
