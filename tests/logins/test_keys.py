"""Where the sealing key comes from, and what is said when it is not there."""

from __future__ import annotations

import asyncio
import base64
import stat
import sys
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.runtime.auth.sealing import NotOpened, TokenPair, seal, unseal
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.keys import Keys, SealingKey, key_file
from reconciler.runtime.ledger import Ledger

from .build import stored
from .conftest import KEY

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
PAIR = TokenPair(
    access="an-access-token",
    refresh="a-refresh-token",
    access_until=NOON,
    refresh_until=NOON,
    client="app",
    hosts="h",
)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of these tests has no keyring, whatever the real one has."""
    monkeypatch.setitem(sys.modules, "keyring", None)


def keys(tmp_path: Path, **environment: str) -> Keys:
    return Keys({"XDG_CONFIG_HOME": str(tmp_path), **environment})


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    """The first login makes a file that nobody else can read; the next one finds it."""
    said: list[str] = []
    made = Keys({"XDG_CONFIG_HOME": str(tmp_path)}, said.append)
    assert made.known() == ()
    key = made.sealing()
    file = tmp_path / "reconcile" / "key"
    assert key.source == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert made.sealing() == key
    assert len(said) == 1
    assert str(file) in said[0]
    assert [each.name for each in file.parent.iterdir()] == ["key"]


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys(tmp_path).sealing()
    (tmp_path / "reconcile" / "key").chmod(0o640)
    with pytest.raises(AuthenticationFailed) as told:
        keys(tmp_path).sealing()
    assert "chmod 600" in told.value.hint


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe\x00", b"A" * 100])
def test_a_file_that_holds_no_key_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    file = key_file({"XDG_CONFIG_HOME": str(tmp_path)})
    file.parent.mkdir()
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(AuthenticationFailed) as told:
        keys(tmp_path).sealing()
    assert str(file) in told.value.summary
    assert "reconcile login" in told.value.hint
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "reconcile").write_text("a file where the folder should be")
    with pytest.raises(AuthenticationFailed) as told:
        keys(tmp_path).sealing()
    assert (
        "RECONCILE_KEY" in told.value.hint
        or "RECONCILE_KEY" in told.value.summary
        or "reconcile login" in told.value.hint
    )


@pytest.mark.parametrize("text", [KEY, KEY.rstrip("="), KEY + "\n", base64.b64decode(KEY).hex()])
def test_a_key_is_read_however_it_is_written(tmp_path: Path, text: str) -> None:
    assert keys(tmp_path, RECONCILE_KEY=text).sealing() == SealingKey(base64.b64decode(KEY), "RECONCILE_KEY")
    assert not (tmp_path / "reconcile").exists()


def test_a_passphrase_is_a_key_too(tmp_path: Path) -> None:
    words = keys(tmp_path, RECONCILE_KEY="correct horse battery staple").sealing()
    assert len(words.secret) == 32
    assert words == keys(tmp_path, RECONCILE_KEY="correct horse battery staple").sealing()
    assert words != keys(tmp_path, RECONCILE_KEY="correct horse battery stable").sealing()


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthenticationFailed) as told:
        keys(tmp_path, RECONCILE_KEY="hunter2").sealing()
    assert "openssl rand" in told.value.hint
    assert "hunter2" not in told.value.summary + told.value.hint


class Keyring(types.ModuleType):
    """A keyring as the package `keyring` shows it; `mood` is how its backend behaves."""

    def __init__(self, mood: str) -> None:
        super().__init__("keyring")
        self.mood, self.kept = mood, {}

    def get_password(self, service: str, name: str) -> str | None:
        if self.mood == "raises":
            raise RuntimeError("No recommended backend was available.")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, text: str) -> None:
        if self.mood == "raises":
            raise RuntimeError("No recommended backend was available.")
        if self.mood == "works":
            self.kept[service, name] = text


@pytest.mark.parametrize(("mood", "source"), [("works", "the keyring"), ("raises", "key"), ("forgets", "key")])
def test_a_keyring_is_used_where_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mood: str, source: str
) -> None:
    """On a machine without a screen the package raises, or takes a secret and forgets it: the file it is."""
    monkeypatch.setitem(sys.modules, "keyring", Keyring(mood))
    key = keys(tmp_path).sealing()
    assert key.source.endswith(source)
    assert keys(tmp_path).sealing() == key
    assert (tmp_path / "reconcile" / "key").exists() == (mood != "works")


def test_the_environment_comes_before_the_keyring_which_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sealed before RECONCILE_KEY was set can still be opened; what is sealed next is sealed with it."""
    monkeypatch.setitem(sys.modules, "keyring", Keyring("works"))
    before = seal(PAIR, keys(tmp_path).sealing(), "main")
    both = keys(tmp_path, RECONCILE_KEY=KEY)
    assert both.sealing().source == "RECONCILE_KEY"
    assert unseal(before, both.known(), "main") == PAIR


def test_what_is_sealed_opens_for_its_account_only() -> None:
    key = SealingKey(base64.b64decode(KEY), "x")
    sealed = seal(PAIR, key, "main")
    assert unseal(sealed, [key], "main") == PAIR
    assert b"token" not in sealed
    for wrong in (sealed[:-1], sealed[:30] + bytes([sealed[30] ^ 1]) + sealed[31:], b"", b"\x09" + sealed[1:]):
        with pytest.raises(NotOpened, match="damaged"):
            unseal(wrong, [key], "main")
    with pytest.raises(NotOpened, match="damaged"):
        unseal(sealed, [key], "second")
    with pytest.raises(NotOpened, match="key that is not here"):
        unseal(sealed, [SealingKey(bytes(32), "y")], "main")


def test_the_stored_login_says_why_it_cannot_be_used(tmp_path: Path) -> None:
    """A foreign key, a damaged row, another application, another environment: each has its sentence and the way out."""

    async def never(_credentials):
        raise AssertionError("nothing may be sent")

    whole = SealingKey(base64.b64decode(KEY), "x")
    cases = [
        (seal(PAIR, whole, "main")[:-2], "is damaged", "reconcile login main"),
        (b"nonsense", "is damaged", "reconcile login main"),
        (seal(PAIR, SealingKey(bytes(32), "lost"), "main"), "a key that is not here", "set RECONCILE_KEY"),
        (seal(PAIR, whole, "main"), "another environment", "reconcile login main"),
    ]
    ledger = Ledger(tmp_path / "ledger.db")
    for sealed, said, hint in cases:
        ledger.keep_token("main", sealed)
        with pytest.raises(AuthenticationFailed) as told:
            asyncio.run(stored(ledger).current(never))
        assert said in told.value.summary
        assert hint in told.value.hint
        assert "reconcile login main" in told.value.hint
    ledger.close()
