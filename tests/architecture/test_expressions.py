"""Regular expressions mean the same in every Python that may run them."""

from __future__ import annotations

import re

from .sources import files, name, strings

#: A group that is repeated and never given back: `(…)*+`. Before 3.11.5, the last try of it takes what it has not
#: matched (https://github.com/python/cpython/issues/106052). `(?>(…)*)` says the same, and is done rightly by all.
_POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+")


def test_no_group_is_repeated_possessively() -> None:
    """Documents would be misread on Debian 12, whose Python is 3.11.2: what is indented stood a level higher."""
    found = [f"{name(file)}:{text.lineno}" for file in files() for text in strings(file)
             if _POSSESSIVE_GROUP.search(text.value)]  # fmt: skip
    assert not found
