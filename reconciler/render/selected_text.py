"""What a narrowed plan has looked at: nobody is told of the rest that it matches."""

from collections import Counter

from reconciler.model.plan import AccountPlan, Plan
from reconciler.render.words import counted


def is_narrowed(part: AccountPlan) -> bool:
    """Tell whether less was asked for than all that is declared."""
    return "chosen" in part.counts


def selected(part: AccountPlan) -> str:
    """Return `3 offers selected`, and what comes along."""
    along = part.counts.get("along", 0)
    return f"{_selected(part.counts['chosen'], part.counts['chosen_objects'])} selected" + (
        f", {along:,} coming along" if along else ""
    )


def selection(plan: Plan) -> str:
    """Say below a plan with something in it what was not looked at; one that finds nothing to do has said it."""
    counts = _counts(plan)
    if not counts or nothing_selected(plan):
        return ""
    along = f", {counts['along']:,} coming along" if counts["along"] else ""
    what = _selected(counts["chosen"], counts["chosen_objects"])
    return f"Selected: {what}{_modules(plan)}{along}; {counts['not_selected']:,} not selected."


def nothing_selected(plan: Plan) -> str:
    """Say of a narrowed plan that finds all as declared of what it finds that; nothing of any other plan."""
    counts = _counts(plan)
    if (
        not counts
        or plan.changes
        or any(part.undone or part.released or not part.complete for part in plan.accounts)
    ):
        return ""
    number = counts["chosen"] + counts["chosen_objects"]
    noun = "document" if counts["chosen_objects"] else "offer"
    what = f"selected {noun}" if number == 1 else f"{number:,} selected {noun}s"
    return f"Nothing to do{_modules(plan)} for the {what}; {counts['not_selected']:,} not selected."


def _counts(plan: Plan) -> Counter[str]:
    counts: Counter[str] = Counter()
    for part in plan.accounts:
        if is_narrowed(part):
            counts.update(
                {name: part.counts[name] for name in ("chosen", "chosen_objects", "along", "not_selected")}
            )
    return counts


def _selected(offers: int, objects: int) -> str:
    if not objects:
        return counted(offers, "offer")
    return (
        f"{counted(offers, 'offer')} and {counted(objects, 'other document')}"
        if offers
        else counted(objects, "document")
    )


def _modules(plan: Plan) -> str:
    """Return ` in price and stock` where only these were asked for."""
    names = list(plan.only)
    if not names:
        return ""
    return f" in {names[0] if len(names) == 1 else ', '.join(names[:-1]) + ' and ' + names[-1]}"
