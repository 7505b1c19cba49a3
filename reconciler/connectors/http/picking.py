"""JMESPath that only picks: what it finds stands in the answer, digit by digit.

Its functions that compute are refused: they make floats. A number in backticks is a Decimal.
"""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from reconciler.documents.near import listed

Pick = Callable[[Any], Any]
#: Functions that pick, and none that needs a number to be a float.
FUNCTIONS = frozenset(
    {
        *("contains", "ends_with", "join", "keys", "length", "map", "merge", "not_null", "reverse", "sort"),
        *("sort_by", "starts_with", "to_array", "values"),
    }
)
LONGEST = 500
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_LISTS = ("projection", "filter_projection", "flatten", "value_projection")
_STEPS = ("subexpression", "pipe", "index_expression")
_QUOTE = "A name with other signs than a-z, 0-9 and _ is written in double quotes: '\"Stan (szt.)\"'."


class BadPath(Exception):  # noqa: N818 - it is told as a finding
    """A path that cannot be, or that does more than pick."""

    def __init__(self, summary: str, hint: str = "") -> None:
        super().__init__(summary)
        self.summary, self.hint = summary, hint


class Stuck(Exception):  # noqa: N818 - it is told as a bad row or as a fault
    """A good path that this answer is not made for."""


def picked(text: str) -> Pick:
    """Return a function from a decoded answer to what a path finds there, or Stuck. BadPath where it cannot be."""
    if plain(text):
        return _by_names(text.split("."))
    return _run(text, _tree(text))


def listing(text: str) -> Pick:
    """Return the list that a path to records goes through, as the source gave it: before filters and inner lists.

    Paging ends when that is empty, not when nothing of a page is left.
    """
    tree = _tree(text)
    return _run(text, _listed(tree) or tree)


def hides_its_list(text: str) -> bool:
    """Tell whether a path filters where `listing` cannot see the list."""
    tree = _tree(text)
    return _listed(tree) is None and any(each.get("type") in _LISTS for each in _nodes(tree))


def plain(text: str) -> bool:
    """Tell whether a path is a name, or names with points between."""
    return len(text) <= LONGEST and bool(_PLAIN.fullmatch(text))


def _by_names(names: list[str]) -> Pick:
    if len(names) == 1:
        (name,) = names
        return lambda found: found.get(name) if isinstance(found, dict) else None

    def follow(found: Any) -> Any:
        for each in names:
            if not isinstance(found, dict):
                return None
            found = found.get(each)
        return found

    return follow


def _run(text: str, tree: Any) -> Pick:
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - only sources over HTTP need it
    from jmespath.parser import ParsedResult  # noqa: PLC0415

    search = ParsedResult(text, tree).search

    def run(found: Any) -> Any:
        try:
            return search(found)
        except (JMESPathError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as stuck:
            raise Stuck(" ".join(str(stuck).split())[:200]) from stuck

    return run


def _tree(text: str) -> Any:
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - only sources over HTTP need it
    from jmespath.parser import Parser  # noqa: PLC0415

    if len(text) > LONGEST:
        raise BadPath(f"is longer than {LONGEST} signs")
    try:
        tree = Parser().parse(text).parsed
    except JMESPathError as wrong:
        raise BadPath("is no JMESPath", _QUOTE) from wrong
    except (RecursionError, ValueError) as wrong:
        raise BadPath("is no JMESPath that can be followed") from wrong
    for node in _nodes(tree):
        if node["type"] == "function_expression":
            _insist_on_picking(node)
    return _exact(tree)


def _insist_on_picking(node: Any) -> None:
    from jmespath.functions import Functions  # noqa: PLC0415 - only sources over HTTP need it

    name = node["value"]
    if name not in FUNCTIONS:
        raise BadPath(f"calls `{name}`", f"It only picks. Its functions are {listed(sorted(FUNCTIONS))}.")
    signature = Functions.FUNCTION_TABLE[name]["signature"]
    given, wanted = len(node["children"]), len(signature)
    if given < wanted or (given > wanted and not signature[-1].get("variadic")):
        raise BadPath(f"calls `{name}` with {given} values; it takes {wanted}")


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield node
        for child in node["children"]:
            yield from _nodes(child)


def _exact(node: Any) -> Any:
    """Return a tree whose numbers are exact. The parser shares its trees, so they stay as they are."""
    if not isinstance(node, dict):
        return node
    children = [_exact(child) for child in node["children"]]
    value = _without_floats(node["value"]) if node["type"] == "literal" else node.get("value")
    return {**node, "children": children, **({"value": value} if "value" in node else {})}


def _without_floats(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False), parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as wrong:
        raise BadPath("has a value in backticks that is no number") from wrong


def _listed(node: Any) -> Any:
    """Return the part of a path that leads to its first list; None where it goes through none."""
    if not isinstance(node, dict):
        return None
    children = node["children"]
    if node["type"] in _LISTS:
        return _listed(children[0]) or children[0]
    if node["type"] not in _STEPS:
        return None
    if inner := _listed(children[0]):
        return inner
    inner = _listed(children[1]) if len(children) == 2 else None
    return inner and {**node, "children": [children[0], inner]}
