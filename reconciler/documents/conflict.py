"""What a merge leaves in a file where both sides have changed the same lines, until somebody settles it."""

import re

UNSETTLED = "a merge left both sides here, and nobody has settled it"
SETTLE = "Keep what is meant, and delete the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`."
_MARKER = re.compile(r"^(<{7}|={7}|>{7})(?=[ \r\n]|\Z)", re.MULTILINE)


def conflict_in(text: str) -> int | None:
    """Return the line in which a conflict begins; None where there is none.

    In quotes and in templates such lines are text like any other: they would be sent to the marketplace. One kind
    of them alone may be meant so; two are a conflict.
    """
    if "<<<<<<<" not in text and "=======" not in text:
        return None
    found = list(_MARKER.finditer(text))
    if len({each[1] for each in found}) < 2:
        return None
    return text.count("\n", 0, found[0].start()) + 1
