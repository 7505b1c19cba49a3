"""What an apply costs and what it cost: read by somebody who knows offers and no requests."""

import pytest
from msgspec.structs import replace

from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec
from reconciler.model.outcomes import Report
from reconciler.model.plan import Forecast
from reconciler.model.requests import Errand, called
from reconciler.render.cost_text import cost_text, said, took_text
from reconciler.render.style import PLAIN, Style

ONE_OFFER = Forecast(
    requests={
        "identity": 1, "DeliveryPriceList.list": 2, "DeliveryPriceList.create": 1, "DeliveryPriceList.detail": 1,
        "Offer.list": 1, "parameters": 1, "product": 1, "Offer.create": 1, "Offer.detail": 2,
    },
    times=dict.fromkeys(("identity", "Offer.create"), 0.01),
    seconds=0.1,
)  # fmt: skip
MANY = Forecast(
    requests={"identity": 1, "Offer.edit": 5000, "Offer.bulk": 800, "Offer.detail": 16_000, "report": 2960},
    times={"identity": 0.007, "Offer.edit": 120.5, "Offer.bulk": 133.3, "Offer.detail": 274.3, "report": 19.7},
    seconds=274.3,
    words={"Offer.edit": "edit offers", "Offer.bulk": "change prices and stock"},
)


def report(requests, seconds, forecast):
    return Report(
        plan_id="p",
        outcomes=(),
        started_at="",
        finished_at="",
        requests=requests,
        seconds=seconds,
        forecast=forecast,
    )


def test_one_offer_takes_a_line():
    """Parts that all take under a second need no table."""
    assert list(cost_text(ONE_OFFER, Style(width=80))) == [
        "Apply takes about 11 requests, under 1 s at the permitted rate:",
        "  create offers 1, write price lists and the like 1, ask the catalogue 2,",
        "  check and read back 7",
    ]


def test_many_offers_take_a_table():
    """Each operation with its requests and its time; together they take as long as the slowest limit."""
    assert list(cost_text(MANY, Style(width=80))) == [
        "Apply takes about 24,761 requests, about 5 min at the permitted rate:",
        "                            requests    time",
        "  change prices and stock        800   2 min",
        "  edit offers                  5,000   2 min",
        "  check and read back         16,001   5 min",
        "  ask whether it is done       2,960    20 s",
        "  total                       24,761   5 min",
    ]


def test_verbose_is_always_a_table():
    lines = list(cost_text(ONE_OFFER, PLAIN, verbose=True))
    assert lines[1].split() == ["requests", "time"]
    assert lines[-1].split() == ["total", "11", "under", "1", "s"]


def test_as_forecast_is_one_line():
    """A request more or less is no news."""
    took = report({**MANY.requests, "report": 2970}, 275, MANY)
    assert list(took_text(took, PLAIN)) == ["It took 24,771 requests (24,761 forecast) and 5 min."]


def test_waiting_is_not_the_permitted_rate():
    took = report(ONE_OFFER.requests, 7, ONE_OFFER)
    assert list(took_text(took, PLAIN)) == [
        "It took 11 requests (11 forecast) and 7 s (under 1 s at the permitted rate, the rest waiting)."
    ]


def test_another_number_is_explained_by_operation():
    """Where it went otherwise than forecast, both stand side by side, and what nobody expected is named."""
    took = report({**MANY.requests, "report": 9000, "tasks": 40, "thing": 2}, 900, MANY)
    assert list(took_text(took, PLAIN)) == [
        "It took 30,843 requests (24,761 forecast) and 15 min (5 min at the permitted rate, the rest waiting):",
        "                            forecast   actual",
        "  change prices and stock        800      800",
        "  edit offers                  5,000    5,000",
        "  check and read back         16,001   16,001",
        "  ask whether it is done       2,960    9,040",
        "  thing                            0        2",
        "  total                       24,761   30,843",
        "  time                         5 min   15 min",
    ]


def test_what_was_not_forecast_is_only_counted():
    """A resync that goes on has no forecast."""
    assert list(took_text(report({"Offer.edit": 9}, 3, Forecast()), PLAIN, verbose=True)) == [
        "It took 9 requests and 3 s."
    ]


KINDS = [kind for name in spec_names() for kind in load_spec(name).kinds.values()]
NAMES = [called(kind.name, name) for kind in KINDS for name in kind.views]
OPERATIONS = [operation for kind in KINDS for operation in kind.operations.values()]


@pytest.mark.parametrize("name", [*NAMES, *Errand])
def test_every_request_has_words(name):
    """No name of a request stands in a sentence for sellers."""
    assert said(name) != name


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.kind}.{each.name}")
def test_every_operation_has_words_that_are_no_read(operation):
    """One with a name of its own has them from its spec; the others from what their names mean everywhere."""
    name = called(operation.kind, operation.name)
    assert said(name, {name: operation.told}) not in (name, said("Offer.list"))


def test_several_accounts_are_applied_one_after_the_other():
    from . import samples

    two = samples.plan(samples.account(forecast=MANY), samples.account(name="outlet", forecast=MANY))
    assert two.forecast.requests == {name: 2 * count for name, count in MANY.requests.items()}
    assert two.forecast.seconds == 2 * MANY.seconds
    assert replace(two, accounts=two.accounts[:1]).forecast == MANY
