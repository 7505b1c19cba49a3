"""What a picture must be is told by `validate`: its format, its bytes, its pixels."""

from __future__ import annotations

from pathlib import Path

import pictures
import pytest
from e2e.shell import reconcile

from reconciler.engine.pictures import picture

from .market import changed, made

IMAGES = "  images: [https://example.com/talerz.jpg]\n"
FORMATS = {
    "png": pictures.png(),
    "jpeg": pictures.jpeg(),
    "webp": pictures.webp(b"VP8X"),
    "webp without loss": pictures.webp(b"VP8L"),
    "webp of old": pictures.webp(b"VP8 "),
}
#: What a file holds -> the code, and a part of what is said.
REFUSED: dict[str, tuple[bytes, str, str]] = {
    "a text": (b"to nie jest zdj\xc4\x99cie", "D520", "jpeg, png, webp"),
    "a GIF": (b"GIF89a" + bytes(30), "D520", "no picture"),
    "sound": (b"RIFF\x00\x00\x00\x00WAVE" + bytes(30), "D520", "no picture"),
    "nothing": (b"", "D520", "no picture"),
    "a torn PNG": (pictures.png()[:14], "D520", "cannot be read"),
    "a torn JPEG": (pictures.jpeg()[:30], "D520", "cannot be read"),
    "too many bytes": (pictures.png(more=bytes(26_200_000)), "D521", "26,200,000"),
    "too small": (pictures.png(499, 400), "D522", "499 x 400"),
    "too large": (pictures.jpeg(6000, 5000), "D522", "26,000,000 pixels"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_size_of_a_picture_is_read(name: str) -> None:
    """From each of the formats that are taken, whatever stands before it in the file."""
    seen = picture(FORMATS[name])
    assert (seen.format, seen.width, seen.height) == (name.partition(" ")[0], 800, 600)


def test_no_bytes_break_the_reading() -> None:
    """A file may end anywhere."""
    for whole in FORMATS.values():
        for end in range(len(whole)):
            assert picture(whole[:end]).size == end


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_is_not_taken_is_found_by_validate(tmp_path: Path, name: str) -> None:
    """At its own line, with its own name; nothing is asked for it."""
    content, code, said = REFUSED[name]
    shop = made(tmp_path, changed(IMAGES, "  images:\n    - dobre.png\n    - zle.png\n"))
    shop.write("dobre.png", pictures.png(500, 1))
    shop.write("zle.png", content)
    done = reconcile(tmp_path, "validate")
    assert done.code == 1
    assert f"error[{code}]: the image zle.png of N" in done.said
    assert said in done.said
    assert "documents/000.yaml:19:" in done.said
    assert "dobre.png of" not in done.said
    assert not shop.sent()


def test_a_picture_of_a_description_is_judged_too(tmp_path: Path) -> None:
    """Where it stands among the sections."""
    sections = "  description:\n    - text: <p>Talerz</p>\n    - image: zle.png\n"
    shop = made(tmp_path, changed("  description: <p>Talerz</p>\n", sections))
    shop.write("zle.png", b"GIF89a")
    assert "documents/000.yaml:18:" in reconcile(tmp_path, "validate").said
