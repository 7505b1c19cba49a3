"""A refusal: what it speaks of in the documents, the value there, what is possible, and the words for it."""

from collections.abc import Iterator

from reconciler.model.outcomes import Complaint, Fault
from reconciler.render.cells import shortened
from reconciler.render.style import Style
from reconciler.render.value_text import one_line
from reconciler.render.words import listed

_ALLOWED = 12
_LONGEST = 100


def fault_lines(fault: Fault, style: Style) -> Iterator[str]:
    """Yield the lines of a fault: each complaint that names a field, else all of it in the marketplace's words."""
    if any(each.path for each in fault.complaints):
        for each in fault.complaints:
            yield from _complaint(each, style)
    else:
        yield f"{fault.path}: {fault.message}" if fault.path else fault.message
    trace = f", trace id {fault.trace_id}" if fault.trace_id else ""
    yield style("dim", f"{fault.code}{trace}")


def _complaint(each: Complaint, style: Style) -> Iterator[str]:
    where = each.path or each.pointer
    yield f"{where}: {each.message}" if where else each.message
    if each.declared is not None:
        place = style("dim", f"  {each.place}") if each.place else ""
        yield f"  declared: {shortened(one_line(each.declared), _LONGEST)}{place}"
    elif each.place:
        yield style("dim", f"  {each.place}")
    if each.allowed:
        yield f"  possible: {listed(list(each.allowed), _ALLOWED)}"
    if each.path and each.pointer:
        yield style("dim", f"  on the wire: {each.pointer}")
