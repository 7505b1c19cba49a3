"""Commands that are refused as a whole: the rows that are meant are refused, the others are sent again.

The parts are operations of the ledger like all others, stored together with the outcomes of what they are split
from, before anything is sent for them. They are sent one after another: so it shows when nothing goes through.
"""

from collections import defaultdict

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine.halving import PATIENCE, parts
from reconciler.model.outcomes import Outcome, Result
from reconciler.runtime.execute.run_state import Claimed, RunState
from reconciler.runtime.ledger.rows import Operation
from reconciler.runtime.progress import Progress


class Splitting(Struct, kw_only=True):
    """The splits of one process on a run. What is split from one operation has its place (`seq`) in the run."""

    run_state: RunState
    progress: Progress
    _refused: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _split: set[int] = field(default_factory=set)

    def record(self, fence: Claimed, operation: Operation, outcomes: tuple[Outcome, ...]) -> tuple[Operation, ...]:
        """Record what became of an operation, and return the parts in which its other rows are to be sent."""
        self._count(operation, outcomes)
        unnamed = {each.key for each in outcomes if each.unnamed}
        if not unnamed or self._refused[operation.seq] >= PATIENCE:
            self._record(fence, outcomes)
            return ()
        action, is_part = operation.action, operation.seq in self._split
        said = tuple(each for each in outcomes if not each.unnamed)
        left = [each for each in action.targets if each.key in unnamed]
        named = any(each.result is Result.REFUSED for each in said)
        if not is_part:
            self._tell(len(action.targets), len(action.targets) - len(left) if named else 0)
        self._split.add(operation.seq)
        found = self.run_state.split(fence, operation, said, parts(action, left, whole=named and not is_part))
        self.progress.advance(len(said))
        return found

    def _count(self, operation: Operation, outcomes: tuple[Outcome, ...]) -> None:
        """Count the refusals since anything of an operation went through."""
        if any(each.result in (Result.APPLIED, Result.UNKNOWN) for each in outcomes):
            self._refused[operation.seq] = 0
        elif any(each.result is Result.REFUSED for each in outcomes):
            self._refused[operation.seq] += 1

    def _record(self, fence: Claimed, outcomes: tuple[Outcome, ...]) -> None:
        together = sum(each.unnamed for each in outcomes)
        why = f"refused in a command of {together}, and not sent alone: {PATIENCE} such were refused in a row"
        self.run_state.record(
            fence,
            tuple(replace(each, unnamed=False, detail=why) if each.unnamed else each for each in outcomes),
        )
        self.progress.advance(len(outcomes))

    def _tell(self, rows: int, named: int) -> None:
        how = (
            f"it names {named}, and the others are sent again"
            if named
            else "no row is named, so it is halved until the bad ones stand alone"
        )
        self.progress.note(f"the marketplace refused a command of {rows:,} rows: {how}")
