"""The pictures of a listing: each is uploaded to it, and belongs to it alone.

The rank of an upload is not relied on (#594): their order is written by an edit, which also drops what it does not
name (`image_ids`, #330).
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.requests import Errand
from reconciler.model.values import Value
from reconciler.providers.base import Context
from reconciler.providers.conversation import Conversation, Remember, Request
from reconciler.providers.etsy.answers import IMAGE, IMAGES
from reconciler.providers.etsy.requests import filled, viewing
from reconciler.providers.faults import fetch, refused
from reconciler.providers.outcomes import Unwritable

PICTURES = "content.images"
_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
_PATH = "/v3/application/shops/{shop}/listings/{id}/images"


def in_order(after: Mapping[str, Value], context: Context, remote_id: str) -> Conversation[str]:
    """Upload what is not there, and return the numbers of all pictures in order, as an edit writes them."""
    view = context.reading.spec.kinds[OFFER].views["images"]
    body = yield from fetch(viewing(view, context.reading, IMAGES, remote_id))
    there = {each.get("url_fullxfull"): str(each["listing_image_id"]) for each in body["results"]}
    numbers: dict[str, str] = {}
    for rank, src in enumerate(dict.fromkeys(after[PICTURES] or ()), 1):
        number = there.get(context.images.get(src, src))
        if number is None:
            told: Mapping[str, Any] = yield from fetch(_upload(src, rank, context, remote_id))
            number = str(told["listing_image_id"])
            yield Remember("image", src, str(told["url_fullxfull"]))
        numbers[src] = number
    return ",".join(numbers.values())


def insist_on_files(after: Mapping[str, Value]) -> None:
    """Unwritable where a picture is no file: what is new has none, and none of another listing."""
    for src in after.get(PICTURES) or ():
        _kind_of(src)


def _kind_of(src: str) -> str:
    """Return the media type of a file of the project. What was uploaded and is gone is told as lost."""
    file, _, _ = src.rpartition("@sha256:")
    suffix = file[file.rfind(".") :].lower()
    if suffix in _TYPES:
        return _TYPES[suffix]
    if src.startswith("https://"):
        said = f"`{src}` is not a picture of this listing, or not any more: the next plan uploads its file again."
        raise Unwritable(refused("ImageNotFound", said, PICTURES))
    said = f"`{src}` is no JPEG or PNG file of this project: the marketplace takes pictures as files only."
    raise Unwritable(refused("UnsupportedImage", said, PICTURES))


def _upload(src: str, rank: int, context: Context, remote_id: str) -> Request:
    media = _kind_of(src)
    file, _, rest = src.rpartition("@sha256:")
    return Request(
        method="POST",
        path=filled(_PATH, context.reading, remote_id),
        expects=IMAGE,
        form={"rank": str(rank)},
        file=file,
        sha256=rest.partition("#")[0],
        part="image",
        content_type=media,
        name=Errand.IMAGE,
    )
