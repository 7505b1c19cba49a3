"""What the next apply does with one field, and why: the planner's own judgement, asked for one field."""

from msgspec import Struct

from reconciler.engine.diff import Difference, Scope, left_alone, refused
from reconciler.model.explained import Step
from reconciler.model.modules import Mode, Module, StockForm
from reconciler.model.offers import Desired, Live
from reconciler.model.spec import KindSpec

_MEANT = {
    Step.HELD: "its module is `manual`: it is written with --only",
    Step.OFF: "its module is `off`: it is never written",
    Step.LEFT: "a stock number is written once; what was sold since stays sold",
    Step.UNDECLARED: "no document declares it: it is left alone",
}
#: Why a field of a stock that follows a source is left, though it differs.
_FOLLOWS = {
    "stock.quantity": "its rule leaves it: for what was sold since, for its end, or by `only` or `at_zero`",
    "stock.status": "it is put on sale when its source says that pieces are there",
}


class Pair(Struct, frozen=True, kw_only=True):
    """One resource as it is declared and as it is (None: not on the account), with what the planner found."""

    desired: Desired
    live: Live | None
    found: Difference
    kind: KindSpec
    scope: Scope


def next_step(pair: Pair, path: str) -> tuple[Step, str]:
    """Return what becomes of a field, and a sentence where one is needed."""
    step, why = _step(pair, path)
    return step, why or _MEANT.get(step, "")


def _step(pair: Pair, path: str) -> tuple[Step, str]:
    desired, live, module = pair.desired, pair.live, _module(pair.kind, path)
    if path in desired.unsynced:
        return Step.OFF, ""
    if path not in desired.fields:
        return Step.UNDECLARED, ""
    if live is None:
        held = module is not None and desired.modes.get(module, (Mode.AUTO, ""))[0] is Mode.MANUAL
        return (Step.HELD, "") if held else _creation(pair)
    if odd := live.unclear((path,)):
        return Step.UNCLEAR, f"{odd}: nothing is concluded from it"
    if alien := left_alone(live):
        return Step.LEFT, alien
    change = pair.found.change
    for each in change.fields if change else ():
        if each.path == path:
            return (Step.HELD, "") if each.held else (Step.CHANGE, "")
    if path not in pair.found.differs:
        left = live.fields.get(path) != desired.fields[path] and pair.found.stock is not None
        if left and desired.sourced and path in _FOLLOWS and desired.stock_form is StockForm.SOURCED:
            return Step.LEFT, _FOLLOWS[path]
        return (Step.LEFT if left and path == "stock.quantity" else Step.EQUAL), ""
    why = refused(desired, live, path, pair.kind, pair.scope)
    return (Step.FROZEN, why) if why else (Step.LEFT, _left(path))


def _creation(pair: Pair) -> tuple[Step, str]:
    if pair.found.change is not None:
        return Step.CREATE, "it is not on the account, and is created"
    why = pair.found.notes[0].summary if pair.found.notes else "it is not on the account"
    return Step.LEFT, why


def _left(path: str) -> str:
    if path == "stock.quantity":
        return "nobody remembers which number was declared before; --allow stock-baseline writes it"
    return "it differs, and is not written"


def _module(kind: KindSpec, path: str) -> Module | None:
    field = kind.field(path)
    return (field.module if field else None) or kind.module
