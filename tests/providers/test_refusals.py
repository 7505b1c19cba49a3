"""Refusals of whole commands: which rows they name, and which of them may be for a row at all."""

from __future__ import annotations

from typing import Any

import pytest
from script import errors, play, reply
from wire import COMMAND, action, context, target

from reconciler.model.outcomes import Result
from reconciler.providers.allegro.provider import ALLEGRO

NOT_THERE = errors(404, "NotFound", "There is no such command.")


def refusal(*paths: str | None, status: int = 422) -> Any:
    """Errors with these paths."""
    found = [{"code": "BAD", "message": f"No {number}.", "path": path} for number, path in enumerate(paths)]
    return reply(status, {"errors": found}, trace_id="trace-1")


def price(offer: str, amount: int) -> Any:
    return target({"stock.quantity": amount}, offer, f"offer-{offer}")


def rows(operation: str, *answers: Any, count: int = 3) -> tuple[list[str], list[str]]:
    """Perform a command of some rows: each one's words, `again` for those that may be sent again, and the requests."""
    amounts = [7] * count if operation == "quantity" else range(1, count + 1)
    act = action(operation, *(price(str(101 + n), amount) for n, amount in enumerate(amounts)))
    told = play(ALLEGRO.perform(act, context()), *answers)
    assert {each.result for each in told.result} == {Result.REFUSED}
    return ["again" if each.unnamed else each.fault.message for each in told.result], told.paths


@pytest.mark.parametrize(
    ("operation", "path", "place"),
    [
        ("bulk", "modifications[2]", 2),
        ("bulk", "modifications[0].prices.allegro-pl.value.amount", 0),
        ("bulk", "$.modifications[1]", 1),
        ("bulk", "$['modifications'][1]['stock']", 1),
        ("bulk", "/modifications/2/stock/value", 2),
        ("bulk", "#/modifications/2", 2),
        ("bulk", "modifications.1.stock", 1),
        ("bulk", "body.modifications[1]", 1),
        ("bulk", "modifications", None),
        ("bulk", "modifications[3]", None),
        ("bulk", "modifications[-1]", None),
        ("bulk", "modifications[99999999999999999999]", None),
        ("bulk", "amodifications[1]", None),
        ("quantity", "offerCriteria[0].offers[2].id", 2),
        ("quantity", "offerCriteria[0].offers[1]", 1),
        ("quantity", "/offerCriteria/0/offers/0/id", 0),
        ("quantity", "offerCriteria[0].offers", None),
        ("quantity", "offerCriteria[0].type", None),
        ("quantity", "", None),
        ("quantity", None, None),
    ],
)
def test_a_row_is_named_by_its_place(operation: str, path: str | None, place: int | None) -> None:
    """Only that row is refused for good; where none is named all may be sent again, in smaller commands."""
    words, paths = rows(operation, refusal(path), NOT_THERE)
    assert words == ["No 0." if place == number else "again" for number in range(3)]
    assert paths[1].startswith("GET ")
    assert paths[1].endswith(COMMAND)


def test_several_errors_name_several_rows() -> None:
    """Each row has the words that are for it, all of them; an error of no row is nobody's."""
    paths = ("modifications[0].stock", "modifications[2].stock", "/modifications/0/prices", None)
    words, _ = rows("bulk", refusal(*paths), NOT_THERE)
    assert words == ["No 0.; No 2.", "again", "No 1."]


@pytest.mark.parametrize(
    ("status", "path"),
    [
        *((status, None) for status in (401, 403, 404, 405, 415)),
        (400, "$.modification.changeType"),
        (422, "modification.value"),
        (422, "/modification/value"),
        (422, "commandId"),
    ],
)
def test_what_all_rows_share_is_refused_for_all(status: int, path: str | None) -> None:
    """A right, an address, a form or the shared value: nothing is asked, and nothing is to be sent again."""
    words, paths = rows("quantity", refusal(path, status=status))
    assert words == ["No 0."] * 3
    assert len(paths) == 1


def test_a_command_of_one_row_is_refused_as_it_is() -> None:
    words, paths = rows("bulk", refusal(None), count=1)
    assert (words, len(paths)) == (["No 0."], 1)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_without_proof_that_nothing_is_there_no_row_is_sent_again(status: int) -> None:
    """The report cannot be read: the rows stay refused under the id under which something may have been done."""
    words, _ = rows(
        "quantity", refusal("offerCriteria[0].offers[1]", status=status), errors(403, "No", "No right.")
    )
    assert words == ["No 0."] * 3


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"null", b'{"errors": null}'])
def test_a_refusal_of_any_form_names_no_row(body: bytes) -> None:
    """What is no list of errors names none, and stops nothing."""
    words, _ = rows("bulk", reply(422, body), NOT_THERE)
    assert words == ["again"] * 3
