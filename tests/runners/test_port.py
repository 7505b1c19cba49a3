"""The laws of a place for parts, wherever it lies: whole or not at all, one after the other, nothing lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger.remote.port import Head, Outrun, Remote


def test_an_empty_place_has_no_head(place: Any) -> None:
    assert place.visitor().head() is None


def test_what_one_puts_another_reads(place: Any) -> None:
    one, other = place.visitor(), place.visitor()
    first = one.put(None, ["a"], {"a": b"\x00first\n"})
    assert (one.head(), other.head()) == (first, first)
    second = other.put(other.head(), ["a", "b"], {"b": b""})
    found = one.head()
    assert found == second
    assert found is not None
    assert list(one.read(found, ["b", "a"])) == [b"", b"\x00first\n"]


@pytest.mark.parametrize("known", [False, True])
def test_who_comes_second_is_told(place: Any, known: bool) -> None:
    """Also where both believed that nothing was there."""
    one, other = place.visitor(), place.visitor()
    before = one.put(None, ["a"], {"a": b"1"}) if known else None
    parts = ["a"] if known else []
    assert other.head() == before
    won = one.put(before, [*parts, "b"], {"b": b"2"})
    with pytest.raises(Outrun):
        other.put(before, [*parts, "c"], {"c": b"3"})
    assert other.head() == won


def test_a_state_is_never_taken_for_an_earlier_one(place: Any) -> None:
    """What was known before cannot be replaced, though the names are the same again."""
    one = place.visitor()
    first = one.put(None, ["a"], {"a": b"1"})
    second = one.put(first, ["a", "b"], {"b": b"2"})
    one.put(second, ["c"], {"c": b"3"})
    for old in (first, second):
        with pytest.raises(Outrun):
            one.put(old, [*old.parts, "d"], {"d": b"4"})


def test_parts_that_are_put_together_are_one(place: Any) -> None:
    one, other = place.visitor(), place.visitor()
    first = one.put(None, ["a", "b"], {"a": b"1", "b": b"2"})
    one.put(first, ["ab"], {"ab": b"12"})
    found = other.head()
    assert found is not None
    assert found.parts == ("ab",)
    assert list(other.read(found, ["ab"])) == [b"12"]


def test_many_at_once_lose_nothing(place: Any) -> None:
    """Each adds three parts and tries until it is not late: all of them are there in the end."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda who: _add(place.visitor(), who), "abcd"))
    last = place.visitor()
    found = last.head()
    assert found is not None
    assert sorted(found.parts) == [f"{who}{number}" for who in "abcd" for number in range(3)]
    assert last.read(found, found.parts) == [name.encode() for name in found.parts]


def _add(remote: Remote, who: str) -> None:
    for number in range(3):
        name = f"{who}{number}"
        while True:
            before = remote.head()
            try:
                remote.put(before, [*(before.parts if before else ()), name], {name: name.encode()})
            except Outrun:
                continue
            break


def test_a_part_that_is_not_there_is_damage(place: Any) -> None:
    one = place.visitor()
    head = one.put(None, ["a"], {"a": b"1"})
    with pytest.raises(LedgerFailed, match="is damaged: b is missing"):
        one.read(Head(head.version, ("a", "b")), ["a", "b"])
