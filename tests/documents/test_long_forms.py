"""What a person may write short comes out long."""

from decimal import Decimal

import pytest

from tests.documents.projects import OFFER, ONE, TEMPLATE, project

HEAD = "kind: Offer\nname: x\n"


def body(text):
    found = project(a=text, t=TEMPLATE)
    assert found.diagnostics == ()
    return found.documents[1].body


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("settings: standard", {"settings": {"template": "standard"}}),
        ("settings: {tax: {PL: 23, CZ: exempt}}", {"settings": {"tax": {"PL": "23.00", "CZ": "exempt"}}}),
        ("settings: {tax: {PL: 8.5, subject: goods}}", {"settings": {"tax": {"PL": "8.50", "subject": "goods"}}}),
        ("settings: {message_to_seller: hidden}", {"settings": {"message_to_seller": {"mode": "hidden"}}}),
        ("settings: {warranty: null}", {"settings": {"warranty": None}}),
        ("settings: {warranty: {id: 15}}", {"settings": {"warranty": {"id": "15"}}}),
        ("settings: {location: {post_code: 60166}}", {"settings": {"location": {"post_code": "60166"}}}),
        ("delivery: kurier", {"delivery": {"prices": "kurier"}}),
        ("delivery: {prices: {id: 7}}", {"delivery": {"prices": {"id": "7"}}}),
        ("price: 49.99 PLN", {"price": {"base": "49.99 PLN"}}),
        ("price: {allegro-cz: null}", {"price": {"allegro-cz": None}}),
        ("stock: 73", {"stock": {"quantity": 73}}),
        ("stock: {quantity: 5.0}", {"stock": {"quantity": 5}}),
        ("bundle: [{product: {gtin: 5901234123464}}]", {"bundle": [{"product": {"gtin": "5901234123464"}, "quantity": 1}]}),
        ("bundle: null", {"bundle": None}),
        ("adopt: 13840000123", {"adopt": "13840000123"}),
        ("content: {category: 257931}", {"content": {"category": "257931"}}),
        ("content: {product: {gtin: 0012345678905}}", {"content": {"product": {"gtin": "0012345678905"}}}),
        ("content: {parameters: {A: 1, B: [x, 0.50], C: {from: 1, to: 2.5}, D: null}}",
         {"content": {"parameters": {"A": ["1"], "B": ["x", "0.50"], "C": {"from": "1", "to": "2.5"}, "D": None}}}),
        ("content: {description: <p>a</p>}", {"content": {"description": [[{"text": "<p>a</p>"}]]}}),
        ("content: {description: {template: t.html}}", {"content": {"description": [[{"text": {"template": "t.html"}}]]}}),
        ("content: {description: [{text: a}, [{image: b}, {text: c}]]}",
         {"content": {"description": [[{"text": "a"}], [{"image": "b"}, {"text": "c"}]]}}),
        ("content: {description: null, images: null}", {"content": {"description": None, "images": None}}),
        ("sync: {price: false, stock: true, content: manual}", {"sync": {"price": "off", "stock": "auto", "content": "manual"}}),
        ("labels: {year: 2024}", {"labels": {"year": "2024"}}),
    ],
)  # fmt: skip
def test_offer(short, long):
    assert body(HEAD + short) == long


def test_the_example_of_the_documentation_loads():
    found = project(a=OFFER, t=TEMPLATE)
    assert found.diagnostics == ()
    (offer,) = found.of("Offer")
    assert (offer.name, offer.account, offer.folder) == ("kubek-acme-300", "main", "")
    assert offer.body["stock"] == {"quantity": 73, "status": "active"}
    assert offer.body["content"]["parameters"] == {
        "Stan": ["Nowy"],
        "Marka": ["ACME"],
        "Kolor": ["biały", "niebieski"],
    }
    assert str(offer.mark("stock", "quantity")) == "a.yaml:19:19"


def test_names_may_look_like_numbers():
    found = project(a="kind: Offer\nname: 570\n---\nkind: Offer\nname: 0570\n---\nkind: Offer\nname: no")
    assert [offer.name for offer in found.of("Offer")] == ["570", "0570", "no"]


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("kind: DeliveryPriceList\nname: d\nmethods: {DPD: 12.99 PLN}", {"methods": {"DPD": {"first": "12.99 PLN"}}}),
        ("kind: DeliveryPriceList\nname: d\nmethods: {DPD: {first: 1 PLN, max_weight: 5}}",
         {"methods": {"DPD": {"first": "1 PLN", "max_weight": "5.000"}}}),
        ("kind: Bundle\nname: b\nslots: [{offers: [a, 7]}, {offers: [b], quantity: 2}]",
         {"slots": [{"offers": ["a", "7"], "quantity": 1, "entry": True}, {"offers": ["b"], "quantity": 2, "entry": False}]}),
        ("kind: SizeTable\nname: s\nheaders: [A, {name: B}]\nvalues: [[S, 5], {cells: [M, 6]}]",
         {"headers": [{"name": "A"}, {"name": "B"}], "values": [{"cells": ["S", "5"]}, {"cells": ["M", "6"]}]}),
        ("kind: ReturnPolicy\nname: r\naddress: {name: A, street: B, post_code: 60166, city: C, country_code: PL}",
         {"address": {"name": "A", "street": "B", "post_code": "60166", "city": "C", "country_code": "PL"}}),
    ],
)  # fmt: skip
def test_other_kinds(text, long):
    assert body(text) == long


def test_guards_and_accounts():
    text = ONE.replace(
        "login: acme}",
        "login: acme, guards: {price_change: 50%, ends: off}, sync: {price: false}, credentials: {token: TOKEN}}",
    )
    limits = "guards: {price_change: 30, price_shift: false, price_floor: 5 PLN, zeros: {count: 5, share: 10%}}"
    found = project(reconcile=text + limits)
    assert found.diagnostics == ()
    account = found.project.accounts["main"]
    assert found.project.guards["price_change"] == 30
    assert account.guards == {
        "price_change": Decimal(50),
        "price_shift": "off",
        "price_floor": ["5 PLN"],
        "zeros": {"count": 5, "share": Decimal(10)},
        "ends": "off",
    }
    assert dict(account.sync) == {"price": "off"}
    assert account.credentials == {"token": "TOKEN"}
    assert str(account.mark) == "reconcile.yaml:1:12"
