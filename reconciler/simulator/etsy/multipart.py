"""Bodies with files (RFC 7578): texts as they are, files as bytes with their name."""

from __future__ import annotations

import re
from typing import NamedTuple

from reconciler.simulator.etsy.refusals import Refusal

_PARAMETER = re.compile(r'(\w+)="?([^";]*)"?')


class File(NamedTuple):
    """An uploaded file."""

    name: str
    content: bytes


def read_multipart(kind: str, content: bytes) -> dict[str, str | File]:
    """The parts by name. `kind` is the whole Content-Type, which names the boundary."""
    boundary = dict(_PARAMETER.findall(kind)).get("boundary")
    if not boundary:
        raise Refusal(400, "The body has no boundary.")
    pieces = (b"\r\n" + content).split(b"\r\n--" + boundary.encode())
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise Refusal(400, "The body is cut short.")
    return dict(_part(piece) for piece in pieces[1:-1])


def _part(piece: bytes) -> tuple[str, str | File]:
    head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            found = dict(_PARAMETER.findall(value))
            if "filename" in found:
                return found.get("name", ""), File(found["filename"], content)
            return found.get("name", ""), content.decode("utf-8", "replace")
    raise Refusal(400, "A part of the body has no name.")
