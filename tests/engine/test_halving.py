"""How the rows of a refused command are sent again: which ones, how often, and under which ids."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.halving import parts
from reconciler.model.plan import Action, Target

from .build import key

ID = "0b0f1b6c-9f4e-4a37-9a6e-2d4a4c1f8a10"


def command(count: int) -> Action:
    """A command of so many rows."""
    rows = (
        Target(key=key(f"K{n}"), remote_id=str(n), before={}, after={"stock.quantity": 3}) for n in range(count)
    )
    return Action(id=ID, kind="Offer", operation="quantity", wave=1, targets=tuple(rows))


def sent(action: Action, is_refused: Callable[[Target], bool]) -> Iterable[Action]:
    """The commands that it takes until every bad row stands alone, where none is ever named."""
    yield action
    if len(action.targets) > 1 and any(map(is_refused, action.targets)):
        for part in parts(action, action.targets, whole=False):
            yield from sent(part, is_refused)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.frozensets(st.integers(0, n - 1)))))
def test_every_row_is_sent_and_only_bad_ones_stand_refused(drawn: tuple[int, frozenset[int]]) -> None:
    """Every good row is in one accepted command, every bad one alone in a refused one; the number has a bound."""
    count, bad = drawn
    refused = {str(number) for number in bad}
    every = list(sent(command(count), lambda target: target.remote_id in refused))
    accepted = [each for each in every if not any(t.remote_id in refused for t in each.targets)]
    alone = [each for each in every if len(each.targets) == 1 and each.targets[0].remote_id in refused]
    done = [target.remote_id for each in (*accepted, *alone) for target in each.targets]
    assert sorted(done) == sorted(str(number) for number in range(count))
    assert len(every) <= 1 + 2 * len(bad) * math.ceil(math.log2(count))
    assert len({each.id for each in every}) == len(every)


def test_an_id_means_the_same_rows() -> None:
    """The same part has the same id, another part another one."""
    action = command(7)
    first, second = parts(action, action.targets, whole=False)
    assert parts(action, action.targets, whole=False) == (first, second)
    (whole,) = parts(action, action.targets, whole=True)
    (fewer,) = parts(action, action.targets[1:], whole=True)
    assert len({action.id, first.id, second.id, whole.id, fewer.id}) == 5
