"""What an image is known by, wherever it lies, and which images a row names."""

from collections.abc import Mapping

from reconciler.model.offers import Desired
from reconciler.model.plan import Target
from reconciler.model.values import Value


def image_identity(name: str) -> str:
    """Return the digest of a local file (`front.jpg@sha256:…`), or a remote image's address."""
    _, local, digest = name.rpartition("@sha256:")
    return f"sha256:{digest}" if local else name


def image_names(target: Target) -> set[str]:
    """Return every image that a row's gallery and description name."""
    names = set(target.after.get("content.images") or ())
    for section in target.after.get("content.description") or ():
        names.update(item["image"] for item in section if "image" in item)
    return names


def is_address(source: str) -> bool:
    """Tell whether a document names an image by its address, and not a file of the project."""
    return source.startswith(("https://", "http://"))


def files_of(desired: Desired) -> frozenset[str]:
    """Return all files that an offer takes anything in from: documents, content templates and images."""
    return desired.files() | {each.removeprefix("./") for each in desired.pictures if not is_address(each)}


def local_name(path: str, digest: str, of: str = "") -> str:
    """Return what a file is called as an image; `of` is the offer that it is one of, where each has its own."""
    return f"{path}@sha256:{digest}{of and f'#{of}'}"


def addressed(value: Value, images: Mapping[str, str]) -> Value:
    """Write a value as it reads back: images by their address, where it is known."""
    if isinstance(value, list):
        return [addressed(each, images) for each in value]
    if isinstance(value, dict) and "image" in value:
        return {"image": addressed(value["image"], images)}
    if isinstance(value, str) and ("@sha256:" in value or value.startswith("http")):
        return images.get(image_identity(value), value)
    return value
