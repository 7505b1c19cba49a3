"""Values survive the way to the wire and back."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire import CDN, READING, context

from reconciler.model.html import canonical_html
from reconciler.model.offers import OFFER
from reconciler.model.values import Money, Value
from reconciler.providers.allegro.bundle_wire import read_discount, read_slots, write_discount, write_slots
from reconciler.providers.allegro.decoding import decoder
from reconciler.providers.allegro.encoding import encode, priced
from reconciler.providers.allegro.offer_write import tax
from reconciler.providers.allegro.rates import read_rates, write_rates
from reconciler.providers.allegro.words import NAMES
from reconciler.providers.codecs import (
    Spelling,
    camel,
    duration,
    money,
    pick,
    place,
    snake,
    steps,
    wire_duration,
    wire_money,
)

FIELDS = READING.spec.kinds[OFFER].fields
names = st.from_regex(r"[a-z]{1,6}(_[a-z]{1,6}){0,2}", fullmatch=True)
amounts = st.decimals(0, 10**9, places=2)
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@given(names)
def test_names_come_back(name: str) -> None:
    assert snake(camel(name)) == name


@given(amounts, st.sampled_from(["PLN", "EUR", "CZK"]))
def test_money_comes_back(amount: Decimal, currency: str) -> None:
    value = Money(amount, currency)
    assert money(wire_money(value)) == value
    assert money(priced(value, READING.spec)) == value


def test_money_of_whole_units_has_no_digits_and_is_never_rounded() -> None:
    assert priced(Money(Decimal("289.00"), "CZK"), READING.spec)["amount"] == "289"
    assert priced(Money(Decimal("289.50"), "CZK"), READING.spec)["amount"] == "289.50"
    assert priced(Money(Decimal("1E+2"), "PLN"), READING.spec)["amount"] == "100.00"
    assert money({"amount": 14.99, "currency": "PLN"}) == Money(Decimal("14.99"), "PLN")
    assert money(None) is None


@given(st.integers(0, 5000))
def test_durations_come_back(hours: int) -> None:
    assert duration(wire_duration(f"PT{hours}H", {})) == f"PT{hours}H"


@pytest.mark.parametrize("path", ["delivery.handling", "settings.duration"])
def test_every_stated_spelling_comes_back(path: str) -> None:
    for ours in FIELDS[path].values:
        wire = encode(FIELDS[path], ours, context(), {})
        assert decoder(FIELDS[path])(wire, READING) == ours


@pytest.mark.parametrize(
    ("wire", "ours"),
    [
        ("P2D", "PT48H"),
        ("PT720H", "PT720H"),
        ("P1W", "PT168H"),
        ("P1DT12H", "PT36H"),
        ("PT0S", "PT0H"),
        ("PT120M", "PT2H"),
        ("P1Y", "P1Y"),
        ("PT30M", "PT30M"),
    ],
)
def test_spellings_of_a_duration(wire: str, ours: str) -> None:
    assert duration(wire) == ours


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("delivery.prices", "paczkomaty"),
        ("delivery.prices", "#unnamed"),
        ("settings.invoice", "vat_margin"),
        (
            "settings.location",
            {"city": "WARSZAWA", "province": "mazowieckie", "post_code": "00-001", "country": "PL"},
        ),
        ("settings.message_to_seller", {"mode": "hidden", "hint": "HIDDEN"}),
        ("content.images", [f"{CDN}/1"]),
        ("content.description", [[{"text": "<p>a</p>"}, {"image": f"{CDN}/1"}]]),
        ("stock.status", "ended"),
        ("settings.tags", ["nowe", "#5"]),
    ],
)
def test_fields_come_back(path: str, value: Value) -> None:
    field = FIELDS[path]
    assert decoder(field)(encode(field, value, context(), {}), READING) == value


@given(
    st.dictionaries(st.sampled_from(["PL", "CZ", "SK"]), st.sampled_from(["23", "7.5", "0", "exempt"]), min_size=1)
)
def test_taxes_come_back(value: dict[str, str]) -> None:
    assert decoder(FIELDS["settings.tax"])(tax(value, None), READING) == value


rate = st.fixed_dictionaries(
    {
        "first": st.builds(Money, amounts, st.just("PLN")),
        "max_quantity": st.integers(1, 999999),
    },
    optional={
        "next": st.builds(Money, amounts.filter(bool), st.just("PLN")),
        "max_weight": st.sampled_from(["5", "0.5", "31.125"]),
        "time": st.just({"from": "PT24H", "to": "PT72H"}),
    },
)


@given(st.dictionaries(st.sampled_from(["Paczkomat", "Kurier", "#x"]), rate))
def test_rates_come_back(value: dict[str, Any]) -> None:
    ids = {"Paczkomat": "method-1", "Kurier": "method-2", "#x": "x"}
    wire = write_rates(value, [], ids.__getitem__, lambda m: wire_money(m, 2), typed=False)
    assert read_rates(wire, READING) == value


markets = st.dictionaries(st.sampled_from(["allegro-pl", "allegro-cz"]), st.integers(1, 99), min_size=1)
discounts = (
    st.none()
    | st.builds(lambda m: {"whole": {"minimum": 2, **m}}, markets)
    | st.lists(markets, min_size=1, max_size=3).map(
        lambda ms: {"slots": [{"slot": n, **m} for n, m in enumerate(ms)]}
    )
)


@given(discounts)
def test_discounts_come_back(value: Value) -> None:
    assert read_discount(write_discount(value), READING) == value


@given(
    st.lists(
        st.builds(
            lambda o, q, e: {"offers": sorted(o), "quantity": q, "entry": e},
            st.sets(st.sampled_from(["kubek", "talerz", "#9"]), min_size=1),
            st.integers(1, 3),
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_slots_come_back(value: Value) -> None:
    ids = {"kubek": "101", "talerz": "102", "#9": "9"}
    assert read_slots(write_slots(value, [], ids.__getitem__), READING) == value


@given(st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)))
def test_nested_bodies_come_back(value: Value) -> None:
    def without_nulls(each: Value) -> Value:
        if isinstance(each, dict):
            return {k: without_nulls(v) for k, v in each.items() if v is not None}
        return [without_nulls(v) for v in each] if isinstance(each, list) else each

    assert Spelling().read(Spelling().write(value, "x"), "x") == without_nulls(value)


def test_words_and_prices_are_known_by_their_place() -> None:
    ours = {"country": "PL", "type": "country_same_quantity"}
    body = [
        {
            "definition": {"id": "GIFT_WRAP"},
            "description": "SZYBKO",
            "configurations": [{"constraint_criteria": ours, "price": "5.00 PLN"}],
        }
    ]
    wire = NAMES.write(body, "additional_services")
    assert wire == [
        {
            "definition": {"id": "GIFT_WRAP"},
            "description": "SZYBKO",
            "configurations": [
                {
                    "constraintCriteria": {"country": "PL", "type": "COUNTRY_SAME_QUANTITY"},
                    "price": {"amount": "5.00", "currency": "PLN"},
                }
            ],
        }
    ]
    assert NAMES.read(wire, "additional_services") == body


def test_pointers() -> None:
    body: dict[str, Any] = {"a": [{"b": 1}], "n": None}
    assert pick(body, steps("/a/0/b")) == 1
    assert pick(body, steps("/a/1/b")) is None
    assert pick(body, steps("/n/x/y")) is None
    assert pick(body, steps("")) == body
    place(body, steps("/x/y"), 2)
    assert body["x"] == {"y": 2}


pieces = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<B>",
        "</b>",
        "<h1>",
        "</H1 >",
        "<li>",
        "</li>",
        " ",
        "  ",
        "\n",
        "&nbsp;",
        "&amp;",
        "&lt;",
        "&oacute;",
        "&quot;",
        "a",
        "ó",
        "\u00a0",
    ]
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_spelling_a_description_twice_changes_nothing(text: str) -> None:
    assert canonical_html(canonical_html(text)) == canonical_html(text)
