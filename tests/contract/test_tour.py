"""A tour of the simulator: every operation that it has and the witness knows is asked for once, in raw HTTP.

It proves two things that no other test does: that what is answered is recorded, one line for one answer, and that no
operation of the simulator lies outside the document.
"""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contract.document import locate
from contract.plugin import judge
from contract.samples import BETA, PUBLIC

pytest.importorskip("reconciler.simulator.app")

from simulator import example
from simulator.conftest import Shop

from reconciler.simulator.allegro.exchange import ROUTES
from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

OFFER = f"/sale/product-offers/{example.OFFER}"
CRITERIA = [{"type": "CONTAINS_OFFERS", "offers": [{"id": example.OFFER}]}]
RATE = example.rate(example.LOCKER)
POLICY = {name: value for name, value in example.POLICY_BODY.items() if name != "isFulfillment"}
KNOWN = {
    "offerId": example.OFFER,
    "categoryId": example.CATEGORY,
    "productId": example.PRODUCT,
    "id": example.RATES,
    "policyId": example.POLICY,
}

WRITES = [
    ("POST", "/sale/product-offers", example.request_body()),
    ("PATCH", OFFER, {"sellingMode": {"price": example.money("51.00")}}),
    ("PATCH", OFFER, {"stock": {"available": 7}}),
    ("PUT", "/sale/offer-price-change-commands/{new}", {"modification": {"type": "FIXED_PRICE", "price": example.money("52.00")}, "offerCriteria": CRITERIA}),
    ("PUT", "/sale/offer-quantity-change-commands/{new}", {"modification": {"changeType": "FIXED", "value": 4}, "offerCriteria": CRITERIA}),
    ("PUT", "/sale/offer-modification-commands/{new}", {"modification": {"payments": {"invoice": "VAT"}}, "offerCriteria": CRITERIA}),
    ("PUT", "/sale/offer-publication-commands/{new}", {"publication": {"action": "END"}, "offerCriteria": CRITERIA}),
    ("POST", "/sale/offer-bulk-modification-commands", {"commandId": "{new}", "modifications": [{"offerId": example.OFFER, "stock": {"changeType": "FIXED", "value": 9}}]}),
    ("POST", "/sale/shipping-rates", {"name": "Nowy", "rates": [RATE], "type": "PHYSICAL", "dispatchCountry": "PL"}),
    ("PUT", f"/sale/shipping-rates/{example.RATES}", {"id": example.RATES, "name": "Standard 2", "rates": [RATE], "type": "PHYSICAL", "dispatchCountry": "PL"}),
    ("POST", "/after-sales-service-conditions/return-policies", {**example.POLICY_BODY, "name": "30 dni"}),
    ("PUT", f"/after-sales-service-conditions/return-policies/{example.POLICY}", {**POLICY, "name": "15 dni"}),
    ("POST", "/after-sales-service-conditions/implied-warranties", {"name": "R", "individual": {"period": "P2Y"}, "address": example.ADDRESS}),
    ("POST", "/after-sales-service-conditions/warranties", {"name": "G", "type": "SELLER", "individual": {"period": "P12M"}}),
    ("POST", "/sale/responsible-producers", {**example.PRODUCER_BODY, "name": "Druga"}),
    ("PUT", f"/sale/responsible-producers/{example.PRODUCER}", {"id": example.PRODUCER, **example.PRODUCER_BODY, "name": "Trzecia"}),
    ("POST", "/sale/responsible-persons", {**example.PERSON_BODY, "name": "Druga"}),
    ("POST", "/upload/sale/images", {"url": "https://example.com/two.jpg"}),
    ("POST", "/sale/offer-tags", {"name": "Hit", "hidden": False}),
]  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    locate()
    simulator = AllegroSimulator(tmp_path / "market.sqlite", settings=AllegroSettings.calm())
    simulator.seed(example.account())
    shop = Shop(simulator)
    yield shop
    shop.client.close()
    simulator.close()


def test_every_answer_is_recorded_and_stands(shop: Shop) -> None:
    record = Path(os.environ["RECONCILE_SIMULATOR_RECORD"])
    before = len(record.read_bytes().splitlines()) if record.exists() else 0

    shop.set(accepted_ratio=1.0)
    written = [write(shop, *each) for each in WRITES]
    later = [read(shop, path) for path in followed(written)]  # operations still running
    shop.wait(60)
    later += [read(shop, path) for path in followed(written) + reads()]

    assert [reply.url for reply in written if reply.status_code >= 300] == []
    assert [reply.url for reply in later if reply.status_code >= 500] == []
    asked = written + later
    lines = record.read_bytes().splitlines(keepends=True)[before:]
    assert len(lines) == len(asked)
    own = record.with_name(f"tour-{os.getpid()}.txt")
    own.write_bytes(b"".join(lines))
    assert judge(own).faults == {}


def followed(written: list[httpx.Response]) -> list[str]:
    """Where accepted edits and commands tell how they are getting on."""
    paths = [httpx.URL(reply.headers["location"]).path for reply in written if reply.status_code == 202]
    for reply in written:
        if "-commands" in reply.url.path:
            path = reply.url.path if reply.request.method == "PUT" else f"{reply.url.path}/{reply.json()['id']}"
            paths += [path, f"{path}/tasks"]
    return paths


def write(shop: Shop, method: str, path: str, body: object) -> httpx.Response:
    kind = BETA if "bulk" in path else PUBLIC
    new = str(uuid.uuid4())
    text = json.dumps(body).replace("{new}", new)
    headers = {"Content-Type": kind, "Accept": kind}
    return shop.client.request(method, path.replace("{new}", new), content=text, headers=headers)


def read(shop: Shop, path: str) -> httpx.Response:
    return shop.client.get(path)


def reads() -> list[str]:
    """Every path of the simulator that can be read, its parameters filled with what the example has."""
    found = []
    for (method, _), routes in ROUTES._routes.items():
        for segments, route in routes:
            if method == "GET" and not route.path.startswith("/_sim"):
                found.append("/" + "/".join(filled(segment, segments) for segment in segments))
    return [path + QUERIES.get(path, "") for path in found]


def filled(segment: str, segments: list[str]) -> str:
    if not segment.startswith("{"):
        return segment
    by_kind = {
        "return-policies": example.POLICY,
        "implied-warranties": example.IMPLIED,
        "warranties": example.WARRANTY,
    }
    by_kind |= {
        "responsible-producers": example.PRODUCER,
        "offers": example.OFFER,
        "shipping-rates": example.RATES,
    }
    before = segments[segments.index(segment) - 1]
    return by_kind.get(before, KNOWN.get(segment[1:-1], str(uuid.UUID(int=7))))


QUERIES: dict[str, str] = {
    "/sale/tax-settings": f"?category.id={example.CATEGORY}",
    f"{OFFER}/parts": "?include=stock&include=price",
    "/sale/products": f"?phrase={example.GTIN}&mode=GTIN",
}
