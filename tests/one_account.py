"""A project with one account on a practice marketplace, for tests through the commands, whatever the marketplace is."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any, ClassVar, Self

import yaml
from click.testing import CliRunner

from reconciler.cli.main import cli

Json = dict[str, Any]


class OneAccount:
    """The project on disk, and what the commands say of it; `side` are the pixels of its pictures."""

    side: ClassVar[int] = 100
    root: Path

    @classmethod
    def at(cls, root: Path) -> Self:
        """The one that is there."""
        found = cls.__new__(cls)
        found.root = root
        return found

    def write(self, file: str, body: Json) -> None:
        """Write a document."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False))

    def offers(self, *bodies: Json) -> None:
        """Declare these offers."""
        for body in bodies:
            self.write(f"offers/{body['name']}.yaml", body)

    def picture(self, name: str, shade: int) -> str:
        """Put a picture into the project; return its path."""
        file = self.root / "images" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(png(shade, self.side))
        return f"images/{name}"

    def ask(self, *arguments: str, code: int = 0) -> str:
        """Run a command; return all that it says. Any end will do where `code` is -1."""
        done = CliRunner().invoke(cli, ["-C", str(self.root), *arguments], standalone_mode=False)
        if done.exception is not None and code <= 0:
            raise done.exception
        assert code in (-1, int(done.return_value or 0)), done.output
        return done.output

    def plan(self, *more: str) -> Json:
        """Return the plan of the one account."""
        done = CliRunner().invoke(cli, ["-C", str(self.root), "plan", "--json", *more], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        body: Json = json.loads(done.stdout)
        return body

    def changes(self, *more: str) -> dict[str, dict[str, tuple[Any, Any]]]:
        """Return what is planned: name -> path -> (before, after)."""
        found = {}
        for change in self.plan(*more)["accounts"][0]["changes"]:
            fields = {each["path"]: (each["before"], each["after"]) for each in change["fields"]}
            found[change["key"]["name"]] = fields
        return found

    def apply(self, *more: str, code: int = 0) -> str:
        """Make it true."""
        return self.ask("apply", "--auto-approve", *more, code=code)

    def settled(self) -> None:
        """Insist that nothing is left to do."""
        part = self.plan()["accounts"][0]
        assert (part["changes"], part["settling"]) == ([], [])


def png(shade: int, side: int) -> bytes:
    """Return a square picture of one shade of grey."""
    raw = b"".join(b"\0" + bytes([shade] * 3) * side for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
