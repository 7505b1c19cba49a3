"""A ledger in an object store that speaks S3: parts are objects that never change, `head` is the list of them.

Whoever puts the list says which one it replaces (If-None-Match, If-Match), so that the store takes it only if
nobody was faster; a part that no list names yet is nothing. Parts that a list names no more stay for an hour:
somebody may have read the list before, and be about to read them.

Where it is and who asks is said by the variables that other programs know, too: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL, AWS_ALLOW_HTTP; a role of the machine or of
the job counts as well.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, NoReturn

import orjson
from msgspec import Struct

from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger.remote.port import Head, Outrun, damaged

_HEAD = "head"
#: For so long a part stays that no list names any more.
PATIENCE = timedelta(hours=1)
_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([^\s?#]*[^\s?#/])/?")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,63}")
#: One request has half a minute, as the library has it.
_RETRIES: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
_AT_ONCE = 8
_LONGEST_REASON = 160


class _List(Struct, frozen=True):
    """What `head` says: the parts, oldest first, and since when others are not named any more (ISO time)."""

    parts: tuple[str, ...]
    left: Mapping[str, str]

    def written(self) -> bytes:
        """Return it as it lies there."""
        return orjson.dumps({"parts": self.parts, "left": self.left})


class S3Remote:
    """The objects below one key of one bucket. `now` is the clock by which old parts go."""

    def __init__(self, address: str, now: Callable[[], datetime] | None = None) -> None:
        matched = _ADDRESS.fullmatch(address)
        if matched is None:
            raise LedgerFailed(
                f"`ledger: {address}` names no bucket and key", "write it as s3://my-bucket/my-shop"
            )
        try:
            import obstore
            from obstore import exceptions, store
        except ImportError as missing:
            raise LedgerFailed(
                "a ledger in an object store needs the package obstore", "pip install 'reconcile-offers[s3]'"
            ) from missing
        self._obstore, self._said = obstore, exceptions
        self._where = address
        self._now = now or WallClock().now
        self._left: dict[str, Mapping[str, str]] = {}
        try:
            self._store = store.S3Store(matched[1], prefix=matched[2], retry_config=_RETRIES)
        except exceptions.BaseError as wrong:
            self._fail(wrong)

    def head(self) -> Head | None:
        """Return the version of the list, and what it names."""
        found = self._get(_HEAD)
        if found is None:
            return None
        data, version = found
        told = self._parsed(data)
        self._left = {version: told.left}
        return Head(version, told.parts)

    def read(self, head: Head, names: Sequence[str]) -> Sequence[bytes]:  # noqa: ARG002 - names never mean two things
        """Return parts, some of them at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(self._get, names))
        for name, each in zip(names, found, strict=True):
            if each is None:
                raise damaged(self._where, f"{name} is missing")
        return [each[0] for each in found if each is not None]

    def put(self, before: Head | None, parts: Sequence[str], added: Mapping[str, bytes]) -> Head:
        """Put what is added, then the list; at last throw away what has not been named for an hour."""
        for name, data in added.items():
            self._put(name, data)
        now = self._now()
        old = self._left.get(before.version, {}) if before else {}
        left = {name: since for name, since in old.items() if now - datetime.fromisoformat(since) <= PATIENCE}
        dropped = [name for name in (before.parts if before else ()) if name not in parts]
        left |= dict.fromkeys(dropped, now.isoformat(timespec="seconds"))
        told = _List(tuple(parts), left)
        version = self._replace(before, told.written())
        self._left = {version: left}
        if dropped:
            self._throw_away(told, now)
        return Head(version, told.parts)

    def _replace(self, before: Head | None, data: bytes) -> str:
        """Put the list in place of `before`, and find out what an answer that did not come would have been."""
        mode: Any = {"e_tag": before.version} if before else "create"
        try:
            done = self._obstore.put(self._store, _HEAD, data, mode=mode, use_multipart=False)
        except (self._said.BaseError, OSError) as wrong:
            there = self._get(_HEAD)
            if there is not None and there[0] == data:
                return there[1]
            if there is not None and (before is None or there[1] != before.version):
                raise Outrun from wrong
            if there is None and before is not None:
                raise damaged(self._where, "it was there a moment ago, and is gone") from wrong
            self._fail(wrong)
        return self._version(done.get("e_tag"))

    def _throw_away(self, told: _List, now: datetime) -> None:
        """Delete what has not been named for an hour. What fails waits for the next time."""
        try:
            found = [each for some in self._obstore.list(self._store) for each in some]
            old = [
                each["path"]
                for each in found
                if each["path"] not in (_HEAD, *told.parts, *told.left) and now - each["last_modified"] > PATIENCE
            ]
            if old:
                self._obstore.delete(self._store, old)
        except (self._said.BaseError, OSError):
            return

    # --- one object

    def _get(self, name: str) -> tuple[bytes, str] | None:
        """Return what an object holds, and its version; None where there is none."""
        try:
            found = self._obstore.get(self._store, name)
            return bytes(found.bytes()), self._version(found.meta.get("e_tag"))
        except FileNotFoundError as missing:
            if "NoSuchBucket" in str(missing):
                self._fail(missing)
            return None
        except (self._said.BaseError, OSError) as wrong:
            self._fail(wrong)

    def _put(self, name: str, data: bytes) -> None:
        try:
            self._obstore.put(self._store, name, data, use_multipart=False)
        except (self._said.BaseError, OSError) as wrong:
            self._fail(wrong)

    def _parsed(self, data: bytes) -> _List:
        try:
            return _parsed(orjson.loads(data))
        except (ValueError, TypeError, KeyError) as wrong:
            raise damaged(self._where, "its list of parts cannot be read") from wrong

    def _version(self, told: str | None) -> str:
        if not told:
            raise LedgerFailed(
                f"{self._where} does not tell versions of objects (ETag)",
                "use a store that has conditional writes",
            )
        return told

    def _fail(self, wrong: Exception) -> NoReturn:
        """Raise why the store refuses, without what its answer or its address may hold of credentials."""
        said = str(wrong)
        if "NoSuchBucket" in said:
            raise LedgerFailed(f"{self._where}: there is no such bucket", "make the bucket first") from None
        if isinstance(wrong, self._said.PermissionDeniedError | self._said.UnauthenticatedError):
            raise LedgerFailed(
                f"{self._where}: access is denied",
                "see AWS_ACCESS_KEY_ID and its rights: it gets, puts, lists and deletes objects below this key",
            ) from None
        line = next(iter(said.splitlines()), "").rpartition(" - ")[2]
        reason = re.sub(r"\S*://\S*", "its address", line)[:_LONGEST_REASON]
        raise LedgerFailed(
            f"{self._where} cannot be reached: {reason}", "see AWS_ENDPOINT_URL, AWS_REGION and the credentials"
        ) from None


def _parsed(told: Any) -> _List:
    """Return what a list says; ValueError, TypeError or KeyError for what is none."""
    parts, left = tuple(told["parts"]), dict(told["left"])
    dated = all(datetime.fromisoformat(since).tzinfo for since in left.values())
    if not (parts and dated and all(_NAME.fullmatch(name) for name in (*parts, *left))):
        raise ValueError(told)
    return _List(parts, left)
