"""What of a plan comes from rows of sources that say something else by now. Pure."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange
from reconciler.model.plan import AccountPlan

#: How old what a source said may be when it is written, where the source does not say how fresh it has to be.
FRESH = timedelta(minutes=15)
#: Says why a row (`erp/K-300`, with the digest that the plan saw) is no longer what it was; empty where it is.
Judge = Callable[[str, str], str]


class Outdated(Struct, frozen=True):
    """A plan of an account without what is outdated, and why each field of a change was left out."""

    part: AccountPlan
    left_out: Mapping[tuple[str, str], Mapping[str, str]]  # (kind, name) -> path -> why


def without_outdated(part: AccountPlan, judge: Judge) -> Outdated:
    """Leave out the fields whose rows have moved. What is resumed for its stock is not resumed without it."""
    kept: list[Change] = []
    left_out: dict[tuple[str, str], dict[str, str]] = {}
    for change in part.changes:
        gone = {each.path: why for each in change.fields if (why := _outdated(each, judge))}
        if not gone:
            kept.append(change)
            continue
        if any(path.startswith("stock.") for path in gone):
            gone |= {each.path: next(iter(gone.values())) for each in change.fields if each.path == "stock.status"}
        left_out[change.key.kind, change.key.name] = gone
        fields = tuple(each for each in change.fields if each.path not in gone)
        if fields and change.remote_id is not None:
            kept.append(replace(change, fields=fields))
        elif change.remote_id is None:
            left_out[change.key.kind, change.key.name] = {
                each.path: next(iter(gone.values())) for each in change.fields
            }
    return Outdated(replace(part, changes=tuple(kept)), left_out) if left_out else Outdated(part, {})


def _outdated(each: FieldChange, judge: Judge) -> str:
    return next((why for row, digest in each.rows.items() if (why := judge(row, digest))), "")
