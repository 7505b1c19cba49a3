"""The table of modules in a comment: how many offers each touches, and in a line what is done to them."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from statistics import median

from reconciler.model.changes import Change
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.plan import AccountPlan
from reconciler.model.values import Money
from reconciler.render.change_text import called, nouns
from reconciler.render.grouping import FEWEST, Row, is_short
from reconciler.render.inner_text import inner_changes
from reconciler.render.markdown import code, text
from reconciler.render.refusals_markdown import RefusedRow
from reconciler.render.rules import rules
from reconciler.render.summary import Summary
from reconciler.render.totals import changing
from reconciler.render.value_text import from_to, percent
from reconciler.render.words import counted, listed

#: What hurts first.
ORDER = (Module.PRICE, Module.STOCK, Module.DELIVERY, Module.SETTINGS, Module.CONTENT, Module.BUNDLE)
_FIRST = 3
_MOST_FOR_RULES = 5_000  # prices: rules are looked for again and again among what the last one left


def by_module(part: AccountPlan) -> Mapping[Module, list[Row]]:
    """Return the fields that would be written, by module, in the order in which modules are told."""
    found: dict[Module, list[Row]] = {module: [] for module in ORDER}
    for change in changing(part):
        for field in change.fields:
            if field.module and not field.held:
                found[field.module].append((change, field))
    return {module: rows for module, rows in found.items() if rows}


def module_rows(part: AccountPlan, told: Summary, refused: Sequence[RefusedRow]) -> Iterator[tuple[str, str, str]]:
    """Yield the cells of the table: those of modules that do something, or that are off and would."""
    written, off = by_module(part), _off(part)
    for module in ORDER:
        rows = written.get(module, [])
        said = list(_what(module, rows, told, refused)) if rows else []
        said += [off[module]] if module in off else []
        if said:
            yield module.value, _how_many(rows), "; ".join(said)


def _how_many(rows: Sequence[Row]) -> str:
    kinds = Counter(kind for kind, _ in {(change.key.kind, change.key.name) for change, _ in rows})
    offers = kinds.pop(OFFER, 0)
    if not kinds:
        return f"{offers:,}"
    others = [text(counted(count, *nouns(kind))) for kind, count in kinds.items()]
    return ", ".join([counted(offers, "offer"), *others] if offers else others)


def _off(part: AccountPlan) -> Mapping[Module, str]:
    """Say by module what differs and stays as it is, because the module is switched off, and who decided that."""
    fields: Counter[Module] = Counter()
    levels: dict[Module, Counter[str]] = {}
    for change in part.unsynced:
        for field in change.fields:
            if field.module:
                fields[field.module] += 1
                levels.setdefault(field.module, Counter())[field.level or "by default"] += 1
    return {
        module: f"**off** for {counted(count, 'field')} ("
        f"{text(listed([level for level, _ in levels[module].most_common()], _FIRST))})"
        for module, count in fields.items()
    }


def _what(module: Module, rows: list[Row], told: Summary, refused: Sequence[RefusedRow]) -> Iterator[str]:
    yield from _used(rows)
    offers = [row for row in rows if row[0].key.kind == OFFER]
    if module is Module.PRICE and told.moves:
        yield from _prices(offers, told, refused)
    elif module is Module.STOCK:
        yield from _stock(offers, told)
    elif offers:
        yield from _alike(offers)
    left = [row for row in rows if row[0].key.kind != OFFER and not row[0].uses]
    if left:
        yield text(listed(list(dict.fromkeys(called(change) for change, _ in left)), _FIRST))


def _used(rows: list[Row]) -> Iterator[str]:
    """Say what is changed that many offers use: the one of most offers first, with what becomes of it."""
    changes: dict[int, Row] = {}
    for row in rows:
        if row[0].uses:
            changes.setdefault(id(row[0]), row)
    every = sorted(changes.values(), key=lambda row: -row[0].uses)
    for change, field in every[:_FIRST]:
        yield f"{text(called(change))} on **{counted(change.uses, 'offer')}**: {_inner(field.path, change)}"
    if len(every) > _FIRST:
        yield f"{len(every) - _FIRST:,} more that fewer offers use"


def _inner(path: str, change: Change) -> str:
    field = next(each for each in change.fields if each.path == path)
    inner = inner_changes(field.before, field.after)
    if not inner:
        return code(path)
    first, more = inner[0], len(inner) - 1
    share = percent(first.before, first.after)
    label = text(first.label or path)
    said = f"{label} {text(from_to(first.before, first.after))}" if is_short(first.after) else label
    return f"{said}{f' ({share})' if share else ''}{f' and {more:,} more' if more else ''}"


def _prices(offers: list[Row], told: Summary, refused: Sequence[RefusedRow]) -> Iterator[str]:
    moves = [row for row in told.moves if row[0].key.kind == OFFER]
    keys = {(each.row.key, each.row.path) for each in refused if each.row}
    bad = sum((change.key, field.path) in keys for change, field in moves)
    parts = [f"{told.up:,} up", f"{told.down:,} down", *([f"**{bad:,} refused**"] if bad else [])]
    yield ", ".join(parts)
    if len(moves) > 1:
        shares = sorted((field.after.amount / field.before.amount - 1) * 100 for _, field in moves)
        yield f"median {median(shares):+,.1f} %"
    if 0 < len(moves) <= _MOST_FOR_RULES:
        found = rules([(field.before, field.after) for _, field in moves])
        yield from (f"{text(each.said)} on {len(each.members):,}" for each in found[:_FIRST])
    new = sum(field.before is None and isinstance(field.after, Money) for _, field in offers)
    if new:
        yield f"{new:,} new"


def _stock(offers: list[Row], told: Summary) -> Iterator[str]:
    numbers = [
        (field.before, field.after)
        for change, field in offers
        if field.path == "stock.quantity" and type(field.before) is int and field.after is not None
    ]
    if numbers:
        found = rules(numbers)[:_FIRST]
        own = len(numbers) - sum(len(each.members) for each in found)
        yield from (f"{text(each.said)} on {len(each.members):,}" for each in found)
        if own:
            yield f"{own:,} with numbers of their own"
    if told.zeros:
        yield f"**{len(told.zeros):,} to zero**"
    if told.on_sale:
        yield f"{told.on_sale:,} put on sale"


def _alike(rows: list[Row]) -> Iterator[str]:
    """Say the difference that the most offers have, and where it was written; then how many have which field."""
    same = Counter(_likeness(row) for row in rows)
    first = {_likeness(row): row for row in reversed(rows)}
    told = [each for each, count in same.most_common(2) if each is not None and count >= FEWEST]
    for likeness in told:
        _, field = first[likeness]
        place = f", from {code(f'{field.mark.file}:{field.mark.line}')}" if field.mark else ""
        path = field.path.partition(".")[2] or field.path
        yield f"{text(path)} {text(from_to(field.before, field.after))} on {same[likeness]:,}{place}"
    known = set(told)
    paths = Counter(row[1].path.partition(".")[2] or row[1].path for row in rows if _likeness(row) not in known)
    if paths:
        yield text(listed([f"{path} {count:,}" for path, count in paths.most_common()], _FIRST))


def _likeness(row: Row) -> Hashable:
    """Return what two rows share that come from one line; of long values only the line."""
    field = row[1]
    if field.mark is None or row[0].mark is None or field.mark.file == row[0].mark.file:
        return None
    short = is_short(field.before) and is_short(field.after)
    return (field.path, field.mark, repr(field.before), repr(field.after)) if short else None
