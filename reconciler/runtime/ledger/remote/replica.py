"""The copy that a process works on, and how it follows and leads what lies elsewhere.

What others have published is taken over before anything of ours is put after it. Where both have changed a row
theirs stays: the lock of an account sees to it that only one has a reason to, and whoever has lost it must not
write.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.runtime.errors import LedgerFailed, Locked
from reconciler.runtime.keys import SealingKey
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.remote.changes import Changes, RowKey
from reconciler.runtime.ledger.remote.port import Head, Moved, Remote, damaged
from reconciler.runtime.ledger.remote.sealing import NotOpened, name_of, number_of, seal, unseal

#: Others come between us so often in a row only when something is wrong.
_TRIES = 12
#: So many parts are put together into one; each costs its reader a look.
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
    now: Callable[[], float] = time.monotonic
    _changes: Changes = field(init=False)
    _head: Head | None = field(init=False, default=None)
    _asked: float | None = field(init=False, default=None)
    _published: float | None = field(init=False, default=None)
    _mine: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Begin to note changes."""
        self._changes = Changes(self.database)
        self._changes.watch()

    # --- following

    def follow(self, *, at_once: bool = True) -> set[RowKey]:
        """Take over what others have published since; return the rows of it. LedgerFailed where it cannot be read.

        Unless `at_once`, an answer of a few seconds ago will do.
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
        new = self._not_known(found)
        keys: set[RowKey] = set()
        before = found.parts[-len(new) - 1] if len(new) < len(found.parts) else ""
        for name, sealed in zip(new, self.remote.read(found, new), strict=True):
            keys.update(self._opened(name, sealed, before))
            before = name
        self._head = found
        return keys

    def _not_known(self, found: Head) -> tuple[str, ...]:
        """Return the parts that are not in this copy yet; all of them where they were put together meanwhile."""
        last = self._head.parts[-1] if self._head else ""
        if last in found.parts:
            return found.parts[found.parts.index(last) + 1 :]
        return found.parts

    def _opened(self, name: str, sealed: bytes, before: str) -> list[RowKey]:
        try:
            return self._changes.take_over(unseal(sealed, self.keys, number_of(name), before))
        except (NotOpened, ValueError, KeyError, TypeError) as wrong:
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
                except Moved:
                    theirs = self.follow()
                    keys = [key for key in keys if key not in theirs]
                    self._insist_on_locks()
                else:
                    keys = []
            if keys:
                raise LedgerFailed(
                    f"the ledger in {self.where} changes faster than it can be written",
                    "run the same command again",
                )
        finally:
            if keys:
                self._changes.give_back(keys)
        self._published = self.now()

    def _put(self, keys: Iterable[RowKey]) -> None:
        """Add one part, or put all of them together into one where there are many."""
        parts = self._head.parts if self._head else ()
        number = number_of(parts[-1]) + 1 if parts else 1
        whole = len(parts) >= _PARTS
        before = "" if whole or not parts else parts[-1]
        plain = self._changes.everything() if whole else self._changes.written(keys)
        sealed = seal(plain, self.keys[0], number, before)
        name = name_of(number, sealed)
        self._head = self.remote.put(self._head, ([] if whole else [*parts]) + [name], {name: sealed})
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
        if self._published is not None and self.now() - self._published > FENCE:
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
