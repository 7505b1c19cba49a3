"""What a plan saw of an account, as one digest. Pure, linear in the rows of the plan.

It covers every difference that was found: whose, of which fields, and what stood there; also those that are not
written (unsynced, settling). What was compared and found equal is what the documents say. So of two plans of the
same tree it is the same exactly where no value that was compared has moved, within a row or outside of them: what
moves away from the documents is a new row, and what moves to them is a row less.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from reconciler.model.changes import Change
from reconciler.model.plan import AccountPlan
from reconciler.model.values import Value, text_around


def live_digest(part: AccountPlan) -> str:
    """Return the digest (64 hexadecimal digits) of what planning saw of an account, in whatever order."""
    seen: Mapping[str, Value] = {
        "login": part.login,
        "site": part.site,
        "changes": _seen(part.changes),
        "unsynced": _seen(part.unsynced),
        "settling": _seen(each.change for each in part.settling),
    }
    # A plan is written whatever stands on the marketplace, half a character included.
    told = (*part.changes, *part.unsynced, *(each.change for each in part.settling))
    values = (one.before for each in told for one in each.fields)
    return sha256(text_around(seen, values).encode(errors="surrogatepass")).hexdigest()


def _seen(changes: Iterable[Change]) -> list[Value]:
    ordered = sorted(changes, key=lambda each: (each.key, each.verb))
    return [
        [
            each.key.kind,
            each.key.name,
            each.verb,
            each.remote_id,
            {one.path: one.before for one in each.fields},
        ]
        for each in ordered
    ]
