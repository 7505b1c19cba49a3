"""What an offer that follows a source comes to: its number, its end and its resumption. Pure.

Who ended an offer decides who may resume it. What ran out is resumed by a receipt; what a person or the
marketplace ended stays ended, unless its document says `status: active`. Zero is said by the quantity, never by an
end: Allegro then records EMPTY_STOCK, where an end records USER, as a person's does (OpenAPI, `endedBy`).

What was sold and may not have lowered the source yet is taken off its number (`engine/open_orders.py`).
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from reconciler.engine.fighting import EMPTY, FIGHT, fight, foreign_ends, taken_away
from reconciler.engine.open_orders import Gone, Siblings, gone_from, last_look
from reconciler.engine.stock import QUANTITY, STATUS, Stock
from reconciler.model.diagnostics import Diagnostic, Severity, error
from reconciler.model.memory import Baseline, Counted
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.sourced import Followed
from reconciler.model.undone import Reason
from reconciler.model.values import Value

_Moved = list[tuple[str, Value]]


def follow(
    desired: Desired,
    live: Live,
    moved: _Moved,
    baseline: Baseline | None,
    siblings: Siblings,
    now: datetime,
    ahead: timedelta,
    fights: int,
) -> Stock | None:
    """Return what becomes of an offer that follows a source; None for one that does not."""
    followed = desired.sourced.stock if desired.sourced else None
    if followed is None or QUANTITY not in desired.fields:
        return None
    if live.facts.get("format") == "auction":
        return Stock(moved=[], notes=(_auction(desired, live),), undone=((Reason.LEFT_ALONE, QUANTITY),))
    known = last_look(baseline, live)
    gone = gone_from(known, live, followed, now, ahead)
    part = followed.pieces(siblings.sold(followed, sum(pieces for _, pieces in gone)))
    number = part if known is None else _given(desired.key, live, followed, part, siblings)
    found = _judged(desired, live, moved, followed, number, gone, known, now, fights)
    if gone or (known is not None and known.taken):
        found = replace(found, passing=True)
    return replace(found, notes=(*found.notes, _waits(desired, live, part - number))) if number < part else found


def _judged(
    desired: Desired,
    live: Live,
    moved: _Moved,
    followed: Followed,
    number: int,
    gone: Gone,
    known: Counted | None,
    now: datetime,
    fights: int,
) -> Stock:
    there = int(live.fields.get(QUANTITY) or 0)
    taken = taken_away(known, live, now)
    counted = _look(number, there, live, gone, taken, known, now, followed.articles)
    others = [each for each in moved if each[0] not in (QUANTITY, STATUS)]
    status = live.fields.get(STATUS)
    wanted = desired.fields.get(STATUS)
    if status == "ended":
        foreign = foreign_ends(live, taken, fights)
        return _ended(desired, live, followed, number, others, counted, _unwritten(counted, there, known), foreign)
    drafted = [(STATUS, status)] if status == "draft" and wanted == "active" and number > 0 else []
    if not _may_write(followed, there, number):
        listed = drafted if 0 < there <= number else []  # a draft is listed with no more than there are
        waits = _not_on_sale() if drafted and not listed else ()
        undone = (*_left(followed, there, number), *waits)
        return Stock(moved=[*listed, *others], counted=_unwritten(counted, there, known), undone=undone)
    write = [(QUANTITY, there)] if number != there else []
    return Stock(moved=[*write, *drafted, *others], after={QUANTITY: number}, counted=counted)


def with_first_number(desired: Desired, siblings: Siblings) -> tuple[Desired, tuple[Diagnostic, ...]]:
    """Return a new offer with what is left for it now: others may have sold its pieces, or show them yet."""
    followed = desired.sourced.stock if desired.sourced else None
    if followed is None or QUANTITY not in desired.fields:
        return desired, ()
    part = followed.pieces(siblings.sold(followed, 0))
    number = max(0, part - siblings.waiting(desired.key, followed))
    notes = (_waits(desired, None, part - number),) if number < part else ()
    if number == desired.fields[QUANTITY]:
        return desired, notes
    return replace(desired, fields={**desired.fields, QUANTITY: number}), notes


def unknown(desired: Desired, moved: _Moved) -> Stock | None:
    """Put nothing on sale of which nobody knows how many there are; what its document ends is ended."""
    if desired.fields.get(STATUS) != "active":
        return None
    kept = [each for each in moved if each[0] != STATUS]
    return Stock(moved=kept, undone=_not_on_sale() if len(kept) < len(moved) else ())


def _given(key: Key, live: Live, followed: Followed, part: int, siblings: Siblings) -> int:
    """Return what an offer gets of its part now: no more than it shows, as long as others have pieces of it."""
    there = 0 if live.fields.get(STATUS) == "ended" else int(live.fields.get(QUANTITY) or 0)
    return part if part <= there else max(there, part - siblings.waiting(key, followed))


def _may_write(followed: Followed, there: int, number: int) -> bool:
    if followed.at_zero == "keep" and number == 0:
        return False
    return not (followed.only == "down" and number > there) and not (followed.only == "up" and number < there)


def _left(followed: Followed, there: int, number: int) -> tuple[tuple[Reason, str], ...]:
    """A number that the rule itself leaves is as declared; only one that is kept at zero is told."""
    kept = followed.at_zero == "keep" and not number and there
    return ((Reason.SOURCE, QUANTITY),) if kept else ()


def _ended(
    desired: Desired,
    live: Live,
    followed: Followed,
    number: int,
    others: _Moved,
    counted: Counted | None,
    unwritten: Counted | None,
    foreign: int,
) -> Stock:
    """Resume what ran out, and what its document wants on sale; leave the rest to whoever ended it."""
    there = int(live.fields.get(QUANTITY) or 0)
    by, wanted = live.facts.get("ended_by"), desired.fields.get(STATUS) == "active"
    ran_out = by == EMPTY or (by is None and not there)
    if number <= 0 or followed.only == "down":
        return Stock(moved=others, counted=unwritten)
    if not wanted and not (ran_out and followed.on_restock == "resume"):
        notes = () if ran_out else (_stays(desired, live, number),)
        return Stock(moved=others, counted=unwritten, notes=notes, undone=_not_on_sale())
    if foreign >= FIGHT:
        return Stock(
            moved=others,
            counted=unwritten,
            notes=(fight(desired, live, foreign),),
            undone=_not_on_sale(),
        )
    write = [(QUANTITY, there)] if number != there else []
    return Stock(
        moved=[*write, (STATUS, "ended"), *others], after={QUANTITY: number, STATUS: "active"}, counted=counted
    )


def _not_on_sale() -> tuple[tuple[Reason, str], ...]:
    return ((Reason.SOURCE, STATUS),)


def _look(
    number: int,
    there: int,
    live: Live,
    gone: Gone,
    taken: tuple[str, ...],
    known: Counted | None,
    now: datetime,
    of: tuple[tuple[str, str, int], ...],
) -> Counted | None:
    """Return the look to remember; None where what is remembered says the same."""
    sold = live.facts.get("sold")
    same = known is not None and (known.gone, known.taken, known.sold, known.of) == (gone, taken, sold, of)
    if known is not None and same and known.left == number == there:
        return None
    return Counted(left=number, sold=sold, at=now.isoformat(timespec="seconds"), gone=gone, taken=taken, of=of)


def _unwritten(counted: Counted | None, there: int, known: Counted | None) -> Counted | None:
    """Nothing is written: what is there is what sales are reckoned from, and of what it was."""
    if counted is None:
        return None
    return replace(counted, left=there, of=known.of if known else ())


def _auction(desired: Desired, live: Live) -> Diagnostic:
    return error(
        "P611",
        f"{desired.key.name} ({live.remote_id}) is an auction: its stock cannot follow a source",
        mark=desired.origin(QUANTITY).mark,
        hint="take `from` away from its stock, or let `sync: {stock: off}` leave it",
        about=desired.key,
    )


def _waits(desired: Desired, live: Live | None, pieces: int) -> Diagnostic:
    which = f" ({live.remote_id})" if live else ""
    return Diagnostic(
        severity=Severity.NOTE,
        code="P631",
        summary=f"{desired.key.name}{which} gets {pieces:,} more when the other offers of its article "
        "are within their parts",
        mark=desired.origin(QUANTITY).mark,
        detail="they show these pieces yet, or have sold them: a buyer could have them twice",
        hint="a later apply gives them to it",
        about=desired.key,
    )


def _stays(desired: Desired, live: Live, number: int) -> Diagnostic:
    by = live.facts.get("ended_by") or "somebody"
    return Diagnostic(
        severity=Severity.NOTE,
        code="P612",
        summary=f"{desired.key.name} ({live.remote_id}) stays ended, though {number:,} are in stock: "
        f"{_ENDED_BY.get(by, by)} ended it",
        mark=desired.origin(QUANTITY).mark,
        hint="`status: active` in its document resumes it" if by != "admin" else "",
        about=desired.key,
    )


_ENDED_BY = {
    "user": "a person, or another program,",
    "admin": "the marketplace itself",
    "expiration": "its duration",
    "product_detachment": "its product's removal from the catalogue",
    "error": "an error of the marketplace",
}
