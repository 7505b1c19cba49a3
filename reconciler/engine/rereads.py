"""What an apply reads besides what it writes: decided here, for the run itself and for its forecast."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.of_kind import of_kind
from reconciler.model.offers import NUMBERS, OFFER, Key
from reconciler.model.plan import Action, Target
from reconciler.model.requests import Errand
from reconciler.model.spec import KindSpec, OperationSpec, Role, Shape, ViewSpec
from reconciler.model.values import Value

#: How old, in seconds, the look may be on which a write stands when it leaves, where its spec says nothing.
FRESH = 5
#: So many offers can be read by themselves a moment before they are written: a full read is slow and has a limit.
FULL_AT_ONCE = 100
#: An offer that was created is listed within seconds, mostly: a run that was killed just now shows a moment later.
ON_ITS_WAY = 5.0
#: For so many seconds a sweep over all of a list tells which keys are there.
SWEPT = 15.0
_STATUS = "stock.status"

#: Something of the catalogue that is asked once and then known: what is asked, and about what.
Fact = tuple[Errand, str]


def in_list(paths: Iterable[str], kind: KindSpec) -> bool:
    """Tell whether the cheap list shows every one of these fields."""
    listed = _listed(kind)
    for path in paths:
        if path not in listed and (path in kind.fields or f"{path.rpartition('.')[0]}.*" not in listed):
            return False
    return True


@of_kind
def _listed(kind: KindSpec) -> frozenset[str]:
    return frozenset(path for path, known in kind.fields.items() if "list" in known.views)


def in_full(operation: OperationSpec, target: Target, kind: KindSpec) -> bool:
    """Tell whether a target is read by itself, before and after it is written; the others are, from the list."""
    return operation.shape is Shape.SINGLE or kind.name != OFFER or not in_list(target.after, kind)


def outdates(operation: OperationSpec, target: Target, kind: KindSpec) -> bool:
    """Tell whether a write may leave anything that no row of the list shows, such as who ended an offer."""
    if in_full(operation, target, kind) or kind.views["list"].partial:
        return True
    return not all(path.startswith(NUMBERS) and path != _STATUS for path in target.after)


def views_of(target: Target, kind: KindSpec) -> tuple[str, ...]:
    """Name the views through which a target is read by itself."""
    if kind.name != OFFER:
        return kind.whole
    shown = {view for path in target.after if (known := kind.field(path)) for view in known.views}
    return tuple(sorted({*kind.whole, *shown} - {"list"}))


def keys_to_ask(
    wanted: Mapping[str, Key], labels: Mapping[str, str], view: ViewSpec, population: int
) -> list[str] | None:
    """Return the keys to ask the list for, or None where one sweep over all of it takes fewer requests.

    `wanted` maps remote ids to keys, `labels` remote ids to those that they bear: an offer that does not bear its
    key on the marketplace is found by a sweep only. A sweep goes over the `population`, the offers of the account.
    """
    if view.partial:
        return [key.name for key in wanted.values()]
    names = [key.name for remote_id, key in wanted.items() if labels.get(remote_id) == key.name != remote_id]
    pages = population // view.page + 1
    return None if len(names) < len(wanted) or len(names) > view.keys * pages else names


def facts_of(action: Action, categories: Mapping[str, str]) -> Iterator[Fact]:
    """Yield what must be known of the catalogue to write an action. `categories` are those of live offers."""
    for target in action.targets:
        category = category_of(target, {"content.category": categories.get(target.remote_id or "")})
        if category:
            yield Errand.PARAMETERS, category
        gtin = (target.after.get("content.product") or {}).get("gtin")
        if gtin and action.operation == Role.CREATE:
            yield Errand.PRODUCT, gtin


def category_of(target: Target, live: Mapping[str, Value]) -> str | None:
    """Return the category whose parameters must be known to write a target; None when it carries none."""
    if not target.after.get("content.parameters"):
        return None
    category: str | None = target.after.get("content.category") or live.get("content.category")
    return category
