"""What the ledger and the cache tell of offers at rest: what is remembered, and what has moved since."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from reconciler.model.memory import Baseline, Managed, Site
from reconciler.model.modules import Mode
from reconciler.model.offers import OFFER
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache, Detail
from reconciler.runtime.ledger.place import Place

SITE = Site("allegro", "simulator", "sklep")
HERE, THERE = Place(SITE, "shop", "main"), Place(SITE, "another", "main")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT = NOW.isoformat()
DETAIL = Detail("1", "row", AT, "detail", b"{}")


def managed(name: str, kind: str = OFFER, place: Place = HERE) -> Managed:
    return Managed(
        key=place.key(kind, name), remote_id=f"id of {name}", since=AT, run_id="r", project=place.project
    )


BASELINE = Baseline(remote_id="id of A", digests={"price.base": "1"})


@pytest.fixture(params=["sqlite", "postgresql"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A file, and a database of a real server."""
    file = request.param == "sqlite"
    ledger = Ledger(tmp_path / "ledger.db" if file else str(request.getfixturevalue("postgresql_url")))
    yield ledger
    ledger.close()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache.db", pytest.fail)


# --- the ledger -------------------------------------------------------------------------------------------------


def test_what_is_known_is_one_text_that_any_change_changes(memory: Ledger) -> None:
    seen: set[str] = set()
    row = managed("A")
    for each in (row, replace(row, remote_id="2"), replace(row, stock=Mode.OFF), replace(row, protected=True)):
        memory.manage(HERE, [each])
        seen.add(memory.known_of(HERE, OFFER)["A"])
    for baseline in (BASELINE, replace(BASELINE, digests={"price.base": "2"}), replace(BASELINE, fingerprint="f")):
        memory.keep_baselines(HERE, {row.key: baseline})
        seen.add(memory.known_of(HERE, OFFER)["A"])
    assert len(seen) == 7
    memory.keep_baselines(HERE, {row.key: replace(BASELINE, fingerprint="f")})
    assert memory.known_of(HERE, OFFER)["A"] in seen
    memory.forget_baselines(HERE, [row.key])
    assert memory.known_of(HERE, OFFER)["A"] in seen


def test_whatever_is_written_leaves_another_mark(memory: Ledger) -> None:
    """Also what another program writes: nothing is believed that was noted before."""
    seen = [memory.mark_of(HERE)]
    assert seen == [memory.mark_of(HERE)] != [""]
    row = managed("A")
    writes: list[Callable[[], object]] = [
        lambda: memory.manage(HERE, [row]),
        lambda: memory.manage(HERE, [replace(row, protected=True)]),
        lambda: memory.keep_baselines(HERE, {row.key: BASELINE}),
        lambda: memory.keep_baselines(HERE, {row.key: replace(BASELINE, fingerprint="f")}),
        lambda: memory.forget_baselines(HERE, [row.key]),
        lambda: memory.database.run("update managed set project = 'another' where name = 'A'"),
        lambda: memory.database.run("update managed set project = 'shop' where name = 'A'"),
        lambda: memory.release(HERE, [row.key]),
    ]
    for write in writes:
        write()
        seen.append(memory.mark_of(HERE))
        assert seen[-1] == memory.mark_of(HERE)
    assert len(set(seen)) == len(writes) + 1


def test_who_may_make_no_triggers_is_told_no_mark(postgresql_url: str) -> None:
    """The tables of a database may be somebody else's: then all is read, time and again."""
    with closing(Ledger(postgresql_url)) as owner:
        owner.manage(HERE, [managed("A")])
        for said in (
            "create role clerk login password 'x'",
            "grant select, insert, update, delete on all tables in schema public to clerk",
            "alter default privileges in schema public grant all on tables to clerk",
            "revoke create on schema public from public",
        ):
            owner.database.run(said)
        with closing(Ledger(re.sub("//(?:.*@)?", "//clerk:x@", postgresql_url))) as clerk:
            assert clerk.mark_of(HERE) == ""
            assert clerk.known_of(HERE, OFFER).keys() == {"A"}
            before = owner.mark_of(HERE)
            assert before == clerk.mark_of(HERE) != ""
            clerk.manage(HERE, [managed("B")])
            assert owner.mark_of(HERE) != before


def test_the_marks_of_projects_are_their_own(memory: Ledger) -> None:
    before = memory.mark_of(HERE)
    memory.manage(THERE, [managed("B", place=THERE)])
    memory.manage(THERE, [])
    assert (memory.mark_of(HERE), memory.mark_of(THERE)) == (before, memory.mark_of(THERE))
    assert before != memory.mark_of(THERE)


def test_only_what_this_project_manages_is_known(memory: Ledger) -> None:
    memory.manage(HERE, [managed("A"), managed("T", "OfferTag")])
    memory.manage(THERE, [managed("B", place=THERE)])
    memory.keep_baselines(HERE, {HERE.key(OFFER, "C"): BASELINE})
    assert memory.known_of(HERE, OFFER).keys() == {"A"}
    assert memory.known_of(HERE, "OfferTag").keys() == {"T"}


def test_some_of_what_is_managed_and_all_of_other_kinds(memory: Ledger) -> None:
    names = [f"A-{number}" for number in range(1203)]
    memory.manage(HERE, [managed("T", "OfferTag"), *map(managed, names)])
    assert memory.managed_but(HERE, OFFER, []).keys() == {HERE.key("OfferTag", "T")}
    some = memory.managed_but(HERE, OFFER, [*names[:1101], "nobody"])
    assert some == {key: each for key, each in memory.managed(HERE).items() if key.name not in names[1101:]}


# --- the cache --------------------------------------------------------------------------------------------------


def test_what_events_spoke_of_is_numbered(cache: Cache) -> None:
    assert cache.moved_after("s") == (0, frozenset())
    cache.drop("s", OFFER, ["1", "2"], NOW)
    cache.drop("another", OFFER, ["7"], NOW)
    cache.drop("s", OFFER, ["3", "1"], NOW)
    assert cache.moved_after("s", 0) == (5, {"1", "2", "3"})
    assert cache.moved_after("s", 3) == (5, {"1", "3"})
    assert cache.moved_after("s", 5) == (5, frozenset())
    assert cache.moved_after("s")[1] == frozenset()


def test_another_read_that_says_something_else_is_one_of_them(cache: Cache) -> None:
    """No event told of it: whoever believes the read of before has to be told."""
    cache.store("s", OFFER, [DETAIL])
    cache.store("s", OFFER, [replace(DETAIL, read_at=(NOW + timedelta(hours=1)).isoformat())])
    assert cache.moved_after("s", 0) == (0, frozenset())
    cache.store("s", OFFER, [replace(DETAIL, body=b"[]"), replace(DETAIL, remote_id="2")])
    assert cache.moved_after("s", 0)[1] == {"1"}


def test_it_is_forgotten_when_no_read_of_before_is_believed_any_more(cache: Cache) -> None:
    cache.drop("s", OFFER, ["1"], NOW)
    cache.drop("s", OFFER, ["2"], NOW + timedelta(hours=25))
    assert cache.moved_after("s", 0)[1] == {"1", "2"}
    cache.drop("s", OFFER, [], NOW + timedelta(hours=49))
    assert cache.moved_after("s", 0) == (2, {"2"})
    cache.drop("s", OFFER, [], NOW + timedelta(days=9))
    assert cache.moved_after("s", 0) == (2, frozenset())  # a number is never given twice


def test_a_cache_has_a_mark_that_another_has_not(cache: Cache, tmp_path: Path) -> None:
    assert cache.mark() == cache.mark()
    assert Cache(tmp_path / "cache.db", pytest.fail).mark() == cache.mark()
    assert Cache(tmp_path / "other.db", pytest.fail).mark() != cache.mark()


def test_some_of_the_reads(cache: Cache) -> None:
    every = [replace(DETAIL, remote_id=str(number)) for number in range(1203)]
    cache.store("s", OFFER, every)
    assert cache.details_of("s", OFFER, ["7", "nobody", "1100"]) == [every[1100], every[7]]
    assert len(cache.details_of("s", OFFER, [each.remote_id for each in every[:1101]])) == 1101
    assert cache.details_of("another", OFFER, ["7"]) == []
