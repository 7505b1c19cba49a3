"""Runs, their rows, blame and the state of a resync as JSON."""

from collections.abc import Iterable

from reconciler.model.history import Blamed, ResyncStatus, RowTold, RunTold
from reconciler.model.outcomes import Result
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import Json, fault_to_json, key_to_json
from reconciler.model.values import jsonable


def runs_to_json(runs: Iterable[RunTold]) -> Json:
    """Turn a list of runs into JSON's own types."""
    return {"format_version": FORMAT_VERSION, "runs": [run_to_json(each) for each in runs]}


def run_to_json(run: RunTold) -> Json:
    """Turn a run into JSON's own types; every count is written out."""
    return {
        "id": run.id,
        "account": run.account,
        "purpose": run.purpose,
        "undoes": run.undoes or None,
        "state": run.state,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "who": dict(run.who),
        "counts": {result.value: run.counts.get(result, 0) for result in Result},
        "left": run.left,
    }


def shown_to_json(run: RunTold, rows: Iterable[RowTold]) -> Json:
    """Turn a run with everything that it did into JSON's own types."""
    return {"format_version": FORMAT_VERSION, "run": run_to_json(run), "rows": [_row(each) for each in rows]}


def _row(row: RowTold) -> Json:
    return {
        "key": key_to_json(row.key),
        "remote_id": row.remote_id,
        "operation": row.operation,
        "result": row.result.value if row.result else None,
        "detail": row.detail,
        "fault": fault_to_json(row.fault) if row.fault else None,
        "at": row.at or None,
        "fields": [
            {
                "path": each.path,
                "before": jsonable(each.before),
                "after": jsonable(each.after),
                "place": each.place or None,
            }
            for each in row.fields
        ],
    }


def blame_to_json(blamed: Iterable[Blamed]) -> Json:
    """Turn who wrote what into JSON's own types."""
    return {"format_version": FORMAT_VERSION, "fields": [_blamed(each) for each in blamed]}


def _blamed(each: Blamed) -> Json:
    return {
        "key": key_to_json(each.key),
        "path": each.path,
        "value": jsonable(each.value),
        "before": jsonable(each.before),
        "result": each.result.value,
        "at": each.at,
        "place": each.place or None,
        "because": each.because or None,
        "run": run_to_json(each.run),
    }


def status_to_json(statuses: Iterable[ResyncStatus]) -> Json:
    """Turn the state of resyncs into JSON's own types. Rates are text: there is no float in our JSON."""
    return {
        "format_version": FORMAT_VERSION,
        "resyncs": [
            {
                "run": run_to_json(each.run),
                "rows": each.rows,
                "done": each.done,
                "left": each.run.left,
                "operations": each.operations,
                "operations_sent": each.operations_sent,
                "rows_per_second": f"{each.rate:.2f}",
                "seconds_left": round(each.seconds_left),
            }
            for each in statuses
        ],
    }
