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


def dig(document: Any, *keys: str) -> Any:
    """The value under `keys`, or None where the way ends."""
    for key in keys:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document
