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
_WHOLE = ".all"
#: The largest part that is unpacked: a snapshot of a ledger of 100,000 offers has some hundred MB.
_LARGEST = 1 << 30


class BadPart(Exception):  # noqa: N818 - it names what happened
    """A part cannot be opened; the text says why."""


class OtherKey(BadPart):
    """A part was sealed with a key that is not here."""


def bound(number: int, before: str, *, whole: bool = False) -> bytes:
    """Return what a part is bound to: its number and the part before it; a whole one to the last that is in it."""
    return f"reconcile ledger {'all until' if whole else 'part'} {number} after {before}".encode()


def seal(plain: bytes, key: SealingKey, place: bytes) -> bytes:
    """Seal a part for its place."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(_NONCE)
    sealed = ChaCha20Poly1305(key.secret).encrypt(nonce, zlib.compress(plain, 6), place)
    return _VERSION + key.mark + nonce + sealed


def unseal(sealed: bytes, keys: Sequence[SealingKey], place: bytes) -> bytes:
    """Open a part that was sealed for this place. BadPart says why it cannot be."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    mark, nonce, rest = sealed[1:9], sealed[9:_HEAD], sealed[_HEAD:]
    if sealed[:1] != _VERSION or not rest:
        raise BadPart("a part of it was written by another version, or by something else")
    key = next((each for each in keys if each.mark == mark), None)
    if key is None:
        raise OtherKey("it was sealed with another key")
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(ChaCha20Poly1305(key.secret).decrypt(nonce, rest, place), _LARGEST)
    except (InvalidTag, zlib.error):
        raise BadPart("a part of it was changed, or stands in another place") from None
    if unpacking.unconsumed_tail:
        raise BadPart("a part of it is too large")
    return plain


def name_of(number: int, sealed: bytes, *, whole: bool = False) -> str:
    """Return the name of a part: its number, what tells it from any other, and whether it says all there is."""
    return f"{number:08d}-{hashlib.sha256(sealed).hexdigest()[:32]}{_WHOLE if whole else ''}"


def is_whole(name: str) -> bool:
    """Tell whether a part says all there is."""
    return name.endswith(_WHOLE)


def number_of(name: str) -> int:
    """Return the number of a part by its name. ValueError where it is none of ours."""
    number, dash, digest = name.removesuffix(_WHOLE).partition("-")
    if not (dash and len(number) == 8 and number.isdigit() and len(digest) == 32):
        raise ValueError(name)
    return int(number)
