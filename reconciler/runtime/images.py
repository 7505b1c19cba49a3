"""What an image is known by, wherever it lies."""


def image_identity(name: str) -> str:
    """Return the digest of a local file (`front.jpg@sha256:…`), or a remote image's address."""
    _, local, digest = name.rpartition("@sha256:")
    return f"sha256:{digest}" if local else name
