"""The last reading of each source, in the cache: what is kept is what was read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.connectors.cells import rows_digest
from reconciler.model.tables import BadRow, Cell, ReadingState, Readout
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.sources.staging import key_of, stage, staged

from .declared import column, source

NOW = datetime(2026, 11, 28, 9, 15, 0, 250_000, tzinfo=UTC)
TYPED = source(
    column("item"),
    column("pieces", "whole"),
    column("weight", "decimal"),
    column("net", "money", currency="PLN"),
    column("fresh", "yes_no"),
    column("due", "date"),
    column("seen", "time"),
)
ROWS: tuple[tuple[Cell, ...], ...] = (
    ("A", 7, Decimal("0.125"), Decimal("19.90"), True, date(2026, 11, 28), NOW),
    (
        "żółw 茶 \U0001f375",
        -(10**33),
        Decimal("1E-30"),
        Decimal(0),
        False,
        date(1, 1, 1),
        NOW.replace(microsecond=0),
    ),
    ("5901234123457", None, None, None, None, None, None),
)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)
moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
rows = st.tuples(
    st.text(min_size=1), st.none() | st.integers(-(10**18), 10**18), st.none() | numbers, st.none() | numbers,
    st.none() | st.booleans(), st.none() | st.dates(), st.none() | moments,
)  # fmt: skip


def reading(found: tuple[tuple[Cell, ...], ...] = ROWS) -> Readout:
    """A good reading, with a row that cannot be used."""
    bad = (BadRow(place="line 7", why="it has 3 cells instead of 7", item="K-1"), BadRow(place="line 9", why="x"))
    digest = rows_digest(found)
    return Readout(
        source="erp",
        state=ReadingState.OK,
        as_of=NOW,
        rows=found,
        digest=digest,
        bad=bad,
        why="",
        hint="",
        whole=False,
    )


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db", lambda _note: None)


def test_all_of_a_reading_is_kept(cache: Cache) -> None:
    """Every type with its missing cells, the bad rows and whose they are, and whether it was whole."""
    stage(cache, "key", reading(), NOW + timedelta(seconds=1))
    assert staged(cache, "key", TYPED) == (NOW + timedelta(seconds=1), reading())
    found = staged(cache, "key", TYPED)
    assert found is not None
    assert [list(map(type, row)) for row in found[1].rows] == [list(map(type, row)) for row in ROWS]
    cache.close()


def test_what_is_older_is_not_asked_for(cache: Cache) -> None:
    stage(cache, "key", reading(), NOW)
    assert staged(cache, "key", TYPED, after=NOW) is None
    assert staged(cache, "key", TYPED, after=NOW - timedelta(seconds=1)) == (NOW, reading())
    cache.close()


@given(st.lists(rows, max_size=20).map(tuple))
def test_any_rows_are_kept(found: tuple[tuple[Cell, ...], ...]) -> None:
    cache = Cache(Path("/nonexistent/cache.db"), lambda _note: None)  # one in memory
    stage(cache, "key", reading(found), NOW)
    kept = staged(cache, "key", TYPED)
    cache.close()
    assert kept is not None
    assert kept[1].rows == found
    assert rows_digest(kept[1].rows) == rows_digest(found)


@pytest.mark.parametrize("state", [each for each in ReadingState if each is not ReadingState.OK])
def test_what_is_not_good_replaces_nothing(cache: Cache, state: ReadingState) -> None:
    stage(cache, "key", reading(), NOW)
    stage(cache, "key", replace(reading(()), state=state), NOW + timedelta(minutes=5))
    assert staged(cache, "key", TYPED) == (NOW, reading())
    cache.close()


def test_what_it_is_kept_under(cache: Cache) -> None:
    """Another project, source, definition, file in its place or environment is another reading."""
    stage(cache, key_of("shop", TYPED, {"url": "ERP_URL"}), reading(), NOW)
    keys = [
        key_of("shop", TYPED, {"url": "ERP_URL"}),
        key_of("other", TYPED, {"url": "ERP_URL"}),
        key_of("shop", replace(TYPED, name="two"), {"url": "ERP_URL"}),
        key_of("shop", TYPED, {"url": "ERP_URL", "timeout": 5}),
        key_of("shop", TYPED, {"url": "ERP_URL"}, "stock.csv"),
        key_of("shop", TYPED, {"url": "ERP_URL"}, environ={"ERP_URL": "https://erp.example"}),
        key_of("shop", TYPED, {"url": "ERP_URL"}, environ={"ERP_URL": "https://test.example"}),
    ]
    assert len(set(keys)) == len(keys)
    assert [staged(cache, key, TYPED) is None for key in keys] == [False, *[True] * 6]
    deep = {"url": "x", "auth": {"basic": {"user": "ERP_USER", "password": "ERP_WORD"}}}
    assert key_of("shop", TYPED, deep, environ={"ERP_WORD": "a"}) != key_of(
        "shop", TYPED, deep, environ={"ERP_WORD": "b"}
    )
    assert key_of("shop", TYPED, deep, environ={"HOME": "a"}) == key_of("shop", TYPED, deep, environ={"HOME": "b"})
    cache.close()


def test_a_damaged_cache_is_no_reading(tmp_path: Path) -> None:
    """It is begun anew: the source is read."""
    file = tmp_path / "cache.db"
    cache = Cache(file, lambda _note: None)
    stage(cache, "key", reading(), NOW)
    cache.close()
    data = file.read_bytes()
    at = data.index(b"5901234123457")
    file.write_bytes(data[:at] + b"6" + data[at + 1 :])
    notes: list[str] = []
    cache = Cache(file, notes.append)
    assert staged(cache, "key", TYPED) is None
    assert notes
    cache.close()
