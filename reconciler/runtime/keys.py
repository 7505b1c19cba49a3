"""The key that seals logins in the ledger: `RECONCILE_KEY`, else the system's keyring, else a file of the user.

A key that is set in the environment was set on purpose, so it comes first; what was sealed with another one that
is still at hand can be opened all the same. The keyring is optional, and most machines without a screen have none:
every failure of it means the file.
"""

import base64
import binascii
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from reconciler.model.bounds import KEY
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.reading import insist_on_file, read_file
from reconciler.runtime.writing import create_file

VARIABLE = "RECONCILE_KEY"
#: What seals a ledger that lies elsewhere; where it is not set, the same. With another one, whoever may open the
#: ledger cannot open the logins in it.
LEDGER_VARIABLE = "RECONCILE_LEDGER_KEY"
_SERVICE, _NAME = "reconcile", "key"
_BYTES = 32
_LEAST = 16
_MAKE = f"make one with `openssl rand -base64 {_BYTES}`"


@dataclass(frozen=True, slots=True)
class SealingKey:
    """32 bytes, and where they are kept; never shown."""

    secret: bytes = field(repr=False)
    source: str

    @property
    def mark(self) -> bytes:
        """Return eight bytes that tell keys apart and tell nothing about them."""
        return hashlib.sha256(b"reconcile key mark" + self.secret).digest()[:8]


@dataclass(frozen=True, slots=True)
class Keys:
    """The places where a key may be. Nothing is made before something has to be sealed."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    note: Callable[[str], None] = lambda _text: None

    def known(self) -> tuple[SealingKey, ...]:
        """Return every key that there is, the one for sealing first."""
        found = (self._from_environment(), _from_keyring(), _from_file(key_file(self.environment)))
        return tuple(key for key in found if key is not None)

    def of_ledger(self) -> SealingKey | None:
        """Return the key of a ledger that lies elsewhere: of the environment, since all who use it have it."""
        return self._from_environment(LEDGER_VARIABLE) or self._from_environment()

    def sealing(self) -> SealingKey:
        """Return the key for sealing; make one where there is none."""
        known = self.known()
        if known:
            return known[0]
        text = base64.b64encode(secrets.token_bytes(_BYTES)).decode()
        return _into_keyring(text) or self._into_file(text)

    def _from_environment(self, variable: str = VARIABLE) -> SealingKey | None:
        text = self.environment.get(variable, "").strip()
        if not text:
            return None
        if len(text) < _LEAST:
            raise AuthenticationFailed(f"{variable} is too short: at least {_LEAST} characters", _MAKE)
        return SealingKey(_bytes(text) or _of_words(text), variable)

    def _into_file(self, text: str) -> SealingKey:
        path = key_file(self.environment)
        try:
            create_file(path, f"{text}\n".encode(), private=True)  # who comes second keeps the first
        except OSError as wrong:
            raise AuthenticationFailed(
                f"no key for sealing tokens can be kept in {path}: {wrong.strerror}",
                f"set {VARIABLE} ({_MAKE})",
            ) from wrong
        self.note(f"made a key for sealing logins: {path}. On other machines set {VARIABLE} to what it holds")
        found = _from_file(path)
        assert found is not None
        return found


def key_file(environment: Mapping[str, str]) -> Path:
    """Return where the user's key file is: beside other settings of the user, outside of any project."""
    home = environment.get("APPDATA") if sys.platform == "win32" else environment.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "reconcile" / "key"


def _bytes(text: str) -> bytes | None:
    """Read 32 bytes in base64 or hexadecimal; None when the text is something else."""
    readers: tuple[Callable[[str], bytes], ...] = (bytes.fromhex, _base64)
    for read in readers:
        try:
            found = read(text)
        except ValueError:
            continue
        if len(found) == _BYTES:
            return found
    return None


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as wrong:
        raise ValueError from wrong


def _of_words(text: str) -> bytes:
    """Make a key of a passphrase: slow on purpose."""
    return hashlib.scrypt(text.encode(), salt=b"reconcile key", n=2**14, r=8, p=1, dklen=_BYTES)


def _from_file(path: Path) -> SealingKey | None:
    """Read the key file. One that others can read, or that holds no key, is an error and never replaced."""
    try:
        mode = insist_on_file(path).st_mode
        text = read_file(path, KEY).decode("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as wrong:
        raise _unusable(path, "cannot be read") from wrong
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise AuthenticationFailed(f"the key file {path} can be read by other users", f"chmod 600 {path}")
    secret = _bytes(text)
    if secret is None:
        raise _unusable(path, f"does not hold a key of {_BYTES} bytes")
    return SealingKey(secret, str(path))


def _unusable(path: Path, why: str) -> AuthenticationFailed:
    return AuthenticationFailed(
        f"the key file {path} {why}", "bring the file back, or remove it and run `reconcile login ACCOUNT` again"
    )


def _keyring() -> Any:
    try:
        return import_module("keyring")
    except ImportError:
        return None


def _from_keyring() -> SealingKey | None:
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        text = keyring.get_password(_SERVICE, _NAME)
    except Exception:  # noqa: BLE001 - a backend raises what it likes: no keyring, locked, no session bus
        return None
    secret = _bytes(text) if text else None
    return SealingKey(secret, "the keyring") if secret else None


def _into_keyring(text: str) -> SealingKey | None:
    """Keep a new key in the keyring; None unless it can be read back: some backends take it and forget it."""
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        keyring.set_password(_SERVICE, _NAME, text)
    except Exception:  # noqa: BLE001 - as above
        return None
    return _from_keyring()
