"""All that may happen to a shop at rest, by name: reasons to look again, and edits of documents in lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from test_numbers import EDITS
from test_waking import REASONS
from world import World

HAPPENINGS: Mapping[str, Callable[[World], Any]] = {
    **{name: each.happens for name, each in REASONS.items()},
    **{f"an edit: {name}": each.happens for name, each in EDITS.items()},
}
