"""Whether a piece of description HTML is as the marketplace wants it: which tag stands where, and all closed.

The rules are the spec's: each tag with what may stand directly in it, tags or `text`; `top` is the piece itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

Rules = Mapping[str, Sequence[str]]

TEXT, TOP = "text", "top"
_PIECE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|[^<]+|<")
_BARE = re.compile(r"&(?!#?\w+;)|>")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SHOWN = 40


def html_faults(text: str, rules: Rules) -> Iterator[str]:
    """Yield what the marketplace would refuse in a canonical piece of HTML, each as what the piece has or does.

    >>> list(html_faults("<p>a<p>b</p></p>", {"top": ["p"], "p": ["text"]}))
    ['has <p> in <p>; it may stand outside of other tags only']
    """
    within = [TOP]
    for found in _PIECE.finditer(text):
        closing, tag, attributes = found.groups()
        if tag is None:
            yield from _text(found.group(), within[-1], rules)
        elif closing:
            yield from _end(tag.lower(), within, rules)
        else:
            yield from _start(tag.lower(), attributes.strip(), within[-1], rules)
            within.append(tag.lower())
    for tag in reversed(within[1:]):
        yield f"does not close <{tag}>"


def _text(text: str, within: str, rules: Rules) -> Iterator[str]:
    bare = _BARE.search(text)
    if text == "<":
        yield f"has a bare <; write {_ENTITIES[text]}"
    elif bare is not None:
        yield f"has a bare {bare.group()}{_quoted(text)}; write {_ENTITIES[bare.group()]}"
    elif text.strip() and TEXT not in rules.get(within, (TEXT,)):
        if within == TOP:
            yield f"has text outside of any tag{_quoted(text)}; write it in <p>…</p>"
        else:
            yield f"has text directly in <{within}>{_quoted(text)}; in it may stand {_tags(rules[within])} only"


def _start(tag: str, attributes: str, within: str, rules: Rules) -> Iterator[str]:
    if tag not in rules:
        yield f"has the tag <{tag}>; allowed are {', '.join(each for each in rules if each != TOP)}"
    elif attributes:
        yield f"has the tag <{tag}> with attributes ({attributes}); attributes are not allowed"
    elif tag not in rules.get(within, (tag,)):
        where = "outside of any tag" if within == TOP else f"in <{within}>"
        yield f"has <{tag}> {where}; it may stand {_homes(tag, rules)} only"


def _end(tag: str, within: list[str], rules: Rules) -> Iterator[str]:
    if tag not in within[1:]:
        if tag in rules:
            yield f"closes <{tag}>, which is not open"
        return
    while (last := within.pop()) != tag:
        yield f"does not close <{last}> before </{tag}>"


def _homes(tag: str, rules: Rules) -> str:
    outer = [each for each, inner in rules.items() if tag in inner]
    tags = [each for each in outer if each != TOP]
    words = ["outside of other tags"] if TOP in outer else []
    return " and ".join([*words, *([f"in {_tags(tags)}"] if tags else [])])


def _tags(names: Sequence[str]) -> str:
    return " and ".join(f"<{each}>" for each in names if each != TEXT)


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f" (`{text if len(text) <= _SHOWN else f'{text[: _SHOWN - 1]}…'}`)"
