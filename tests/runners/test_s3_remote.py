"""What is particular to an object store: its list, its patience, and what it says when it refuses."""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from s3_server import variables
from torture import runners

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger.remote.s3 import PATIENCE, S3Remote

SECRET = "hunter2-of-the-store"


@pytest.fixture
def address(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `ledger:` says, with the environment that goes with it."""
    for name, value in variables(s3_address).items():
        monkeypatch.setenv(name, value)
    return f"s3://ledgers/{uuid.uuid4().hex}/shop"


def objects(address: str) -> set[str]:
    """The names of all that lies there."""
    import obstore
    from obstore.store import S3Store

    bucket, _, key = address.removeprefix("s3://").partition("/")
    found = obstore.list(S3Store(bucket, prefix=key))
    return {each["path"] for some in found for each in some}


def overwrite(address: str, name: str, data: bytes) -> None:
    """Put an object, as somebody may who can write there."""
    import obstore
    from obstore.store import S3Store

    bucket, _, key = address.removeprefix("s3://").partition("/")
    obstore.put(S3Store(bucket, prefix=key), name, data)


def test_old_parts_stay_for_an_hour(address: str) -> None:
    """Somebody may have read the list before, and be about to read them."""
    time = datetime.now(UTC)
    remote = S3Remote(address, lambda: time)
    head = remote.put(None, ["a", "b"], {"a": b"1", "b": b"2"})
    time += 2 * PATIENCE  # they are old by now, but have been named until a moment ago
    reader = remote.head()
    assert reader is not None
    remote.put(head, ["c"], {"c": b"3"})
    assert remote.read(reader, ["a", "b"]) == [b"1", b"2"]
    time += PATIENCE - timedelta(minutes=1)
    other = S3Remote(address, lambda: time)
    other.put(other.head(), ["d"], {"d": b"4"})
    assert objects(address) == {"head", "a", "b", "c", "d"}
    time += timedelta(minutes=2)
    later = S3Remote(address, lambda: time)
    later.put(later.head(), ["e"], {"e": b"5"})
    assert objects(address) == {"head", "c", "d", "e"}


def test_a_part_that_no_list_ever_named_goes_at_last(address: str) -> None:
    """A runner was killed between the part and the list."""
    time = datetime.now(UTC)
    overwrite(address, "orphan", b"0")
    remote = S3Remote(address, lambda: time)
    head = remote.put(remote.put(None, ["a"], {"a": b"1"}), ["b"], {"b": b"2"})
    assert "orphan" in objects(address)
    time += PATIENCE + timedelta(minutes=1)
    remote.put(head, ["c"], {"c": b"3"})
    assert "orphan" not in objects(address)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"[]",
        b'{"parts": []}',
        b'{"parts": ["../x"], "left": {}}',
        b'{"parts": ["a"], "left": {"b": "x"}}',
    ],
)
def test_a_list_that_is_none_is_damage(data: bytes, address: str) -> None:
    overwrite(address, "head", data)
    with pytest.raises(LedgerFailed, match="is damaged: its list of parts cannot be read"):
        S3Remote(address).head()


def test_no_bucket_is_one_sentence(address: str) -> None:
    remote = S3Remote("s3://nobody-made-this/shop")
    for refused in (remote.head, lambda: remote.put(None, ["a"], {"a": b"1"})):
        with pytest.raises(LedgerFailed, match="there is no such bucket"):
            refused()


def test_no_server_is_one_sentence_without_secrets(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(LedgerFailed, match="cannot be reached") as failed:
        S3Remote(address).head()
    told = f"{failed.value} {failed.value.hint}"
    assert SECRET not in told
    assert "\n" not in told
    assert "AWS_ENDPOINT_URL" in failed.value.hint


@pytest.mark.parametrize("wrong", ["s3://", "s3://bucket", "s3://bucket/", "s3://B/key", "s3://bucket/a b"])
def test_an_address_without_bucket_and_key(wrong: str) -> None:
    with pytest.raises(LedgerFailed, match="names no bucket and key") as failed:
        S3Remote(wrong)
    assert "s3://my-bucket/my-shop" in failed.value.hint


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "obstore", missing)
    with pytest.raises(LedgerFailed, match="needs the package obstore") as failed:
        S3Remote("s3://bucket/key")
    assert failed.value.hint == "pip install 'reconcile-offers[s3]'"


def test_killed_runners_leave_nothing_twice_and_nothing_undone(address: str, tmp_path: Path) -> None:
    """By the command line; each runner begins on an empty disk."""
    tally = runners.one_round(tmp_path / "shop", 100, ledger=address, kills=4, offers=16)
    assert tally.faults == []
    assert tally.kills > 0
