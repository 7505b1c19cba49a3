"""Copies of one ledger: each knows what the others have published, and no damage is taken for a state."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.runtime.errors import LedgerFailed, Locked
from reconciler.runtime.keys import Keys
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.locks import Lock, this_process
from reconciler.runtime.ledger.remote.git import GitRemote
from reconciler.runtime.ledger.remote.ledger import RemoteLedger
from reconciler.runtime.ledger.remote.replica import FENCE, Replica
from reconciler.runtime.ledger.store import Ledger

from .test_git_remote import bare, clone, git  # noqa: F401 - a fixture

KEYS = Keys({"RECONCILE_KEY": "the key of all runners of a shop"}).known()[:1]


class Runner:
    """One process with a disk of its own; `time` is its clock, in seconds."""

    def __init__(self, bare: Path, name: str, keys=KEYS, most: int = 64) -> None:  # noqa: F811
        self.time, self.began = 0.0, datetime.now(UTC).isoformat()
        copy = bare.with_name(f"{name}.db")
        Ledger(copy).close()
        self.replica = Replica(
            Database(copy), GitRemote(clone(bare, name)), keys, "the branch", lambda: self.time, most
        )
        self.ledger = RemoteLedger(copy, self.replica, looking=True)

    def lock(self, account: str = "main", **changes: str) -> Lock:
        made = this_process(account, account, f"{self}", "reconcile apply", self.began)
        return Lock(**{**{name: getattr(made, name) for name in Lock.__slots__}, **changes})

    def keep(self, slot: str, sealed: bytes) -> None:
        self.ledger.keep_token(slot, sealed, None)

    def kept(self) -> dict[str, bytes]:
        return {
            slot: bytes(sealed) for slot, sealed in self.ledger.database.rows("select slot, sealed from tokens")
        }


def test_each_knows_what_the_others_have_published(bare: Path) -> None:  # noqa: F811
    one, other = Runner(bare, "one"), Runner(bare, "other")
    one.keep("a", b"\x00\xff1")
    one.replica.publish()
    other.keep("b", b"2")
    other.replica.publish()  # it was not the first: what is there is taken over
    assert other.kept() == {"a": b"\x00\xff1", "b": b"2"}
    one.replica.follow()
    assert one.kept() == other.kept()


def test_what_is_gone_is_gone_for_all(bare: Path) -> None:  # noqa: F811
    one, other = Runner(bare, "one"), Runner(bare, "other")
    one.keep("a", b"1")
    one.replica.publish()
    other.replica.follow()
    one.ledger.database.run("delete from tokens")
    one.replica.publish()
    other.replica.follow()
    assert other.kept() == {}


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2]), st.sampled_from("abcd"), st.sampled_from(["keep", "drop", "publish"])
        ),
        max_size=14,
    )
)
def test_whatever_they_do_they_agree_in_the_end(steps, tmp_path_factory) -> None:
    """Three runners write, forget and publish in any order; after all have published all have the same rows."""
    folder = tmp_path_factory.mktemp("agree")
    server = folder / "server.git"
    subprocess.run(["git", "init", "-q", "--bare", str(server)], check=True)
    runners = [Runner(server, f"r{number}") for number in range(3)]
    for number, (who, slot, what) in enumerate(steps):
        if what == "keep":
            runners[who].keep(slot, f"{who} {number}".encode())
        elif what == "drop":
            runners[who].ledger.database.run("delete from tokens where slot = ?", (slot,))
        else:
            runners[who].replica.publish()
    for each in runners:
        each.replica.publish()
    for each in runners:
        each.replica.follow()
    newcomer = Runner(server, "new")
    newcomer.replica.follow()
    assert [each.kept() for each in runners] == [newcomer.kept()] * 3


def test_many_parts_become_one(bare: Path) -> None:  # noqa: F811
    """Who was away meanwhile has all of it, also what is gone; who has changed something meanwhile is told."""
    one, late, busy, near = (Runner(bare, name, most=4) for name in ("one", "late", "busy", "near"))
    one.keep("gone", b"1")
    one.replica.publish()
    for each in (late, busy):
        each.replica.follow()
    one.ledger.database.run("delete from tokens")
    busy.keep("mine", b"1")
    for number in range(9):
        one.keep(f"slot {number % 5}", str(number).encode())
        one.replica.publish()
        if number == 6:
            near.replica.follow()
            near.keep("near", b"1")
    assert len(git(bare, "ls-tree", "reconcile-ledger").splitlines()) <= 9
    late.replica.follow()
    assert late.kept() == one.kept() != {}
    near.replica.publish()
    assert near.kept() == {**one.kept(), "near": b"1"}
    with pytest.raises(LedgerFailed, match="has moved on too far"):
        busy.replica.publish()
    newcomer = Runner(bare, "new")
    newcomer.replica.follow()
    assert newcomer.kept() == near.kept()


def test_one_of_two_has_the_lock(bare: Path) -> None:  # noqa: F811
    one, other = Runner(bare, "one"), Runner(bare, "other")
    assert one.ledger.locks.take(one.lock()) == (None, None)
    theirs = other.lock(host="runner-7", url="https://example.com/runs/7")
    assert other.ledger.locks.take(theirs)[0] == one.lock()
    one.ledger.locks.release("main", f"{one}")
    assert other.ledger.locks.take(theirs) == (None, None)
    held, _ = one.ledger.locks.take(one.lock())
    assert "on runner-7" in str(held)
    assert "https://example.com/runs/7" in str(held)


def test_a_holder_that_is_not_heard_of_is_lost_and_one_that_is_alive_is_not(bare: Path) -> None:  # noqa: F811
    one, other = Runner(bare, "one"), Runner(bare, "other")
    long_ago, lately = (datetime.now(UTC) - timedelta(minutes=each) for each in (6, 4))
    for beat, free in ((lately, False), (long_ago, True)):
        one.ledger.locks.take(one.lock(host="gone", beat=beat.isoformat()))
        held, dead = other.ledger.locks.take(other.lock())
        assert ((held is None), (dead is not None)) == (free, free)
        one.ledger.locks.release("main", f"{one}")


def test_who_has_lost_the_lock_publishes_nothing(bare: Path) -> None:  # noqa: F811
    one, other = Runner(bare, "one"), Runner(bare, "other")
    one.ledger.locks.take(one.lock())
    other.replica.follow()
    other.ledger.database.run("delete from locks")  # `reconcile unlock`
    other.ledger.locks.take(other.lock(host="runner-7"))
    one.keep("a", b"late")
    with pytest.raises(Locked, match="held by `reconcile apply` on runner-7"):
        one.replica.publish()
    other.replica.follow()
    assert other.kept() == {}


def test_who_cannot_publish_stops_before_it_counts_as_lost(bare: Path) -> None:  # noqa: F811
    one = Runner(bare, "one")
    one.ledger.locks.take(one.lock())
    one.time += FENCE - 1
    one.ledger.runs.claim("run", "operation", "me")
    one.time += 2
    with pytest.raises(LedgerFailed, match="could not be written for 180 seconds"):
        one.ledger.runs.claim("run", "operation", "me")
    one.keep("a", b"1")
    one.replica.publish()
    one.ledger.runs.claim("run", "operation", "me")


def test_what_was_not_published_is_published_the_next_time(bare: Path) -> None:  # noqa: F811
    one = Runner(bare, "one")
    one.keep("a", b"1")
    away = bare.rename(bare.with_name("away"))
    with pytest.raises(LedgerFailed, match="reconcile-ledger cannot be"):
        one.replica.publish()
    away.rename(bare)
    one.replica.publish()
    other = Runner(bare, "other")
    other.replica.follow()
    assert other.kept() == {"a": b"1"}


# --- damage ----------------------------------------------------------------------------------------------------------


def parts(bare: Path) -> dict[str, bytes]:  # noqa: F811
    """What lies on the branch, by its name."""
    found = {}
    for line in git(bare, "ls-tree", "reconcile-ledger").splitlines():
        told, name = line.split("\t")
        done = subprocess.run(
            ["git", "-C", str(bare), "cat-file", "blob", told.split()[2]], capture_output=True, check=True
        )
        found[name] = done.stdout
    return found


def put(bare: Path, found: dict[str, bytes]) -> None:  # noqa: F811
    """Have other parts on the branch, as somebody may who can push."""
    remote = GitRemote(clone(bare, "forger"))
    head = remote.head()
    remote.put(head, sorted(found), found)


def _three(bare: Path) -> dict[str, bytes]:  # noqa: F811
    one = Runner(bare, "one")
    for number in range(3):
        one.keep(f"{number}", b"1")
        one.replica.publish()
    return parts(bare)


def _left_out(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in found.items() if not name.startswith("00000002")}


def _swapped(found: dict[str, bytes]) -> dict[str, bytes]:
    (one, first), (two, second), *rest = found.items()
    return {one: second, two: first, **dict(rest)}


def _changed(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data[:-1] + bytes([data[-1] ^ 1]) for name, data in found.items()}


def _cut(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data[:25] for name, data in found.items()}


def _foreign(found: dict[str, bytes]) -> dict[str, bytes]:
    return {**found, "README.md": b"hello"}


@pytest.mark.parametrize("forge", [_left_out, _swapped, _changed, _cut, _foreign])
def test_damage_is_said_and_never_taken_for_a_state(forge, bare: Path) -> None:  # noqa: F811
    put(bare, forge(_three(bare)))
    reader = Runner(bare, "reader")
    with pytest.raises(LedgerFailed, match="is damaged") as damaged:
        reader.replica.follow()
    assert "move it away" in damaged.value.hint


def test_another_key_opens_nothing(bare: Path) -> None:  # noqa: F811
    _three(bare)
    stranger = Runner(bare, "stranger", Keys({"RECONCILE_KEY": "the key of somebody else"}).known()[:1])
    with pytest.raises(LedgerFailed, match="was sealed with another key"):
        stranger.replica.follow()


def test_nothing_can_be_read_there_without_the_key(bare: Path) -> None:  # noqa: F811
    one = Runner(bare, "one")
    one.keep("slot-of-main", b"a secret that is not sealed by itself")
    one.replica.publish()
    lying = b"".join(parts(bare).values())
    assert b"slot-of-main" not in lying
    assert b"secret" not in lying
