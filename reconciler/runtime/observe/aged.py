"""What a list did not say of its offers, and an earlier look did: trusted for a time, and read again in turns.

Where a marketplace has no list of prices at hand, each offer has to be asked for by itself. So what was read less
than `trusted_hours` ago is believed while its row says the same, and each plan reads the oldest again, so many as
the view says (`rotated`). Only what is as declared is believed: a difference is read before it is planned.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import orjson
from msgspec import Struct, field

from reconciler.engine.diff import differing
from reconciler.model.ages import Ages
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.spec import KindSpec, MarketplaceSpec
from reconciler.model.values import Value, from_jsonable, jsonable
from reconciler.runtime.clock import is_within, span
from reconciler.runtime.connection.session import Session

_TOPIC = "shown"
#: The fact of a row that moves with what it does not say.
MOVES = "moves"
#: The fact of an offer when it was read that is as of an earlier look (ISO).
AS_OF = "as_of"


class LastShown(Struct):
    """What was shown last of an account's offers, and when: remote id -> (ISO, fact of the row, fields)."""

    hours: int = 0
    rotated: int = 0
    rows: dict[str, tuple[str, Value, Mapping[str, Value]]] = field(default_factory=dict)

    def believed(self, row: Live, lacking: Iterable[str], now: datetime) -> Live | None:
        """Return a row with what it lacks, as of an earlier look that may be trusted; else None."""
        found = self.rows.get(row.remote_id)
        if found is None or found[1] != row.facts.get(MOVES):
            return None
        if not is_within(datetime.fromisoformat(found[0]), timedelta(hours=self.hours), now):
            return None
        if not frozenset(lacking) <= found[2].keys():
            return None
        fields = {path: from_jsonable(found[2][path]) for path in lacking}
        return Live(
            key=row.key,
            kind=row.kind,
            remote_id=row.remote_id,
            fields={**row.fields, **fields},
            facts={**row.facts, AS_OF: found[0]},
            unreadable=row.unreadable,
        )

    def saw(self, row: Live, live: Live, paths: Iterable[str], now: str) -> None:
        """Remember what was shown just now of an offer, all of these fields or nothing."""
        if self.hours and all(path in live.fields for path in paths):
            said = {path: jsonable(live.fields[path]) for path in paths}
            self.rows[row.remote_id] = (now, row.facts.get(MOVES), said)


class AgesSoFar(Struct):
    """How old the answers of one look at an account are, while they are gathered."""

    list_at: str = ""
    read_now: int = 0
    lacking: int = 0
    moments: list[str] = field(default_factory=list)

    def ages(self) -> Ages:
        """Return what there is to say of it."""
        return Ages(
            list_at=self.list_at,
            believed=len(self.moments),
            oldest=min(self.moments, default=""),
            newest=max(self.moments, default=""),
            read_now=self.read_now,
            lacking=self.lacking,
        )


def shown(opened: Session, kind: KindSpec) -> LastShown:
    """Return what is remembered of an account; nothing where its marketplace's lists say all."""
    view = kind.views.get("detail")
    if view is None or not view.trusted_hours:
        return LastShown()
    kept = opened.cache.lookup(_TOPIC, str(opened.place.site))
    rows = {remote_id: tuple(row) for remote_id, row in orjson.loads(kept[1]).items()} if kept else {}
    return LastShown(view.trusted_hours, view.rotated, rows)


def keep(opened: Session, seen: LastShown, there: Iterable[Live]) -> None:
    """Remember what was shown of the offers that are still there."""
    if seen.hours:
        rows = {each.remote_id: seen.rows[each.remote_id] for each in there if each.remote_id in seen.rows}
        opened.cache.keep(_TOPIC, str(opened.place.site), opened.clock.now().isoformat(), orjson.dumps(rows))


def is_as_declared(desired: Desired, live: Live, lacking: frozenset[str], kind: KindSpec) -> bool:
    """Tell whether nothing would be planned by what is believed."""
    both = (desired.fields, desired.unsynced)
    said = {path: value for fields in both for path, value in fields.items() if path in lacking}
    return not differing(said, live.fields, kind)


def oldest(believed: Mapping[str, Live], most: int) -> frozenset[str]:
    """Return the offers to be read again, by id: those whose look is the longest ago."""
    if most <= 0:
        return frozenset()
    return frozenset(sorted(believed, key=lambda remote_id: str(believed[remote_id].facts[AS_OF]))[:most])


def told(offers: Iterable[Live], now: datetime, spec: MarketplaceSpec) -> tuple[Diagnostic, ...]:
    """Say of how many offers the prices are how old."""
    moments = [str(each.facts[AS_OF]) for each in offers if AS_OF in each.facts and each.kind == OFFER]
    if not moments:
        return ()
    age = span(now - datetime.fromisoformat(min(moments)))
    those = "1 offer" if len(moments) == 1 else f"{len(moments):,} offers"
    return (
        Diagnostic(
            severity=Severity.NOTE,
            code="P773",
            summary=f"price, stock and status of {those} as of {age} ago, or later",
            detail=f"{spec.title} gives no list of them: each is asked for by itself, the oldest by each plan",
            hint="`--refresh full` reads all; nothing is written by what was not read again",
        ),
    )
