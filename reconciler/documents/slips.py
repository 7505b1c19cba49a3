"""Slips of the pen that YAML takes for something else: what somebody who made one is told to do.

YAML wants a space after a colon, and knows one sort of space only: `price:49.99 PLN` is one word to it.
"""

import re

from reconciler.model.texts import INVISIBLE

#: What looks like a space or like nothing, and is neither to YAML.
_ODD = f"({INVISIBLE.pattern}|[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000])"
#: Where it changes what a line means.
_WHERE = ("before the key", "at the end of the key", "after the colon")
_MISLEADING = re.compile(rf"[ \t-]*(?:{_ODD}|[\w.-]+{_ODD}[ \t]*:|[^:\s#]+[ \t]*:{_ODD})")
#: A key and its colon, and no space; an address is none.
_GLUED = re.compile(r"[ \t]*(?:- +)*([^\W\d][\w.-]*):(?!//)[^\s:]")


def slip_in(line: str) -> str:
    """Return what to do about a line, or about a key, that is not what its author meant; empty for no idea.

    >>> slip_in("  title:Kubek"), slip_in("title: Kubek"), slip_in("https://example.com")
    ('Write a space after the colon of `title`.', '', '')
    """
    if found := _MISLEADING.match(line):
        group = found.lastindex or 0
        which = f"U+{ord(found[group]):04X} {_WHERE[group - 1]}"
        if INVISIBLE.match(found[group]):
            return f"Delete {which}, which nobody sees."
        return f"Write a space in place of {which}, which looks like one."
    glued = _GLUED.match(line)
    return f"Write a space after the colon of `{glued[1]}`." if glued else ""
