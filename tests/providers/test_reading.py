"""Tokens, the list, one offer, named objects, the catalogue and the events."""

from base64 import urlsafe_b64encode
from decimal import Decimal
from typing import Any

import pytest
from script import errors, play, reply
from wire import DETAIL, OTHER_ID, PRODUCT_ID, READING, ROW

from reconciler.model.catalogue import Filled
from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import FaultKind
from reconciler.model.values import Money
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Credentials, MarketplaceFault, Token
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything


def test_a_ready_token_asks_nobody() -> None:
    assert play(ALLEGRO.authorize(Credentials(token="t"))).result == Token("t")


def test_a_refresh_token_is_spent_with_basic_credentials() -> None:
    credentials = Credentials(client_id="id", client_secret="secret", refresh_token="old")
    told = play(
        ALLEGRO.authorize(credentials),
        reply(200, {"access_token": "new", "refresh_token": "next", "expires_in": 43199}),
    )
    (request,) = told.requests
    assert told.result == Token("new", "next", 43199)
    assert (request.host, request.path, request.basic) == ("auth", "/auth/oauth/token", ("id", "secret"))
    assert request.form == {"grant_type": "refresh_token", "refresh_token": "old"}
    assert "Authorization" not in ALLEGRO.bearer(Token("x"), Credentials(), request)
    assert "secret" not in repr(request)


def test_the_client_is_named_and_the_language_pinned() -> None:
    headers = ALLEGRO.bearer(Token("x"), Credentials(), Request(method="GET", path="/me", expects=anything))
    assert headers["Authorization"] == "Bearer x"
    assert headers["Accept-Language"] == "pl-PL"
    assert headers["User-Agent"].startswith("reconcile/")
    assert " (+https://" in headers["User-Agent"]


def test_identity() -> None:
    told = play(
        ALLEGRO.identity(), reply(200, {"id": "7", "login": "shop", "baseMarketplace": {"id": "allegro-cz"}})
    )
    assert (told.result.login, told.result.user_id, told.result.base_market) == ("shop", "7", "allegro-cz")


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {**ROW, "id": str(number), "external": {"id": f"k{number}"}, **changes}


def page(total: int, *numbers: int) -> Any:
    return reply(200, {"offers": [row(n) for n in numbers], "count": len(numbers), "totalCount": total})


def test_a_listing_that_adds_up_is_complete() -> None:
    told = play(ALLEGRO.inventory(READING), page(3, 1, 2), page(3, 3))
    assert [each.remote_id for each in told.result.live] == ["1", "2", "3"]
    assert told.result.complete
    assert told.requests[1].query == (("limit", "1000"), ("offset", "2"))


@pytest.mark.parametrize(
    "pages",
    [
        (page(3, 1, 2), page(3)),  # short
        (page(3, 1, 2), page(3, 2)),  # a row twice, one skipped
        (page(3, 1, 2), page(4, 3, 4)),  # moved while it was read
    ],
)
def test_a_listing_that_does_not_add_up_is_incomplete(pages: Any) -> None:
    assert not play(ALLEGRO.inventory(READING), *pages).result.complete


def test_an_empty_account_is_complete() -> None:
    told = play(ALLEGRO.inventory(READING), page(0))
    assert (told.result.live, told.result.complete) == ((), True)


def test_a_listing_that_is_refused_raises() -> None:
    with pytest.raises(MarketplaceFault) as caught:
        play(ALLEGRO.inventory(READING), errors(403, "AccessDenied"))
    assert caught.value.fault.kind is FaultKind.AUTH


def test_a_row() -> None:
    body = {"offers": [ROW], "totalCount": 1}
    (live,) = play(ALLEGRO.inventory(READING), reply(200, body)).result.live
    assert live.key == Key("main", OFFER, "kubek")
    assert live.fields == {
        "content.title": "Kubek ceramiczny ACME 300 ml",
        "content.category": "257931",
        "delivery.prices": "paczkomaty",
        "price.base": Money(Decimal("49.9"), "PLN"),
        "price.allegro-cz": Money(Decimal(289), "CZK"),
        "stock.quantity": 73,
        "stock.status": "active",
        "settings.return_policy": "14 dni",
        "settings.implied_warranty": "rękojmia",
        "settings.warranty": None,
        "settings.b2b_only": False,
        "settings.additional_services": None,
    }
    assert live.facts == {
        "format": "buy_now",
        "sold": 5,
        "listed_at": "2026-07-01T10:00:00Z",
        "rules": {"base": "rule-1", "allegro-cz": "rule-2"},
        "external_id": "kubek",
        "fulfillment": False,
        "first_image": "https://a.allegroimg.com/s128/11ab",
        "activating": False,
    }


def test_a_row_of_little() -> None:
    """A draft has nulls wherever a published offer has something; without a key its id is its name."""
    bare = {
        "id": "9",
        "name": None,
        "external": None,
        "stock": None,
        "sellingMode": None,
        "publication": {"status": "ACTIVATING"},
    }
    (live,) = play(ALLEGRO.inventory(READING), reply(200, {"offers": [bare], "totalCount": 1})).result.live
    assert live.key == Key("main", OFFER, "9")
    assert live.fields["price.base"] is None
    assert live.fields["stock.status"] == "active"
    assert live.facts["activating"]
    assert live.facts["external_id"] is None


def test_an_unknown_reference_shows_its_id() -> None:
    body = {"offers": [row(1, delivery={"shippingRates": {"id": "else"}})], "totalCount": 1}
    (live,) = play(ALLEGRO.inventory(READING), reply(200, body)).result.live
    assert live.fields["delivery.prices"] == "#else"


def test_find_asks_a_hundred_keys_at_a_time() -> None:
    keys = [f"k{n}" for n in range(130)]
    told = play(ALLEGRO.find(READING, keys), page(1, 1), page(0))
    assert [each.remote_id for each in told.result] == ["1"]
    assert [sum(name == "external.id" for name, _ in r.query) for r in told.requests] == [100, 30]


def test_an_offer_in_full() -> None:
    told = play(
        ALLEGRO.read(READING, OFFER, "101", ["tags", "detail", "promotion"]),
        reply(200, DETAIL),
        reply(200, {"tags": [{"id": "tag-2", "name": "wyprzedaż", "hidden": False}]}),
        reply(
            200,
            {
                "offerId": "101",
                "basePackage": {"id": "emphasized10d"},
                "extraPackages": [{"id": "b"}, {"id": "a"}],
            },
        ),
    )
    live = told.result
    assert live.detailed
    assert live.wire == DETAIL
    assert live.facts["problems"] == ["Brak zdjęcia"]
    fields = live.fields
    assert fields["content.product"] == {"id": PRODUCT_ID, "gtins": ["5901234123457"]}
    assert fields["bundle.items"] == [{"product": {"id": OTHER_ID, "gtins": ["5901234123464"]}, "quantity": 2}]
    assert fields["content.parameters"]["11323"] == {
        "name": "Stan",
        "values": ["Nowy"],
        "ids": ["11323_1"],
        "range": None,
        "section": "offer",
    }
    assert fields["content.parameters"]["248811"]["section"] == "product"
    assert fields["content.description"][0] == [{"text": "<p>Kubek do kawy.</p><p>A &amp; B</p>"}]
    assert fields["delivery.handling"] == "PT48H"
    assert fields["settings.duration"] == "PT720H"
    assert fields["settings.tax"] == {"PL": "23", "CZ": "exempt", "subject": "goods"}
    assert fields["settings.location"] == {
        "city": "POZNAŃ",
        "country": "PL",
        "post_code": "60-166",
        "province": "wielkopolskie",
    }
    assert fields["settings.message_to_seller"] == {"mode": "required", "hint": "Prosimy o KOLOR"}
    assert fields["settings.safety"] == "Ostrożnie: gorące."
    assert fields["settings.tags"] == ["wyprzedaż"]
    assert fields["settings.promotion"] == {"package": "emphasized10d", "extras": ["a", "b"]}
    assert "price.allegro-hu" not in fields


def test_the_list_lags_so_the_full_body_wins() -> None:
    old = {**ROW, "stock": {"available": 1, "sold": 9}}
    told = play(
        ALLEGRO.read(READING, OFFER, "101", ["list", "detail"]),
        reply(200, DETAIL),
        reply(200, {"offers": [old], "totalCount": 1}),
    )
    assert told.result.fields["stock.quantity"] == 73
    assert told.result.facts["sold"] == 9


def test_an_offer_that_is_not_there() -> None:
    assert (
        play(ALLEGRO.read(READING, OFFER, "1", ["detail"]), errors(404, "OfferNotFoundException")).result is None
    )


def test_what_cannot_be_decoded_is_no_value() -> None:
    strange = {**DETAIL, "taxSettings": {"rates": [{"percent": 23}]}}
    live = play(ALLEGRO.read(READING, OFFER, "101", ["detail"]), reply(200, strange)).result
    assert "settings.tax" not in live.fields
    assert set(live.unreadable) == {"settings.tax"}
    assert live.unclear(["settings.tax"])
    assert not live.unclear(["content.title"])


@pytest.mark.parametrize("kind", ["ReturnPolicy", "ImpliedWarranty", "Warranty"])
def test_after_sales_lists_end_at_row_118(kind: str) -> None:
    items = READING.spec.kinds[kind].views["list"].items[1:]
    rows = [{"id": str(n), "name": f"n{n}"} for n in range(119)]
    told = play(
        ALLEGRO.objects(READING, kind),
        reply(200, {"count": 60, items: rows[:60]}),
        reply(200, {items: rows[59:119]}),
    )
    assert [key for key, _ in told.result] == [str(n) for n in range(119)]
    assert told.requests[1].query == (("limit", "60"), ("offset", "59"))


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        ("DeliveryPriceList", "shippingRates"),
        ("DeliveryMethod", "deliveryMethods"),
        ("SizeTable", "tables"),
        ("AdditionalServices", "additionalServicesGroups"),
        ("ResponsibleProducer", "responsibleProducers"),
        ("ResponsiblePerson", "responsiblePersons"),
        ("OfferTag", "tags"),
    ],
)
def test_named_objects(kind: str, items: str) -> None:
    told = play(
        ALLEGRO.objects(READING, kind), reply(200, {items: [{"id": "1", "name": "a"}, {"id": "2", "name": "a"}]})
    )
    assert told.result == (("1", "a"), ("2", "a"))


def test_bundles_are_paged_by_a_cursor() -> None:
    told = play(
        ALLEGRO.objects(READING, "Bundle"),
        reply(200, {"bundles": [{"id": "1"}], "nextPage": {"id": "x"}}),
        reply(200, {"bundles": [{"id": "2"}]}),
    )
    assert told.result == (("1", ""), ("2", ""))
    assert told.requests[1].query == (("limit", "1000"), ("page.id", "x"))


def test_a_product_by_its_code() -> None:
    def found(identity: str, *codes: str) -> dict[str, Any]:
        return {
            "id": identity,
            "name": "n",
            "category": {"id": "1"},
            "parameters": [{"id": "225693", "values": list(codes)}],
        }

    def ids(*answer: dict[str, Any]) -> list[str]:
        told = play(ALLEGRO.products("590"), reply(200, {"products": list(answer)}))
        assert [(each.path, dict(each.query)) for each in told.requests] == [
            ("/sale/products", {"phrase": "590", "mode": "GTIN"})
        ]
        return [each.id for each in told.result]

    assert ids(found("a", "1"), found("b", "590")) == ["b"]
    assert ids(found("a", "590"), found("b", "590")) == ["a", "b"], "which of them is meant is not guessed"
    assert ids(found("a", "1"), found("b", "2")) == ["a", "b"], "the marketplace knows codes that it does not show"
    assert ids() == []


def test_a_product_by_its_id() -> None:
    body = {
        "id": "a/b",
        "name": "n",
        "category": {"id": "1"},
        "parameters": [
            {"id": "2", "values": ["biały"], "valuesIds": ["2_1"]},
            {"id": "3", "rangeValue": {"from": "1", "to": "5"}},
        ],
    }
    told = play(ALLEGRO.product("a/b"), reply(200, body))
    assert told.requests[0].path == "/sale/products/a%2Fb"
    assert (told.result.id, told.result.category) == ("a/b", "1")
    assert told.result.parameters == {"2": Filled(values=("biały",), ids=("2_1",)), "3": Filled(span=("1", "5"))}
    assert play(ALLEGRO.product("a"), errors(404, "ProductNotFoundException")).result is None


def test_parameters_of_a_category() -> None:
    body = {
        "parameters": [
            {
                "id": "1",
                "name": "Stan",
                "type": "dictionary",
                "required": True,
                "options": {"describesProduct": False},
                "dictionary": [{"id": "1_1", "value": "Nowy"}],
            },
            {"id": "2", "name": "Marka", "type": "string", "options": {"describesProduct": True}},
        ]
    }
    one, two = play(ALLEGRO.parameters("257931"), reply(200, body)).result
    assert (one.section, one.required, one.dictionary) == ("offer", True, {"1_1": "Nowy"})
    assert (two.section, two.required, two.dictionary) == ("product", False, {})


def test_taxes_of_a_category() -> None:
    """Words in small letters, as documents have them; where it tells no subjects, nothing is known of them."""
    values = [{"label": "23%", "value": "23.00"}, {"value": "EXEMPT", "exemptionRequired": True}]
    body = {
        "rates": [{"countryCode": "PL", "values": values}],
        "exemptions": [{"label": "Marża", "value": "MARGIN_SCHEME"}],
    }
    told = play(ALLEGRO.taxes("257931"), reply(200, body))
    assert [(each.path, each.query) for each in told.requests] == [
        ("/sale/tax-settings", (("category.id", "257931"),))
    ]
    assert told.result.rates == {"PL": {"23.00": False, "exempt": True}}
    assert (told.result.subjects, told.result.exemptions) == ((), ("margin_scheme",))
    assert play(ALLEGRO.taxes("1"), errors(404, "CategoryNotFoundException")).result is None


def test_packages_and_templates() -> None:
    body = {"basePackages": [{"id": "emphasized1d", "name": "n"}], "extraPackages": [{"id": "departmentPage"}]}
    found = play(ALLEGRO.packages(), reply(200, body)).result
    assert (found.base, found.extra) == (("emphasized1d",), ("departmentPage",))
    rows = [{"id": "1", "name": "Buty", "headers": [], "values": []}]
    assert play(ALLEGRO.size_templates(), reply(200, {"templates": rows})).result == {"1": "Buty"}


def event(number: int, offer: str = "1") -> dict[str, Any]:
    identity = urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
    return {"id": identity, "type": "OFFER_CHANGED", "occurredAt": "2026-07-01T10:00:00Z", "offer": {"id": offer}}


def events(*found: dict[str, Any]) -> Any:
    return reply(200, {"offerEvents": list(found)})


def test_events_without_a_beginning_have_a_gap() -> None:
    told = play(ALLEGRO.moved(""), events(event(1, "a"), event(2, "b")))
    assert told.result == ({"a", "b"}, event(2)["id"], False)


def test_events_since_one_that_is_still_remembered() -> None:
    since = event(50)["id"]
    told = play(ALLEGRO.moved(since), events(event(9)), events(event(51, "a")))
    assert told.result == ({"a"}, event(51)["id"], True)
    assert told.requests[1].query[0] == ("from", since)


def test_what_the_list_says_needs_no_other_look() -> None:
    kinds = ("PRICE_CHANGED", "STOCK_CHANGED", "CHANGED", "ENDED", "ACTIVATED", "TRANSLATION_UPDATED", "NEW_KIND")
    found = [event(number, each) | {"type": f"OFFER_{each}"} for number, each in enumerate(kinds)]
    told = play(ALLEGRO.moved(""), events(*found))
    assert told.result == ({*kinds} - {"PRICE_CHANGED", "STOCK_CHANGED"}, event(6)["id"], False)


@pytest.mark.parametrize("oldest", [[event(99)], []])
def test_history_that_does_not_reach_back_is_read_from_its_beginning(oldest: Any) -> None:
    told = play(ALLEGRO.moved(event(50)["id"]), events(*oldest), events(event(99, "a")))
    assert told.result == ({"a"}, event(99)["id"], False)
    assert told.requests[1].query == (("limit", "1000"),)


def test_many_events_are_paged() -> None:
    told = play(ALLEGRO.moved(""), events(*(event(n, str(n)) for n in range(1000))), events())
    assert len(told.result[0]) == 1000
    assert told.requests[1].query[0] == ("from", event(999)["id"])


def test_what_happened_to_offers_tells_the_module_and_of_an_end_by_whom() -> None:
    price = event(1, "7") | {"type": "OFFER_PRICE_CHANGED"}
    end = event(2, "8") | {"type": "OFFER_ENDED"}
    end["offer"]["publication"] = {"endedBy": "ADMIN"}
    bid = event(3, "9") | {"type": "OFFER_BID_PLACED"}
    told = play(ALLEGRO.happenings(), events(price, end, bid)).result
    assert [(each.remote_id, each.module, each.what, each.by) for each in told] == [
        ("7", "price", "OFFER_PRICE_CHANGED", ""),
        ("8", "stock", "OFFER_ENDED", "admin"),
    ]


def test_activations_are_paged_and_those_without_a_key_left_out() -> None:
    first = [event(number, str(number)) for number in range(1000)]
    first[7]["offer"]["external"] = {"id": "N0"}
    last = event(2000, "17") | {"occurredAt": "2026-07-01T10:00:05.250Z"}
    last["offer"]["external"] = {"id": "N1"}
    told = play(ALLEGRO.activations(), events(*first), events(last))
    assert [(each.remote_id, each.key, each.at.isoformat()) for each in told.result] == [
        ("7", "N0", "2026-07-01T10:00:00+00:00"),
        ("17", "N1", "2026-07-01T10:00:05.250000+00:00"),
    ]
    assert told.requests[0].query == (("type", "OFFER_ACTIVATED"), ("limit", "1000"))
    assert told.requests[1].query[0] == ("from", event(999)["id"])
