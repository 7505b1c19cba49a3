"""The schemas of documents: a fast verdict for every document, and the schema itself for editors."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from reconciler.documents.grammar import composed
from reconciler.documents.kinds import schemas

_BASE = "json-schema:///"
#: What `\s` is in the dialect of JSON Schema (ECMA-262, 22.2.2.9), for use in a class.
_SPACES = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def schema_names() -> tuple[str, ...]:
    """Return the names of the schemas that a document can have, in the order in which docs list them."""
    return tuple(schemas().values())


def schema_for(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind. Raise LookupError when there is no such kind."""
    return dict(_schemas()[schemas()[kind]])


def schema_file(name: str) -> Mapping[str, Any]:
    """Return a schema by the name of its file."""
    return _schemas()[name]


@cache
def _schemas() -> Mapping[str, dict[str, Any]]:
    """Numbers are read as Decimal, or a limit with a fraction would not compare with money exactly."""
    return composed(parse_float=Decimal)


@cache
def verdict(kind: str) -> Callable[[Any], bool]:
    """Return the fast yes-or-no check of a kind."""
    import jsonschema_rs  # noqa: PLC0415 - 20 ms that `--help` does not need

    validator = jsonschema_rs.Draft202012Validator(_schemas()[schemas()[kind]], registry=_registry())
    return validator.is_valid  # type: ignore[no-any-return, unused-ignore]


@cache
def _registry() -> Any:
    import jsonschema_rs  # noqa: PLC0415 - as above

    return jsonschema_rs.Registry([(f"{_BASE}{name}.schema.json", schema) for name, schema in _schemas().items()])


@cache
def explainer(kind: str) -> Any:
    """Return jsonschema's validator of a kind: 100 times slower, with the schema of each error at hand."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 100 ms, and only for a bad document
    from jsonschema.validators import extend  # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

    types = Draft202012Validator.TYPE_CHECKER.redefine_many({"number": _is_number, "integer": _is_integer})
    checker: Any = extend(Draft202012Validator, {"pattern": _pattern}, type_checker=types)  # type: ignore[no-untyped-call]
    found = [(f"{n}.schema.json", DRAFT202012.create_resource(s)) for n, s in _schemas().items()]
    registry: Registry[Any] = Registry().with_resources(found)
    return checker(_schemas()[schemas()[kind]], registry=registry)


def _is_number(_checker: Any, value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_integer(checker: Any, value: Any) -> bool:
    """JSON Schema's integer: `5.0` is one; the long form makes an int of it."""
    return _is_number(checker, value) and value == int(value)


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[Any]:
    """Python's `$` also matches before a last line break, and its `\\s` is another: the dialect's words hold."""
    from jsonschema import ValidationError  # noqa: PLC0415

    ours = re.sub(r"\$$", r"\\Z", pattern).replace(r"\S", f"[^{_SPACES}]").replace(r"\s", _SPACES)
    if isinstance(value, str) and not re.search(ours, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")
