"""Description HTML with a line for each block, so that a change of one sentence is a change of one line."""

import re

from reconciler.model.html import canonical_html

_WIDTH = 100
_BLOCK_END = re.compile(r"(</?(?:ul|ol)>|</(?:p|h1|h2|li)>)(?=<)")


def readable_html(text: str) -> str:
    """Break canonical HTML into lines that mean the same: blocks apart, long paragraphs wrapped at spaces.

    >>> readable_html("<h1>Kubek</h1><p>Do kawy.</p>")
    '<h1>Kubek</h1>\\n<p>Do kawy.</p>\\n'
    """
    broken = _BLOCK_END.sub(r"\1\n", text)
    if len(broken) > _WIDTH:
        broken = "\n".join(part for line in broken.split("\n") for part in _wrapped(line))
    if "\n" not in broken:
        return text
    broken += "\n"
    return broken if canonical_html(broken) == text else text


def _wrapped(line: str) -> list[str]:
    if len(line) <= _WIDTH:
        return [line]
    lines: list[str] = []
    here = ""
    for word in line.split(" "):
        if here and len(here) + len(word) >= _WIDTH:
            lines.append(here)
            here = word
        else:
            here = f"{here} {word}" if here else word
    return [*lines, here]
