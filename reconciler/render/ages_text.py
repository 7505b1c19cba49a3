"""How old the answers are that a plan was made of, in one line for each account."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from reconciler.model.ages import Ages
from reconciler.model.plan import AccountPlan, Plan
from reconciler.render.words import counted

_NOW = "under a minute"


def ages_text(plan: Plan) -> Iterator[str]:
    """Yield a line for each account of which something was believed that was not read for this plan."""
    for part in plan.accounts:
        if told := told_ages(plan, part):
            yield f"Read{f' of {part.account}' if len(plan.accounts) > 1 else ''}: {told}."


def told_ages(plan: Plan, part: AccountPlan) -> str:
    """Return `list now; details of 45 offers up to 7 h old (oldest 2026-11-29 11:02), 3 read now`, or nothing."""
    ages, kept = part.ages, plan.refresh == "none" and bool(part.ages.list_at)
    if not (ages.believed or ages.lacking or kept):
        return ""
    details = ", ".join(_details(ages, part.seen_at))
    said = f"list {_old(ages.list_at, part.seen_at)} old ({_minute(ages.list_at)})" if kept else "list now"
    return f"{said}; {details}" if details else said


def _details(ages: Ages, seen_at: str) -> Iterator[str]:
    if ages.believed:
        those, oldest = counted(ages.believed, "offer"), _minute(ages.oldest)
        yield f"details of {those} {_at_most(_old(ages.oldest, seen_at))} old (oldest {oldest})"
    if ages.read_now:
        yield f"{ages.read_now:,} read now"
    if ages.lacking:
        yield f"{ages.lacking:,} not read"


def _at_most(age: str) -> str:
    return age if age == _NOW else f"up to {age}"


def _old(moment: str, now: str) -> str:
    """Return `7 h`, `3 min` of what is younger than an hour, and `under a minute` of what is as young."""
    age = datetime.fromisoformat(now) - datetime.fromisoformat(moment)
    minutes = max(age, timedelta(0)) // timedelta(minutes=1)
    if minutes >= 60:
        return f"{minutes // 60:,} h"
    return f"{minutes} min" if minutes else _NOW


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
