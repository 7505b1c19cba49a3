"""Pictures: uploads, whose rank is not heeded, and the order that PATCH makes."""

from __future__ import annotations

from . import example as ex
from .conftest import WRONG, told


def test_the_rank_of_an_upload_is_not_heeded(shop):
    """Issue #594; image_ids puts them in order (issue #330)."""
    reply = shop.picture(ex.MUG, rank=1, alt_text="Front")
    assert reply.status_code == 201, reply.text
    new = reply.json()["listing_image_id"]
    assert (reply.json()["rank"], reply.json()["alt_text"]) == (3, "Front")
    assert shop.images(ex.MUG) == [9001, 9002, new]
    shop.edit(ex.MUG, image_ids=[new, 9001, 9002])
    assert shop.images(ex.MUG) == [new, 9001, 9002]
    shop.set(rank_unreliable=False)
    first = shop.picture(ex.MUG, rank=1).json()
    assert first["rank"] == 1
    assert shop.picture(ex.MUG, rank=1, overwrite=True).json()["rank"] == 1
    assert first["listing_image_id"] not in shop.images(ex.MUG)


def test_what_is_left_out_is_taken_away_and_may_come_back(shop):
    shop.edit(ex.MUG, image_ids=[9002])
    assert shop.images(ex.MUG) == [9002]
    assert shop.get(f"/listings/{ex.MUG}/images/9001").status_code == 404
    back = shop.picture(ex.MUG, content=None, listing_image_id=9001)
    assert back.status_code == 201
    assert shop.images(ex.MUG) == [9002, 9001]
    assert "image id 9101 is invalid" in told(shop.edit(ex.MUG, image_ids=[9101, 9001]), 400)
    assert shop.images(ex.MUG) == [9002, 9001]


def test_a_picture_is_deleted_with_its_links(shop):
    path = f"{{shop}}/listings/{ex.SHIRT}/images"
    assert shop.ask("DELETE", f"{path}/9101").status_code == 204
    assert shop.get(f"{{shop}}/listings/{ex.SHIRT}/variation-images").json()["count"] == 0
    assert shop.ask("DELETE", f"{path}/9101").status_code == 404
    assert "at least one image" in told(shop.ask("DELETE", f"{path}/9102"), 400)


def test_size_and_colours_are_known_later(shop):
    shop.set(image_seconds=3.0)
    new = shop.picture(ex.DRAFT).json()
    assert (new["full_width"], new["hex_code"]) == (None, None)
    shop.wait(4)
    later = shop.get(f"/listings/{ex.DRAFT}/images/{new['listing_image_id']}").json()
    assert (later["full_width"], later["full_height"]) == (512, 256)
    assert len(later["hex_code"]) == 6


def test_a_picture_is_refused(shop):
    assert "not an image" in told(shop.picture(ex.MUG, content=b"GIF"), 400)
    assert "Missing input parameter: [image]" in told(shop.picture(ex.MUG, content=None, rank=1), 400)
    assert "Unknown input parameter: [name]" in told(shop.picture(ex.MUG, wrong=True, name="x"), 400)
    assert "500 characters" in told(shop.picture(ex.MUG, alt_text="x" * 501), 400)
    path = f"{{shop}}/listings/{ex.MUG}/images"
    kind = {"Content-Type": "multipart/form-data; boundary=x", **WRONG}
    assert "cut short" in told(shop.ask("POST", path, content=b"--x\r\n", headers=kind), 400)
    assert "no boundary" in told(
        shop.ask("POST", path, content=b"", headers={**kind, "Content-Type": "multipart/form-data"}), 400
    )
    assert shop.images(ex.MUG) == [9001, 9002]


def test_a_listing_has_twenty_pictures(shop):
    shop.simulator.seed(ex.account(listings=[{**ex.listings()[0], "images": 20}]))
    assert "up to 20 images" in told(shop.picture(ex.MUG), 400)
    assert len(shop.images(ex.MUG)) == 20


def test_any_bytes_survive_a_body_of_parts(shop):
    """A file may have line ends, and what looks like a boundary, at any place."""
    content = ex.PNG + b"\r\n--x\r\n\r\n\x00\n\r" * 20
    assert shop.picture(ex.MUG, content=content).status_code == 201
    assert shop.picture(ex.MUG, content=content[:-1]).status_code == 201
    urls = [one["url_75x75"].split("/")[3] for one in shop.get(f"/listings/{ex.MUG}/images").json()["results"]]
    assert len(set(urls)) == 4
