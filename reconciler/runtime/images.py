"""What an image is known by, wherever it lies, and which images a row names."""

from reconciler.model.plan import Target


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
