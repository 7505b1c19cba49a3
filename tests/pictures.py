"""Pictures of a size, as far as anybody reads them here: their first bytes are true."""

from __future__ import annotations

import struct


def png(width: int = 800, height: int = 600, more: bytes = bytes(32)) -> bytes:
    """A PNG up to its header."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + more


def jpeg(width: int = 800, height: int = 600) -> bytes:
    """A JPEG with an application's part before its frame."""
    frame = struct.pack(">BBHBHHB", 0xFF, 0xC2, 17, 8, height, width, 3)
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + b"\xff\xe1\x00\x08" + bytes(6) + frame + bytes(20)


def webp(kind: bytes, width: int = 800, height: int = 600) -> bytes:
    """A WebP of one of its three kinds."""
    if kind == b"VP8X":
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + bytes(8)
    else:
        body = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(8)
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBP" + kind + struct.pack("<I", len(body)) + body
