"""What an image is known by, wherever it lies, and which images a row names."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.plan import Target
from reconciler.model.values import Value


def image_identity(name: str) -> str:
    """Return the digest of a local file (`front.jpg@sha256:…`), or a remote image's address."""
    _, local, digest = name.rpartition("@sha256:")
    return f"sha256:{digest}" if local else name


def image_names(target: Target) -> set[str]:
    """Return every image that a row's gallery and description name."""
    return images_in(target.after)


def images_in(fields: Mapping[str, Any]) -> set[str]:
    """Return every image that fields of an offer name."""
    names = set(fields.get("content.images") or ())
    for section in fields.get("content.description") or ():
        names.update(item["image"] for item in section if "image" in item)
    return names


def addressed(value: Value, images: Mapping[str, str]) -> Value:
    """Write a value as it reads back: images by their address, where it is known."""
    if isinstance(value, list):
        return [addressed(each, images) for each in value]
    if isinstance(value, dict) and "image" in value:
        return {"image": addressed(value["image"], images)}
    if isinstance(value, str) and ("@sha256:" in value or value.startswith("http")):
        return images.get(image_identity(value), value)
    return value
