"""Golden texts: hand-reviewed, compared whole. `UPDATE_GOLDEN=1 pytest tests/render` writes them anew."""

import os
from pathlib import Path

from reconciler.render.gate import through

FOLDER = Path(__file__).parent / "golden"


def check(name, lines):
    text = through(lines) + "\n"
    file = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{name} differs; if that is meant: UPDATE_GOLDEN=1"
