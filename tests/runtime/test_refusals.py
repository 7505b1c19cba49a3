"""A refusal leads home: the field of the document, the declared value, its line, what is possible; then the words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from world import World

from reconciler.model.outcomes import Complaint, Outcome, Report, Result
from reconciler.model.report_json import report_to_json
from reconciler.render.gate import through
from reconciler.render.history_text import shown_text
from reconciler.render.report_text import report_text
from reconciler.render.style import PLAIN
from reconciler.runtime.commands.history import history, shown
from reconciler.runtime.project.workspace import Workspace

OFFER = """kind: Offer
name: A
content:
  title: Kubek ceramiczny czerwony wielki
  parameters:
    Stan: Używany
  images:
    - https://example.com/a.jpg
    - https://example.com/b.jpg
  description:
    - text: <p>Raz</p>
    - text: <p>Dwa</p>
price: 98.00 PLN
settings:
  return_policy: 30 dni
"""
RATES = """kind: DeliveryPriceList
name: Standard
methods:
  Allegro Paczkomaty InPost 24/7: 12.99 PLN
  Przesyłka kurierska:
    first: 19.99 PLN
    next: 0 PLN
"""

#: method, address and pointer of a refusal -> path, line, declared value, something that is possible
CASES: dict[str, tuple[str, str, str, str, Any, str]] = {
    "parameters[0]": ("PATCH", "/sale/product-offers/", "content.parameters.Stan", "offer.yaml:6:11", ["Używany"], "Nowy"),
    "images[1]": ("PATCH", "/sale/product-offers/", 'content.images."https://example.com/b.jpg"', "offer.yaml:9:7", "https://example.com/b.jpg", ""),
    "description.sections[1].items[0].content": ("PATCH", "/sale/product-offers/", "content.description, section 2, item 1", "offer.yaml:12:7", {"text": "<p>Dwa</p>"}, ""),
    "afterSalesServices.returnPolicy": ("PATCH", "/sale/product-offers/", "settings.return_policy", "offer.yaml:15:18", "30 dni", "14 dni"),
    "rates[1].firstItemRate.amount": ("PUT", "/sale/shipping-rates/", 'methods."Przesyłka kurierska".first', "rates.yaml:6:12", "19.99 PLN", ""),
}  # fmt: skip


def shop(root: Path) -> World:
    """An offer and a price list that differ from their documents in many fields."""
    made = World.make(root, world.seller([world.live_offer(1, "A")]), [])
    made.write("offer.yaml", OFFER)
    made.write("rates.yaml", RATES)
    return made


def refusing(made: World, method: str, address: str, pointer: str) -> None:
    """Have the marketplace refuse the first such request at this place."""
    rule = {"do": "refuse", "status": 422, "code": "Wrong", "message": "No such value.", "path": pointer}
    made.set(faults={"schedule": [{**rule, "when": {"method": method, "path": address}}]})


def complaint(report: Report) -> tuple[Outcome, Complaint]:
    """The one refusal of a report, and what it is about."""
    [refused] = [each for each in report.outcomes if each.result is Result.REFUSED]
    assert refused.fault is not None
    [told] = refused.fault.complaints
    return refused, told


@pytest.mark.parametrize("pointer", CASES)
def test_a_refusal_names_field_value_line_and_what_is_possible(tmp_path: Path, pointer: str) -> None:
    """In the report, in its JSON and in the history of the run; the marketplace's words and trace id stand after it."""
    method, address, path, place, declared, possible = CASES[pointer]
    made = shop(tmp_path)
    refusing(made, method, address, pointer)
    report = made.apply(made.plan())
    refused, told = complaint(report)
    assert (told.path, told.place) == (path, place)
    assert told.declared == declared or str(told.declared) == declared
    assert possible in told.allowed if possible else not told.allowed
    body = report_to_json(report)
    assert next(each["fault"] for each in body["outcomes"] if each["fault"])["complaints"][0]["place"] == place
    assert refused.fault
    assert refused.fault.trace_id
    workspace = Workspace(tmp_path)
    run, rows = shown(workspace, history(workspace, None, 1)[0].id)
    for text in (through(report_text(report, PLAIN)), through(shown_text(run, rows, PLAIN))):
        assert f"{path}: No such value." in text
        assert place in text
        assert refused.fault.trace_id in text
        assert "refused" in text


def test_a_draft_that_could_not_be_listed_says_which_field(tmp_path: Path) -> None:
    """The marketplace takes a new offer and says in the draft why it is none for sale: that leads home, too."""
    made = World.make(tmp_path, world.seller([]), [world.whole_offer("N")])
    plan = made.plan()
    asked = [{**each, "required": each["name"] in ("Stan", "Wzór")} for each in world.PARAMETERS]
    leaf = {"id": example.CATEGORY, "name": "Kubki", "parent": "5", "leaf": True, "parameters": asked}
    root = {"id": "5", "name": "Dom", "parent": None, "leaf": False}
    with made.simulator() as marketplace:
        marketplace.seed(world.seller([], categories=[root, leaf]))
    report = made.apply(plan)
    refused, told = complaint(report)
    assert refused.fault
    assert refused.fault.code == "NotListed"
    assert told.path == "content.parameters"
    assert told.place.startswith("documents/000.yaml:")


def test_a_field_that_nobody_knows_is_shown_as_it_is(tmp_path: Path) -> None:
    """A place of which no document speaks keeps the marketplace's name."""
    made = shop(tmp_path)
    refusing(made, "PATCH", "/sale/product-offers/", "contact.telephone")
    report = made.apply(made.plan())
    _, told = complaint(report)
    assert (told.pointer, told.path, told.place) == ("contact.telephone", "", "")
    assert "contact.telephone: No such value." in through(report_text(report, PLAIN))
    assert json.dumps(report_to_json(report))
    assert example.OFFER
