"""Texts as people see them: one spelling for one text, and the characters that nobody sees."""

import re
import unicodedata
from functools import lru_cache

#: Characters without a shape of their own: zero-width spaces and joiners, marks of direction, the byte order mark,
#: soft hyphens, fillers, variation selectors and tags.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)

#: The bytes of ASCII and of Latin letters with accents (U+00C0 to U+02FF): a text of no others needs no search.
_COMMON = bytes(range(0xC0)) + bytes(range(0xC3, 0xCC))
#: None of the letters and signs that people write in Latin script: it may be invisible.
_NO_COMMON = re.compile("[^\x00-\u00ac\u00ae-\u02ff\u2010-\u2029\u2030-\u205f\u20a0-\u2fff]")


def nfc(text: str) -> str:
    """Return the composed spelling of a text: a letter and the accent on it are one character.

    >>> nfc("kawa zbo\\u017cowa") == nfc("kawa zboz\\u0307owa")
    True
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def all_nfc(value: object) -> object:
    """Return a value of lists, mappings and texts with every text composed."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, dict):
        return {all_nfc(key): all_nfc(each) for key, each in value.items()}
    return [all_nfc(each) for each in value] if isinstance(value, list) else value


def invisible(text: str) -> tuple[str, ...]:
    """Name the characters of a text that nobody sees, each once: `U+200B`."""
    if not may_hide(text):
        return ()
    return tuple(dict.fromkeys(f"U+{ord(found):04X}" for found in INVISIBLE.findall(text)))


def may_hide(text: str) -> bool:
    """Tell whether a text may hold characters that nobody sees: quick, and never wrong where it says no."""
    if text.isascii() or not text.encode("utf-8", "surrogatepass").translate(None, _COMMON):
        return False
    return _NO_COMMON.search(text) is not None


@lru_cache(maxsize=4096)
def looks(text: str) -> str:
    """Return what is left of a text for the eye: two of one look are one name to people.

    >>> looks("Kubek\\u200b 1") == looks("kubek\\u00a01")
    True
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return " ".join(text.split()).casefold()
