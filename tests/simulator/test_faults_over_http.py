"""The faults of a connection, behind a real server."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest
import uvicorn

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

from . import example as ex
from .conftest import HEADERS, PUBLIC

PATH = f"/sale/product-offers/{ex.OFFER}"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A simulator and the address of its server."""
    simulator = AllegroSimulator(
        tmp_path_factory.mktemp("served") / "market.sqlite", settings=AllegroSettings.calm()
    )
    simulator.seed(ex.account())
    server = uvicorn.Server(uvicorn.Config(simulator.app, port=0, log_level="warning", date_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield simulator, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    simulator.close()


@pytest.fixture
def client(served):
    headers = {**HEADERS, "Authorization": "Bearer simulator-sklep", "Content-Type": PUBLIC}
    with httpx.Client(base_url=served[1], headers=headers) as client:
        yield client
        client.post("/_sim/settings", json={"faults": {"schedule": []}})


def plan(client: httpx.Client, *rules: dict) -> None:
    assert client.post("/_sim/settings", json={"faults": {"schedule": rules}}).status_code == 200


@pytest.mark.parametrize(("do", "made"), [("drop_before", 0), ("drop_after", 1)])
def test_a_connection_is_reset(served, client, do, made):
    """The client sees a reset connection, whether or not the work was done."""
    before = served[0].census("sklep")["offers"].get("SKU-2", 0)
    plan(client, {"do": do, "when": {"method": "POST"}})
    with pytest.raises(httpx.ReadError, match=r"reset|Errno 104|10054"):
        client.post("/sale/product-offers", json=ex.request_body())
    assert served[0].census("sklep")["offers"].get("SKU-2", 0) == before + made
    assert client.get(PATH).status_code == 200


def test_a_body_ends_before_its_length(client):
    """Content-Length promises more than comes."""
    plan(client, {"do": "truncate", "when": {"path": PATH}})
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete|without sending"):
        client.get(PATH)
    assert client.get(PATH).json()["id"] == ex.OFFER


def test_a_whole_answer_may_be_half_a_document(client):
    """The length is right and the JSON is not."""
    plan(client, {"do": "garble", "when": {"path": PATH}})
    reply = client.get(PATH)
    assert int(reply.headers["content-length"]) == len(reply.content)
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_a_body_comes_slowly(client):
    """A client that waits less for the next bytes gives up."""
    plan(client, {"do": "slow", "seconds": 0.3, "when": {"path": PATH}})
    with pytest.raises(httpx.ReadTimeout):
        client.get(PATH, timeout=0.1)
    plan(client, {"do": "slow", "seconds": 0.05, "when": {"path": PATH}})
    assert client.get(PATH).json()["id"] == ex.OFFER


def test_a_server_is_quiet_about_its_faults(client, caplog):
    """A fault that was asked for is no error of the server."""
    plan(client, {"do": "drop_before"}, {"do": "truncate"})
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            client.get(PATH)
    assert client.get(PATH).headers["date"]
    assert [one for one in caplog.records if one.name.startswith("uvicorn")] == []


def test_connections_can_be_told_apart(served, client):
    """The history names the connection of each request."""
    client.get(PATH)
    with httpx.Client(base_url=served[1], headers=client.headers) as other:
        other.get(PATH)
    assert len({one["connection"] for one in list(served[0].requests(path=PATH))[-2:]}) == 2
