"""Pictures of the Media API: from a file, as a part of a form, or from an address; what nobody uses expires."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from email.policy import HTTP

from reconciler.simulator.clock import at, iso
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.shapes import record, require, text
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

PATH = "/commerce/media/v1_beta/image"
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
LARGEST = 12 << 20
SET = "?set_id=880000500F"
LINK = record({"imageUrl": text(low=1)}, "imageUrl")


def from_file(call: EbayCall) -> Reply:
    """POST /image/create_image_from_file: a form with the member `image`."""
    head = f"Content-Type: {call.request.headers['content-type']}\r\n\r\n".encode()
    form = message_from_bytes(head + call.request.content, policy=HTTP)
    parts = {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in (form.iter_parts() if form.is_multipart() else [])
    }
    content = parts.get("image")
    if not isinstance(content, bytes) or not content.startswith(MAGIC):
        raise refuse(190014, "The form has no picture of a known kind under `image`.")
    if len(content) > LARGEST:
        raise refuse(190014, "The picture is too large.")
    return _keep(call, hashlib.sha256(content).hexdigest())


def from_url(call: EbayCall) -> Reply:
    """POST /image/create_image_from_url."""
    require(LINK, call.body, 190013)
    url = call.body["imageUrl"]
    if not url.startswith("https://"):
        raise refuse(190013, "It must begin with https.", imageUrl=url)
    return _keep(call, url)


def read(call: EbayCall) -> Reply:
    """GET /image/{image_id}: its address, while it is there."""
    sql = "SELECT p.url, i.expires FROM pictures p JOIN images i ON i.url = p.url WHERE p.id = ? AND p.seller = ?"
    row = call.world.store.one(sql, call.params["image_id"], call.seller)
    if row is None or (row[1] is not None and row[1] <= call.world.moment):
        raise Refusal(404, error(190015, call.params["image_id"]))
    return Reply(200, _told(row[0], row[1] or call.world.moment + call.world.settings.image_life_seconds))


def _keep(call: EbayCall, source: str) -> Reply:
    """Each upload has an address of its own, also the same one twice."""
    world = call.world
    url = world.picture(f"{call.seller}/{source}")
    number = hashlib.sha256(url.encode()).hexdigest()[:20]
    expires = world.moment + world.settings.image_life_seconds
    world.store.run("INSERT INTO images VALUES (?, ?, ?)", url, call.seller, expires)
    world.store.run("INSERT INTO pictures VALUES (?, ?, ?)", number, call.seller, url)
    return Reply(201, _told(url, expires), headers={"Location": f"{call.request.origin}{PATH}/{number}"})


def _told(url: str, expires: float) -> Json:
    return {"imageUrl": url + SET, "expirationDate": iso(at(expires))}
