"""One part as it lies there: compressed, sealed, and chained to the part before it.

Format: one byte of version, eight that name the key, twelve of nonce, ChaCha20-Poly1305 over zlib. Authenticated
with it are its place in the chain and the name of the part before, which holds its digest, so that no part can be
left out, moved or put back unseen. Whoever may write there can still put the whole chain back to an earlier end:
that is as losing the ledger.
"""

import hashlib
import os
import zlib
from collections.abc import Sequence

from reconciler.runtime.keys import SealingKey

_VERSION = b"\x01"
_KEY, _NONCE = 8, 12
_HEAD = len(_VERSION) + _KEY + _NONCE
#: The largest part that is unpacked: a snapshot of a ledger of 100,000 offers has some hundred MB.
_LARGEST = 1 << 30


class NotOpened(Exception):  # noqa: N818 - it names what happened
    """A part cannot be opened; the text says why."""


def seal(plain: bytes, key: SealingKey, number: int, before: str) -> bytes:
    """Seal a part as the one with this number; `before` is the name of the part before it, or nothing."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(_NONCE)
    packed = zlib.compress(plain, 6)
    return (
        _VERSION + key.mark + nonce + ChaCha20Poly1305(key.secret).encrypt(nonce, packed, _bound(number, before))
    )


def unseal(sealed: bytes, keys: Sequence[SealingKey], number: int, before: str) -> bytes:
    """Open a part. NotOpened says why it cannot be."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    mark, nonce, rest = sealed[1:9], sealed[9:_HEAD], sealed[_HEAD:]
    if sealed[:1] != _VERSION or not rest:
        raise NotOpened("a part of it was written by another version, or by something else")
    key = next((each for each in keys if each.mark == mark), None)
    if key is None:
        raise NotOpened("it was sealed with another key than RECONCILE_KEY")
    try:
        packed = ChaCha20Poly1305(key.secret).decrypt(nonce, rest, _bound(number, before))
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(packed, _LARGEST)
    except (InvalidTag, zlib.error):
        raise NotOpened("a part of it was changed, or stands in another place") from None
    if unpacking.unconsumed_tail:
        raise NotOpened("a part of it is too large")
    return plain


def name_of(number: int, sealed: bytes) -> str:
    """Return the name of a part: its number, and what tells it from any other."""
    return f"{number:08d}-{hashlib.sha256(sealed).hexdigest()[:32]}"


def number_of(name: str) -> int:
    """Return the number of a part by its name. ValueError where it is none of ours."""
    number, dash, digest = name.partition("-")
    if not (dash and len(number) == 8 and number.isdigit() and len(digest) == 32):
        raise ValueError(name)
    return int(number)


def _bound(number: int, before: str) -> bytes:
    return f"reconcile ledger part {number} after {before}".encode()
