"""What is decided once for a run and for its forecast, and how long so many requests take."""

import pytest

from reconciler.documents.specs import load_spec
from reconciler.engine.forecast import Circumstances, Known, forecast
from reconciler.engine.rereads import in_full, keys_to_ask, views_of
from reconciler.model.budgets import BudgetSpec
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import Action, Target

SPEC = load_spec("allegro")
OFFERS = SPEC.kinds[OFFER]


def target(name, **after):
    fields = {path.replace("__", "."): value for path, value in after.items()}
    return Target(key=Key("main", OFFER, name), remote_id=f"#{name}", before=dict.fromkeys(fields), after=fields)


def wanted(count):
    return {f"#{n}": Key("main", OFFER, f"K{n}") for n in range(count)}


def labels(count):
    return {f"#{n}": f"K{n}" for n in range(count)}


@pytest.mark.parametrize(
    ("some", "population", "asked"),
    [(1, 5, 1), (100, 999, 100), (101, 999, None), (200, 1999, 200), (201, 1999, None)],
)
def test_by_key_while_that_takes_no_more_requests(some, population, asked):
    found = keys_to_ask(wanted(some), labels(some), OFFERS.views["list"], population)
    assert (found and len(found)) == asked


def test_an_offer_without_our_key_is_swept():
    """Its id is no external id, so the list cannot be asked for it."""
    known = {**labels(5), "#9": "#9"}
    assert keys_to_ask({"#9": Key("main", OFFER, "#9")}, known, OFFERS.views["list"], 6) is None
    assert keys_to_ask({"#8": Key("main", OFFER, "K8")}, known, OFFERS.views["list"], 6) is None


def test_what_the_list_shows_is_read_from_it_unless_it_is_written_alone():
    price, handling = target("a", price__base=1), target("a", delivery__handling="PT24H")
    assert not in_full(OFFERS.operations["price"], price, OFFERS)
    assert in_full(OFFERS.operations["edit"], price, OFFERS)
    assert in_full(OFFERS.operations["modify"], handling, OFFERS)
    assert views_of(target("a", settings__tags=["x"], price__base=1), OFFERS) == ("detail", "tags")
    assert views_of(target("a"), SPEC.kinds["DeliveryPriceList"]) == ("detail", "list")


@pytest.mark.parametrize(
    ("amount", "seconds"), [(0, 0), (83, 2), (74_700, 1800), (74_701, 3600), (149_400, 5400), (149_401, 7200)]
)
def test_an_hour_s_limit_holds_after_it_is_used_up(amount, seconds):
    """2,490 edits a minute, until the 74,700 of an hour are gone."""
    assert SPEC.budgets["offer_writes"].seconds_for(amount) == pytest.approx(seconds, abs=0.05)


def test_seconds_of_other_limits():
    def limit(**windows):
        return BudgetSpec(name="b", scope="client", counts="requests", **windows)

    assert limit(per_second=5).seconds_for(50) == 10
    assert limit(per_second=50, per_minute=60).seconds_for(120) == 120
    assert limit(per_hour=10).seconds_for(25) == 7200
    assert limit(per_second=10, per_day=10_000).seconds_for(10_000) == 1000
    assert limit(per_second=10, per_day=10_000).seconds_for(25_000) == 2 * 86_400 + 500


def action(operation, *targets):
    wave = OFFERS.operations[operation].wave
    return Action(id=operation, kind=OFFER, operation=operation, wave=wave, targets=targets)


def test_the_slowest_limit_is_the_time_of_all():
    """18,000 price changes fill two minutes of their own limit, and are twelve seconds of commands.

    The list is read before and after; and once more for each command that leaves after more than five seconds.
    """
    lists = [action("bulk", *(target(f"{n}-{m}", price__base=1) for m in range(25))) for n in range(720)]
    labels = {f"#{n}-{m}": f"{n}-{m}" for n in range(720) for m in range(25)}
    told = forecast(lists, SPEC, Circumstances(population={OFFER: 18_000}, labels=labels))
    assert told.requests["Offer.bulk"] == 720
    assert told.requests["Offer.list"] == 2 * 18 + 689
    assert (told.seconds, told.times["Offer.bulk"]) == (120, 120)
    assert told.times["report"] < 20


def test_few_of_many_are_asked_for_by_their_keys():
    """A plan names only the offers that it writes: how many there are besides is another number."""
    prices = [action("bulk", *(target(f"{n}-{m}", price__base=1) for m in range(25))) for n in range(40)]
    labels = {f"#{n}-{m}": f"{n}-{m}" for n in range(40) for m in range(25)}
    few = forecast(prices, SPEC, Circumstances(population={OFFER: 1_000}, labels=labels))
    many = forecast(prices, SPEC, Circumstances(population={OFFER: 100_000}, labels=labels))
    most = OFFERS.views["list"].keys
    assert many.requests["Offer.list"] - few.requests["Offer.list"] == 2 * (1_000 // most) - 2 * 1


def test_the_same_picture_is_uploaded_once():
    edits = [action("edit", target(name, content__images=["a.jpg"])) for name in "abc"]
    known = Known(uploads=lambda row: row.after["content.images"])
    assert forecast(edits, SPEC, Circumstances(known=known)).requests["image"] == 1


def test_slices_are_checked_and_read_back_by_themselves():
    """A resync looks before each command and after each slice, since hours may pass."""
    prices = [action("price", target(f"K{n}", price__base=1)) for n in range(6)]
    known = {f"#K{n}": f"K{n}" for n in range(6)}
    one = forecast(prices, SPEC, Circumstances(labels=known))
    sliced = forecast(prices, SPEC, Circumstances(labels=known, slice_of=2))
    assert (one.requests["Offer.list"], sliced.requests["Offer.list"]) == (2, 6 + 3)


def test_nothing_to_do_takes_nothing():
    assert forecast([], SPEC, Circumstances()).requests == {}


def test_images_of_the_marketplace_are_there():
    """Its own hosts, and no address that only looks like them."""
    assert SPEC.has_image("https://a.allegroimg.com/original/1/2")
    assert SPEC.has_image("https://a.allegroimg.allegrosandbox.pl/original/1/2")
    for other in ("https://cdn.example/allegroimg.com/1", "images/a.jpg@sha256:1", "https://notallegroimg.com/1"):
        assert not SPEC.has_image(other)
