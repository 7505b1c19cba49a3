"""The copy that a process works on, and how it follows and leads what lies elsewhere.

What others have published is taken over before anything of ours is put after it. Where both have changed a row
theirs stays: the lock of an account sees to it that only one has a reason to, and whoever has lost it must not
write.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from reconciler.runtime.clock import awake_or_not
from reconciler.runtime.errors import LedgerFailed, Locked
from reconciler.runtime.keys import LEDGER_VARIABLE, VARIABLE, SealingKey
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.remote.changes import Changes, RowOf
from reconciler.runtime.ledger.remote.port import Head, Outrun, Remote, damaged
from reconciler.runtime.ledger.remote.sealing import (
    BadPart,
    OtherKey,
    bound,
    is_whole,
    name_of,
    number_of,
    seal,
    unseal,
)

#: Others come between us so often in a row only when something is wrong.
_TRIES = 12
#: After so many parts there is one that says all there is; each costs who begins a look.
_PARTS = 64
#: A state that was asked for so lately is not asked for again only to look, in seconds.
_FRESH = 5.0
#: For so long a process that cannot publish may go on sending, in seconds. Well below `locks.LOST`: by then nobody
#: else has taken its account for lost.
FENCE = 180.0


@dataclass(slots=True)
class Replica:
    """One copy of one remote ledger; `where` is what people call it."""

    database: Database
    remote: Remote
    keys: Sequence[SealingKey]
    where: str
    now: Callable[[], float] = awake_or_not
    most: int = _PARTS
    _changes: Changes = field(init=False)
    _head: Head | None = field(init=False, default=None)
    _last: str = field(init=False, default="")
    _asked: float | None = field(init=False, default=None)
    _published: float | None = field(init=False, default=None)
    _mine: dict[str, str] = field(init=False, default_factory=dict)
    _tried: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        """Begin to note changes."""
        self._changes = Changes(self.database)
        self._changes.watch()

    # --- following

    def follow(self, *, at_once: bool = True, leading: bool = False) -> set[RowOf]:
        """Take over what others have published since; return the rows of it.

        Unless `at_once`, an answer of a few seconds ago will do. `leading` tells that changes of ours are on their
        way. LedgerFailed where it cannot be read.
        """
        if not at_once and self._asked is not None and self.now() - self._asked < _FRESH:
            return set()
        found = self.remote.head()
        self._asked = self.now()
        if found is None:
            if self._head is not None:
                raise damaged(self.where, "it was there a moment ago, and is gone")
            return set()
        if self._head is not None and found.version == self._head.version:
            return set()
        keys = self._taken_over(found, changed=leading or self._changes.are_there())
        self._head = found
        return keys

    def _taken_over(self, found: Head, *, changed: bool) -> set[RowOf]:
        """Take over the parts that are not in this copy yet: from the last one known on, else from a whole one."""
        parts, whole = _sorted(found.parts, self.where)
        last = self._last
        if last in parts:
            new = parts[parts.index(last) + 1 :]
        elif last and changed:
            raise LedgerFailed(
                f"the ledger in {self.where} has moved on too far while this process was at work",
                "run the same command again: it looks at what was sent first",
            )
        elif whole:
            last = next((each for each in parts if number_of(each) == number_of(whole)), "")
            (sealed,) = self.remote.read(found, [whole])
            self._opened(whole, sealed, last)
            new = parts[parts.index(last) + 1 :]
        else:
            last, new = "", parts
        keys: set[RowOf] = set()
        for name, sealed in zip(new, self.remote.read(found, new), strict=True):
            if name not in self._tried:  # ours, whose answer was lost: what we have is newer
                keys.update(self._opened(name, sealed, last))
            last = name
        self._last = last
        return keys

    def _opened(self, name: str, sealed: bytes, before: str) -> list[RowOf]:
        try:
            plain = unseal(sealed, self.keys, bound(number_of(name), before, whole=is_whole(name)))
            return self._changes.take_over(plain, whole=is_whole(name))
        except OtherKey as wrong:
            raise LedgerFailed(
                f"the ledger in {self.where} was sealed with another key",
                f"nothing was sent; set {LEDGER_VARIABLE} to that key, or {VARIABLE} where one key does for all",
            ) from wrong
        except (BadPart, ValueError, KeyError, TypeError) as wrong:
            raise damaged(self.where, str(wrong) or "a part of it cannot be read") from wrong

    # --- leading

    def publish(self) -> None:
        """Put what has changed here after all that is there. Locked where a lock of ours is in other hands.

        LedgerFailed where it cannot be written: then all of it counts as changed still.
        """
        keys = self._changes.take()
        try:
            for _ in range(_TRIES):
                if not keys:
                    return
                try:
                    self._put(keys)
                except Outrun:
                    theirs = self.follow(leading=True)
                    keys = [key for key in keys if key not in theirs]
                    self._insist_on_locks()
                else:
                    keys = []
                    self._published = self.now()
                    self._put_together()
                    return
            raise LedgerFailed(f"the ledger in {self.where} changes faster than it can be written", "try again")
        finally:
            if keys:
                self._changes.give_back(keys)

    def _put(self, keys: Iterable[RowOf]) -> None:
        """Add one part."""
        number = number_of(self._last) + 1 if self._last else 1
        plain = self._changes.written(keys)
        sealed = seal(plain, self.keys[0], bound(number, self._last))
        name = name_of(number, sealed)
        self._tried.add(name)
        self._add(self._head.parts if self._head else (), name, sealed)
        self._tried.discard(name)
        self._last = name

    def _put_together(self) -> None:
        """Where there are many parts, add one that says all there is, for those who begin.

        The parts that it comes from stay until the next one, for those who know some of them already.
        """
        assert self._head is not None
        parts, whole = _sorted(self._head.parts, self.where)
        since = [each for each in parts if not whole or number_of(each) > number_of(whole)]
        if len(since) < self.most or self._changes.are_there():
            return
        sealed = seal(
            self._changes.everything(), self.keys[0], bound(number_of(self._last), self._last, whole=True)
        )
        name = name_of(number_of(self._last), sealed, whole=True)
        with suppress(Outrun, LedgerFailed):  # somebody else will, or the next time
            self._add(since, name, sealed)

    def _add(self, others: Sequence[str], name: str, sealed: bytes) -> None:
        self._head = self.remote.put(self._head, [*others, name], {name: sealed})
        self._asked = self.now()

    # --- locks

    def hold(self, name: str, holder: str) -> None:
        """Remember that a lock is ours: nothing is published once it is not."""
        self._mine[name] = holder
        self._published = self.now()

    def let_go(self, name: str) -> None:
        """Forget about a lock."""
        self._mine.pop(name, None)

    def insist_on_being_current(self) -> None:
        """Raise LedgerFailed where this process has not published for so long that it may count as lost."""
        if self._mine and self._published is not None and self.now() - self._published > FENCE:
            raise LedgerFailed(
                f"the ledger in {self.where} could not be written for {FENCE:.0f} seconds; nothing more was sent",
                "run the same command again when it can be reached: it looks at what was sent first",
            )

    def _insist_on_locks(self) -> None:
        for name, holder in self._mine.items():
            row = self.database.row("select account, holder, command, host from locks where name = ?", (name,))
            if row is None or row[1] != holder:
                other = f", and is held by `{row[2]}` on {row[3]}" if row else ""
                raise Locked(
                    f"the lock of {name} was broken{other} while this process was at work; it sends nothing more",
                    "run the same command again when nobody else is at work",
                )


def _sorted(names: Iterable[str], where: str) -> tuple[tuple[str, ...], str]:
    """Return the parts in their order, and the newest one that says all there is, if there is one."""
    try:
        ordered = sorted(names, key=number_of)
    except ValueError as strange:
        raise damaged(where, f"{strange} is no part of it") from strange
    whole = [each for each in ordered if is_whole(each)]
    return tuple(each for each in ordered if not is_whole(each)), whole[-1] if whole else ""
