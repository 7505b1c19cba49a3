"""What a plan saw of an account, as one digest. Pure, linear in the rows of the plan.

It covers every difference that was found: whose, of which fields, and what stood there; also those that are not
written (unsynced, settling). What was compared and found equal is what the documents say. So of two plans of the
same tree it is the same exactly where no value that was compared has moved, within a row or outside of them: what
moves away from the documents is a new row, and what moves to them is a row less.
"""

from reconciler.model.changes import Change
from reconciler.model.plan import AccountPlan
from reconciler.model.values import Value, digest


def live_digest(part: AccountPlan) -> str:
    """Return the digest (64 hexadecimal digits) of what planning saw of an account, in any order."""
    rows = [_seen(each) for each in (*part.changes, *part.unsynced, *(each.change for each in part.settling))]
    return digest({"login": part.login, "site": part.site, "rows": sorted(digest(row) for row in rows)})


def _seen(change: Change) -> dict[str, Value]:
    return {
        "key": [change.key.kind, change.key.name],
        "remote_id": change.remote_id,
        "verb": change.verb.value,
        "before": {each.path: each.before for each in change.fields},
    }
