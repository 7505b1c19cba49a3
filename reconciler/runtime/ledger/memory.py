"""What is remembered of an account beside its runs: what we manage, where images went, the sealed token."""

from collections.abc import Iterable, Mapping

import orjson

from reconciler.model.offers import Key
from reconciler.runtime.ledger.database import Database


class Memory:
    """Facts by account. Every write is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def managed(self, account: str) -> dict[Key, str]:
        """Return the remote id of every resource that we have managed."""
        rows = self._db.rows("select kind, name, remote_id from managed where account = ?", (account,))
        return {Key(account, kind, name): remote_id for kind, name, remote_id in rows}

    def settled(self, key: Key) -> dict[str, str]:
        """Return field path -> digest of the desired value that was last seen true."""
        row = self._db.row(
            "select settled from managed where account = ? and kind = ? and name = ?",
            (key.account, key.kind, key.name),
        )
        found: dict[str, str] = orjson.loads(row[0]) if row else {}
        return found

    def manage(self, rows: Iterable[tuple[Key, str, Mapping[str, str]]]) -> None:
        """Record that these resources are ours, with the digests of what is true of them."""
        with self._db.transaction():
            self._db.many(
                "insert into managed values (?, ?, ?, ?, ?) on conflict (account, kind, name) do update "
                "set remote_id = excluded.remote_id, settled = excluded.settled",
                ((k.account, k.kind, k.name, remote_id, orjson.dumps(dict(s))) for k, remote_id, s in rows),
            )

    def forget(self, keys: Iterable[Key]) -> None:
        """Record that these resources are ours no longer."""
        with self._db.transaction():
            self._db.many(
                "delete from managed where account = ? and kind = ? and name = ?",
                ((k.account, k.kind, k.name) for k in keys),
            )

    def images(self, account: str, since: str | None = None) -> dict[str, str]:
        """Return what an image is known by -> its address on the marketplace.

        Only images that an offer has used: the marketplace deletes unused uploads after hours (facts: #5016). With
        `since` (ISO), those uploaded after it too.
        """
        rows = self._db.rows(
            "select name, address from images where account = ? and (used = 1 or at >= ?)", (account, since or "~")
        )
        return {name: address for name, address in rows}  # noqa: C416 - rows are tuples of any length

    def remember_image(self, account: str, name: str, address: str, *, at: str, used: bool = False) -> None:
        """Record where an image went, and when (ISO)."""
        self._db.run(
            "insert into images values (?, ?, ?, ?, ?) on conflict (account, name) "
            "do update set address = excluded.address, at = excluded.at, used = excluded.used",
            (account, name, address, at, int(used)),
        )

    def confirm_images(self, account: str, names: Iterable[str]) -> None:
        """Record that offers use these images now, so that they stay."""
        with self._db.transaction():
            self._db.many(
                "update images set used = 1 where account = ? and name = ?", [(account, name) for name in names]
            )

    def forget_images(self, account: str, names: Iterable[str]) -> None:
        """Record that the marketplace does not know these images any more: they are uploaded again."""
        with self._db.transaction():
            self._db.many("delete from images where account = ? and name = ?", [(account, name) for name in names])

    def token(self, account: str) -> tuple[bytes, str | None] | None:
        """Return the sealed refresh token of an account, and when it expires (ISO)."""
        row = self._db.row("select sealed, expires_at from tokens where account = ?", (account,))
        return (bytes(row[0]), row[1]) if row else None

    def keep_token(self, account: str, sealed: bytes, expires_at: str | None = None) -> None:
        """Record a sealed refresh token, in place of the one before."""
        self._db.run(
            "insert into tokens values (?, ?, ?) on conflict (account) do update "
            "set sealed = excluded.sealed, expires_at = excluded.expires_at",
            (account, sealed, expires_at),
        )

    def drop_token(self, account: str) -> bool:
        """Forget the token of an account; tell whether there was one."""
        return self._db.run("delete from tokens where account = ?", (account,)) > 0
