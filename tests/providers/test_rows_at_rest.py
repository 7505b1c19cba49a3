"""Rows of the list that rest: known by their digest, counted, and decoded no more."""

import copy
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import pytest
from msgspec.structs import replace
from script import Told, play, reply
from wire import READING, ROW

from reconciler.model.offers import OFFER, Live
from reconciler.model.outcomes import FaultKind
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Inventory, MarketplaceFault, RowsKnown
from reconciler.providers.conversation import Ahead, Reached, Request

#: A row with something in each place that is read.
FULL: dict[str, Any] = {**ROW, "additionalServices": {"id": "services-1"}, "b2b": {"buyableOnlyByBusiness": True}}
FULL["afterSalesServices"] = {**ROW["afterSalesServices"], "warranty": {"id": "warranty-1"}}
MOVES_BY_ITSELF = [
    ("stats", "visitsCount"),
    ("stats", "watchersCount"),
    ("saleInfo", "biddersCount"),
    ("additionalMarketplaces", "allegro-cz", "stats", "visitsCount"),
    ("additionalMarketplaces", "allegro-cz", "publication", "state"),
]


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {**FULL, "id": str(number), "external": {"id": f"k{number}"}, **changes}


def page(rows: list[Any], total: int | None = None) -> Any:
    return reply(200, {"offers": rows, "count": len(rows), "totalCount": len(rows) if total is None else total})


def listed(*pages: Any, resting: Mapping[str, bytes] | None = None) -> Inventory:
    """What a list shows. It is the same where its rows were together before."""
    found = listed_as(RowsKnown(resting or {}), *pages)
    assert listed_as(RowsKnown(resting or {}, found.stretches), *pages) == found
    return found


def listed_as(resting: RowsKnown, *pages: Any) -> Inventory:
    found: Inventory = play(ALLEGRO.inventory(replace(READING, resting=resting)), *pages).result
    return found


def leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, also those that hold others."""
    if way:
        yield way
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from leaves(part, (*way, name))


def with_value(body: Mapping[str, Any], way: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(body)
    at = changed
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = value
    return changed  # type: ignore[no-any-return]


def test_rows_that_are_as_they_were_are_counted_and_not_decoded() -> None:
    rows = [row(1), row(2), row(3)]
    first = listed(page(rows))
    assert first.digests.keys() == {"1", "2", "3"}
    assert first.resting == ()
    assert all(len(each) == 16 for each in first.digests.values())
    again = listed(page([row(1), row(2, name="Inny tytuł"), row(3)]), resting=first.digests)
    assert again.resting == ("1", "3")
    assert [each.remote_id for each in again.live] == ["2"]
    assert again.live[0].fields["content.title"] == "Inny tytuł"
    assert again.digests.keys() == {"2"}
    assert again.digests["2"] != first.digests["2"]
    assert again.complete


def test_a_digest_is_of_one_offer() -> None:
    """The digest of another row is none of this one, even if all else is the same."""
    digests = listed(page([row(1), row(2)])).digests
    swapped = {"1": digests["2"], "2": digests["1"]}
    assert listed(page([row(1), row(2)]), resting=swapped).resting == ()


def test_a_row_whose_offer_is_gone_rests_no_more() -> None:
    digests = listed(page([row(1), row(2)])).digests
    again = listed(page([row(2)]), resting=digests)
    assert (again.resting, again.live, again.complete) == (("2",), (), True)


@pytest.mark.parametrize("seed", range(40))
def test_rows_that_were_together_are_judged_as_each_of_them_is(seed: int) -> None:
    """Rows change, come, go and change places, and what is at rest is another choice each time."""
    chance = random.Random(seed)
    rows = [row(number) for number in range(chance.choice([10, 25, 60, 110]))]
    known, together = dict[str, bytes](), dict[bytes, bytes]()
    for step in range(6):
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(rows))
            how = chance.choice(["edit", "back", "move", "drop", "add", "other"])
            if how == "edit":
                rows[at] = {**rows[at], "name": f"Tytuł {chance.randrange(3)}"}
            elif how == "back":
                rows[at] = row(int(rows[at]["id"]))
            elif how == "move":
                rows.insert(chance.randrange(len(rows)), rows.pop(at))
            elif how == "drop" and len(rows) > 2:
                del rows[at]
            else:
                rows.insert(at, row(1000 * (step + 1) + at))
        resting = {name: each for name, each in known.items() if chance.random() < 0.98}
        if resting and chance.random() < 0.3:  # at rest as it was in an earlier look
            name = chance.choice([*resting])
            resting[name] = chance.choice([*resting.values()])
        alone = listed_as(RowsKnown(resting), page(rows))
        assert listed_as(RowsKnown(resting, together), page(rows)) == alone
        known = {**{name: resting[name] for name in alone.resting}, **alone.digests}
        together |= alone.stretches


@pytest.mark.parametrize("awake", [0, 40])
def test_rows_that_were_together_are_not_written_one_by_one(awake: int) -> None:
    """Of rows that are as they were no digest is made but those of their stretches, also where some are decoded."""
    rows = page([row(number) for number in range(1000)])
    first, made = listed(rows), 0
    resting = dict([*first.digests.items()][awake:])

    def count(_frame: Any, event: str, called: Any) -> None:
        nonlocal made
        made += event == "c_call" and called.__name__.endswith("sha256")

    sys.setprofile(count)
    try:
        again = listed_as(RowsKnown(resting, first.stretches), rows)
    finally:
        sys.setprofile(None)
    assert (len(again.resting), len(again.live)) == (1000 - awake, awake)
    assert 0 < made <= 1000 / 25


@pytest.mark.parametrize("way", MOVES_BY_ITSELF, ids="/".join)
def test_what_moves_by_itself_wakes_no_row(way: tuple[str, ...]) -> None:
    digests = listed(page([FULL])).digests
    assert listed(page([with_value(FULL, way, 4711)]), resting=digests).resting == ("101",)


def decoded(body: Mapping[str, Any]) -> Live | None:
    return next(iter(listed(page([body])).live), None)


@pytest.mark.parametrize(
    "value", [None, "else", 77, {}, [], {"id": "else"}, {"amount": "1.00", "currency": "PLN"}]
)
def test_whatever_decodes_differently_wakes_its_row(value: Any) -> None:
    """Each place of a row takes each of these values."""
    digests, before = listed(page([FULL])).digests, decoded(FULL)
    seen = set()
    for way in leaves(FULL):
        changed = with_value(FULL, way, value)
        if decoded(changed) != before:
            seen.add(way)
            assert "101" not in listed(page([changed]), resting=digests).resting, way
    assert len(seen) > 10


def test_every_field_that_the_spec_shows_in_the_list_is_read() -> None:
    """The row is cut before it is decoded: nothing that the spec reads may be cut away."""
    live = decoded(FULL)
    assert live is not None
    shown = [path for path, each in READING.spec.kinds[OFFER].fields.items() if "list" in each.views]
    assert len(shown) > 10
    for path in shown:
        names = [each for each in live.fields if each.startswith(path.removesuffix("*"))]
        assert names, path
        assert all(live.fields[each] is not None for each in names), path
    assert all(value not in (None, {}) for value in live.facts.values())


def test_a_row_without_an_identity_is_none_and_rests_never() -> None:
    digests = listed(page([row(1)])).digests
    for odd in (None, 7, [], {"id": "1"}):
        again = listed(page([row(1, id=odd)]), resting=digests)
        assert (again.resting, again.live, again.complete) == ((), (), False)


# --- several pages ----------------------------------------------------------------------------------------------


def thousand(start: int, count: int = 1000) -> list[Any]:
    return [{"id": str(number), "publication": {"status": "ACTIVE"}} for number in range(start, start + count)]


def offsets(told: Told) -> list[str]:
    return [dict(request.query)["offset"] for request in told.requests]


def test_after_a_full_page_the_others_are_told_ahead() -> None:
    conversation = ALLEGRO.inventory(READING)
    first = next(conversation)
    assert isinstance(first, Request)
    assert conversation.send(ALLEGRO.answer(first, page(thousand(0), 2500))) == Reached(1000, 2500)
    ahead = next(conversation)
    assert isinstance(ahead, Ahead)
    assert [dict(each.query)["offset"] for each in ahead.requests] == ["1000", "2000"]
    second = next(conversation)
    assert second is ahead.requests[0]
    assert conversation.send(ALLEGRO.answer(second, page(thousand(1000), 2500))) == Reached(2000, 2500)
    assert next(conversation) is ahead.requests[1]


def test_pages_that_add_up_are_complete_whether_they_rest_or_not() -> None:
    pages = [page(thousand(0), 2500), page(thousand(1000), 2500), page(thousand(2000, 500), 2500)]
    told = play(ALLEGRO.inventory(replace(READING, resting=RowsKnown())), *pages)
    assert offsets(told) == ["0", "1000", "2000"]
    assert told.result.complete
    alone = play(ALLEGRO.inventory(READING), *pages).result
    assert (alone.live, alone.complete) == (told.result.live, True)
    some = {name: digest for name, digest in told.result.digests.items() if int(name) % 3}
    again = listed(*pages, resting=some)
    assert (len(again.resting), len(again.live), again.complete) == (len(some), 2500 - len(some), True)


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        # the total moves, up and down
        ([(0, 1000, 2000), (1000, 1000, 2001), (2000, 1, 2001)], ["0", "1000", "2000"]),
        ([(0, 1000, 2000), (1000, 999, 1999)], ["0", "1000"]),
        # a row twice: the list shifted while it was read
        ([(0, 1000, 2000), (999, 1000, 2000)], ["0", "1000"]),
        # a page comes short: what was told ahead begins elsewhere
        ([(0, 1000, 3000), (1000, 999, 3000), (1999, 1000, 3000), (2999, 0, 3000)], ["0", "1000", "1999", "2999"]),
        # the same page for ever
        ([(0, 1000, 3000), (0, 1000, 3000)], ["0", "1000"]),
    ],
)
@pytest.mark.parametrize("at_rest", [False, True])
def test_pages_that_do_not_add_up_are_incomplete(
    pages: list[tuple[int, int, int]], asked: list[str], *, at_rest: bool
) -> None:
    resting = listed(*(page(thousand(first, count), count) for first, count, _ in pages[:1])).digests
    reading = replace(READING, resting=RowsKnown(resting) if at_rest else RowsKnown())
    told = play(
        ALLEGRO.inventory(reading), *(page(thousand(first, count), total) for first, count, total in pages)
    )
    assert offsets(told) == asked
    assert not told.result.complete
    assert not {each.remote_id for each in told.result.live} & {*told.result.resting}


def test_a_short_page_that_is_made_up_for_is_complete() -> None:
    """A marketplace that gives fewer rows than it was asked for is followed to the end of its list."""
    pages = [(0, 1000, 2500), (1000, 700, 2500), (1700, 800, 2500)]
    told = play(
        ALLEGRO.inventory(READING), *(page(thousand(first, count), total) for first, count, total in pages)
    )
    assert offsets(told) == ["0", "1000", "1700"]
    assert told.result.complete


@pytest.mark.parametrize("last", ["rests", "woke"])
def test_an_offer_that_is_in_two_pages_is_one(last: str) -> None:
    """Its last row counts, and the list is not complete."""
    one, other = row(1), row(1, name="Inny tytuł")
    digests = listed(page([one])).digests
    first, second = (other, one) if last == "rests" else (one, other)
    found = listed(page([first, row(2)], 3), page([second], 3), resting=digests)
    assert not found.complete
    assert found.resting == (("1",) if last == "rests" else ())
    assert [each.remote_id for each in found.live] == (["2"] if last == "rests" else ["2", "1"])
    assert found.digests.keys() == {each.remote_id for each in found.live}


# --- what is no page --------------------------------------------------------------------------------------------

DEEP = b'{"offers":[{"id":"1","delivery":%b%b}],"totalCount":1}' % (b"[" * 70, b"]" * 70)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"offers":[{"id":"1"}],"totalCount":1', "not JSON"),
        (b'{"offers":[{"id":"1"}],"totalCount":1}x', "not JSON"),
        (b'{"offers":[{"id":"1","name":"\xff"}],"totalCount":1}', "not JSON"),
        (b'{"offers":[{"id":"1","stats":nul}],"totalCount":1}', "not JSON"),
        (b'{"offers":[{"id":"1"},7],"totalCount":1}', "/offers/1 is a number, not an object"),
        (b'{"offers":{},"totalCount":1}', "/offers is an object, not a list"),
        (b'{"offers":[]}', "/totalCount is missing"),
        (b'{"offers":[],"totalCount":"1"}', "/totalCount is text"),
        (b'{"offers":[],"totalCount":true}', "/totalCount is true or false"),
        (b'{"offers":[],"totalCount":1.5}', "/totalCount is a number, not a whole number"),
        (b'{"offers":[],"totalCount":99999999999999999999999}', "/totalCount is a number"),
        (DEEP, "nested more than 64 levels deep"),
        (b'{"offers":[],"totalCount":0,"errors":[{"code":"Oh","message":"No."}]}', "answered 200, and said: No."),
        (b"[]", "is a list"),
        (b"", "null"),
    ],
)
def test_what_is_no_page_is_refused_at_the_door(body: bytes, why: str) -> None:
    request = next(ALLEGRO.inventory(READING))
    assert isinstance(request, Request)
    fault = ALLEGRO.answer(request, reply(200, body)).fault
    assert fault is not None
    assert fault.kind is FaultKind.TRANSIENT
    assert why in fault.message


def test_depth_in_what_is_cut_away_does_no_harm() -> None:
    """How deep such a member may nest is up to the parser and the version of Python; it is refused or not read."""
    deep = DEEP.replace(b"delivery", b"stats").replace(b"[" * 70, b"[" * 9000).replace(b"]" * 70, b"]" * 9000)
    request = next(ALLEGRO.inventory(READING))
    assert isinstance(request, Request)
    answer = ALLEGRO.answer(request, reply(200, deep))
    assert answer.fault is not None or answer.value.count == 1


@pytest.mark.parametrize("total", [-1, 10**9])
def test_a_total_beyond_all_bounds_is_refused(total: int) -> None:
    with pytest.raises(MarketplaceFault, match="it counts"):
        listed(page(thousand(0), total))


ODD: Mapping[str, Callable[[], Any]] = {
    "no object": lambda: row(1, additionalMarketplaces=[1]),
    "a site that is none": lambda: row(1, additionalMarketplaces={"allegro-cz": 1.5}),
    "text": lambda: row(1, additionalMarketplaces="x"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_part_of_a_row_costs_that_row_only(name: str) -> None:
    body = orjson.loads(orjson.dumps(ODD[name]()))
    found = listed(page([body, row(2)]))
    assert [bool(each.unreadable) for each in found.live] == [True, False]
    assert found.complete
