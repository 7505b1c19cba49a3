"""What was declared, and where, of each thing that a refusal speaks of. A run carries both."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from reconciler.model.offers import Live
from reconciler.model.outcomes import Complaint, Fault, FaultKind, Outcome
from reconciler.model.plan import Target
from reconciler.model.values import Value


def placed(outcome: Outcome, target: Target, places: Mapping[str, str]) -> Outcome:
    """Say of each complaint which value it is of, and where that was written; `places` are the target's."""
    fault = outcome.fault
    if fault is None or not fault.complaints:
        return outcome
    told = tuple(_placed(each, target, places) if each.field else each for each in fault.complaints)
    return replace(outcome, fault=replace(fault, complaints=told))


def not_listed(live: Live) -> Fault | None:
    """Return why a new offer is still a draft, where the marketplace says why."""
    problems = live.facts.get("problems") if live.fields.get("stock.status") == "draft" else None
    if not problems:
        return None
    places = live.facts.get("problems_at") or [""] * len(problems)
    complaints = (Complaint(pointer=at, message=said) for at, said in zip(places, problems, strict=True))
    return Fault(
        kind=FaultKind.REJECTED, code="NotListed", message="; ".join(problems), complaints=tuple(complaints)
    )


def _placed(complaint: Complaint, target: Target, places: Mapping[str, str]) -> Complaint:
    ways = [complaint.part[:end] for end in range(len(complaint.part), -1, -1)]
    place = next((found for way in ways if (found := places.get(".".join((complaint.field, *way))))), "")
    return replace(complaint, declared=_part(target.after.get(complaint.field), complaint.part), place=place)


def _part(value: Value, way: tuple[str, ...]) -> Value:
    """Follow a way into a value, as far as it leads."""
    for step in way:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, Sequence) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            break
    return value
