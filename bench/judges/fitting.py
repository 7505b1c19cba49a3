"""Whether what a generated client has made of an answer is what its classes say: they check little by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import generated.models
from generated.types import Unset


def faults(value: Any, hint: Any, where: str = "$") -> Iterator[str]:
    """Each place that is of another type than its hint."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        found = [list(faults(value, one, where)) for one in inner]
        yield from min(found, key=len)
    elif origin is list and isinstance(value, list):
        for at, item in enumerate(value):
            yield from faults(item, inner[0], f"{where}[{at}]")
    elif origin is not None:
        if not isinstance(value, origin):
            yield f"{where}: {value!r} is no {hint}"
    elif hint is not Any and not isinstance(value, _plain(hint)):
        yield f"{where}: {value!r} is no {getattr(hint, '__name__', hint)}"
    elif hasattr(value, "to_dict"):
        yield from _members(value, where)


def _members(value: Any, where: str) -> Iterator[str]:
    for name, hint in _hints(type(value)).items():
        inner = getattr(value, name)
        if not isinstance(inner, Unset):
            yield from faults(inner, hint, f"{where}.{name}")


def _plain(hint: Any) -> Any:
    """JSON has one kind of numbers."""
    return {float: (int, float), None: NoneType}.get(hint, hint)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=vars(generated.models))
