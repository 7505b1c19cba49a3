"""Pictures that expire, the report of what is listed, and listings that were made elsewhere."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile

from reconciler.simulator.ebay.settings import EbaySettings, Limits

from . import example as ex
from .conftest import INVENTORY, WRONG, errors

IMAGE = "/commerce/media/v1_beta/image"
TASK, INVENTORY_TASK = "/sell/feed/v1/task", "/sell/feed/v1/inventory_task"
REPORT = {"feedType": "LMS_ACTIVE_INVENTORY_REPORT", "schemaVersion": "1.0"}
JPEG = b"\xff\xd8\xff\xe0 a picture"
XML = {"e": "urn:ebay:apis:eBLBaseComponents"}


def upload(shop, content: bytes = JPEG, *, host: str = "/upload", name: str = "image"):
    files = {name: ("a.jpg", content, "image/jpeg")}
    return shop.client.post(f"{host}{IMAGE}/create_image_from_file", files=files)


def test_a_picture_from_a_file_and_from_an_address(shop):
    """Both are told with an expiry and a `?set_id`; each upload has an address of its own."""
    first, second = upload(shop), upload(shop, host="")
    linked = shop.send("POST", f"{IMAGE}/create_image_from_url", {"imageUrl": ex.PICTURE})
    told = [one.json()["imageUrl"] for one in (first, second, linked)]
    assert len(set(told)) == 3
    assert all("?set_id=" in url and url.startswith("https://i.ebayimg.com/") for url in told)
    read = shop.get(first.headers["location"].removeprefix("http://api"))
    assert read.json() == first.json()
    assert upload(shop, b"GARBAGE").status_code == 400
    assert upload(shop, name="picture").status_code == 400
    assert errors(shop.send("POST", f"{IMAGE}/create_image_from_url", {"imageUrl": "http://a/b.jpg"})) == [190013]


def test_an_unused_picture_expires_and_a_listed_one_does_not(shop):
    urls = [upload(shop).json()["imageUrl"] for _ in range(2)]
    shop.put_item(ex.SKU, ex.item(imageUrls=urls[:1]))
    shop.wait(31 * 86_400)
    assert shop.item()["product"]["imageUrls"] == [urls[0].partition("?")[0]]
    assert shop.put_item(ex.SKU, ex.item(imageUrls=urls[:1])).status_code == 204
    assert errors(shop.put_item(ex.SKU, ex.item(imageUrls=urls[1:]))) == [25014]
    shop.set(image_life_seconds=60)
    late = upload(shop)
    shop.wait(61)  # and nobody has cleared away yet
    assert errors(shop.put_item(ex.SKU, ex.item(imageUrls=[late.json()["imageUrl"]]))) == [25014]
    assert shop.get(late.headers["location"].removeprefix("http://api")).status_code == 404


def test_pictures_are_limited_by_five_seconds(open_shop):
    shop = open_shop(EbaySettings(limits=Limits(images_per_5_seconds=2)))
    assert [upload(shop).status_code for _ in range(3)] == [201, 201, 429]
    shop.wait(6)
    assert upload(shop).status_code == 201


def report(shop, resource: str = TASK, **body) -> list[tuple[str | None, str, str, str]]:
    """SKU, price, quantity and item number of all rows."""
    made = shop.send("POST", resource, {**REPORT, **body}, **{"X-EBAY-C-MARKETPLACE-ID": ex.SITE})
    assert (made.status_code, made.content) == (202, b"")
    where = made.headers["location"].removeprefix("https://api.ebay.com")
    assert where.startswith(f"{resource}/")
    before = shop.get(where).json()["status"]
    shop.wait(5)
    assert (before, shop.get(where).json()["status"]) == ("IN_PROCESS", "COMPLETED")
    file = f"{TASK}/{where.rpartition('/')[2]}/download_result_file"
    reply = shop.get(file, headers={"Accept": "*/*"})
    assert reply.headers["content-disposition"].startswith("attachment; filename=")
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        text = archive.read(archive.namelist()[0])
    return [
        tuple(row.findtext(f"e:{name}", None, XML) for name in ("SKU", "Price", "Quantity", "ItemID"))
        for row in ET.fromstring(text).iter(f"{{{XML['e']}}}SKUDetails")
    ]


def test_the_report_has_all_that_is_listed(open_shop):
    """Also what was made elsewhere, with and without a SKU; it takes its time."""
    shop = open_shop(EbaySettings())
    assert report(shop) == [
        (ex.SKU, "12.9", "5", ex.LISTING),
        ("HAND-1", "1.0", "1", ex.BY_HAND),
        (None, "1.0", "1", ex.NO_SKU),
    ]


def test_an_inventory_task_makes_the_same_report(open_shop):
    """Its file is under `task`; its filter is kept, and its address is told with it."""
    shop = open_shop(EbaySettings())
    assert report(shop, INVENTORY_TASK) == report(shop)
    assert report(shop, INVENTORY_TASK, filterCriteria={"listingFormat": "AUCTION"}) == []
    found = shop.get(f"{INVENTORY_TASK}?feed_type={REPORT['feedType']}&limit=1").json()
    (newest,) = found["tasks"]
    assert newest["filterCriteria"] == {"listingFormat": "AUCTION"}
    assert newest["detailHref"].endswith(f"{INVENTORY_TASK}/{newest['taskId']}")
    assert (found["total"], "prev" in found, "uploadSummary" in newest) == (3, False, False)
    after = shop.get(found["next"].removeprefix("https://api.ebay.com")).json()
    assert (after["offset"], len(after["tasks"]), "prev" in after) == (1, 1, True)


def test_which_tasks_are_told(open_shop):
    """Of seven days unless told, by days or by dates."""
    shop = open_shop(EbaySettings())
    shop.send("POST", INVENTORY_TASK, REPORT)
    path = f"{INVENTORY_TASK}?feed_type={REPORT['feedType']}"
    made = shop.get(path).json()["tasks"][0]["creationDate"]
    shop.wait(8 * 86_400)

    def told(more: str):
        return shop.get(path + more).json()["total"]

    assert (told(""), told("&look_back_days=8"), told("&look_back_days=90")) == (0, 0, 1)
    assert told(f"&date_range={made}..{made}") == 1


WRONG_QUERIES = {
    "": 160004,
    "feed_type=A&schedule_id=1": 160005,
    "feed_type=LMS_ORDER_REPORT": 160006,
    "schedule_id=1": 160007,
    "feed_type={type}&look_back_days=7&date_range=2026-01-01T00:00:00.000Z..2026-01-02T00:00:00.000Z": 160008,
    "feed_type={type}&date_range=2026-01-01..2026-01-02": 160009,
    "feed_type={type}&date_range=2026-13-01T00:00:00.000Z..2026-01-02T00:00:00.000Z": 160009,
    "feed_type={type}&date_range=2026-01-01T00:00:00.000Z..2026-06-02T00:00:00.000Z": 160010,
    "feed_type={type}&look_back_days=91": 160011,
    "feed_type={type}&limit=501": 160012,
    "feed_type={type}&offset=-1": 160013,
    "feed_type={type}&date_range=2026-01-02T00:00:00.000Z..2026-01-01T00:00:00.000Z": 160016,
    "feed_type={type}&limit=10&offset=5": 160029,
}


def test_what_cannot_be_asked_of_tasks(shop):
    for query, number in WRONG_QUERIES.items():
        reply = shop.get(f"{INVENTORY_TASK}?{query.format(type=REPORT['feedType'])}", headers=WRONG)
        assert (reply.status_code, errors(reply)) == (400, [number]), query
    wrong = shop.wrong("POST", INVENTORY_TASK, {**REPORT, "filterCriteria": {"listingFormat": 1}})
    assert (wrong.status_code, errors(wrong)) == (400, [160019])
    assert errors(shop.get(f"{INVENTORY_TASK}/task-1")) == [160003]


def test_reports_at_once_and_by_the_other_way_can_be_limited(open_shop):
    shop = open_shop(EbaySettings(limits=Limits(reports_at_once=1), task_reports=False))
    reply = shop.send("POST", TASK, REPORT)
    assert (reply.status_code, errors(reply)) == (400, [160030])
    first, second = (shop.send("POST", INVENTORY_TASK, REPORT) for _ in range(2))
    assert (first.status_code, second.status_code, errors(second)) == (202, 409, [160024])
    assert second.json()["errors"][0]["category"] == "BUSINESS"
    shop.wait()
    assert shop.send("POST", INVENTORY_TASK, REPORT).status_code == 202


def test_a_report_is_waited_for_and_there_are_25_a_day(open_shop):
    shop = open_shop(EbaySettings(limits=Limits(reports_per_day=1)))
    body = {"feedType": "LMS_ACTIVE_INVENTORY_REPORT", "schemaVersion": "1.0"}
    made = shop.send("POST", TASK, body)
    path = f"{TASK}/{made.headers['location'].rpartition('/')[2]}"
    assert errors(shop.get(f"{path}/download_result_file", headers={"Accept": "*/*"})) == [160014]
    reply = shop.send("POST", TASK, body)
    assert (reply.status_code, errors(reply)) == (409, [160025])
    found = shop.get(f"{TASK}?feed_type=LMS_ACTIVE_INVENTORY_REPORT").json()
    assert (found["total"], found["tasks"][0]["feedType"]) == (1, "LMS_ACTIVE_INVENTORY_REPORT")
    shop.wait(86_000)
    assert shop.send("POST", TASK, body).status_code == 409
    shop.wait(401)
    assert shop.send("POST", TASK, body).status_code == 202
    assert EbaySettings().limits.reports_per_day == 25


def test_what_a_task_may_not_be(shop):
    known = {"feedType": "LMS_ACTIVE_INVENTORY_REPORT", "schemaVersion": "1.0"}
    assert errors(shop.send("POST", TASK, {**known, "feedType": "LMS_ORDER_REPORT"})) == [160017]
    assert errors(shop.send("POST", TASK, {**known, "schemaVersion": "one"})) == [160018]
    assert errors(shop.send("POST", TASK, known, **{"X-EBAY-C-MARKETPLACE-ID": "EBAY_XX"})) == [160027]
    assert errors(shop.get(f"{TASK}/task-1")) == [160003]
    assert errors(shop.get(TASK, headers=WRONG)) == [160004]


def test_listings_made_elsewhere_are_invisible_until_they_are_migrated(shop):
    """Five a call; the item number stays, an offer and a location are made."""
    known = {one["sku"] for one in shop.get(f"{INVENTORY}/inventory_item").json()["inventoryItems"]}
    assert known == {ex.SKU, ex.STAGED}
    reply = shop.bulk("bulk_migrate_listing", {"listingId": ex.BY_HAND})
    row = reply.json()["responses"][0]
    assert (reply.status_code, row["marketplaceId"], row["listingId"]) == (200, ex.SITE, ex.BY_HAND)
    (made,) = row["inventoryItems"]
    offer = shop.offer(made["offerId"])
    assert (made["sku"], offer["status"], offer["listing"]["listingId"]) == ("HAND-1", "PUBLISHED", ex.BY_HAND)
    assert shop.item("HAND-1")["product"]["title"] == "By hand"
    assert shop.get(f"{INVENTORY}/location/{offer['merchantLocationKey']}").status_code == 200
    assert shop.quantity(4, "HAND-1", offer=made["offerId"]).status_code == 200


def test_what_cannot_be_migrated(shop):
    """No SKU, no business policies, an item with its SKU, not the seller's, migrated already."""
    hand = {"title": "x", "policies": ex.POLICIES}
    twin = shop.simulator.create_in_panel(ex.LOGIN, {**hand, "sku": ex.SKU})["listingId"]
    bare = shop.simulator.create_in_panel(ex.LOGIN, {"title": "y", "sku": "HAND-2"})["listingId"]
    rows = [{"listingId": one} for one in (ex.NO_SKU, bare, twin, "7", ex.LISTING)]
    reply = shop.bulk("bulk_migrate_listing", *rows)
    assert reply.status_code == 207
    found = [one["errors"][0] for one in reply.json()["responses"]]
    assert [one["errorId"] for one in found] == [25718] * 5
    reasons = ("no SKU", "business policies", "with its SKU", "no active listing", "in the inventory already")
    assert all(reason in one["message"] for reason, one in zip(reasons, found, strict=True))
    assert errors(shop.bulk("bulk_migrate_listing", *rows, rows[0])) == [25718]
