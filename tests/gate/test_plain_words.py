"""What a user reads are words: no repr of Python, no name of a class. Over hostile documents, plans and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import world
from msgspec.structs import replace
from world import World

from reconciler.model.plan import Plan
from reconciler.model.plan_json import UnreadablePlan, load_plan, plan_to_json
from reconciler.render.diagnostics_text import diagnostics_text
from reconciler.render.gate import through
from reconciler.render.report_text import report_text
from reconciler.render.style import PLAIN
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace

#: What only a program says: a repr, a class, an address in memory.
JARGON = re.compile(
    r"Decimal\(|Money\(|Key\(|\b[A-Z][A-Za-z]+(?:Error|Exception|Fault)\b(?!\.)|<[\w.]+ object|0x[0-9a-f]{6}|"
    r"NoneType|\bNone\b|'[^' ]*' is not|\[Errno|\{'|\('"
)


def plain(text: str) -> str:
    """Hold that a text is words."""
    assert not (found := JARGON.search(text)), f"{found[0]!r} in {text}"
    return text


def offer(**sections: Any) -> dict[str, Any]:
    return world.offer("A", **sections)


DOCUMENTS: dict[str, dict[str, Any]] = {
    "a price that is a list": offer(price=["49 PLN"]),
    "a price without a currency": offer(price="49"),
    "a price of words": offer(price="tanio PLN"),
    "a price with too many digits": offer(price="49.999 PLN"),
    "a price abroad in the wrong currency": offer(price={"allegro-cz": "49 PLN"}),
    "a price of zero": offer(price="0 PLN"),
    "a GTIN of letters": offer(content={"product": {"gtin": "abc"}}),
    "a GTIN that is short": offer(content={"product": {"gtin": "123"}}),
    "a duration of words": offer(delivery={"handling": "jutro"}),
    "stock of words": offer(stock="dużo"),
    "stock below zero": offer(stock=-1),
    "stock as a list": offer(stock=[1, 2]),
    "a status of our own": offer(stock={"status": "sold"}),
    "a title of one word": offer(content={"title": "Kubek"}),
    "a title that is too long": offer(content={"title": "kubek " * 40}),
    "a tag that is not allowed": offer(content={"description": "<script>x</script>"}),
    "null for a title": offer(content={"title": None}),
    "a key that nobody knows": offer(contents={"title": "x"}),
    "parameters that are a list": offer(content={"parameters": ["Nowy"]}),
    "a tax of words": offer(settings={"tax": {"PL": "dużo"}}),
    "an image that is not there": offer(content={"images": ["images/missing.jpg"]}),
    "an image outside of the project": offer(content={"images": ["../../etc/passwd"]}),
    "a template that is not there": offer(settings="nowhere"),
    "a kind that is none": {"kind": "Ofer", "name": "A"},
    "a discount of words": {"kind": "Bundle", "name": "B", "slots": [{"offers": ["A"]}], "discount": {"whole": {"minimum": 2, "allegro-pl": "dużo"}}},
    "a method without a price": {"kind": "DeliveryPriceList", "name": "L", "methods": {"Kurier": None}},
    "a warranty of no time": {"kind": "Warranty", "name": "W", "type": "seller", "individual": {"period": "rok"}},
}  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTS)
def test_what_is_said_of_a_document_is_words(tmp_path: Path, case: str) -> None:
    """Each mistake is said, and in words, by `validate` and with all its parts."""
    made = World(tmp_path)
    made.project({"accounts": {"main": {"marketplace": "allegro", "environment": "simulator", "login": "sklep"}}})
    made.documents(DOCUMENTS[case])
    found = resolve_project(Workspace(tmp_path)).diagnostics
    assert found or case == "an image that is not there"
    for each in found:
        plain(f"{each.summary} {each.detail} {each.hint}")
    plain(through(diagnostics_text(found, PLAIN)))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan with a change of most shapes."""
    made = World.make(tmp_path_factory.mktemp("shop"), world.seller([world.live_offer(1, "A")]), [])
    made.documents(world.offer("A", price="55 PLN", content={"title": "Talerz płytki biały duży"}))
    return made.plan()


def damaged(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The plan with one member missing, or of another shape, at a time."""
    account = body["accounts"][0]
    for name in body:
        if name != "format_version":
            yield {key: value for key, value in body.items() if key != name}
    for name in account:
        yield {**body, "accounts": [{key: value for key, value in account.items() if key != name}]}
        for odd in (None, 7, "x", [3], {"a": 1}):
            yield {**body, "accounts": [{**account, name: odd}]}


def test_what_is_said_of_a_damaged_plan_is_words(planned: Plan) -> None:
    """Whatever is missing or of another shape, a sentence says so."""
    refused = 0
    for broken in damaged(plan_to_json(planned)):
        try:
            load_plan(json.dumps(broken))  # what is only told is not covered by the digest
        except UnreadablePlan as said:
            refused += 1
            plain(said.summary)
    assert refused > 100


REFUSALS: dict[str, tuple[dict[str, Any], Callable[[World], None]]] = {
    "a reference that nobody knows": (offer(settings={"return_policy": "nigdzie"}), lambda _: None),
    "a refusal without words": (offer(price="55 PLN"), lambda made: strike(made, status=422)),
    "a refusal of a parameter": (offer(content={"parameters": {"Stan": "Nowiutki"}}), lambda _: None),
}


def strike(made: World, **rule: Any) -> None:
    """Have the marketplace refuse every write."""
    refusal = {"do": "refuse", "times": None, **rule}
    made.set(faults={"schedule": [{**refusal, "when": {"method": method}} for method in ("PUT", "PATCH", "POST")]})


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_said_of_a_refusal_is_words(tmp_path: Path, case: str) -> None:
    """Ours and the marketplace's, found while planning or only when it was sent."""
    document, trouble = REFUSALS[case]
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [document])
    trouble(made)
    plan = made.plan()
    for each in plan.diagnostics:
        plain(f"{each.summary} {each.detail} {each.hint}")
    if plan.actions:
        report = made.apply(plan)
        codes = {each.fault.code for each in report.outcomes if each.fault}
        text = through(report_text(replace(report), PLAIN, plan=plan))
        for code in codes:  # the marketplace's own word for it may be the name of a class
            text = text.replace(code, "")
        plain(text)
        ours = [each for each in report.outcomes if each.fault and each.fault.ours]
        assert bool(ours) == ("cannot be sent" in text)
        assert not ours or "refused by the marketplace" not in text
