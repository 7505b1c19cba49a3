"""The stockroom as a state machine: Hypothesis chooses what happens and rolls every die, so what fails gets short."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from torture.stock_judge import Found
from torture.stocking import Days, opened

#: Steps of a life in the campaign.
STEPS = 100
#: What the lives of this process came to, in their order.
LIVED: list[Found] = []


class Stockrooms(RuleBasedStateMachine):
    """One life of a stockroom; what is wrong shows after the step that did it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="reconcile-stockroom-"))
        self._days: Days | None = None

    @property
    def days(self) -> Days:
        assert self._days
        return self._days

    @initialize(dice=st.randoms(use_true_random=False))
    def begin(self, dice: Random) -> None:
        """Some of everything is in stock."""
        self._days = opened(self._folder / "world", dice)

    @rule()
    def somebody_buys(self) -> None:
        self.days.lives(self.days.buy)

    @rule()
    def several_buy(self) -> None:
        for _ in range(3):
            self.days.lives(self.days.buy)

    @rule()
    def pieces_come_in(self) -> None:
        self.days.lives(self.days.receive)

    @rule()
    def the_feed_breaks(self) -> None:
        self.days.lives(self.days.spoil)

    @rule()
    def somebody_edits(self) -> None:
        self.days.lives(self.days.person)

    @rule()
    def buyers_come_or_go(self) -> None:
        self.days.lives(self.days.crowd)

    @rule()
    def an_account_is_left_out(self) -> None:
        self.days.lives(self.days.leave_out)

    @invariant()
    def nothing_is_wrong(self) -> None:
        """What the judge says holds after every step."""
        if self._days:
            assert not self._days.judge.found.wrong, "\n".join(self._days.judge.found.wrong)

    def teardown(self) -> None:
        """Every life ends at rest: then no change is left, and nothing has flapped."""
        try:
            if self._days:
                self._days.rest()
                LIVED.append(self._days.judge.close())
                self.nothing_is_wrong()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


def lived(lives: int, steps: int, of: int) -> list[Found]:
    """Play so many lives of at most so many steps each; the first that goes wrong is made short, and raised."""
    del LIVED[:]
    how = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(seed(of)(type("Lives", (Stockrooms,), {})), settings=how)  # type: ignore[no-untyped-call]
    return list(LIVED)
