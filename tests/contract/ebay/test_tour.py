"""A tour of the practice eBay: every operation that it has is asked for once, rightly, in raw HTTP.

It proves that what is answered is recorded, one line for one answer, and that nothing of it lies outside the
descriptions.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contract.ebay.document import locate
from contract.plugin import judge

pytest.importorskip("reconciler.simulator.ebay.simulator")

from simulator.ebay import example as ex
from simulator.ebay.conftest import Shop
from simulator.ebay.test_any_body import BODIES, IDS, PLACE
from simulator.ebay.test_files import JPEG
from simulator.ebay.test_oauth import PRACTICE, basic

from reconciler.simulator.ebay.routes import ROUTES
from reconciler.simulator.ebay.settings import EbaySettings
from reconciler.simulator.ebay.simulator import EbaySimulator

QUERIES = {
    "/sell/inventory/v1/offer": f"?sku={ex.SKU}",
    "/sell/feed/v1/inventory_task": "?feed_type=LMS_ACTIVE_INVENTORY_REPORT",
    "/sell/feed/v1/task": "?feed_type=LMS_ACTIVE_INVENTORY_REPORT",
    "/commerce/taxonomy/v1/get_default_category_tree_id": f"?marketplace_id={ex.SITE}",
}
for kind, name in (("fulfillment", "Standard"), ("payment", "Sofort"), ("return", "14%20Tage")):
    QUERIES[f"/sell/account/v1/{kind}_policy"] = f"?marketplace_id={ex.SITE}"
    QUERIES[f"/sell/account/v1/{kind}_policy/get_by_policy_name"] = f"?marketplace_id={ex.SITE}&name={name}"
for part in ("get_category_subtree", "get_item_aspects_for_category"):
    QUERIES[f"/commerce/taxonomy/v1/category_tree/{{category_tree_id}}/{part}"] = f"?category_id={ex.MUGS}"
#: What has to be there before, and what takes away what others need, comes last.
LATE = ("bulk_publish", "/publish", "/withdraw", "DELETE ")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    locate()
    simulator = EbaySimulator(tmp_path / "market.sqlite", settings=EbaySettings.calm())
    simulator.seed(ex.account())
    shop = Shop(simulator)
    yield shop
    shop.client.close()
    simulator.close()


def prepared(shop: Shop) -> dict[str, str]:
    """What addresses name besides what the example has."""
    shop.put_item("NEU", ex.item())
    shop.send("POST", "/sell/inventory/v1/location/alt", PLACE)
    task = shop.send("POST", "/sell/feed/v1/task", BODIES["POST /sell/feed/v1/task"])
    picture = shop.send("POST", "/commerce/media/v1_beta/image/create_image_from_url", {"imageUrl": ex.PICTURE})
    named = {"task_id": task.headers["location"], "image_id": picture.headers["location"]}
    return {name: where.rpartition("/")[2] for name, where in named.items()}


def asked(shop: Shop, name: str, ids: dict[str, str]) -> httpx.Response:
    method, _, path = name.partition(" ")
    own = {**IDS, "category_tree_id": "77", "marketplace_id": ex.SITE, **ids}
    if method != "POST" or path.count("/") > 5:
        own["merchantLocationKey"] = "alt"
    where = path.format(**own) + (QUERIES.get(path, "") if method == "GET" else "")
    if path.endswith("/publish"):
        where = where.replace(ex.OFFER, ex.STAGED_OFFER)
    if path.startswith("/identity"):
        return shop.client.post(where, data=PRACTICE, headers=basic())
    if path.endswith("from_file"):
        return shop.client.post(where, files={"image": ("a.jpg", JPEG, "image/jpeg")})
    if "download" in path:
        return shop.get(where, headers={"Accept": "*/*"})
    return shop.send(method, where, BODIES.get(f"{method} {path.removeprefix('/upload')}"))


def test_every_answer_is_recorded_and_stands(shop: Shop) -> None:
    record = Path(os.environ["RECONCILE_SIMULATOR_RECORD"])
    ids = prepared(shop)
    names = [route.name for found in ROUTES._routes.values() for _, route in found]
    names.sort(key=lambda name: [late in name for late in LATE][::-1])
    before = len(record.read_bytes().splitlines())

    replies = {name: asked(shop, name, ids) for name in names}

    # What another call has published or taken away already is refused in the end.
    refused = [name for name, reply in replies.items() if reply.status_code >= 300]
    assert [name for name in refused if not name.startswith("DELETE ") and not name.endswith("/publish")] == []
    assert max(reply.status_code for reply in replies.values()) < 500
    lines = record.read_bytes().splitlines(keepends=True)[before:]
    assert len(lines) == len(replies)
    own = record.with_name(f"ebay-tour-{os.getpid()}.txt")
    own.write_bytes(b"".join(lines))
    assert judge(own).faults == {}
