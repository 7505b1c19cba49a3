"""Parameters are held to the restrictions of their category: count, length, least and most, range, decimals."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import WRONG, Shop

DEFINED = {
    "int": ("integer", {"min": 8, "max": 128}),
    "float": ("float", {"min": 0, "max": 10, "precision": 2}),
    "free": ("float", {}),
    "span": ("float", {"min": 0, "max": 10, "precision": 1, "range": True}),
    "text": ("string", {"minLength": 2, "maxLength": 5}),
    "texts": ("string", {"allowedNumberOfValues": 2}),
    "one": ("dictionary", {"multipleChoices": False}),
    "many": ("dictionary", {"multipleChoices": True}),
}
WORDS = [{"id": "w1", "value": "Nowy"}, {"id": "w2", "value": "Stary"}]


def _range(first: str, last: str) -> dict:
    return {"rangeValue": {"from": first, "to": last}}


GOOD = [
    ("int", {"values": ["8"]}),
    ("float", {"values": ["9,99"]}),
    ("float", {"values": ["10.00"]}),
    ("free", {"values": ["-1.23456"]}),
    ("span", _range("0.5", "10")),
    ("span", _range("1", "1.0")),
    ("text", {"values": ["abcde"]}),
    ("texts", {"values": ["a", "b"]}),
    ("one", {"valuesIds": ["w1"]}),
    ("many", {"values": ["Nowy", "Stary"]}),
]
BAD = [
    ("int", {"values": ["7"]}, "ParameterValueTooSmall"),
    ("int", {"values": ["129"]}, "ParameterValueTooLarge"),
    ("int", {"values": ["8.5"]}, "ParameterPrecision"),
    ("int", {"values": ["osiem"]}, "InvalidParameterValue"),
    ("int", {"values": ["1e1"]}, "InvalidParameterValue"),
    ("int", {"values": ["8", "9"]}, "TooManyValues"),
    ("float", {"values": ["0.123"]}, "ParameterPrecision"),
    ("float", _range("1", "2"), "InvalidParameterRange"),
    ("span", {"values": ["1"]}, "InvalidParameterRange"),
    ("span", _range("2", "1"), "InvalidParameterRange"),
    ("span", _range("-1", "1"), "ParameterValueTooSmall"),
    ("span", _range("1", "10.1"), "ParameterValueTooLarge"),
    ("span", _range("1.25", "2"), "ParameterPrecision"),
    ("text", {"values": ["a"]}, "ParameterValueTooShort"),
    ("text", {"values": ["abcdef"]}, "ParameterValueTooLong"),
    ("texts", {"values": ["a", "b", "c"]}, "TooManyValues"),
    ("one", {"valuesIds": ["w1", "w2"]}, "TooManyValues"),
]


def _send(shop: Shop, key: str, sent: dict, **headers: str):
    defined = []
    for name, (kind, limits) in DEFINED.items():
        words = {"dictionary": WORDS} if kind == "dictionary" else {}
        defined.append(ex.parameter(name, name, kind, product=False, restrictions=limits, **words))
    category = {"id": ex.CATEGORY, "name": "Kubki", "parent": None, "leaf": True, "parameters": defined}
    shop.simulator.seed(ex.account(categories=[category], offers=[]))
    return shop.post("/sale/product-offers", ex.request_body(parameters=[{"id": key, **sent}]), **headers)


@pytest.mark.parametrize(("key", "sent"), GOOD)
def test_what_keeps_to_them_is_taken(shop: Shop, key: str, sent: dict) -> None:
    assert _send(shop, key, sent).status_code in {201, 202}


@pytest.mark.parametrize(("key", "sent", "code"), BAD)
def test_what_breaks_one_is_refused_by_name(shop: Shop, key: str, sent: dict, code: str) -> None:
    said = _send(shop, key, sent, **WRONG)
    assert said.status_code == 422
    assert [(one["code"], one["metadata"]["parameterName"]) for one in said.json()["errors"]] == [(code, key)]
