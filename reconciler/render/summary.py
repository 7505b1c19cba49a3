"""What a category manager has to know of a plan before its rows: numbers, extremes, and what is not taken back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from msgspec import Struct

from reconciler.model.changes import Change, FieldChange, Lasting, Verb
from reconciler.model.offers import OFFER
from reconciler.model.plan import AccountPlan
from reconciler.model.values import Money
from reconciler.render.change_text import nouns
from reconciler.render.grouping import ENDS, Row, is_zero
from reconciler.render.totals import is_held
from reconciler.render.words import counted

_STOCK = "stock.quantity"


class Kept(Struct, frozen=True):
    """What is done (`end`) with how many of a kind, and in which ways it cannot be taken back, with the fields.

    `terms`: the days in which what has ended can be resumed, the hours in which what is listed can be changed.
    """

    deed: str
    kind: str
    count: int
    terms: tuple[int, int]
    parts: tuple[tuple[Lasting, tuple[str, ...]], ...]

    def __str__(self) -> str:
        said = (_consequence(word, ", ".join(paths), self.kind, self.terms) for word, paths in self.parts)
        return f"{self.deed} {counted(self.count, *nouns(self.kind))}: {'; '.join(said)}"


class Summary(Struct, frozen=True, kw_only=True):
    """The changes of an account, as they are summed up; what is held back is not among them.

    `moves` are the changed prices, the largest first. `kept`: each step that is not taken back.
    """

    verbs: Mapping[Verb, int]
    moves: tuple[Row, ...]
    stock: int
    zeros: tuple[Row, ...]
    ends: tuple[Change, ...]
    on_sale: int
    used: tuple[Change, ...]
    kept: tuple[Kept, ...]

    @property
    def lasting(self) -> tuple[str, ...]:
        """Return a sentence for each step that is not taken back."""
        return tuple(map(str, self.kept))

    @property
    def up(self) -> int:
        """Count the prices that rise."""
        return sum(field.after.amount > field.before.amount for _, field in self.moves)

    @property
    def down(self) -> int:
        """Count the prices that fall."""
        return len(self.moves) - self.up


def summary_of(part: AccountPlan) -> Summary:
    """Sum up the changes of an account."""
    changes = [each for each in part.changes if each.verb is not Verb.REPORT and not is_held(each)]
    rows = [(each, field) for each in changes for field in each.fields if not field.held]
    moves = [row for row in rows if _is_move(row[1])]
    there = [row for row in rows if row[0].verb is not Verb.CREATE]
    return Summary(
        verbs=Counter(each.verb for each in changes),
        moves=tuple(sorted(moves, key=lambda row: -abs(_share(row[1])))),
        stock=sum(field.path == _STOCK for _, field in there),
        zeros=tuple(row for row in there if is_zero(row[1])),
        ends=tuple(each for each in changes if each.verb in ENDS),
        on_sale=sum(each.verb in (Verb.CREATE, Verb.ACTIVATE) and _goes_on_sale(each) for each in changes),
        used=tuple(sorted((each for each in changes if each.uses), key=lambda each: -each.uses)),
        kept=tuple(_lasting(changes, part)),
    )


def _is_move(field: FieldChange) -> bool:
    before, after = field.before, field.after
    if not isinstance(before, Money) or not isinstance(after, Money):
        return False
    return before.currency == after.currency and before.amount > 0 and before.amount != after.amount


def _share(field: FieldChange) -> Decimal:
    share: Decimal = (field.after.amount - field.before.amount) / field.before.amount
    return share


def _goes_on_sale(change: Change) -> bool:
    return any(field.path == "stock.status" and field.after == "active" for field in change.fields)


def _lasting(changes: Iterable[Change], part: AccountPlan) -> Iterator[Kept]:
    """Yield what is done with each kind and how it lasts; fields that more than one word is about, once."""
    counts: Counter[tuple[Lasting, str]] = Counter()
    paths: dict[tuple[Lasting, str], dict[str, None]] = {}
    for change in changes:
        for word, about in change.lasting.items():
            counts[word, change.key.kind] += 1
            paths.setdefault((word, change.key.kind), {}).update(dict.fromkeys(about))
    found: dict[tuple[str, str, int], list[tuple[Lasting, tuple[str, ...]]]] = {}
    told: set[tuple[str, str, str]] = set()
    for word in Lasting:
        for (each, kind), count in counts.items():
            fields = [path for path in paths[each, kind] if (DEEDS[word], kind, path) not in told]
            if each is word and (fields or not paths[each, kind]):
                told.update((DEEDS[word], kind, path) for path in fields)
                found.setdefault((DEEDS[word], kind, count), []).append((word, tuple(fields)))
    terms = part.archived_days, part.listing_hours
    yield from (Kept(deed, kind, count, terms, tuple(each)) for (deed, kind, count), each in found.items())


DEEDS: Mapping[Lasting, str] = {
    Lasting.ARCHIVED: "end",
    Lasting.UNDELETABLE: "create",
    Lasting.AFTER_CREATION: "create",
    Lasting.AFTER_LISTING: "create",
    Lasting.AFTER_SALE: "create",
    Lasting.PAID: "buy for",
    Lasting.CYCLE_END: "stop for",
}


def _consequence(word: Lasting, paths: str, kind: str, terms: tuple[int, int]) -> str:
    days, hours = terms
    match word:
        case Lasting.ARCHIVED:
            return f"can be resumed within {days} days, and not later"
        case Lasting.UNDELETABLE:
            return "can be ended later, and not deleted" if kind == OFFER else "cannot be deleted"
        case Lasting.AFTER_CREATION:
            return f"{paths} cannot be changed any more"
        case Lasting.AFTER_LISTING:
            return f"{paths} cannot be changed {hours} hours after listing"
        case Lasting.AFTER_SALE:
            return f"{paths} not after the first purchase"
        case Lasting.PAID:
            return f"{paths} costs money"
        case Lasting.CYCLE_END:
            return f"{paths} ends with its billing cycle, and not at once"
