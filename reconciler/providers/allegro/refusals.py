"""Which rows a refused command is refused for, as far as its errors say.

A refusal names a row by its place in the request: `modifications[2].prices`, `offerCriteria[0].offers[17].id`,
with or without `$.` before it, or as a JSON pointer (`/modifications/2`).
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.providers.allegro.faults import complaints_of, of_errors
from reconciler.providers.conversation import Answer

#: Answers that may be for one row of many; 413 is for their number. All others are for the request as such.
_OF_ROWS = frozenset({400, 413, 422})
#: A place of a row: the name of the list, and a number after whatever stands between them.
_PLACE = re.compile(r"(?<!\w)(modifications|offers)[^\w-]+(\d{1,4})(?!\w)")
#: What all rows of a command share: its value, or its own id.
_SHARED = re.compile(r"\W*(?:modification|publication|commandId)(?!\w)")


def may_be_of_rows(answer: Answer, fault: Fault) -> bool:
    """Tell whether a command may be refused for some of its rows only."""
    if fault.kind is not FaultKind.REJECTED or answer.status not in _OF_ROWS:
        return False
    return not any(_SHARED.match(_path(error)) for error in _errors(answer))


def named(answer: Answer, fault: Fault, rows: int) -> Mapping[int, Fault]:
    """Return the faults of the rows that a refusal names, by their place among so many."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for error in _errors(answer):
        place = _PLACE.search(_path(error))
        if place and int(place[2]) < rows:
            found[int(place[2])].append(error)
    return {place: _fault(fault, errors) for place, errors in found.items()}


def _fault(whole: Fault, errors: list[Mapping[str, Any]]) -> Fault:
    code, message, path = of_errors(errors)
    return replace(
        whole,
        code=code or whole.code,
        message=message or whole.message,
        path=path,
        complaints=complaints_of(errors),
    )


def _path(error: Mapping[str, Any]) -> str:
    return str(error.get("path") or "")


def _errors(answer: Answer) -> list[Mapping[str, Any]]:
    """Return the errors of an answer that has some; a gateway's page has none."""
    said = answer.value.get("errors") if isinstance(answer.value, Mapping) else None
    return [each for each in said if isinstance(each, Mapping)] if isinstance(said, list) else []
