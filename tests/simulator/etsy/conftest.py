"""The practice Etsy embedded in the test, spoken to in raw HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.simulator.etsy.settings import EtsySettings
from reconciler.simulator.etsy.simulator import EtsySimulator
from simulator.conftest import Bridge

from . import example as ex

WRONG = {"X-Deliberately-Wrong": "the refusal is what is tested"}
BASE = "/v3/application"
KEY = {"x-api-key": "app:hush"}


def text_of(value: Any) -> str:
    """A value as a form has it."""
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


class Shop:
    """A simulator and a client with the seller's practice token; paths begin below the application."""

    def __init__(self, simulator: EtsySimulator, login: str = "sklep") -> None:
        self.simulator = simulator
        headers = {**KEY, "Authorization": f"Bearer simulator-{login}"}
        self.client = httpx.Client(transport=Bridge(simulator.app), base_url="http://api", headers=headers)

    def ask(self, method: str, path: str, **kw: Any) -> httpx.Response:
        path = path.replace("{shop}", f"/shops/{ex.SHOP}")
        return self.client.request(method, path if path.startswith("/v3") else BASE + path, **kw)

    def get(self, path: str, **kw: Any) -> httpx.Response:
        return self.ask("GET", path, **kw)

    def form(self, method: str, path: str, wrong: bool = False, **fields: Any) -> httpx.Response:
        data = {name: text_of(value) for name, value in fields.items()}
        headers = {"Content-Type": "application/x-www-form-urlencoded", **(WRONG if wrong else {})}
        return self.ask(method, path, content=str(httpx.QueryParams(data)).encode(), headers=headers)

    def edit(self, listing: int, wrong: bool = False, **fields: Any) -> httpx.Response:
        return self.form("PATCH", f"{{shop}}/listings/{listing}", wrong, **fields)

    def draft(self, wrong: bool = False, **fields: Any) -> httpx.Response:
        return self.form("POST", "{shop}/listings", wrong, **ex.draft(**fields))

    def put(self, listing: int, body: Any, wrong: bool = False, query: str = "") -> httpx.Response:
        headers = WRONG if wrong else {}
        return self.ask("PUT", f"/listings/{listing}/inventory{query}", json=body, headers=headers)

    def picture(
        self, listing: int, wrong: bool = False, content: bytes | None = ex.PNG, **fields: Any
    ) -> httpx.Response:
        files = {name: (None, text_of(value)) for name, value in fields.items()}
        if content is not None:
            files["image"] = ("one.png", content, "image/png")
        return self.ask("POST", f"{{shop}}/listings/{listing}/images", files=files, headers=WRONG if wrong else {})

    def listing(self, listing: int) -> dict[str, Any]:
        reply = self.get(f"/listings/{listing}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def inventory(self, listing: int) -> dict[str, Any]:
        return self.get(f"/listings/{listing}/inventory").json()

    def images(self, listing: int) -> list[int]:
        return [one["listing_image_id"] for one in self.get(f"/listings/{listing}/images").json()["results"]]

    def listed(self, state: str = "active", **query: Any) -> list[dict[str, Any]]:
        return self.get("{shop}/listings", params={"state": state, **query}).json()["results"]

    def wait(self, seconds: float) -> None:
        self.simulator.clock.advance(seconds)

    def set(self, **knobs: Any) -> None:
        self.simulator.change_settings(knobs)

    def trouble(self, **rule: Any) -> None:
        self.set(faults={"schedule": [rule]})

    def fees(self) -> list[str]:
        return [one["kind"] for one in self.simulator.fees("sklep")]


@pytest.fixture
def open_shop(tmp_path):
    """Make a shop with other settings or another account."""
    made = []

    def make(settings: EtsySettings | None = None, **account: Any) -> Shop:
        file = tmp_path / f"market{len(made)}.sqlite"
        simulator = EtsySimulator(file, settings=settings or EtsySettings.calm())
        simulator.seed(ex.account(**account))
        made.append(Shop(simulator))
        return made[-1]

    yield make
    for shop in made:
        shop.client.close()
        shop.simulator.close()


@pytest.fixture
def shop(open_shop):
    """The small shop on a marketplace without waiting and without limits."""
    return open_shop()


def told(reply: httpx.Response, status: int) -> str:
    """The text of a refusal."""
    assert reply.status_code == status, reply.text
    return reply.json()["error"]
