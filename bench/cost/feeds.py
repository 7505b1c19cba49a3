"""The stock of a shop from a feed, as most sellers have it: every offer whose document says a number follows a CSV."""

import re
from collections.abc import Iterable
from pathlib import Path

_NUMBER = re.compile(r"(?m)^stock: (\d+)$")
_NAME = re.compile(r"(?m)^name: (\S+)$")
_FEED, _HEADINGS = "erp.csv", "item,quantity"
_SOURCE = f"""kind: Source
name: erp
type: csv
path: {_FEED}
columns: {{item: text, quantity: whole}}
orders: {{by: erp, within: 15m}}
"""


def follow(folder: Path, files: Iterable[Path]) -> int:
    """Let offers follow a feed that says what they say themselves; return how many do."""
    rows = []
    for file in files:
        text = file.read_text("utf-8")
        name, number = _NAME.search(text), _NUMBER.search(text)
        if name and number:
            file.write_text(text.replace(number[0], "stock: {from: erp}"), "utf-8")
            rows.append(f"{name[1]},{number[1]}")
    _write(folder, rows)
    (folder / "erp.yaml").write_text(_SOURCE, "utf-8")
    return len(rows)


def receive(folder: Path, step: int) -> int:
    """Add a piece to every so many rows of the feed; return how many that are."""
    _, *rows = (folder / _FEED).read_text("utf-8").splitlines()
    for at in range(0, len(rows), step):
        name, number = rows[at].split(",")
        rows[at] = f"{name},{int(number) + 1}"
    _write(folder, rows)
    return len(range(0, len(rows), step))


def _write(folder: Path, rows: list[str]) -> None:
    (folder / _FEED).write_text("".join(f"{each}\n" for each in (_HEADINGS, *rows)), "utf-8")
