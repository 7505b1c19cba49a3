"""The one door of answers: what is not as its request expects is a fault, whatever it is, and never an exception."""

import random
from collections.abc import Generator
from typing import Any

import orjson
import pytest
from script import play, reply
from wire import DETAIL, READING, ROW, action, context, live, target

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import FaultKind, Result
from reconciler.model.wire import Response
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Credentials, MarketplaceFault
from reconciler.providers.conversation import Request
from reconciler.providers.forms import DEEPEST, anything, decoded, exactly, maybe, parts, rows, text, whole

HTML = reply(200, b"<html>Please log in</html>", content_type="text/html")
#: What is no answer to any question whose answer is an object with parts.
NO_ANSWERS = {
    "html": HTML,
    "empty": reply(200),
    "list": reply(200, []),
    "null": reply(200, b"null"),
    "number": reply(200, b"7"),
    "text": reply(200, "offers"),
    "cut off": reply(200, b'{"offers": [{"id": "1"'),
    "no parts": reply(200, {}),
    "too deep": reply(200, b'{"a":' * 70 + b"1" + b"}" * 70),
    "not UTF-8": reply(200, b'{"login": "\xff"}'),
    "half a character": reply(200, b'{"login": "\\ud800"}'),
    "error with success": reply(200, {"errors": [{"code": "X", "message": "Not today."}]}),
    "a gateway's 404": reply(404, b"<html>No such page</html>", content_type="text/html"),
    "404 without a word": reply(404),
    "404 with odd words": reply(404, {"errors": [None]}),
    "redirect": reply(302, None, location="https://elsewhere.example/"),
}
READS = {
    "whose token": ALLEGRO.identity,
    "token": lambda: ALLEGRO.authorize(Credentials(client_id="c", refresh_token="r")),
    "device": lambda: ALLEGRO.begin_device(Credentials(client_id="c")),
    "list": lambda: ALLEGRO.inventory(READING),
    "rows by key": lambda: ALLEGRO.find(READING, ["kubek"]),
    "offer": lambda: ALLEGRO.read(READING, OFFER, "101", ["detail"]),
    "tags": lambda: ALLEGRO.read(READING, OFFER, "101", ["tags"]),
    "price lists": lambda: ALLEGRO.objects(READING, "DeliveryPriceList"),
    "price list": lambda: ALLEGRO.read(READING, "DeliveryPriceList", "r1", ["detail"]),
    "bundles": lambda: ALLEGRO.objects(READING, "Bundle"),
    "events": lambda: ALLEGRO.moved(""),
    "listed": ALLEGRO.activations,
    "happened": ALLEGRO.happenings,
    "product": lambda: ALLEGRO.product("5901234123457"),
    "parameters": lambda: ALLEGRO.parameters("257931"),
    "taxes": lambda: ALLEGRO.taxes("257931"),
    "packages": ALLEGRO.packages,
    "templates of size tables": ALLEGRO.size_templates,
}


def fault_of(conversation: Generator[Any, Any, Any], *answers: Response) -> MarketplaceFault:
    with pytest.raises(MarketplaceFault) as raised:
        play(conversation, *answers)
    return raised.value


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_that_is_not_answered_is_a_fault_that_may_pass(read: Any, answer: Response) -> None:
    assert fault_of(read(), answer).fault.kind is FaultKind.TRANSIENT


def test_an_error_with_success_is_told_in_its_own_words() -> None:
    said = str(fault_of(ALLEGRO.inventory(READING), NO_ANSWERS["error with success"]))
    assert said == "X: The marketplace answered 200, and said: Not today."


def test_an_answer_about_another_offer_is_none() -> None:
    swapped = reply(200, {**DETAIL, "id": "102"})
    assert "/id is not 101" in str(fault_of(ALLEGRO.read(READING, OFFER, "101", ["detail"]), swapped))


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_a_creation_that_is_not_answered_leaves_open_whether_it_was_done(answer: Response) -> None:
    made = action("create", target({"content.title": "Kubek ceramiczny ACME"}, remote_id=None))
    (outcome,) = play(ALLEGRO.perform(made, context()), answer).result
    assert outcome.result is Result.UNKNOWN


@pytest.mark.parametrize("name", sorted({*NO_ANSWERS} - {"no parts"}))
def test_an_edit_that_is_not_answered_leaves_open_whether_it_was_done(name: str) -> None:
    edit = action("edit", target({"content.title": "Zupełnie nowy tytuł"}))
    (outcome,) = play(ALLEGRO.perform(edit, context(live(DETAIL))), NO_ANSWERS[name]).result
    assert outcome.result is Result.UNKNOWN
    assert not outcome.settling


@pytest.mark.parametrize(
    "place", ["", ":8080/x", "//evil.example/x", "https://evil.example", "/a/../b", "/\\evil"]
)
def test_an_accepted_write_is_followed_on_the_api_or_not_at_all(place: str) -> None:
    edit = action("edit", target({"content.title": "Zupełnie nowy tytuł"}))
    (outcome,) = play(ALLEGRO.perform(edit, context(live(DETAIL))), reply(202, {}, location=place)).result
    assert outcome.result is Result.UNKNOWN


def test_a_foreign_host_in_the_address_of_a_write_is_not_asked() -> None:
    edit = action("edit", target({"content.title": "Zupełnie nowy tytuł"}))
    there = reply(202, {}, location="https://evil.example/sale/product-offers/101/operations/1")
    told = play(ALLEGRO.perform(edit, context(live(DETAIL))), there, reply(303))
    assert told.paths[-1] == "GET /sale/product-offers/101/operations/1"


ODD_ROWS: dict[str, dict[str, Any]] = {
    "stock.quantity": {**ROW, "stock": {"available": "7", "sold": 0}},
    "stock.status": {**ROW, "publication": {"status": "SUSPENDED"}},
    "price.base": {**ROW, "sellingMode": {"format": "BUY_NOW", "price": {"amount": "NaN", "currency": "PLN"}}},
    "content.title": {**ROW, "name": ["Kubek"]},
    "": {**ROW, "additionalMarketplaces": [7]},
}


@pytest.mark.parametrize(("path", "row"), ODD_ROWS.items(), ids=ODD_ROWS)
def test_a_row_that_cannot_be_read_costs_itself(path: str, row: dict[str, Any]) -> None:
    other = {**ROW, "id": "102", "external": {"id": "talerz"}}
    found = play(ALLEGRO.inventory(READING), reply(200, {"offers": [row, other], "totalCount": 2})).result
    odd, well = found.live
    assert path in odd.unreadable
    assert path not in odd.fields
    assert odd.unclear([path])
    assert not well.unreadable
    assert found.complete


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": 101}, {"id": "101", "external": 7}])
def test_a_row_that_does_not_say_whose_it_is_makes_the_list_incomplete(row: dict[str, Any]) -> None:
    found = play(ALLEGRO.inventory(READING), reply(200, {"offers": [ROW, row], "totalCount": 2})).result
    assert len(found.live) == 1
    assert not found.complete


def test_a_list_that_repeats_itself_comes_to_an_end() -> None:
    page = reply(200, {"offers": [ROW], "totalCount": 400})
    found = play(ALLEGRO.inventory(READING), page, page).result
    assert not found.complete
    named = reply(200, {"bundles": [{"id": "b"}], "nextPage": {"id": "same"}})
    assert "twice" in str(fault_of(ALLEGRO.objects(READING, "Bundle"), named, named))


@pytest.mark.parametrize(
    ("shape", "value", "wrong"),
    [
        (parts({"id": text}), {"id": "1", "more": 1}, ""),
        (parts({"id": text}), {}, "/id is missing"),
        (parts({"id": text}), {"id": None}, "/id is null, not text"),
        (parts({"id": text}), [], " is a list, not an object"),
        (parts({}, {"id": text}), {"id": None}, ""),
        (parts({}, {"id": text}), {"id": 7}, "/id is a number, not text"),
        (
            parts({"rows": rows(parts({"n": whole}))}),
            {"rows": [{"n": 1}, {"n": True}]},
            "/rows/1/n is true or false",
        ),
        (parts({"n": whole}), {"n": 1.5}, "/n is a number, not a whole number"),
        (exactly("a"), "b", " is not a"),
        (maybe(text), None, ""),
    ],
)
def test_a_shape_names_the_first_part_that_is_wrong(shape: Any, value: Any, wrong: str) -> None:
    assert shape(value).startswith(wrong) if wrong else shape(value) == ""


def nested(depth: int, kinds: str, chance: random.Random | None) -> Any:
    """Return a value of so many levels; by chance less deep ones lie among them, and texts with signs of JSON."""
    pick = chance or random.Random(depth)
    value: Any = pick.choice([{}, []])
    for level in range(1, depth):
        others = [7, "", "}{][", 'a "b" {', "\\", *([[], {"b": [{}, {}]}] if level > 3 else [])]
        besides = pick.choices(others, k=pick.randrange(3)) if chance else []
        if pick.choice(kinds) == "[":
            value = [*besides, value]
        else:
            value = {**{str(number): each for number, each in enumerate(besides)}, "a": value}
    return value


@pytest.mark.parametrize("kinds", ["[", "{", "[{"])
@pytest.mark.parametrize("depth", [1, 9, DEEPEST - 1, DEEPEST, DEEPEST + 1, DEEPEST + 2, 90, 2 * DEEPEST, 200])
def test_depth_is_bounded(kinds: str, depth: int) -> None:
    for chance in (None, *[random.Random(seed) for seed in range(20)]):
        value, why = decoded(orjson.dumps(nested(depth, kinds, chance)))
        assert bool(why) is (depth > DEEPEST)
        assert why or value is not None


def test_a_request_that_changes_nothing_is_harmless() -> None:
    assert Request(method="GET", path="/me", expects=anything).harmless
    assert Request(method="POST", path="/sale/images", host="upload", expects=anything).harmless
    assert not Request(method="POST", path="/sale/product-offers", expects=anything).harmless
