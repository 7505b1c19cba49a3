"""How much room a text takes on a terminal, in cells: a letter of Chinese and most emoji take two."""

import re
from collections.abc import Iterator

from reconciler.render.style import MARK, MARKS, RESET

_PIECES = re.compile(rf"{MARK}[0-9;]*m| +|[^ <]+|<")
#: What may take another room than one cell: anything but ASCII, letters of Latin, and the signs of printers.
NOT_NARROW = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u02af\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff]")
#: Begins what did not fit on the line above. No line of ours begins so, and none of anybody else's can.
_GOES_ON = "↳ "


def cells(text: str) -> int:
    """Return the cells that a text takes, without its colours."""
    bare = MARKS.sub("", text) if MARK in text else text
    if bare.isascii() or not NOT_NARROW.search(bare):
        return len(bare)
    from rich.cells import cell_len  # noqa: PLC0415 - 10 ms, and most lines are of narrow letters

    return cell_len(bare)


def padded(text: str, width: int) -> str:
    """Fill a text up to a width."""
    return text + " " * (width - cells(text))


def head(text: str, width: int) -> str:
    """Return as much of the beginning of a text as fits."""
    if cells(text) <= width:
        return text
    return next(
        text[:place] for place in range(min(len(text), 2 * width + 1), -1, -1) if cells(text[:place]) <= width
    )


def shortened(text: str, width: int) -> str:
    """Cut the end of a text that does not fit, with an ellipsis where something is missing."""
    return text if cells(text) <= width else head(text, max(width - 1, 0)).rstrip(" ") + "…"


def in_the_middle(text: str, width: int) -> str:
    """Cut a name that does not fit in its middle: names are told apart by how they begin and how they end."""
    if cells(text) <= width:
        return text
    front = head(text, width // 2)
    back = head(text[::-1], max(width - 1 - cells(front), 0))[::-1]
    return f"{front}…{back}"


def fitted(line: str, width: int) -> Iterator[str]:
    """Yield a line as the lines that it takes on so many columns. Nothing of it is lost."""
    if cells(line) <= width:
        yield line
        return
    blanks = len(line) - len(line.lstrip(" "))
    indent = " " * min(blanks + 2, width // 3) + _GOES_ON
    least = cells(indent)
    row, used, colour, empty = "", 0, "", True
    for piece in _PIECES.findall(line):
        if piece.startswith(MARK):
            row += piece
            colour = "" if piece == RESET else piece
            continue
        left = piece
        while used + cells(left) > width:
            part = "" if left.isspace() or not (empty or cells(left) > width - least) else head(left, width - used)
            left = "" if left.isspace() else left[len(part) :]
            yield (row + part).rstrip(" ") + (RESET if colour else "")
            row, used, empty = indent + colour, least, True
        if left and not (empty and left.isspace() and row.startswith(indent)):
            row, used, empty = row + left, used + cells(left), empty and left.isspace()
    if not empty:
        yield row
