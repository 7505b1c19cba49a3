"""What the guards refuse, in a comment: in words, and a row for each number that breaks one or more of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.plan import AccountPlan, Breach
from reconciler.model.values import Value
from reconciler.render.change_text import name_of
from reconciler.render.markdown import code, text
from reconciler.render.value_text import one_line

#: How one row, and how several, are called that a rule refuses; the rule of the worst slip first.
_WORDS: Mapping[str, tuple[str, str]] = {
    "price-shift": ("price looks like a slip", "prices look like slips"),
    "price-change": ("price moves too far", "prices move too far"),
    "price-floor": ("price is too low", "prices are too low"),
    "price-ceiling": ("price is too high", "prices are too high"),
    "delivery-ceiling": ("delivery costs too much", "deliveries cost too much"),
    "margin": ("price leaves too little", "prices leave too little"),
    "currency": ("price is in another currency", "prices are in another currency"),
    "stock-change": ("stock number grows too far", "stock numbers grow too far"),
    "stock-ceiling": ("stock number is too high", "stock numbers are too high"),
    "ends": ("end is too many", "ends are too many"),
    "zeros": ("offer too many goes to zero", "offers too many go to zero"),
    "zero-wave": ("offer too many goes to zero at once", "offers too many go to zero at once"),
    "creates": ("creation is too many", "creations are too many"),
    "updates": ("change is too many", "changes are too many"),
}
_ORDER = {rule: place for place, rule in enumerate(_WORDS)}


class RefusedRow(Struct, frozen=True):
    """A number or a resource that is refused, and by what rules; without a row, what a rule says of so many."""

    rules: tuple[str, ...]
    message: str
    row: Breach | None = None
    count: int = 1


def refusals_of(part: AccountPlan) -> tuple[RefusedRow, ...]:
    """Return what the guards refuse, each row once with all its rules, in the order of the rules' worth."""
    rules: dict[tuple[object, str], list[str]] = {}
    first: dict[tuple[object, str], tuple[str, Breach | None]] = {}
    for each in sorted(part.violations, key=lambda each: _ORDER.get(each.rule, len(_ORDER))):
        if each.allowed:
            continue
        for row in each.rows or (None,):
            place = (row.key, row.path or each.rule) if row else (each.rule, each.message)
            rules.setdefault(place, []).append(each.rule)
            first.setdefault(place, (each.message, row))
    return tuple(RefusedRow(tuple(dict.fromkeys(rules[place])), *told) for place, told in first.items())


def summed(refused: Sequence[RefusedRow]) -> tuple[RefusedRow, ...]:
    """Return refusals as one decides on them: of what is too many, what the rule says of all of it, once."""
    found: dict[object, RefusedRow] = {}
    for each in refused:
        many = each.row is not None and not each.row.path
        known = found.get((each.rules, each.message)) if many else None
        count = known.count + 1 if known else 1
        one = replace(each, row=None, count=count) if many else each
        found[(each.rules, each.message) if many else id(each)] = one
    return tuple(found.values())


def said_of(refused: Sequence[RefusedRow]) -> str:
    """Say what is refused, each row by its worst rule: `1 price looks like a slip, 120 ends are too many`."""
    counts: Counter[str] = Counter()
    for each in refused:
        counts[each.rules[0]] += each.count
    told = (
        f"{count:,} {_WORDS[rule][count > 1]}" if rule in _WORDS else f"by {text(rule)}"
        for rule, count in counts.items()
    )
    return ", ".join(told)


def refusal_rows(refused: Sequence[RefusedRow], most: int) -> Iterator[tuple[str, ...]]:
    """Yield the cells of the first rows: of what, the rules, both values, the place; the last counts the rest."""
    shown = refused if len(refused) <= most else refused[: most - 1]
    yield from map(_cells, shown)
    if len(refused) > len(shown):
        yield f"and {len(refused) - len(shown):,} more, below", "", "", "", ""


def _cells(each: RefusedRow) -> tuple[str, ...]:
    rules, row = text(", ".join(each.rules)), each.row
    if row is None:
        return text(each.message), rules, "", "", ""
    name = text(name_of(row.key)) + (f" {code(row.path)}" if row.path not in ("", "price.base") else "")
    was = would = ""
    if row.before is not None or row.after is not None:
        share = "" if row.percent is None else f" ({row.percent:+,.1f} %)"
        was = "new" if row.before is None else text(_number(row.before))
        would = f"**{text(_number(row.after))}**{share}"
    place = code(f"{row.mark.file}:{row.mark.line}") if row.mark else ""
    return name, rules, was, would, place


def _number(value: Value) -> str:
    return f"{value:,}" if type(value) is int else one_line(value)
