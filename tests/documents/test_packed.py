"""The body of an offer is kept as bytes: nobody who reads it notices."""

from decimal import Decimal

import pytest

from reconciler.documents.document import Document
from reconciler.documents.load import load
from reconciler.documents.packed import PackedBody, packed

PROJECT = b"accounts: {main: {marketplace: allegro, environment: simulator, login: sklep}}\n"
OFFER = b"""\
kind: Offer
name: A-1
labels: {season: zima}
price: 72.99 PLN
stock: {count: 26}
"""


@pytest.fixture
def offer() -> Document:
    documents = load([("offers/a.yaml", OFFER), ("reconcile.yaml", PROJECT)])
    return documents.of("Offer")[0]


def test_it_is_a_mapping_as_any_other(offer: Document) -> None:
    body = offer.body
    assert isinstance(body, PackedBody)
    said = {
        "labels": {"season": "zima"},
        "price": {"base": "72.99 PLN"},
        "stock": {"quantity": {"count": 26}},
    }
    assert body == said == dict(body) == {**body}
    assert list(body) == list(said) == list(body.keys())
    assert [*body.items()] == [*said.items()]
    assert len(body) == len(said)
    assert "price" in body
    assert "content" not in body
    assert body.get("content") is None
    assert body.get("content", {}) == {}
    with pytest.raises(KeyError):
        body["content"]


def test_places_in_it_are_those_that_were_written(offer: Document) -> None:
    """`{count: 26}` is a quantity that has no such key."""
    assert (offer.mark("stock", "quantity").line, offer.mark("stock", "quantity").column) == (5, 16)


@pytest.mark.parametrize("value", [Decimal("2.50"), 10**30, "\ud800"])
def test_what_no_bytes_stand_for_stays_as_it_is(value: object) -> None:
    """Fractions, numbers of more than 64 bits, half a character: no JSON has them."""
    body = {"settings": {"a": [value]}}
    assert packed(body) is body
