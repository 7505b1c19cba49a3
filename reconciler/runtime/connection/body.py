"""The body of an answer: read and unpacked piece by piece, and never more of it than an honest one has."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack

#: Bytes of a body, unpacked. The largest honest one is a list page of 1,000 offers: 2 to 4 MB.
LARGEST = 16 * 1024 * 1024
#: Values of a JSON body: such a page has about 100,000. An empty object is 2 bytes there and 64 in memory.
MOST_VALUES = 1_000_000
#: What is larger than a portion is read by so many at once: all that are in flight together fit into memory.
PORTION, _LARGE_AT_ONCE = 1024 * 1024, 4
#: What we can unpack, as a server is told.
ACCEPTED = "gzip"
_GZIP = 16 + zlib.MAX_WBITS
#: A length of more digits is beyond all bounds, and need not be computed.
_DIGITS = 15


class BadBody(Exception):  # noqa: N818 - it names what happened
    """A body that no honest marketplace sends; the text says why."""


class Bodies:
    """Reads the bodies of one client's answers. `values` is the most that JSON may have; None for others."""

    def __init__(self, largest: int = LARGEST, values: int | None = MOST_VALUES) -> None:
        self._largest, self._values = largest, values
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def read(self, headers: Mapping[str, str], pieces: AsyncIterator[bytes]) -> bytes:
        """Return a whole body, unpacked. BadBody as soon as it is larger than any can be, or is packed badly."""
        if len(stated := headers.get("content-length", "")) > _DIGITS or int(stated or 0) > self._largest:
            raise BadBody(f"the answer has {stated[:_DIGITS]} bytes; {self._largest:,} are the most that is read")
        unpacked = _unpacking(headers.get("content-encoding", "").strip().lower())
        body = bytearray()
        try:
            async with AsyncExitStack() as held:
                async for piece in pieces:
                    for part in unpacked.parts(piece):
                        if len(body) <= PORTION < len(body) + len(part):
                            await held.enter_async_context(self._large)
                        body += part
                        self._insist_on_room(body)
                unpacked.end()
                self._insist_on_few_values(body)
                return bytes(body)
        except BaseException:
            body.clear()  # the traceback of a failure lives as long as whoever tells of it
            raise

    def _insist_on_room(self, body: bytearray) -> None:
        if len(body) > self._largest:
            raise BadBody(f"the answer goes on after {self._largest:,} bytes, the most that is read")

    def _insist_on_few_values(self, body: bytearray) -> None:
        """Refuse what would not fit into memory if it were decoded. What looks so within texts counts, too.

        Nothing has more of these signs than `[],[],` has, two of three, so what is short is not looked through.
        """
        if self._values is None or 2 * len(body) <= 3 * self._values:
            return
        if len(body) - len(body.translate(None, b",[{")) > self._values:
            raise BadBody(f"the answer has more than {self._values:,} values")


class _Plain:
    def parts(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def end(self) -> None:
        """Nothing is packed: it ends anywhere."""


class _Gzip:
    """Unpacks one member, a portion at a time: of a bomb no more than is asked for."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)
        self._begun = False

    def parts(self, piece: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(piece)
        try:
            while part := self._stream.decompress(piece, PORTION):
                yield part
                piece = self._stream.unconsumed_tail
        except zlib.error as broken:
            raise BadBody(f"the answer cannot be unpacked ({broken})") from broken
        if self._stream.unused_data:
            raise BadBody("the answer goes on after its packed part")

    def end(self) -> None:
        if self._begun and not self._stream.eof:
            raise BadBody("the packed answer is cut off")


def _unpacking(encoding: str) -> _Plain | _Gzip:
    if encoding in ("", "identity"):
        return _Plain()
    if encoding in ("gzip", "x-gzip"):
        return _Gzip()
    raise BadBody(f"the answer is packed in a way that nobody asked for ({encoding[:40]})")
