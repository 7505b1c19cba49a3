"""Two values that look the same on paper: written out so that a reader sees what differs.

`5` and `"5"`, a blank that does not break, an accent that is a letter of its own, a Cyrillic letter within a word.
"""

import re
import unicodedata
from collections.abc import Mapping

from reconciler.model.foreign import shown
from reconciler.model.values import Gain, Money, Value, canonical_json

#: Letters of other alphabets that look like one of ours.
_ALIKE = "АВЕКМНОРСТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LOOKS = str.maketrans(_ALIKE, "ABEKMHOPCTXaeopcyxijsABEZHIKMNOPTYXo")
_FOREIGN = re.compile(f"[{_ALIKE}]")
#: What nobody takes for anything else: ASCII, and the letters of Latin with their accents.
_PLAIN = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u017f€„”–…]")
_BLANKS = re.compile(r"^ +| +$| {2,}")
_CONTEXT, _SHORT = 24, 120
_BRIEF = 80


def alike(one: str, other: str) -> bool:
    """Tell whether two texts look the same once they are printed."""
    return one == other or (_looks(one) == _looks(other))


def _looks(text: str) -> str:
    text = shown(text).strip(" ")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        if _FOREIGN.search(text):  # a letter that is not in a table takes `translate` a microsecond
            text = text.translate(_LOOKS)
    return " ".join(text.split())


def brief(value: Value, most: int = _BRIEF) -> str:
    """Say a value within a sentence: plain ones as they are, others as JSON, and not too much of it."""
    text = str(value)
    if value is None or isinstance(value, bool | Mapping | list | tuple):
        text = canonical_json(_told(value))
    return text if len(text) <= most else f"{text[: most - 1].rstrip(' ')}…"


def brief_pair(one: Value, other: Value, most: int = _BRIEF) -> tuple[str, str]:
    """Say two values within a sentence, so that one sees what differs."""
    said = brief(one, most), brief(other, most)
    return exact_pair(one, other) if alike(*said) else said


def exact(value: Value) -> str:
    """Write a value as JSON that leaves no doubt: every letter that could be taken for another by its number."""
    text = canonical_json(_told(value))
    return _BLANKS.sub(lambda found: r"\u0020" * len(found[0]), _PLAIN.sub(_number, text))


def exact_pair(before: Value, after: Value) -> tuple[str, str]:
    """Write two values out; where they are long, what differs with a little around it."""
    was, becomes = exact(before), exact(after)
    if max(len(was), len(becomes)) <= _SHORT:
        return was, becomes
    left = next(
        (n for n, (a, b) in enumerate(zip(was, becomes, strict=False)) if a != b), min(len(was), len(becomes))
    )
    most = min(len(was), len(becomes)) - left
    right = next((n for n in range(most) if was[-1 - n] != becomes[-1 - n]), most)
    start, end = max(left - _CONTEXT, 0), max(right - _CONTEXT, 0)
    return _part(was, start, end), _part(becomes, start, end)


def _part(text: str, start: int, end: int) -> str:
    return f"{'…' if start else ''}{text[start : len(text) - end]}{'…' if end else ''}"


def _told(value: Value) -> Value:
    if isinstance(value, Money | Gain):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _told(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    return value if isinstance(value, str | int) or value is None else str(value)


def _number(found: re.Match[str]) -> str:
    char = ord(found[0])
    return f"\\u{char:04x}" if char < 0x10000 else f"\\U{char:08x}"
