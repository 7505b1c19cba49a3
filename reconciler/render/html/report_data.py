"""The report of an apply as the data of its page: one row an outcome. Pure, and linear in the outcomes.

`rows`: [account, kind, name, result, number on the marketplace, what was said, flags]; account, kind and result
are numbers of `names`. Flags are sums of the constants below.
"""

from reconciler.model.outcomes import Outcome, Report
from reconciler.model.timeline import Timeline, timeline_to_json
from reconciler.render.cost_text import by_words
from reconciler.render.fault_text import fault_lines
from reconciler.render.html.values import Json, Numbered, clean
from reconciler.render.report_text import next_steps
from reconciler.render.style import PLAIN

STALE, SETTLING = 1, 2


def report_data(report: Report) -> dict[str, Json]:
    """Return what the page of a report shows."""
    names = Numbered()
    rows = [_row(each, names) for each in report.outcomes]
    return {
        "sort": "report",
        "id": clean(report.plan_id[:8]),
        "made": report.finished_at,
        "began": report.started_at,
        "seconds": report.seconds,
        "counts": {result.value: count for result, count in report.counts().items()},
        "settling": report.settling(),
        "requests": by_words(report.requests, report.forecast.words),
        "forecast": by_words(report.forecast.requests, report.forecast.words),
        "forecast_seconds": report.forecast.seconds,
        "timelines": [_timeline(each) for each in report.timelines],
        "stops": [[clean(each.account), clean(each.summary), clean(each.hint)] for each in report.stops],
        "next": [clean(line) for line in next_steps(report)],
        "held": [[clean(str(key)), clean(why)] for key, why in report.held.items()],
        "rows": rows,
        "names": names.all(),
    }


def _timeline(told: Timeline) -> Json:
    limits = {clean(name): limit for name, limit in told.limits.items()}
    return {**timeline_to_json(told), "account": clean(told.account), "limits": limits}


def _row(each: Outcome, names: Numbered) -> Json:
    said = [*fault_lines(each.fault, PLAIN)] if each.fault else []
    said += [each.detail] if each.detail else []
    return [
        names.number(each.key.account),
        names.number(each.key.kind),
        clean(each.key.name),
        names.number(each.result.value),
        clean(each.remote_id or ""),
        clean("\n".join(said)),
        (STALE if each.stale else 0) | (SETTLING if each.settling else 0),
    ]
