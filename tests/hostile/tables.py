"""Every field of every kind: what a document says first, then, and at last; null where the page allows it."""

from __future__ import annotations

from typing import Any

from simulator import example
from world import COURIER_NAME, LOCKER_NAME, SECOND_GTIN

Case = list[dict[str, Any]]


def _settings(name: str, *values: Any) -> Case:
    return [{"settings": {name: value}} for value in values]


def _content(name: str, *values: Any) -> Case:
    return [{"content": {name: value}} for value in values]


_PLACE = {"city": "Gniezno", "province": "wielkopolskie", "post_code": "62-200", "country": "PL"}
_PAID = {"allow_paid": True}
_TEN, _ONE = {"package": "emphasized10d", **_PAID}, {"package": "emphasized1d", **_PAID}

#: Documents of one offer that is on sale, one after the other.
OFFERS: dict[str, Case] = {
    "title": _content("title", "Kubek nowy  do kawy", "Kubek inny do herbaty"),
    "parameters": _content(
        "parameters", {"Stan": "Używany"}, {"Stan": "nowy", "Wzór": ["b", "a"]}, {"Wzór": None}
    ),
    "range": _content("parameters", {"Długość": {"from": 1, "to": 2}}, {"Długość": {"from": 1.50, "to": 2}}),
    "no range": _content("parameters", {"Długość": {"from": 1, "to": 2}}, {"Długość": None}),
    "description": _content("description", "<p>Nowy</p>", "<p>a</p><ul><li>b</li></ul>", None),
    "images": _content("images", ["https://example.com/a.jpg"], ["https://example.com/a.jpg", "images/c.png"]),
    "images of the same bytes": _content("images", ["images/c.png", "images/twin.png"], ["images/twin.png"]),
    "product": _content("product", {"gtin": SECOND_GTIN}, {"gtin": example.GTIN}),
    "handling": [{"delivery": {"handling": "PT48H"}}, {"delivery": {"handling": "P7D"}}],
    "prices": [{"delivery": {"prices": "Z Czechami"}}, {"delivery": "Standard"}],
    "price": [{"price": "59.99 PLN"}, {"price": "60 PLN"}],
    "further price": [{"price": {"allegro-cz": each}} for each in ("300 CZK", "301 CZK", None)],
    "always": [{"stock": {"always": each}} for each in (5, 7, 0)],
    "ended": [{"stock": {"status": "ended"}}, {"stock": {"status": "active"}}],
    "bundle": [{"bundle": [{"product": {"gtin": SECOND_GTIN}, "quantity": each}]} for each in (2, 3)],
    "no bundle": [{"bundle": [{"product": {"gtin": SECOND_GTIN}}]}, {"bundle": None}],
    "return_policy": _settings("return_policy", "30 dni", "14 dni"),
    "implied_warranty": _settings("implied_warranty", "Rękojmia", None),
    "warranty": _settings("warranty", "Gwarancja", None),
    "invoice": _settings("invoice", "vat_margin", "no_invoice"),
    "tax": _settings("tax", {"PL": 23, "subject": "goods"}, {"PL": 8}, None),
    "location": _settings("location", _PLACE, {"city": "Kraków"}),
    "duration": _settings("duration", "P10D", "unlimited", None),
    "duration null": _settings("duration", None, "P10D", None),
    "renewal": _settings("renewal", True, False, None),
    "renewal null": _settings("renewal", None, True, None),
    "message": _settings("message_to_seller", {"mode": "required", "hint": "Imię"}, "hidden", None),
    "b2b_only": _settings("b2b_only", True, False, None),
    "b2b_only null": _settings("b2b_only", None, True, None),
    "additional_services": _settings("additional_services", "Pakowanie", None),
    "size_table": _settings("size_table", "Koszulki", None),
    "producer": _settings("producer", "Fabryka"),
    "person": _settings("person", "Osoba", None),
    "safety": _settings("safety", "Uwaga  na\nżar", "Uwaga na stłuczenie"),
    "tags": _settings("tags", ["Nowość"], ["Wyprzedaż", "Nowość"], []),
    "tags null": _settings("tags", ["Nowość"], None),
    "promotion": _settings("promotion", {**_TEN, "extras": ["departmentPage"]}, _ONE, None),
    "promotion null": _settings("promotion", None, _TEN, None),
    "promotion empty": _settings("promotion", _PAID),
}

_ADDRESS = {
    "name": "Garncarnia",
    "street": "Gliniana 3",
    "post_code": "62-200",
    "city": "Gniezno",
    "country_code": "PL",
}
_OPTIONS = dict.fromkeys(
    (
        "cash_on_delivery_not_allowed",
        "free_accessories_return_required",
        "refund_lowered_by_received_discount",
        "business_return_allowed",
        "collect_by_seller_only",
    ),
    False,
)
_FULL = {
    "availability": {"range": "full"},
    "withdrawal_period": "P14D",
    "return_cost": {"covered_by": "buyer"},
    "address": _ADDRESS,
    "options": _OPTIONS,
}
_RESTRICTED = {"range": "restricted", "restriction_cause": {"name": "press"}}
_DISABLED = {"range": "disabled", "restriction_cause": {"name": "custom_item"}}
_LIST = {"dispatch_country": "PL", "type": "physical"}
_PRODUCER = {
    "trade_name": "Garncarnia",
    "address": {"country_code": "PL", "street": "Gliniana 3", "postal_code": "62-200", "city": "Gniezno"},
    "contact": {"email": "gpsr@garncarnia.example"},
}
_PERSON = {
    "name": "Acme EU",
    "address": {"country_code": "DE", "street": "Lange Straße 1", "postal_code": "10243", "city": "Berlin"},
    "contact": {"email": "gpsr@acme.example"},
}
_SLOTS = [{"offers": ["A"], "entry": True}, {"offers": ["B", "C"], "quantity": 2}]


def _services(text: str, price: str) -> dict[str, Any]:
    priced = {"definition": {"id": "GIFT_WRAP"}, "description": text, "configurations": [{"price": price}]}
    return {"language": "pl-PL", "additional_services": [priced]}


def _methods(**parts: Any) -> dict[str, Any]:
    return {**_LIST, "methods": {COURIER_NAME: {"first": "12.99 PLN", **parts}}}


#: Documents of one named object that does not exist at first: kind and name, and what it says one after the other.
OBJECTS: dict[tuple[str, str], Case] = {
    ("DeliveryPriceList", "metody"): [
        {**_LIST, "methods": {LOCKER_NAME: "12.99 PLN"}},
        {**_LIST, "methods": {LOCKER_NAME: {"first": "13 PLN", "max_quantity": 4}}},
        {**_LIST, "methods": {LOCKER_NAME: "13 PLN", COURIER_NAME: "1 PLN"}},
    ],
    ("DeliveryPriceList", "next of nothing"): [_methods(next="0 PLN"), _methods(next="0.00 PLN"), _methods()],
    ("DeliveryPriceList", "czas"): [_methods(time={"from": "PT24H", "to": "P3D"}), _methods(time=None)],
    ("DeliveryPriceList", "bez typu"): [{"dispatch_country": "PL", "methods": {COURIER_NAME: "9 PLN"}}],
    ("ReturnPolicy", "zwroty"): [
        _FULL,
        {**_FULL, "withdrawal_period": "P30D", "contact": {"email": "a@b.example"}},
    ],
    ("ReturnPolicy", "kontakt"): [{**_FULL, "contact": {"email": "a@b.example"}}, {**_FULL, "contact": None}],
    ("ReturnPolicy", "ograniczone"): [{**_FULL, "availability": _RESTRICTED}, _FULL],
    ("ReturnPolicy", "bez zwrotu"): [{"availability": _DISABLED}],
    ("ReturnPolicy", "już nie"): [_FULL, {"availability": _DISABLED, "return_cost": None, "options": None}],
    ("ReturnPolicy", "null"): [_FULL, {"availability": {"range": "full", "restriction_cause": None}}],
    ("ImpliedWarranty", "miesiące"): [
        {"individual": {"period": "P24M"}, "address": _ADDRESS},
        {"individual": {"period": "P2Y"}, "corporate": {"period": "P12M"}},
        {"description": "Opis  a\nb"},
    ],
    ("Warranty", "gwarancja"): [
        {"type": "seller", "individual": {"period": "P24M"}, "description": "Opis"},
        {"type": "manufacturer", "individual": {"period": "P1Y"}, "corporate": {"period": "P12M"}},
        {"individual": {"lifetime": True}},
        {"attachment": None},
    ],
    ("Warranty", "na zawsze"): [
        {"type": "seller", "individual": {"lifetime": True}},
        {"individual": {"period": "P18M", "lifetime": False}},
    ],
    ("ResponsibleProducer", "garncarnia"): [
        {"producer_data": _PRODUCER},
        {"producer_data": {**_PRODUCER, "contact": {"email": "o@x.example", "phone_number": "123"}}},
    ],
    ("ResponsiblePerson", "acme-eu"): [{"personal_data": _PERSON}, {"personal_data": {**_PERSON, "name": "Acme"}}],
    ("AdditionalServices", "pakowanie"): [
        _services("Papier", "9.99 PLN"),
        _services("Papier w groszki", "10 PLN"),
    ],
    ("SizeTable", "koszulki"): [
        {"template": {"id": "1"}, "headers": ["Rozmiar", "Wzrost"], "values": [["S", "164"], last]}
        for last in (["M", "170"], ["L", "180"])
    ],
    ("OfferTag", "prezent"): [{"hidden": True}, {"hidden": False}],
    ("OfferTag", "na lato"): [{}, {"hidden": True}],
    ("Bundle", "zestaw"): [
        {"slots": _SLOTS, "discount": {"whole": {"minimum": 2, "allegro-pl": 10}}},
        {"slots": _SLOTS, "discount": {"slots": [{"slot": 1, "allegro-pl": 10}]}},
        {"slots": _SLOTS, "discount": None},
    ],
}

#: What is refused while the documents are read: kind, and what a document says.
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "next in a list with a type": ("DeliveryPriceList", _methods(next="1 PLN")),
    "next in a list with a country": (
        "DeliveryPriceList",
        {"dispatch_country": "PL", "methods": {COURIER_NAME: {"first": "9 PLN", "next": "1 PLN"}}},
    ),
    "half a year": ("ImpliedWarranty", {"individual": {"period": "P18M"}, "address": _ADDRESS}),
    "no address of complaints": ("ImpliedWarranty", {"individual": {"period": "P1Y"}, "address": None}),
    "restricted for no cause": ("ReturnPolicy", {**_FULL, "availability": {"range": "restricted"}}),
    "disabled for no cause": ("ReturnPolicy", {"availability": {"range": "disabled"}}),
    "full for a cause": ("ReturnPolicy", {**_FULL, "availability": {**_RESTRICTED, "range": "full"}}),
    "no price list": ("Offer", {"delivery": {"prices": None}}),
    "no product": ("Offer", {"content": {"product": None}}),
    "no return policy": ("Offer", {"settings": {"return_policy": None}}),
    "no location": ("Offer", {"settings": {"location": None}}),
}
