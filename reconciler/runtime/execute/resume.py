"""Going on with what an earlier process left open; what cannot be read is set aside, and later runs go on."""

from reconciler.documents.freezes import Freezes
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.states import LEFT_TO_SEND
from reconciler.runtime.connection.session import Session
from reconciler.runtime.execute.lock import Execution, set_aside, take_run
from reconciler.runtime.execute.run import execute
from reconciler.runtime.execute.run_state import Executed
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.project.freezing import insist_on_no_freeze


async def finish_unfinished(
    opened: Session, execution: Execution, options: ApplyOptions, freezes: Freezes, but: str = ""
) -> Executed:
    """Finish the run that an earlier process left open, unless it is the run of this very plan.

    In a freeze nothing frozen is sent. GuardRefused where that is everything and rows are left to send.
    """
    left = opened.ledger.runs.unfinished(opened.place)
    while left is not None and left.plan_id != but and (why := unreadable(opened, left)):
        opened.progress.note(f"run {left.id[:8]} of {left.started_at} cannot be read ({why}): it is set aside")
        set_aside(opened, execution, left)
        left = opened.ledger.runs.unfinished(opened.place)
    if left is None or left.plan_id == but:
        return Executed()
    states = opened.ledger.history.operation_states(left.id)
    why = "which was interrupted" if set(LEFT_TO_SEND) & states.keys() else "which left rows to be read back"
    opened.progress.note(f"finishing run {left.id[:8]} of {left.started_at}, {why}")
    if set(LEFT_TO_SEND) & states.keys():
        insist_on_no_freeze(freezes, left.account, f"run {left.id[:8]} is not gone on with")
    take_run(opened, execution, left.id)
    done = await execute(opened, execution, left, options.parallelism, resumed=True, frozen=freezes.why())
    opened.names.forget_created()
    return done


def unreadable(opened: Session, left: Run) -> str:
    """Say why a stored run cannot be gone on with: its rows were written by something else, or are damaged."""
    try:
        operations = opened.ledger.runs.operations(left.id)
        opened.ledger.runs.compared(left.id)
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        return f"a row lacks `{wrong.args[0]}`" if isinstance(wrong, KeyError) else "a row of it is damaged"
    missing = {"references", "offers", "gone", "adopted"} - left.context.keys()
    if missing:
        return f"it lacks {', '.join(sorted(missing))}"
    strange = next(
        (o.action for o in operations if not _is_known(opened.spec, o.action.kind, o.action.operation)), None
    )
    return f"there is no operation {strange.kind}.{strange.operation}" if strange else ""


def _is_known(spec: MarketplaceSpec, kind: str, operation: str) -> bool:
    return kind in spec.kinds and operation in spec.kinds[kind].operations
