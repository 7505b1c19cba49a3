"""Small pictures, drawn here: a mug before a wall, as PNG."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

WIDTH, HEIGHT = 640, 640
Colour = tuple[int, int, int]

#: File name -> wall, mug, stripe.
PICTURES: Final[dict[str, tuple[Colour, Colour, Colour]]] = {
    "karta-kolekcji.png": ((236, 231, 221), (74, 94, 120), (222, 170, 84)),
    "kubek-zimowy-przod.png": ((222, 232, 240), (164, 38, 44), (250, 250, 250)),
    "kubek-zimowy-tyl.png": ((222, 232, 240), (164, 38, 44), (164, 38, 44)),
    "kubek-zimowy-detal.png": ((240, 240, 240), (250, 250, 250), (164, 38, 44)),
}


def png(wall: Colour, mug: Colour, stripe: Colour) -> bytes:
    """Return a picture of 640 x 640 in three colours and a shadow."""
    shadow = (wall[0] * 3 // 4, wall[1] * 3 // 4, wall[2] * 3 // 4)
    palette = b"".join(bytes(colour) for colour in (wall, mug, stripe, shadow))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    rows = b"".join(b"\x00" + row for row in _rows())
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", palette),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rows() -> Iterator[bytes]:
    """Yield the rows of palette numbers: 0 wall, 1 mug, 2 stripe, 3 shadow."""
    for y in range(HEIGHT):
        row = bytearray(WIDTH)
        if 500 <= y < 530:
            row[140:520] = b"\x03" * 380
        if 160 <= y < 510:
            row[170:430] = (b"\x02" if 300 <= y < 360 else b"\x01") * 260
        if 230 <= y < 430:
            _handle(row, y)
        yield bytes(row)


def _handle(row: bytearray, y: int) -> None:
    """Draw the part of a ring right of the mug that crosses this row."""
    for x in range(430, 540):
        if 60**2 <= (x - 430) ** 2 + (y - 330) ** 2 <= 95**2:
            row[x] = 1
