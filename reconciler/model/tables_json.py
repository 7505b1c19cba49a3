"""What plans say of sources, as JSON."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.tables import ReadingState, SourceRead
from reconciler.model.values import jsonable

Json = dict[str, Any]


def source_to_json(each: SourceRead) -> Json:
    """Turn it into JSON's own types."""
    return {
        "name": each.name,
        "state": each.state.value,
        "as_of": each.as_of,
        "rows": each.rows,
        "digest": each.digest,
        "why": each.why,
        "hint": each.hint,
        "definition": jsonable(each.definition),
    }


def source_from_json(body: Mapping[str, Any]) -> SourceRead:
    """Undo `source_to_json`; KeyError or ValueError where it is something else."""
    return SourceRead(**{**body, "state": ReadingState(body["state"]), "definition": dict(body["definition"])})
