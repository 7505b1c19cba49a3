"""Why something that is declared is not so after an apply of the plan: counted in its last lines."""

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why nothing is done for a resource or a field that is declared. The order is that of the last lines."""

    HELD = "held"
    GUARD = "guard"
    NOT_CREATABLE = "not_creatable"
    MISSING = "missing"
    UNCLEAR = "unclear"
    FROZEN = "frozen"
    STOCK = "stock"
    SOURCE = "source"
    LEFT_ALONE = "left_alone"
    SETTLING = "settling"


#: Reason -> what it concerns: `Kind/name`, with `: path` where it is a field.
ByReason = Mapping[Reason, tuple[str, ...]]
