"""The canonical form of a file of documents: it means the same, keeps its comments, and is its own form."""

from collections import Counter
from typing import Any

from reconciler.documents.formatting.comments import give
from reconciler.documents.formatting.printing import printed
from reconciler.documents.formatting.tree import Left, read
from reconciler.documents.source import parse


def canonical(path: str, text: str) -> str:
    """Return the text of a file in its canonical form.

    The text must be valid YAML, as `parse` reads it. Raise Left where it is better not touched.

    >>> canonical("a.yaml", "price:   '49.99 PLN'   # till Friday\\nname: 0570\\nkind: Offer\\n")
    'kind: Offer\\nname: "0570"\\nprice: 49.99 PLN     # till Friday\\n'
    """
    unix = text.replace("\r\n", "\n")
    if not unix.strip():
        return text
    parts = read(unix)
    if not parts:
        return text
    said = give(unix, parts)
    found = printed(unix, parts)
    if found == unix:
        return text
    if _meaning(path, unix) != _meaning(path, found):
        raise Left("in another form it would mean something else")
    if Counter(said) != Counter(give(found, read(found))):
        raise Left("a comment in it would get lost")
    return found.replace("\n", "\r\n") if "\r\n" in text else found


def _meaning(path: str, text: str) -> list[Any]:
    """Return the values of all documents, told apart by their types as well."""
    found, faults = parse(path, text.encode())
    return [len(faults), *(_typed(each.value) for each in found)]


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return repr(value)
