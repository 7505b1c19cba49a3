"""What a plan comes to: `Plan: 3 to create, 17 to change, 1 to activate, 2 to end.`"""

from collections import Counter
from collections.abc import Mapping

from reconciler.model.changes import Change, Settling, Verb
from reconciler.model.diagnostics import has_errors
from reconciler.model.plan import Plan
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


#: Findings that say of a document that nothing is done for it.
_LEFT_UNDONE = frozenset({"P301", "P302", "P305", "P503"})


def is_held(change: Change) -> bool:
    """Tell whether nothing of a change would be applied, because its modules are manual."""
    return bool(change.fields) and all(each.held for each in change.fields)


def effective(plan: Plan) -> tuple[Change, ...]:
    """Return the changes that applying the plan would make."""
    return tuple(each for each in plan.changes if each.verb is not Verb.REPORT and not is_held(each))


def acts(plan: Plan) -> bool:
    """Tell whether applying the plan would do anything: write something, or let something go."""
    return bool(effective(plan)) or any(part.released for part in plan.accounts)


def awaited(plan: Plan) -> tuple[Settling, ...]:
    """Return what has been accepted and does not show yet: nothing is sent for it."""
    return tuple(each for part in plan.accounts for each in part.settling)


def total(plan: Plan) -> str:
    """Say in one sentence what the plan would do."""
    verbs = Counter(each.verb for each in effective(plan))
    said = [f"{verbs[verb]:,} {words}" for verb, words in SAID.items() if verbs[verb]]
    released = sum(len(part.released) for part in plan.accounts)
    if released:
        said.append(f"{released:,} to release")
    return f"Plan: {', '.join(said)}." if said else nothing(plan)


def nothing(plan: Plan) -> str:
    """Say why there is nothing to do."""
    if has_errors(plan.diagnostics):
        return "No plan can be made: the errors above come first."
    if not all(part.complete for part in plan.accounts):
        return "No changes found, but not everything could be read: this does not say that your offers match."
    if held(plan):
        return "Nothing to apply."
    if awaited(plan):
        return "Plan: nothing to change. What differs still was accepted and is settling."
    if any(each.code in _LEFT_UNDONE for each in plan.diagnostics) or plan.changes:
        return "Nothing to apply. Not all that is declared is so: see what is said above."
    if plan.purpose == "undo":
        return "Nothing to undo."
    return "No changes. Your offers match the documents."


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
