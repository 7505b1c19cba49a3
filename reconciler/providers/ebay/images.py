"""Pictures are uploaded to a host of their own, before an item may name them (doc createImageFromFile).

Addresses of elsewhere are named as they are: eBay fetches them itself.
"""

from collections.abc import Mapping

from reconciler.model.requests import Errand
from reconciler.model.values import Value
from reconciler.providers.conversation import Conversation, Remember, Request
from reconciler.providers.ebay.answers import IMAGE
from reconciler.providers.faults import fetch, refused
from reconciler.providers.outcomes import Unwritable

PICTURES = "content.images"
_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_PATH = "/commerce/media/v1_beta/image/create_image_from_file"


def uploaded(after: Mapping[str, Value], known: Mapping[str, str]) -> Conversation[Mapping[str, str]]:
    """Upload the project's files that are not there yet; return addresses by our names.

    The address is remembered at once: the same bytes may get another address next time.
    """
    addresses = dict(known)
    for src in dict.fromkeys(after.get(PICTURES) or ()):
        if src in addresses or "@sha256:" not in src:
            continue
        told = yield from fetch(_upload(src))
        addresses[src] = address(told["imageUrl"])
        yield Remember("image", src, addresses[src])
    return addresses


def address(url: str) -> str:
    """Return the address by which a picture reads back: without the query that an upload adds.

    >>> address("https://i.ebayimg.com/images/g/a/s-l1600.jpg?set_id=8800005007")
    'https://i.ebayimg.com/images/g/a/s-l1600.jpg'
    """
    return url.partition("?")[0]


def _upload(src: str) -> Request:
    file, _, rest = src.rpartition("@sha256:")
    suffix = file[file.rfind(".") :].lower()
    if suffix not in _TYPES:
        raise Unwritable(refused("UnsupportedImage", f"`{file}` is neither JPEG, PNG nor WebP.", PICTURES))
    return Request(
        method="POST",
        host="upload",
        path=_PATH,
        expects=IMAGE,
        file=file,
        sha256=rest.partition("#")[0],
        part="image",
        content_type=_TYPES[suffix],
        name=Errand.IMAGE,
        budgets=(),
    )
