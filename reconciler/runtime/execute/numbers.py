"""Nothing is put on sale with a number that nobody meant: what is resumed waits for its stock to be written."""

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine.stock import QUANTITY, STATUS
from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.model.values import Gain
from reconciler.runtime.execute.run_state import skipped
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.rows import Run

_WHY = "it is not put on sale: its stock was not written"


class Numbers(Struct, kw_only=True):
    """The stock numbers of a run that were not written, also those of the process before this one."""

    ledger: Ledger
    run: Run
    resumed: bool
    _missing: dict[Key, Outcome] = field(default_factory=dict)

    def note(self, action: Action, outcomes: Iterable[Outcome]) -> None:
        """Note what became of an action; a row that was refused with others may come to be written by itself."""
        numbers = {each.key for each in action.targets if QUANTITY in each.after}
        for each in outcomes:
            if each.key in numbers and each.result is Result.APPLIED:
                self._missing.pop(each.key, None)
            elif each.key in numbers:
                self._missing[each.key] = each

    def without(self, action: Action) -> tuple[Action, list[Outcome]]:
        """Leave out what would be put on sale without its number."""
        if not any(_resumes(each) for each in action.targets):
            return action, []
        if self.resumed:
            self._recall()
        lost = {each.key for each in action.targets if _resumes(each) and each.key in self._missing}
        left_out = [
            replace(skipped(action.id, each, _WHY), stale=self._missing[each.key].stale)
            for each in action.targets
            if each.key in lost
        ]
        kept = tuple(each for each in action.targets if each.key not in lost)
        return (replace(action, targets=kept), left_out) if lost else (action, [])

    def _recall(self) -> None:
        self.resumed = False  # once is enough: what comes from here on is noted
        found = {(each.action, each.key): each for each in self.ledger.runs.outcomes(self.run.id)}
        for operation in self.ledger.runs.operations(self.run.id):
            action = operation.action
            self.note(action, (found[at] for each in action.targets if (at := (action.id, each.key)) in found))


def _resumes(target: Target) -> bool:
    return target.after.get(STATUS) == "active" and QUANTITY not in target.after and target.remote_id is not None


def adds(action: Action) -> bool:
    """Tell whether an action carries a difference: under another id it would be added a second time."""
    return any(isinstance(value, Gain) for target in action.targets for value in target.after.values())
