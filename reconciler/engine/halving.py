"""In which new commands the rows of a refused command are sent again.

A row is alone at last after as many halvings as its command has powers of two, so a command of n rows, b of which
are bad, takes `1 + 2 * b * ceil(log2(n))` requests at most.
"""

import uuid
from collections.abc import Sequence

from msgspec.structs import replace

from reconciler.model.plan import Action, Target
from reconciler.model.values import canonical_json

#: So many commands in a row are refused, and none accepted, before a refused one is not split any more: what is
#: wrong then is wrong with more than a few rows. What waits is sent as it is, `ceil(log2(n))` commands at most.
PATIENCE = 32


def parts(action: Action, left: Sequence[Target], *, whole: bool) -> tuple[Action, ...]:
    """Return the actions that send these rows of an action: one, or two of every other row.

    Rows that stand together are often bad together. Every other one is a fair sample of them all, so what is
    refused over and over again is not one such place.
    """
    halves = (left,) if whole or len(left) == 1 else (left[::2], left[1::2])
    return tuple(_part(action, half) for half in halves)


def _part(action: Action, targets: Sequence[Target]) -> Action:
    """An id means the same rows always: so it does no harm if a part is sent twice."""
    content = canonical_json([str(each.key) for each in targets])
    part_id = str(uuid.uuid5(uuid.UUID(action.id), content))
    return replace(action, id=part_id, targets=tuple(targets))
