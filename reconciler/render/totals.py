"""What a plan comes to: `Plan: 3 to create, 17 to change, 1 to activate, 2 to end.`"""

from collections import Counter
from collections.abc import Mapping
from itertools import chain

from reconciler.model.changes import Change, Settling, Verb
from reconciler.model.diagnostics import has_errors
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.undone import Reason
from reconciler.render.selected_text import nothing_selected
from reconciler.render.words import counted

SAID: Mapping[Verb, str] = {
    Verb.CREATE: "to create",
    Verb.ADOPT: "to adopt",
    Verb.RENAME: "to rename",
    Verb.UPDATE: "to change",
    Verb.ACTIVATE: "to activate",
    Verb.END: "to end",
    Verb.DELETE: "to delete",
}


#: How each reason is said in the last lines.
_UNDONE: Mapping[Reason, str] = {
    Reason.HELD: "held back",
    Reason.GUARD: "refused by a guard",
    Reason.NOT_CREATABLE: "not creatable",
    Reason.MISSING: "missing",
    Reason.UNCLEAR: "unreadable",
    Reason.FROZEN: "frozen",
    Reason.STOCK: "stock left alone",
    Reason.SOURCE: "not known from a source",
    Reason.LEFT_ALONE: "shown and left alone",
    Reason.SETTLING: "settling",
}


def is_held(change: Change) -> bool:
    """Tell whether nothing of a change would be applied, because its modules are manual."""
    for each in change.fields:  # asked of every change, again and again: a loop takes half the time of `all`
        if not each.held:
            return False
    return bool(change.fields)


def changing(part: AccountPlan) -> tuple[Change, ...]:
    """Return the changes of one account that applying the plan would make."""
    return tuple([each for each in part.changes if each.verb is not Verb.REPORT and not is_held(each)])


def effective(plan: Plan) -> tuple[Change, ...]:
    """Return the changes that applying the plan would make."""
    return tuple(chain.from_iterable(map(changing, plan.accounts)))


def acts(plan: Plan) -> bool:
    """Tell whether applying the plan would do anything: write something, or let something go."""
    return bool(effective(plan)) or any(part.released for part in plan.accounts)


def awaited(plan: Plan) -> tuple[Settling, ...]:
    """Return what has been accepted and does not show yet: nothing is sent for it."""
    return tuple(each for part in plan.accounts for each in part.settling)


def undone(plan: Plan, *, lifted: bool = False) -> str:
    """Say how much of what is declared stays undone, and why: `2 frozen`. `lifted`: no guard refuses."""
    counts = Counter(dict.fromkeys(_UNDONE, 0))
    for part in plan.accounts:
        counts.update({reason: len(names) for reason, names in part.undone.items()})
    if lifted:
        del counts[Reason.GUARD]
    return ", ".join(f"{count:,} {_UNDONE[reason]}" for reason, count in counts.items() if count)


def is_as_declared(part: AccountPlan) -> bool:
    """Tell whether all that the plan of an account looked at is as declared, or waits for a `manual` module."""
    return part.complete and not part.undone and not part.problem and not changing(part) and not part.released


def total(plan: Plan) -> str:
    """Say in one sentence what the plan would do."""
    verbs = Counter(each.verb for each in effective(plan))
    said = [f"{verbs[verb]:,} {words}" for verb, words in SAID.items() if verbs[verb]]
    released = sum(len(part.released) for part in plan.accounts)
    if released:
        said.append(f"{released:,} to release")
    return f"Plan: {', '.join(said)}." if said else nothing(plan)


def left_undone(plan: Plan, *, lifted: bool = False) -> str:
    """Say below what would be done how much of what is declared is not; a plan without changes has said it."""
    left = undone(plan, lifted=lifted)
    return f"Left undone: {left}." if left and acts(plan) else ""


def nothing(plan: Plan) -> str:
    """Say why there is nothing to do."""
    left = undone(plan)
    if has_errors(plan.diagnostics) and not left:
        return "No plan can be made: the errors above come first."
    if not all(part.complete for part in plan.accounts):
        but = f" Left undone: {left}." if left else ""
        return (
            f"No changes found, but not everything could be read: this does not say that your offers match.{but}"
        )
    if left:
        return f"No changes can be made. {_capital(left)}."
    if held(plan) or plan.changes:
        return "Nothing to apply."
    if plan.purpose == "undo":
        return "Nothing to undo."
    if what := nothing_selected(plan):
        return what
    return "No changes. Your offers match the documents."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def held(plan: Plan) -> str:
    """Say how many fields wait for somebody to name their module."""
    fields = Counter(
        each.module
        for change in plan.changes
        if change.verb is not Verb.REPORT
        for each in change.fields
        if each.held
    )
    if not fields:
        return ""
    modules = sorted(module.value for module in fields if module)
    ways = " ".join(f"--only {module}" for module in modules)
    waiting = counted(sum(fields.values()), "field")
    return f"{waiting} held back because {_said(modules)} manual: {ways} would include that."


def _said(modules: list[str]) -> str:
    """Return `content is`, `content and price are`."""
    return f"{modules[0]} is" if len(modules) == 1 else f"{', '.join(modules[:-1])} and {modules[-1]} are"
