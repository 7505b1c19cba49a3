"""What is remembered beside the runs: what was last true, what is managed, images, sealed tokens."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from reconciler.model.memory import Baseline, Managed
from reconciler.model.memory_json import counted_from_json, counted_to_json
from reconciler.model.modules import Mode
from reconciler.model.offers import Key
from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.schema import marking

#: Names in one question.
_TOGETHER = 500
#: What stands in a body that tells of which articles its pieces are.
_OF = b'"of":['
#: What PostgreSQL says of tables on which nobody may make triggers, or not now: no right, and no lock in time.
_NO_TRIGGERS = frozenset({"42501", "55P03"})


class Baselines(Mapping[Key, Baseline]):
    """The baselines of a project at a site, read in one go and unpacked when they are asked for.

    The last one is kept: whoever asks for one asks for it a few times, and then for the next.
    """

    def __init__(self, rows: dict[Key, bytes]) -> None:
        self._rows = rows
        self._last: tuple[Key, Baseline] | None = None

    def __getitem__(self, key: Key) -> Baseline:
        if self._last is None or self._last[0] != key:
            body = orjson.loads(self._rows[key])
            self._last = key, Baseline(**{**body, "counted": counted_from_json(body)})
        return self._last[1]

    def get(self, key: Key, default: Any = None) -> Any:
        """Return what is remembered, or `default`: most are asked for whose baseline there is."""
        return self[key] if key in self._rows else default

    def __iter__(self) -> Iterator[Key]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class Memory:
    """Facts by site, and by project where they are about whose something is. Writes are short transactions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # --- what was last true -----------------------------------------------------------------------------------

    def baselines(self, place: Place) -> Baselines:
        """Return what a project remembers of every resource of a site."""
        rows = self._db.rows(
            "select kind, name, body from baselines where site = ? and project = ?", place.of_project
        )
        return Baselines({place.key(kind, name): bytes(body) for kind, name, body in rows})

    def baselines_of(self, place: Place, keys: Iterable[Key]) -> Baselines:
        """Return what a project remembers of some resources: as many rows as there are keys."""
        by_kind: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            by_kind[key.kind].append(key.name)
        found: dict[Key, bytes] = {}
        for kind, names in by_kind.items():
            for start in range(0, len(names), _TOGETHER):
                some = names[start : start + _TOGETHER]
                rows = self._db.rows(
                    "select name, body from baselines where site = ? and project = ? and kind = ? "  # noqa: S608 - our own words
                    f"and name in ({', '.join('?' * len(some))})",
                    (*place.of_project, kind, *some),
                )
                found.update({place.key(kind, name): bytes(body) for name, body in rows})
        return Baselines(found)

    def of_articles(self, place: Place) -> Baselines:
        """Return what a project remembers of all that it manages at a site and knows to be of an article."""
        rows = self._db.rows(
            "select b.kind, b.name, b.body from baselines b join managed m "
            "on m.site = b.site and m.project = b.project and m.kind = b.kind and m.name = b.name "
            "where b.site = ? and b.project = ?",
            place.of_project,
        )
        return Baselines({place.key(kind, name): bytes(body) for kind, name, body in rows if _OF in bytes(body)})

    def keep_baselines(self, place: Place, baselines: Mapping[Key, Baseline]) -> None:
        """Remember these in place of what was remembered of them."""
        with self._db.transaction():
            self._db.many(
                "insert into baselines values (?, ?, ?, ?, ?, ?) on conflict (site, project, kind, name) "
                "do update set body = excluded.body, digest = excluded.digest",
                ((*place.of_project, key.kind, key.name, *_packed(each)) for key, each in baselines.items()),
            )

    def forget_baselines(self, place: Place, keys: Iterable[Key]) -> None:
        """Forget what was last true of these."""
        with self._db.transaction():
            self._db.many(
                "delete from baselines where site = ? and project = ? and kind = ? and name = ?",
                [(*place.of_project, key.kind, key.name) for key in keys],
            )

    def known_of(self, place: Place, kind: str) -> dict[str, str]:
        """Return what is remembered of all that a project manages of a kind: name -> one text, equal or not."""
        where, of = "where site = ? and project = ? and kind = ?", (*place.of_project, kind)
        digests: dict[str, str] = dict(self._db.rows(f"select name, digest from baselines {where}", of))  # noqa: S608 - our own words
        rows = self._db.rows(
            f"select name, remote_id || ' ' || stock || ' ' || cast(protected as text) from managed {where}",  # noqa: S608 - as above
            of,
        )
        return {name: f"{said} {digests.get(name, '')}" for name, said in rows}

    def mark_of(self, place: Place) -> str:
        """Return what all that a project remembers of a site is known by; empty where nobody tells.

        Whatever writes to these tables, be it another program, leaves another mark, which is never given twice.
        """
        if not self._db.has("memory_marks"):
            try:
                self._db.script(marking(postgresql=self._db.is_postgresql))
            except LedgerFailed as failed:
                if getattr(failed.__cause__, "sqlstate", "") not in _NO_TRIGGERS:
                    raise
                return ""  # the tables may be somebody else's, or just written to
        asked = "select mark from memory_marks where site = ? and project = ?"
        row = self._db.row(asked, place.of_project)
        if row is None:
            values = (*place.of_project, secrets.token_hex(8))
            self._db.run(
                "insert into memory_marks values (?, ?, ?) on conflict (site, project) do nothing", values
            )
            row = self._db.row(asked, place.of_project)
        return str(row[0]) if row else ""

    # --- what is managed --------------------------------------------------------------------------------------

    def managed(self, place: Place) -> dict[Key, Managed]:
        """Return what a project manages at a site."""
        return {each.key: each for each in self._managed("site = ? and project = ?", place.of_project, place)}

    def managed_but(self, place: Place, kind: str, names: Iterable[str]) -> dict[Key, Managed]:
        """Return what a project manages at a site; of one kind these only."""
        found: dict[Key, Managed] = {}
        for beyond in ("<", ">"):  # an index leads to either; of `<>` it would read all
            where = f"site = ? and project = ? and kind {beyond} ?"
            found |= {each.key: each for each in self._managed(where, (*place.of_project, kind), place)}
        return found | {each.key: each for each in self._managed_by("name", names, kind, place)}

    def managed_before(self, place: Place, rows: Iterable[Managed]) -> dict[Key, Managed]:
        """Return what a project managed of these until now, under this name or another: by the key of now."""
        by_kind: dict[str, list[Managed]] = defaultdict(list)
        for each in rows:
            by_kind[each.key.kind].append(each)
        found: dict[Key, Managed] = {}
        for kind, some in by_kind.items():
            by_name = {
                each.key: each for each in self._managed_by("name", (r.key.name for r in some), kind, place)
            }
            unnamed = [each for each in some if each.key not in by_name]
            ids = (each.remote_id for each in unnamed)
            by_id = {each.remote_id: each for each in self._managed_by("remote_id", ids, kind, place)}
            found |= by_name | {each.key: by_id[each.remote_id] for each in unnamed if each.remote_id in by_id}
        return found

    def foreign(self, place: Place) -> dict[Key, Managed]:
        """Return what other projects manage at a site."""
        found: dict[Key, Managed] = {}
        for beyond in ("<", ">"):  # as above
            where = f"site = ? and project {beyond} ?"
            found |= {each.key: each for each in self._managed(where, place.of_project, place)}
        return found

    def _managed_by(self, column: str, values: Iterable[str], kind: str, place: Place) -> Iterator[Managed]:
        """Yield what a project manages of one kind, by these names or ids: as many looks into an index."""
        every = sorted(set(values))
        for start in range(0, len(every), _TOGETHER):
            some = every[start : start + _TOGETHER]
            where = f"site = ? and project = ? and kind = ? and {column} in ({', '.join('?' * len(some))})"
            yield from self._managed(where, (*place.of_project, kind, *some), place)

    def _managed(self, where: str, values: Iterable[str], place: Place) -> Iterator[Managed]:
        rows = self._db.rows(
            "select kind, name, remote_id, project, since, run_id, stock, protected from managed "  # noqa: S608 - our own words
            f"where {where} order by kind, name",
            tuple(values),
        )
        for kind, name, remote_id, project, since, run_id, stock, protected in rows:
            yield Managed(
                key=place.key(kind, name),
                remote_id=remote_id,
                project=project,
                since=since,
                run_id=run_id,
                stock=Mode(stock),
                protected=bool(protected),
            )

    def manage(self, place: Place, rows: Iterable[Managed]) -> None:
        """Record what a project manages: each thing under one name, the latest.

        Since when, and by which run, is kept of what it managed before.
        """
        site, rows = str(place.site), list(rows)
        with self._db.transaction():
            self._db.many(
                "delete from managed where site = ? and project = ? and kind = ? and remote_id = ? and name <> ?",
                [(site, r.project, r.key.kind, r.remote_id, r.key.name) for r in rows],
            )
            self._db.many(
                "insert into managed values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (site, project, kind, name) "
                "do update set remote_id = excluded.remote_id, stock = excluded.stock, "
                "protected = excluded.protected",
                ((site, r.project, r.key.kind, r.key.name, *_told(r)) for r in rows),
            )

    def release(self, place: Place, keys: Iterable[Key], *, of_others: bool = False) -> None:
        """Record that a project manages these no longer; or, with `of_others`, that all other projects do not."""
        which = "<>" if of_others else "="
        with self._db.transaction():
            self._db.many(
                f"delete from managed where site = ? and project {which} ? and kind = ? and name = ?",  # noqa: S608 - our own words
                [(*place.of_project, key.kind, key.name) for key in keys],
            )

    # --- images -----------------------------------------------------------------------------------------------

    def images(self, place: Place, since: str = "~", until: str = "~") -> dict[str, str]:
        """Return what an image is known by -> its address on the marketplace.

        Only images that an offer has used: the marketplace deletes unused uploads after hours (facts: #5016). With
        `since` (ISO), those uploaded after it too, but none that were uploaded after `until`: in the future.
        """
        rows = self._db.rows(
            "select name, address from images where site = ? and (used = 1 or (at >= ? and at <= ?))",
            (*place.of_site, since, until),
        )
        return {name: address for name, address in rows}  # noqa: C416 - rows are tuples of any length

    def remember_image(self, place: Place, name: str, address: str, *, at: str, used: bool = False) -> None:
        """Record where an image went, and when (ISO)."""
        self._db.run(
            "insert into images values (?, ?, ?, ?, ?) on conflict (site, name) "
            "do update set address = excluded.address, at = excluded.at, used = excluded.used",
            (*place.of_site, name, address, at, int(used)),
        )

    def confirm_images(self, place: Place, names: Iterable[str]) -> None:
        """Record that offers use these images now, so that they stay."""
        with self._db.transaction():
            self._db.many(
                "update images set used = 1 where site = ? and name = ?",
                [(*place.of_site, name) for name in names],
            )

    def forget_images(self, place: Place, names: Iterable[str]) -> None:
        """Record that the marketplace does not know these images any more: they are uploaded again."""
        with self._db.transaction():
            self._db.many(
                "delete from images where site = ? and name = ?", [(*place.of_site, name) for name in names]
            )

    # --- tokens -----------------------------------------------------------------------------------------------

    def token(self, slot: str) -> tuple[bytes, str | None] | None:
        """Return the sealed refresh token of an account, and when it expires (ISO)."""
        row = self._db.row("select sealed, expires_at from tokens where slot = ?", (slot,))
        return (bytes(row[0]), row[1]) if row else None

    def slots(self, beginning: str) -> list[str]:
        """Return the slots whose names begin so."""
        rows = self._db.rows("select slot from tokens where substr(slot, 1, ?) = ?", (len(beginning), beginning))
        return [row[0] for row in rows]

    def keep_token(self, slot: str, sealed: bytes, expires_at: str | None = None) -> None:
        """Record a sealed refresh token, in place of the one before."""
        self._db.run(
            "insert into tokens values (?, ?, ?) on conflict (slot) do update "
            "set sealed = excluded.sealed, expires_at = excluded.expires_at",
            (slot, sealed, expires_at),
        )

    def drop_token(self, slot: str) -> bool:
        """Forget the token of an account; tell whether there was one."""
        return self._db.run("delete from tokens where slot = ?", (slot,)) > 0


def _told(each: Managed) -> tuple[object, ...]:
    return each.remote_id, each.since, each.run_id, each.stock.value, int(each.protected)


def _packed(each: Baseline) -> tuple[bytes, str]:
    """Return the body of a row, and its digest."""
    body = orjson.dumps(
        {
            "remote_id": each.remote_id,
            "digests": dict(each.digests),
            "declared": dict(each.declared),
            "counted": counted_to_json(each.counted),
            "fingerprint": each.fingerprint,
            "at": each.at,
        }
    )
    return body, hashlib.blake2b(body, digest_size=8).hexdigest()
