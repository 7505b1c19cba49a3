"""Whether a piece of description HTML is as the marketplace wants it: which tag stands where, and all closed.

The rules are the spec's: each tag with what may stand directly in it, tags or `text`; `top` is the piece itself.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

Rules = Mapping[str, Sequence[str]]

TEXT, TOP = "text", "top"
_PIECE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|[^<]+|<")
_BARE = re.compile(r"&(?!#?\w+;)|>")
_LETTER = re.compile(r"\S")
#: Levels of tags that the one search for all of a piece sees, unless it becomes longer than so many letters.
_LEVELS, _LONGEST = 6, 20_000
#: Specs whose searches are kept.
_MANY = 32
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SHOWN = 40


class HtmlFault(Struct, frozen=True):
    """What is wrong with a piece of HTML, as what it has or does, and where.

    It is the tag number `tag`, counted from 0; or, with `text`, the text before that tag, from the first of these
    letters on (`*`: from its first letter on).
    """

    said: str
    tag: int
    text: str = ""


def html_faults(text: str, rules: Rules) -> Iterator[HtmlFault]:
    """Yield what the marketplace would refuse in a canonical piece of HTML.

    >>> [each.said for each in html_faults("<p>a<p>b</p></p>", {"top": ["p"], "p": ["text"]})]
    ['has <p> in <p>; it may stand outside of other tags only']
    """
    if not _flawless(rules)(text):
        yield from _faults(text, rules)


def _faults(text: str, rules: Rules) -> Iterator[HtmlFault]:
    within = [_Open(TOP, 0)]
    number = 0
    for found in _PIECE.finditer(text):
        closing, tag, attributes = found.groups()
        if tag is None:
            yield from _text(found.group(), within[-1].tag, number, rules)
            continue
        if closing:
            yield from _end(tag.lower(), number, within, rules)
        else:
            said = _start(tag.lower(), attributes.strip(), within[-1].tag, rules)
            yield from (HtmlFault(each, number) for each in said)
            within.append(_Open(tag.lower(), number))
        number += 1
    for opened in reversed(within[1:]):
        yield HtmlFault(f"does not close <{opened.tag}>", opened.number)


def is_flawless(rules: Rules, text: str) -> bool:
    """Tell in one search that a piece has no fault; one that is none may have none, too."""
    return _flawless(rules)(text) is not None


#: For the rules of each spec, by where they stand in memory, the search; and they themselves, so that they stay.
_SEARCHES: dict[int, tuple[Rules, Callable[[str], object]]] = {}


def _flawless(rules: Rules) -> Callable[[str], object]:
    """Return what matches a piece without any fault, in one search. What it does not match may have none, too."""
    if id(rules) not in _SEARCHES:
        if len(_SEARCHES) >= _MANY:
            _SEARCHES.clear()
        pattern = _inside(TOP, rules, 0)
        for levels in range(1, _LEVELS + 1):
            if len(deeper := _inside(TOP, rules, levels)) > _LONGEST:
                break
            pattern = deeper
        _SEARCHES[id(rules)] = rules, re.compile(pattern).fullmatch
    return _SEARCHES[id(rules)][1]


def _inside(tag: str, rules: Rules, levels: int) -> str:
    """Write what may stand in a tag as an expression that never goes back."""
    may = rules.get(tag, ())
    texts = [r"[^<>&]++", r"&#?\w++;"] if TEXT in may else [r"\s++"]
    inner = [each for each in may if each in rules and each != TOP] if levels else []
    tags = [f"<{re.escape(each)}>{_inside(each, rules, levels - 1)}</{re.escape(each)}>" for each in inner]
    return f"(?>(?:{'|'.join((*texts, *tags))})*)"


def place_of(fault: HtmlFault, written: str) -> int | None:
    """Return where a fault stands in a piece as it was written, however it is broken into lines; None: unclear.

    >>> place_of(HtmlFault("has the tag <i>", 1), "<p>a <i>b")
    5
    """
    tags = [found for found in _PIECE.finditer(written) if found.group(2)]
    if not fault.text:
        return tags[fault.tag].start() if fault.tag < len(tags) else None
    if fault.tag > len(tags):
        return None
    begin = tags[fault.tag - 1].end() if fault.tag else 0
    end = tags[fault.tag].start() if fault.tag < len(tags) else len(written)
    wanted = _LETTER if fault.text == "*" else _BARE if fault.text == "&" else re.compile(re.escape(fault.text))
    found = wanted.search(written, begin, end)
    return found.start() if found else None


class _Open(Struct, frozen=True):
    """A tag that is open, and its number."""

    tag: str
    number: int


def _text(text: str, within: str, number: int, rules: Rules) -> Iterator[HtmlFault]:
    bare = _BARE.search(text)
    if text == "<":
        yield HtmlFault(f"has a bare <; write {_ENTITIES[text]}", number, text)
    elif bare is not None:
        letter = bare.group()
        yield HtmlFault(f"has a bare {letter}{_quoted(text)}; write {_ENTITIES[letter]}", number, letter)
    elif text.strip() and TEXT not in rules.get(within, (TEXT,)):
        if within == TOP:
            said = f"has text outside of any tag{_quoted(text)}; write it in <p>…</p>"
        else:
            said = f"has text directly in <{within}>{_quoted(text)}; in it may stand {_tags(rules[within])} only"
        yield HtmlFault(said, number, "*")


def _start(tag: str, attributes: str, within: str, rules: Rules) -> Iterator[str]:
    if tag not in rules:
        yield f"has the tag <{tag}>; allowed are {', '.join(each for each in rules if each != TOP)}"
    elif attributes:
        yield f"has the tag <{tag}> with attributes ({attributes}); attributes are not allowed"
    elif tag not in rules.get(within, (tag,)):
        where = "outside of any tag" if within == TOP else f"in <{within}>"
        yield f"has <{tag}> {where}; it may stand {_homes(tag, rules)} only"


def _end(tag: str, number: int, within: list[_Open], rules: Rules) -> Iterator[HtmlFault]:
    if all(each.tag != tag for each in within[1:]):
        if tag in rules:
            yield HtmlFault(f"closes <{tag}>, which is not open", number)
        return
    while (last := within.pop()).tag != tag:
        yield HtmlFault(f"does not close <{last.tag}> before </{tag}>", last.number)


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
