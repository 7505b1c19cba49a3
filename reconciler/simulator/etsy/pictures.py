"""Pictures of a listing: uploads, their order, and what becomes of those that are taken away.

The rank of an upload is not heeded (issue #594): `image_ids` of PATCH puts pictures in order (issue #330).
"""

from __future__ import annotations

import hashlib
import struct

import orjson

from reconciler.simulator.etsy import listings, things
from reconciler.simulator.etsy.forms import Field, Fields
from reconciler.simulator.etsy.listings import Listing
from reconciler.simulator.etsy.multipart import File
from reconciler.simulator.etsy.refusals import Refusal, missing
from reconciler.simulator.etsy.things import listed
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

UPLOAD: Fields = {
    "image": Field("file"),
    "listing_image_id": Field("whole", low=1),
    "rank": Field("whole", low=0),
    "overwrite": Field("flag"),
    "is_watermarked": Field("flag"),
    "alt_text": Field(),
}
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
LOOKS = ("hex_code", "red", "green", "blue", "hue", "saturation", "brightness", "is_black_and_white")
HOST = "https://i.etsystatic.com"


def of_listing(world: EtsyWorld, listing: Listing) -> list[Json]:
    """The pictures of a listing in their order, as ListingImage."""
    sql = "SELECT id, rank, created, body FROM listing_images WHERE listing = ? ORDER BY rank"
    return [_shape(world, listing.id, *row) for row in world.store.all(sql, listing.id)]


def numbers(world: EtsyWorld, listing: Listing) -> list[int]:
    sql = "SELECT id FROM listing_images WHERE listing = ? ORDER BY rank"
    return [row[0] for row in world.store.all(sql, listing.id)]


def arrange(world: EtsyWorld, listing: Listing, wanted: list[int]) -> None:
    """Exactly these pictures in this order; others are taken away. Refused for one that is not the shop's."""
    if len(wanted) > world.settings.caps.images or len(set(wanted)) < len(wanted):
        raise Refusal(400, f"image_ids: up to {world.settings.caps.images} different images")
    for number in wanted:
        sql = "SELECT 1 FROM listing_images WHERE id = ? AND seller = ? AND (listing = ? OR listing IS NULL)"
        if world.store.one(sql, number, listing.seller, listing.id) is None:
            raise Refusal(400, f"image id {number} is invalid")  # issue #601
    world.store.run("UPDATE listing_images SET listing = NULL WHERE listing = ?", listing.id)
    for rank, number in enumerate(wanted, 1):
        world.store.run("UPDATE listing_images SET listing = ?, rank = ? WHERE id = ?", listing.id, rank, number)


def add(world: EtsyWorld, listing: Listing, content: bytes, alt_text: str = "") -> int:
    """A new picture of the shop, of no listing yet; `arrange` gives it its place."""
    number = world.number("image")
    digest = hashlib.sha256(content).hexdigest()
    body = {"digest": digest, "alt_text": alt_text, "size": _size(content)}
    sql = "INSERT INTO listing_images VALUES (?, ?, NULL, 0, ?, ?)"
    world.store.run(sql, number, listing.seller, world.moment, orjson.dumps(body))
    return number


def get_images(call: EtsyCall) -> Reply:
    listing = listings.need(call.world, call.ids["listing_id"])
    return Reply(200, listed(of_listing(call.world, listing)))


def get_image(call: EtsyCall) -> Reply:
    listing = listings.need(call.world, call.ids["listing_id"])
    return Reply(200, _one(call.world, listing, call.ids["listing_image_id"]))


def upload(call: EtsyCall) -> Reply:
    """POST images: a new file, or one that was there before."""
    world, form = call.world, call.body
    listing = listings.need(world, call.ids["listing_id"], call.seller)
    if len(form.get("alt_text", "")) > world.settings.caps.alt_text:
        raise Refusal(400, f"alt_text must be {world.settings.caps.alt_text} characters or less")
    file = form.get("image")
    if isinstance(file, File):
        if not file.content.startswith(BEGINNINGS):
            raise Refusal(400, "The file is not an image that can be read")
        new = add(world, listing, file.content, form.get("alt_text", ""))
    elif "listing_image_id" in form:
        new = form["listing_image_id"]
    else:
        raise Refusal(400, "Missing input parameter: [image]")
    order = [one for one in numbers(world, listing) if one != new]
    _place(call, listing, order, new)
    listing.updated = world.moment
    listings.save(world, listing)
    return Reply(201, _one(world, listing, new))


def _place(call: EtsyCall, listing: Listing, order: list[int], new: int) -> None:
    place = max(1, call.body.get("rank", 1)) - 1
    if call.body.get("overwrite") and place < len(order):
        order[place] = new
    elif len(order) >= call.world.settings.caps.images:
        raise Refusal(400, f"A listing may have up to {call.world.settings.caps.images} images")
    elif call.world.settings.rank_unreliable:
        order.append(new)
    else:
        order.insert(place, new)
    arrange(call.world, listing, order)


def delete(call: EtsyCall) -> Reply:
    """The file remains, and may be put on the listing again."""
    listing = listings.need(call.world, call.ids["listing_id"], call.seller)
    number = call.ids["listing_image_id"]
    _one(call.world, listing, number)
    if listing.state == "active" and numbers(call.world, listing) == [number]:
        raise Refusal(400, "An active listing needs at least one image")
    arrange(call.world, listing, [one for one in numbers(call.world, listing) if one != number])
    linked = listing.meta["variation_images"]
    listing.meta["variation_images"] = [one for one in linked if one["image_id"] != number]
    listing.updated = call.world.moment
    listings.save(call.world, listing)
    return Reply(204)


def get_variation_images(call: EtsyCall) -> Reply:
    listing = listings.need(call.world, call.ids["listing_id"], things.owner(call.world, call.ids["shop_id"]))
    return Reply(200, listed(listing.meta["variation_images"]))


def _one(world: EtsyWorld, listing: Listing, number: int) -> Json:
    for one in of_listing(world, listing):
        if one["listing_image_id"] == number:
            return one
    raise missing(f"image {number}")


def _shape(world: EtsyWorld, listing: int, number: int, rank: int, created: float, packed: bytes) -> Json:
    body = orjson.loads(packed)
    base = f"{HOST}/{body['digest'][:8]}/r/il"
    known = world.moment - created >= world.settings.image_seconds
    red, green, blue = bytes.fromhex(body["digest"][:6])
    looks = (f"{red:02X}{green:02X}{blue:02X}", red, green, blue, 0, 0, 100 * max(red, green, blue) // 255, False)
    width, height = body["size"]
    return {
        "listing_id": listing,
        "listing_image_id": number,
        **dict(zip(LOOKS, looks if known else [None] * len(LOOKS), strict=True)),
        "creation_tsz": int(created),
        "created_timestamp": int(created),
        "rank": rank,
        **{f"url_{size}": f"{base}_{size}.{number}.jpg" for size in ("75x75", "170x135", "570xN", "fullxfull")},
        "full_height": height if known else None,
        "full_width": width if known else None,
        "alt_text": body["alt_text"] or None,
    }


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG; of another file what most have."""
    if content.startswith(BEGINNINGS[1]) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    return 2000, 2000
