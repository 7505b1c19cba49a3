"""A resync before it starts, for whoever has to agree to it; and how far one is."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.history import ResyncStatus
from reconciler.model.outcomes import Result
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.states import RunPhase
from reconciler.model.typed import typed
from reconciler.render.cost_text import cost_table
from reconciler.render.diagnostics_text import diagnostics_text
from reconciler.render.guard_text import allowed_notes, guard_box
from reconciler.render.history_text import moment
from reconciler.render.style import Style
from reconciler.render.totals import held
from reconciler.render.words import counted, lasting

#: Where people say it in another word.
_CALLED = {RunPhase.OPEN: "unfinished", RunPhase.STOPPED: "given up"}


def resync_text(plan: Plan, style: Style, *, verbose: bool = False) -> Iterator[str]:
    """Yield what a resync would send: offers, fields, requests and hours."""
    yield from diagnostics_text(plan.diagnostics, style)
    if plan.diagnostics:
        yield ""
    for part in plan.accounts:
        yield from _account(part, style)
    if waiting := held(plan):
        yield waiting
    violations = [each for part in plan.accounts for each in part.violations]
    yield from allowed_notes(violations, style)
    yield from guard_box(plan.accounts, style, verbose=verbose)


def _account(part: AccountPlan, style: Style) -> Iterator[str]:
    where = style("dim", f"({part.marketplace}, login {part.login})")
    yield f"{style('strong', f'Resync of account {part.account}')} {where}: every owned field again"
    sent = [each for change in part.changes for each in change.fields if not each.held]
    offers = {target.key for action in part.actions for target in action.targets}
    differ = sum(each.before != each.after for each in sent)
    yield f"  offers    {len(offers):,} of {part.counts.get('live', 0):,} live"
    modules = Counter(str(each.module) for each in sent)
    yield f"  fields    {len(sent):,}: {', '.join(f'{name} {count:,}' for name, count in sorted(modules.items()))}"
    yield f"  differ    {counted(differ, 'field')} now (`reconcile plan` shows them)"
    images = any(each.path == "content.images" for each in sent)
    yield f"  images    {'are sent again' if images else 'stay as they are'}"
    yield f"  requests  {counted(sum(part.forecast.requests.values()), 'request')}"
    hours = lasting(part.forecast.seconds)
    yield f"  time      {hours} at the permitted rate; longer beside normal runs, which go first"
    if part.actions:
        yield from cost_table(part.forecast, style)
    yield ""


def status_text(statuses: Iterable[ResyncStatus], style: Style) -> Iterator[str]:
    """Yield how far each resync is."""
    some = False
    for each in statuses:
        some = True
        yield from _status(each, style)
    if not some:
        yield "There was no resync yet."


def _status(each: ResyncStatus, style: Style) -> Iterator[str]:
    run = each.run
    state = _CALLED.get(run.state, run.state)
    name = style("strong", f"Resync {run.id[:8]}")
    yield f"{name} of account {run.account}, since {moment(run.started_at)}: {state}"
    share = f" ({each.done * 100 // each.rows} %)" if each.rows else ""
    requests = f"{each.operations_sent:,} of {counted(each.operations, 'request')} sent"
    yield f"  done      {each.done:,} of {counted(each.rows, 'row')}{share}, {requests}"
    yield f"  left      {counted(run.left, 'row')}"
    for result in (Result.REFUSED, Result.SKIPPED, Result.UNKNOWN):
        if run.counts.get(result):
            yield f"  {result.value:<9} {counted(run.counts[result], 'row')}"
    if each.rate:
        yield f"  rate      {each.rate:,.1f} rows per second"
    if run.state is RunPhase.OPEN:
        if each.seconds_left:
            yield f"  time left {lasting(each.seconds_left)}"
        yield f"  Next: {typed('resync', '--account', run.account)}"
