"""What a picture is: its format and its size, read from the first bytes of the file.

A few lines for each of the formats that marketplaces take, so that no library has to decode anything.
"""

from collections.abc import Iterator

from msgspec import Struct

from reconciler.model.spec import ImageSpec

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
#: The markers of a JPEG that begin a frame, and so tell its size; the four that are missing mean something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Picture(Struct, frozen=True):
    """A file's format (empty: an unknown one), its width and height (0: they cannot be read), its bytes."""

    format: str
    width: int
    height: int
    size: int


def picture(data: bytes) -> Picture:
    """Read what a file is, whatever its name says."""
    for name, magic, measure in (("png", _PNG, _png), ("jpeg", _JPEG, _jpeg), ("webp", b"RIFF", _webp)):
        if data.startswith(magic) and (name != "webp" or data[8:12] == b"WEBP"):
            width, height = measure(data)
            return Picture(name, width, height, len(data))
    return Picture("", 0, 0, len(data))


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        return 0, 0
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg(data: bytes) -> tuple[int, int]:
    """Go from marker to marker to the first frame."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        alone = marker == 0xFF or 0xD0 <= marker <= 0xD7
        at += 1 if marker == 0xFF else 2 if alone else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20:21] == b"\x2f":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return 0, 0


def breaches(seen: Picture, limits: ImageSpec) -> Iterator[tuple[str, str, str]]:
    """Yield code, what is wrong, and what to do, for a picture that a marketplace does not take."""
    if seen.format not in limits.formats:
        yield "D520", "is no picture", f"save it as one of {', '.join(limits.formats)}"
        return
    if seen.size > limits.max_bytes:
        yield "D521", f"has {seen.size:,} bytes; at most {limits.max_bytes:,} are taken", "make it smaller"
    width, height = seen.width, seen.height
    if not width or not height:
        yield (
            "D520",
            f"begins as {seen.format} does, and its size cannot be read",
            "save it anew: it may be damaged",
        )
    elif max(width, height) < limits.min_side:
        short = f"is {width} x {height}; the longer side needs {limits.min_side} pixels"
        yield "D522", short, "take a larger picture; enlarging this one makes it no better"
    elif width * height > limits.max_pixels:
        yield "D522", f"is {width} x {height}; at most {limits.max_pixels:,} pixels are taken", "make it smaller"
