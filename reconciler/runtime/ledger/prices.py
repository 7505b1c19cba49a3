"""The prices that were seen on a site: a row for each that changed, and the moments of the complete reads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from reconciler.model.prices import DAYS, NOT_SEEN, PriceKey, SeenPrice
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.place import Place

#: For so long rows are kept that another one has followed, and once a day those that are older are taken out.
KEPT_FOR, _THINNED = timedelta(days=DAYS + 5), timedelta(days=1)
#: Reads that are nearer to the one before are not noted.
_APART = timedelta(hours=1)
_TOGETHER = 500


class SeenPrices:
    """What a ledger knows of prices. Writes are short transactions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def last(self, place: Place, some: Collection[str] | None = None) -> dict[PriceKey, str]:
        """Return what was seen last of every price; of some offers only, where these are named."""
        if some is not None:
            return {key: seen[-1].said for key, seen in self.history(place, some).items()}
        sql = "select remote_id, path, said from prices where site = ? order by remote_id, path, at"
        return {(number, path): said for number, path, said in self._db.rows(sql, place.of_site)}

    def history(self, place: Place, numbers: Iterable[str]) -> dict[PriceKey, list[SeenPrice]]:
        """Return all that is known of the prices of some offers, as it came."""
        found: dict[PriceKey, list[SeenPrice]] = defaultdict(list)
        asked = sorted(numbers)
        for start in range(0, len(asked), _TOGETHER):
            some = asked[start : start + _TOGETHER]
            rows = self._db.rows(
                "select remote_id, path, at, said from prices where site = ? "  # noqa: S608 - our own words
                f"and remote_id in ({', '.join('?' * len(some))}) order by remote_id, path, at",
                (*place.of_site, *some),
            )
            for number, path, at, said in rows:
                found[number, path].append(SeenPrice(datetime.fromisoformat(at), said))
        return found

    def reads(self, place: Place) -> list[datetime]:
        """Return the moments of the complete reads that were noted, the oldest first."""
        rows = self._db.rows("select at from price_reads where site = ? order by at", place.of_site)
        return [datetime.fromisoformat(at) for (at,) in rows]

    def saw(self, place: Place, moved: Mapping[PriceKey, str], at: datetime, *, complete: bool = False) -> None:
        """Note what has changed; with `complete`, that all prices of the site were read at that moment."""
        reads = self.reads(place) if complete else []
        is_new = complete and (not reads or at - reads[-1] >= _APART)
        if not moved and not is_new:
            return
        with self._db.transaction():
            self._db.many(
                "insert into prices values (?, ?, ?, ?, ?) on conflict (site, remote_id, path, at) "
                "do update set said = excluded.said",
                ((*place.of_site, number, path, _iso(at), said) for (number, path), said in moved.items()),
            )
            if is_new:
                self._db.run(
                    "insert into price_reads values (?, ?) on conflict (site, at) do nothing",
                    (*place.of_site, _iso(at)),
                )
            if reads and reads[0] < at - KEPT_FOR - _THINNED:
                self._thin(place, _iso(at - KEPT_FOR))

    def _thin(self, place: Place, until: str) -> None:
        """Take out what was over before: of each price the row stays that held at that moment."""
        self._db.run("delete from price_reads where site = ? and at < ?", (*place.of_site, until))
        self._db.run(
            "delete from prices where site = ? and at < ? and exists (select 1 from prices later "
            "where later.site = prices.site and later.remote_id = prices.remote_id and later.path = prices.path "
            "and later.at > prices.at and later.at <= ?)",
            (*place.of_site, until, until),
        )
        self._db.run(
            "delete from prices where site = ? and at < ? and said = ?", (*place.of_site, until, NOT_SEEN)
        )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
