"""JSON Merge Patch (RFC 7396): objects merge, arrays replace wholly, null removes."""

from __future__ import annotations

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """`target` with `patch` merged in; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def without_nulls(value: Any) -> Any:
    """A request with no member that is null: it says as much as a member that is not there."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def dig(document: Any, *keys: str) -> Any:
    """The value under `keys`, or None where the way ends."""
    for key in keys:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document
