"""Reading resources: a view's fields through accessors that are prepared once per spec.

A listing has a hundred thousand rows, so no pointer is split and no type is looked at per row.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import methodcaller
from typing import Any, cast

from reconciler.model.spec import FieldSpec, KindSpec
from reconciler.model.values import Value
from reconciler.providers.base import Reading
from reconciler.providers.codecs import pick, steps
from reconciler.providers.forms import MALFORMED, Unreadable

#: Turns what the wire says of one field into its canonical value.
Decoder = Callable[[Any, Reading], Value]
#: Chooses the decoder of a field.
Choose = Callable[[FieldSpec], Decoder]
Getter = Callable[[Any], Any]
_NOTHING: Mapping[str, Any] = {}


class View:
    """The fields of one kind that one view shows."""

    __slots__ = ("_absent", "_copied", "_fields", "_spread")

    def __init__(self, kind: KindSpec, view: str, decoder: Choose) -> None:
        #: What a body without anything is read as; of its lists and objects each read has its own.
        self._absent: dict[str, Value] = {}
        self._copied: list[tuple[str, list[Value] | dict[str, Value]]] = []
        #: The fields by the member of the body that they stand in, or "": in what is not there none is looked for.
        self._fields: dict[str, list[tuple[str, Getter, Decoder]]] = {}
        self._spread: list[tuple[str, Getter, Getter, Decoder]] = []
        for field in kind.fields.values():
            if view not in field.views:
                continue
            pointer = field.views[view]
            if "/*" in pointer:
                outer, inner = pointer.split("/*", 1)
                prefix = field.path.removesuffix("*")
                self._spread.append((prefix, getter(steps(outer)), getter(steps(inner)), decoder(field)))
            else:
                self._add(field.path, pointer, decoder(field))

    def _add(self, path: str, pointer: str, read: Decoder) -> None:
        where = steps(pointer)
        member, get = (str(where[0]), _inside(where[1:])) if len(where) > 1 else ("", getter(where))
        self._fields.setdefault(member, []).append((path, get, read))
        absent = self._absent[path] = _absent(read)
        if isinstance(absent, list | dict):
            self._copied.append((path, absent))

    def read(self, body: Mapping[str, Any], reading: Reading) -> tuple[dict[str, Value], dict[str, str]]:
        """Decode a body: its fields, and what is wrong with those that cannot be read, which are left out."""
        found = self._absent.copy()
        wrong: dict[str, str] = {}
        for path, absent in self._copied:
            found[path] = absent.copy()
        for member, fields in self._fields.items():
            part = body.get(member) if member else body
            if member and not part:
                continue
            for path, get, decode in fields:
                try:
                    if (wire := get(part)) is not None:
                        found[path] = decode(wire, reading)
                except MALFORMED as odd:
                    wrong[path] = why_of(odd)
        for path in wrong:
            del found[path]
        self._read_spread(body, reading, found, wrong)
        return found, wrong

    def _read_spread(
        self, body: Mapping[str, Any], reading: Reading, found: dict[str, Value], wrong: dict[str, str]
    ) -> None:
        """Decode the fields of which there are as many as an object has members, into `found` or `wrong`."""
        for prefix, outer, inner, decode in self._spread:
            try:
                parts = {prefix + name: inner(part) for name, part in (outer(body) or _NOTHING).items()}
            except MALFORMED as odd:
                wrong[prefix + "*"] = why_of(odd)
                continue
            for path, wire in parts.items():
                try:
                    if wire is not None:
                        found[path] = decode(wire, reading)
                except MALFORMED as odd:
                    wrong[path] = why_of(odd)


def why_of(odd: Exception) -> str:
    """Say what is wrong with a part that could not be read."""
    return str(odd) if isinstance(odd, Unreadable) else "it is not of its kind"


def _absent(read: Decoder) -> Value:
    """Return what a field is read as when the body lacks it, as it does most fields."""
    try:
        return read(None, cast(Reading, None))
    except MALFORMED:
        return None


def _inside(path: tuple[Any, ...]) -> Getter:
    """Prepare the reading of a path from the member of the body in which it begins."""
    return getter(path) if len(path) < 3 else lambda part: pick(part, path)


def getter(path: tuple[Any, ...]) -> Getter:
    """Prepare the reading of a path; the short ones, which are nearly all, without a loop."""
    if not path:
        return lambda body: body
    if any(isinstance(step, int) for step in path):
        return lambda body: pick(body, path)
    if len(path) == 1:
        return methodcaller("get", path[0])
    if len(path) == 2:
        first, last = path
        return lambda body: (body.get(first) or _NOTHING).get(last)
    if len(path) == 3:
        first, middle, last = path
        return lambda body: ((body.get(first) or _NOTHING).get(middle) or _NOTHING).get(last)
    return lambda body: pick(body, path)


class _Same:
    """A kind as a cache key: specs are frozen but hold mappings, so identity stands for equality."""

    __slots__ = ("kind",)

    def __init__(self, kind: KindSpec) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.kind is self.kind

    def __hash__(self) -> int:
        return id(self.kind)


@lru_cache(maxsize=64)
def _prepared(kind: _Same, view: str, decoder: Choose) -> View:
    return View(kind.kind, view, decoder)


def prepared(kind: KindSpec, name: str, decoder: Choose) -> View:
    """Return the prepared view of a kind, whose fields are read as `decoder` says."""
    return _prepared(_Same(kind), name, decoder)
