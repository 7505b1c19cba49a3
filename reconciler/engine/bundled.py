"""What a bundle must keep to as a whole: its discount is of slots that it has, and an offer is in it once."""

from collections.abc import Iterator

from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.offers import Desired
from reconciler.model.spec import KindSpec, Type
from reconciler.model.values import Value


def whole_bundles(desired: Desired, kind: KindSpec) -> Iterator[Diagnostic]:
    """Yield what is wrong with slots and a discount, taken together (openapi createFlexibleBundleUsingPOST)."""
    known = ((path, kind.field(path), value) for path, value in desired.fields.items())
    fields = {field.type: (path, value) for path, field, value in known if field}
    path, slots = fields.get(Type.SLOTS, ("", None))
    if not slots:
        return
    yield from _twice(desired, path, slots)
    where, discount = fields.get(Type.DISCOUNT, ("", None))
    discount = discount or {}
    least = (discount.get("whole") or {}).get("minimum")
    if least is not None and least > len(slots):
        said = f"is given from {least} offers on, and the bundle has {len(slots)} slots"
        yield _error(desired, where, f"{where}.whole.minimum", said, "say as many as there are slots, or fewer")
    for number, part in enumerate(discount.get("slots") or ()):
        if part["slot"] >= len(slots):
            said = f"is of slot {part['slot']}; the slots are 0 to {len(slots) - 1}"
            yield _error(desired, where, f"{where}.slots.{number}.slot", said, "slots are counted from 0")


def _twice(desired: Desired, path: str, slots: list[dict[str, Value]]) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for number, slot in enumerate(slots):
        for offer in slot["offers"]:
            if offer in seen:
                hint = "leave it in one of them"
                yield _error(desired, path, f"{path}.{number}.offers", f"have the offer {offer} twice", hint)
            seen.add(offer)


def _error(desired: Desired, path: str, part: str, said: str, hint: str) -> Diagnostic:
    summary = f"`{path}` of {desired.key.name} {said}"
    return error("D503", summary, mark=desired.origin(part).mark, hint=hint, about=desired.key)
