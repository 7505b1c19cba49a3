"""Lies below the answer: what goes over the wire is not the HTTP that it should be, is far too much, or never ends."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from random import Random

from lying.lies import Answer

Write = Callable[["Line", Answer, Random], Awaitable[None]]
MEBI = 1 << 20
#: What a bomb unpacks to, and what a body that is too large comes to.
BOMB = TOO_LARGE = 640 * MEBI


class Line:
    """One connection to a client."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def say(self, data: bytes) -> None:
        """Send bytes, as fast as they are taken."""
        self._writer.write(data)
        await self._writer.drain()

    def reset(self) -> None:
        """Cut the connection the hard way."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


def head(answer: Answer, **changes: str | None) -> bytes:
    """Status line and headers; names are written with underscores, None leaves one out."""
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    for name, value in changes.items():
        headers.pop(name.replace("_", "-"), None)
        if value is not None:
            headers[name.replace("_", "-")] = value
    lines = [f"HTTP/1.1 {answer.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


async def honest(line: Line, answer: Answer, _: Random) -> None:
    """Send an answer as it should be sent."""
    await line.say(head(answer) + answer.body)


async def _reset(line: Line, _: Answer, __: Random) -> None:
    line.reset()


async def _closed(*_: object) -> None:
    """The connection is closed without a word."""


async def _silent(*_: object) -> None:
    await asyncio.sleep(3600)


async def _slow(line: Line, answer: Answer, _: Random) -> None:
    """One byte each half second, for ever."""
    await line.say(head(answer, content_length=str(1 << 30)))
    while True:
        await line.say(b" ")
        await asyncio.sleep(0.5)


async def _slow_head(line: Line, _: Answer, __: Random) -> None:
    await line.say(b"HTTP/1.1 200 OK\r\n")
    while True:
        await line.say(b"x-a: b\r\n")
        await asyncio.sleep(0.5)


async def _cut_head(line: Line, answer: Answer, random: Random) -> None:
    told = head(answer)
    await line.say(told[: random.randrange(1, len(told) - 2)])


async def _cut_body(line: Line, answer: Answer, random: Random) -> None:
    body = answer.body or b"{}"
    await line.say(head(answer, content_length=str(len(body))) + body[: random.randrange(len(body))])


async def _more_than_said(line: Line, answer: Answer, _: Random) -> None:
    await line.say(head(answer, content_length=str(len(answer.body) // 2)) + answer.body)


async def _two_answers(line: Line, answer: Answer, _: Random) -> None:
    other = Answer(200, {"content-type": "application/json"}, b'{"errors":[{"code":"SECOND"}]}')
    await line.say(head(answer) + answer.body + head(other) + other.body)


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _cut_chunks(line: Line, answer: Answer, _: Random) -> None:
    half = len(answer.body) // 2 or 1
    await line.say(
        head(answer, content_length=None, transfer_encoding="chunked") + _chunk(answer.body[:half] or b"{")
    )


async def _bad_chunks(line: Line, answer: Answer, _: Random) -> None:
    await line.say(
        head(answer, content_length=None, transfer_encoding="chunked") + b"zz\r\n" + answer.body + b"\r\n"
    )


async def _no_length(line: Line, answer: Answer, _: Random) -> None:
    """The end of the connection is the end of the body: lawful."""
    await line.say(head(answer, content_length=None, connection="close") + answer.body)


async def _not_http(line: Line, _: Answer, __: Random) -> None:
    await line.say(b"SSH-2.0-OpenSSH_9.2\r\n")


async def _odd_status(line: Line, answer: Answer, random: Random) -> None:
    status = random.choice(
        (b"HTTP/1.1 1000 X", b"HTTP/1.1 -1 X", b"HTTP/9.9 200 OK", b"HTTP/1.1 abc", b"HTTP/1.1 200")
    )
    await line.say(status + b"\r\n" + head(answer).split(b"\r\n", 1)[1] + answer.body)


async def _odd_headers(line: Line, answer: Answer, random: Random) -> None:
    odd = random.choice(
        (b"no colon", b": empty", b"trace-id: \x1b[31m\x07", b"trace-id: \xff\xfe", b"x y: z", b"trace-id: a\x00b")
    )
    first, rest = head(answer).split(b"\r\n", 1)
    await line.say(first + b"\r\n" + odd + b"\r\n" + rest + answer.body)


async def _many_headers(line: Line, answer: Answer, _: Random) -> None:
    await line.say(b"HTTP/1.1 200 OK\r\n")
    for number in range(200_000):
        await line.say(f"x-{number}: {'a' * 200}\r\n".encode())


async def _long_header(line: Line, answer: Answer, _: Random) -> None:
    await line.say(b"HTTP/1.1 200 OK\r\nx-a: ")
    for _ in range(256):
        await line.say(b"a" * MEBI)


async def _continue(line: Line, answer: Answer, _: Random) -> None:
    """A thousand times 100, and then the answer: lawful."""
    await line.say(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + head(answer) + answer.body)


async def _too_large(line: Line, answer: Answer, _: Random) -> None:
    await line.say(head(answer, content_length=str(TOO_LARGE + 2)) + b"[")
    for _ in range(TOO_LARGE // MEBI):
        await line.say(b" " * MEBI)
    await line.say(b"]")


async def _too_large_in_chunks(line: Line, answer: Answer, _: Random) -> None:
    await line.say(head(answer, content_length=None, transfer_encoding="chunked"))
    for _ in range(TOO_LARGE // MEBI):
        await line.say(_chunk(b" " * MEBI))
    await line.say(b"0\r\n\r\n")


def packed(wbits: int) -> tuple[bytes, bytes]:
    """The beginning of a stream that unpacks to a mebibyte of blanks, and a piece that may follow it any number of times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    first = packer.compress(b" " * MEBI) + packer.flush(zlib.Z_FULL_FLUSH)
    return first, packer.compress(b" " * MEBI) + packer.flush(zlib.Z_FULL_FLUSH)


def _bomb(encoding: str, wbits: int) -> Write:
    async def write(line: Line, answer: Answer, _: Random) -> None:
        first, again = packed(wbits)
        await line.say(head(answer, content_length=None, content_encoding=encoding, connection="close") + first)
        for _ in range(BOMB // MEBI // 64):
            await line.say(again * 64)

    return write


async def _layered(line: Line, answer: Answer, _: Random) -> None:
    body = gzip.compress(gzip.compress(b" " * (64 * MEBI)))
    await line.say(head(answer, content_length=str(len(body)), content_encoding="gzip, gzip") + body)


def _called(encoding: str) -> Write:
    async def write(line: Line, answer: Answer, _: Random) -> None:
        await line.say(head(answer, content_encoding=encoding) + answer.body)

    return write


async def _gzip(line: Line, answer: Answer, _: Random) -> None:
    """An honest answer, packed: lawful."""
    body = gzip.compress(answer.body)
    await line.say(head(answer, content_length=str(len(body)), content_encoding="gzip") + body)


async def _cut_gzip(line: Line, answer: Answer, random: Random) -> None:
    body = gzip.compress(answer.body or b"{}")[:-9]
    await line.say(head(answer, content_length=str(len(body)), content_encoding="gzip") + body)


#: Name -> how it is sent. Whoever is lied to so knows that it was no answer, or takes it for the honest one.
WIRE: dict[str, Write] = {
    "reset": _reset,
    "closed without a word": _closed,
    "silence": _silent,
    "a byte each half second": _slow,
    "a header each half second": _slow_head,
    "a cut head": _cut_head,
    "a cut body": _cut_body,
    "a longer body than said": _more_than_said,
    "two answers": _two_answers,
    "cut chunks": _cut_chunks,
    "bad chunks": _bad_chunks,
    "no length": _no_length,
    "no HTTP": _not_http,
    "an odd status line": _odd_status,
    "odd headers": _odd_headers,
    "200,000 headers": _many_headers,
    "a header of 256 MiB": _long_header,
    "a thousand times 100": _continue,
    "a body without measure": _too_large,
    "chunks without measure": _too_large_in_chunks,
    "a gzip bomb": _bomb("gzip", 31),
    "a deflate bomb": _bomb("deflate", 15),
    "a bomb in a bomb": _layered,
    "called gzip": _called("gzip"),
    "called br": _called("br"),
    "called zstd": _called("zstd"),
    "gzip": _gzip,
    "cut gzip": _cut_gzip,
}
#: After these nobody can tell whether the marketplace has heard the request.
OPEN = frozenset(
    {"reset", "closed without a word", "silence", "no HTTP", "a header each half second", "a cut head"}
)
#: What costs real time until a deadline: told rarely.
SLOW = frozenset({"silence", "a byte each half second", "a header each half second"})
