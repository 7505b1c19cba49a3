"""Pictures: uploads, and addresses of others that become addresses of the marketplace."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.simulator.allegro.refusals import fault, refuse
from reconciler.simulator.allegro.shapes import Faults, record, require, text
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.clock import at, iso
from reconciler.simulator.http import Reply
from reconciler.simulator.media import media_type

CDN = "https://a.allegroimg.com/"
MAGIC = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}
MAX_BYTES = 26_200_000  # issue #10090
LINK = record({"url": text(1)}, "url")


def upload(call: AllegroCall) -> Reply:
    """POST /sale/images on the upload host: a link, or the picture itself."""
    kind = media_type(call.request.headers.get("content-type", ""))
    if kind in MAGIC:
        content = call.request.content
        if len(content) > MAX_BYTES:
            raise refuse(413, "ImageTooLarge", "The picture is too large.")
        if not content.startswith(MAGIC[kind]):
            raise refuse(422, "ImageFormatException", "The content is not a picture of the declared type.")
        source = f"{len(content)}"
    else:
        require(LINK, call.body)
        source = call.body["url"]
        if not source.startswith(("https://", "http://")):
            raise refuse(422, "ImageUrlException", "The picture's address cannot be read.", "url")
    url = call.world.image_url(f"{call.seller}/{source}")
    expires = call.world.moment + call.world.settings.image_life_seconds
    call.world.store.run("INSERT INTO images VALUES (?, ?, ?)", url, call.seller, expires)
    return Reply(201, {"location": url, "expiresAt": iso(at(expires))})


@dataclass
class Gallery:
    """The pictures of one request: the same foreign address becomes the same address of ours."""

    world: AllegroWorld
    seller: str
    faults: Faults
    moved: dict[str, str] = field(default_factory=dict)

    def settle(self, url: str, path: str) -> str:
        """The address under which a picture will be read, for pictures the seller may use."""
        if not url.startswith(CDN):
            return self._fetch(url, path)
        row = self.world.store.one("SELECT seller, expires FROM images WHERE url = ?", url)
        if row is None or row[0] not in {"", self.seller}:
            # Addresses belong to the account that uploaded them (issue #2377).
            self.faults.append(fault("ImageNotFoundException", "The picture is not known.", path))
        elif row[1] is not None and row[1] <= self.world.moment:
            self.faults.append(fault("ImageNotFoundException", "The unused upload has expired.", path))
        else:
            self.world.store.run("UPDATE images SET expires = NULL WHERE url = ?", url)
        return url

    def _fetch(self, url: str, path: str) -> str:
        if not url.startswith(("https://", "http://")):
            self.faults.append(fault("InvalidImageUrlException", "The address cannot be read.", path))
            return url
        if not self.world.normalises(13):
            return url
        if url not in self.moved:
            self.moved[url] = self.world.image_url(f"{self.seller}/{url}")
            self.world.store.run("INSERT INTO images VALUES (?, ?, NULL)", self.moved[url], self.seller)
        return self.moved[url]


def urls_in(description: object) -> list[str]:
    """The pictures that a description shows."""
    sections = description.get("sections", []) if isinstance(description, dict) else []
    return [item["url"] for section in sections for item in section["items"] if item.get("type") == "IMAGE"]
