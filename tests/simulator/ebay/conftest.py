"""eBay embedded in the test, spoken to in raw HTTP."""

from __future__ import annotations

import httpx
import pytest

from reconciler.simulator.ebay.settings import EbaySettings
from reconciler.simulator.ebay.simulator import EbaySimulator
from simulator.conftest import Bridge

from . import example as ex

WRONG = {"X-Deliberately-Wrong": "the refusal is what is tested"}
INVENTORY, ACCOUNT = "/sell/inventory/v1", "/sell/account/v1"


class Shop:
    """A simulator and a client with the seller's practice token."""

    def __init__(self, simulator: EbaySimulator, login: str = ex.LOGIN) -> None:
        self.simulator, self.login = simulator, login
        headers = {"Authorization": f"Bearer simulator-{login}", "Accept": "application/json"}
        self.client = httpx.Client(transport=Bridge(simulator.app), base_url="http://api", headers=headers)

    def get(self, path: str, **kw) -> httpx.Response:
        return self.client.get(path, **kw)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """A request with the languages and types that writes need."""
        if body is None:
            return self.client.request(method, path, headers=headers)
        headers = {"Content-Language": "de-DE", **headers}
        return self.client.request(method, path, json=body, headers=headers)

    def wrong(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """A request that is wrong on purpose."""
        return self.send(method, path, body, **WRONG, **headers)

    def put_item(self, sku: str, body: object, **headers: str) -> httpx.Response:
        return self.send("PUT", f"{INVENTORY}/inventory_item/{sku}", body, **headers)

    def item(self, sku: str = ex.SKU) -> dict:
        reply = self.get(f"{INVENTORY}/inventory_item/{sku}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def put_offer(self, body: object, offer_id: str = ex.OFFER) -> httpx.Response:
        return self.send("PUT", f"{INVENTORY}/offer/{offer_id}", body)

    def offer(self, offer_id: str = ex.OFFER) -> dict:
        reply = self.get(f"{INVENTORY}/offer/{offer_id}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def publish(self, offer_id: str = ex.STAGED_OFFER, **headers: str) -> httpx.Response:
        return self.send("POST", f"{INVENTORY}/offer/{offer_id}/publish", **headers)

    def withdraw(self, offer_id: str = ex.OFFER) -> httpx.Response:
        return self.send("POST", f"{INVENTORY}/offer/{offer_id}/withdraw")

    def bulk(self, name: str, *rows: object, **headers: str) -> httpx.Response:
        return self.send("POST", f"{INVENTORY}/{name}", {"requests": list(rows)}, **headers)

    def quantity(self, number: int, sku: str = ex.SKU, *, offer: str = ex.OFFER) -> httpx.Response:
        """The item's quantity and its offer's in one row, as both have to be kept up."""
        row = {"sku": sku, "shipToLocationAvailability": {"quantity": number}}
        row["offers"] = [{"offerId": offer, "availableQuantity": number}]
        return self.bulk("bulk_update_price_quantity", row)

    def wait(self, seconds: float = 10) -> None:
        self.simulator.clock.advance(seconds)

    def set(self, **knobs) -> None:
        self.simulator.change_settings(knobs)


def errors(reply: httpx.Response) -> list[int]:
    """The numbers of what was refused."""
    return [one["errorId"] for one in reply.json()["errors"]]


def warnings(reply: httpx.Response) -> list[int]:
    return [one["errorId"] for one in reply.json().get("warnings", [])]


@pytest.fixture
def shop(tmp_path):
    """One small seller on a marketplace without waiting and without limits."""
    simulator = EbaySimulator(tmp_path / "market.sqlite", settings=EbaySettings.calm())
    simulator.seed(ex.account())
    shop = Shop(simulator)
    yield shop
    shop.client.close()
    simulator.close()


@pytest.fixture
def open_shop(tmp_path):
    """Make a shop with other settings or another account."""
    made = []

    def make(settings: EbaySettings | None = None, **account) -> Shop:
        simulator = EbaySimulator(tmp_path / f"market{len(made)}.sqlite", settings=settings or EbaySettings.calm())
        simulator.seed(ex.account(**account))
        made.append(Shop(simulator))
        return made[-1]

    yield make
    for shop in made:
        shop.client.close()
        shop.simulator.close()
