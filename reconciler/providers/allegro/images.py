"""Images are uploaded to a host of their own, before an offer may name them (openapi uploadOfferImage…)."""

from collections.abc import Iterator, Mapping

from reconciler.model.requests import Errand
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Value
from reconciler.providers.allegro.answers import IMAGE
from reconciler.providers.conversation import Conversation, Remember, Request
from reconciler.providers.faults import fetch, refused
from reconciler.providers.outcomes import Unwritable

_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


def uploaded(
    after: Mapping[str, Value], known: Mapping[str, str], spec: MarketplaceSpec
) -> Conversation[Mapping[str, str]]:
    """Upload what is not there yet, the same bytes once, and return all addresses by our name.

    The address is remembered at once: the same bytes may get another address next time (#12588), which would
    look like a change for ever.
    """
    addresses = dict(known)
    by_bytes = {_bytes(src): address for src, address in known.items()}
    for src in dict.fromkeys(_sources(after)):
        if src in addresses or spec.has_image(src):
            continue
        if _bytes(src) not in by_bytes:
            answer = yield from fetch(_upload(src))
            by_bytes[_bytes(src)] = answer["location"]
            yield Remember("image", src, answer["location"])
        addresses[src] = by_bytes[_bytes(src)]
    return addresses


def _bytes(src: str) -> str:
    """Return what an image is told by, whatever its file is called: its digest, or its address."""
    _, local, digest = src.rpartition("@sha256:")
    return digest if local else src


def _sources(after: Mapping[str, Value]) -> Iterator[str]:
    yield from after.get("content.images") or ()
    for section in after.get("content.description") or ():
        yield from (item["image"] for item in section if "image" in item)


def _upload(src: str) -> Request:
    if src.startswith(("https://", "http://")):
        return Request(
            method="POST", host="upload", path="/sale/images", expects=IMAGE, json={"url": src}, name=Errand.IMAGE
        )
    file, _, sha256 = src.rpartition("@sha256:")
    suffix = file[file.rfind(".") :].lower()
    if suffix not in _TYPES:
        raise Unwritable(refused("UnsupportedImage", f"`{file}` is neither JPEG, PNG nor WebP."))
    return Request(
        method="POST",
        host="upload",
        path="/sale/images",
        expects=IMAGE,
        file=file,
        sha256=sha256,
        content_type=_TYPES[suffix],
        name=Errand.IMAGE,
    )
