"""A practice marketplace as an object: time, store, trouble, traffic and history, whichever marketplace it is.

What one marketplace does by itself is a class of its own (`simulator/<name>/simulator.py`), which fills in the
abstract methods. It imports nothing of another.
"""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any, ClassVar

import orjson

from reconciler.simulator import faults, rates, spoiling
from reconciler.simulator.clock import SteppedClock, at, iso
from reconciler.simulator.history import History
from reconciler.simulator.http import Call, Reply, Request
from reconciler.simulator.jobs import settle
from reconciler.simulator.record import Recorder
from reconciler.simulator.settings import Settings
from reconciler.simulator.store import Store
from reconciler.simulator.traffic import FORGOTTEN, RUN, UNCHARGED, Traffic
from reconciler.simulator.world import Json, World

RECORD_VARIABLE = "RECONCILE_SIMULATOR_RECORD"
TURN = """SELECT (SELECT value FROM kv WHERE key = 'clock'), (SELECT MAX(n) FROM turns),
    (SELECT value FROM kv WHERE key = 'swept'), (SELECT MIN(due) FROM jobs)"""


class SharedClock(SteppedClock):
    """A clock whose offset lies in the store, so that a second process goes on from it."""

    def __init__(self, store: Store) -> None:
        super().__init__(float(store.get("clock") or 0.0), store.get("origin"))
        self._store = store

    def stand(self, moment: datetime) -> None:
        """Stand at this moment, also for processes that open the store later."""
        super().stand(moment)
        self._store.put("origin", self._origin)

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        with self._store.write():
            self.catch_up(float(self._store.get("clock") or 0.0))
            self._store.put("clock", self.offset)


class Marketplace(ABC):
    """One marketplace in one SQLite file. Settings not given are those of the store, if it has any."""

    name: ClassVar[str]
    media: ClassVar[str]  # of an answer that says nothing else
    tables: ClassVar[str]  # SQL of what it keeps besides
    knobs: ClassVar[type[Settings]]
    sorts: ClassVar[faults.Sorts]  # trouble of its own
    token_path: ClassVar[str]  # where tokens are issued
    of_client: ClassVar[int]  # the limits that are counted by client, as bits
    longest: ClassVar[float]  # no limit looks further back, in seconds
    sweep_every: ClassVar[float]

    world: World

    def __init__(self, store: Path | str, *, settings: Settings | None = None, record: Path | None = None) -> None:
        self._store = Store(store, self.tables)
        self.clock = SharedClock(self._store)
        if settings is None:
            settings = self.knobs.practice().changed(self._store.get("settings") or {})
        traffic = Traffic(self._store, self.clock, self.of_client, self.longest)
        self.world = self.new_world(self._store, settings, self.clock, traffic)
        target = record or os.environ.get(RECORD_VARIABLE)
        self._recorder = Recorder(target, self.token_path, self.name) if target else None
        self._history = History(self._store, settings.history)
        self._faults = faults.Faultfinder(self._store)
        self._lock = threading.RLock()
        self._seen = self._store.one(TURN) or (None, None, None, None)
        self._swept = 0.0
        self._second = (0, "", "")  # one second, as a header and as the begin of a timestamp
        self._logins: dict[str, str] = {}
        self._use(settings)
        self.opened(self.clock.seconds() + settings.clock_skew_seconds)

    def close(self) -> None:
        if self._recorder:
            self._recorder.close()
        self.world.traffic.close()
        self._store.close()

    @property
    def settings(self) -> Settings:
        return self.world.settings

    def change_settings(self, knobs: Mapping[str, Any]) -> None:
        """Turn knobs; processes that have the store open follow, and those that open it later start with them."""
        with self._lock:
            self.catch_up()
            with self._store.write():
                self._use(self.world.settings.changed(knobs))
                self._store.put("settings", self.world.settings.as_json())
                self._store.run("INSERT INTO turns (knobs) VALUES (?)", orjson.dumps(knobs, default=sorted))
                self._faults.begin_again(knobs.get("faults") or {})
                if "sales" in knobs:
                    self.plan_sales(self.world.moment)

    def _use(self, settings: Settings) -> None:
        rules = faults.rules_of(settings.faults, self.sorts, self.token_path)
        self.world.settings = settings
        self._faults.use(rules, settings.seed)

    def _follow(self, seen: int) -> None:
        """Turn the knobs that others have turned, and leave the rest as this process was given it."""
        for (knobs,) in self._store.all("SELECT knobs FROM turns WHERE n > ? ORDER BY n", seen):
            self._use(self.world.settings.changed(orjson.loads(knobs)))

    def stand_still(self, moment: datetime) -> None:
        """Let time stand at a moment, before there is any seller: it then moves by what is waited for, only."""
        with self._lock:
            if self._store.one("SELECT 1 FROM sellers"):
                raise ValueError("the clock only moves forward, and something has happened already")
            self.clock.stand(moment)
            self.plan_sales(self.clock.seconds() + self.settings.clock_skew_seconds)

    def seed(self, account: Mapping[str, Any]) -> None:
        """Add or replace one seller; see the marketplace's module `seed` for the shape."""
        with self._lock:
            self.catch_up()
            self.fill(account)
            self._logins.clear()

    def reset(self) -> None:
        """Forget all sellers and dictionaries, all that was counted and asked; time and settings stay."""
        with self._lock:
            self._store.clear()
            self.world.traffic.note(FORGOTTEN)
            self._history.clear()
            self._logins.clear()
            self._store.put("settings", self.world.settings.as_json())

    def requests(self, since: int = 0, **wanted: str) -> Iterator[Json]:
        """The requests answered since a number, by this process or, with `shared_history`, by all of them.

        Filters: method, path (prefix), seller, client_id, login, operation, fault.
        """
        return self._history.find(since, wanted, shared=self.settings.shared_history)

    def injected(self) -> dict[str, int]:
        """How often each trouble struck, over all processes, since the last reset."""
        return self._faults.injected()

    def fault_rules(self) -> list[Json]:
        """The rules of trouble in force, with the requests that they met and struck."""
        return self._faults.told()

    def begin_run(self) -> None:
        """What `rate` tells begins here, for all processes."""
        self.world.traffic.note(RUN)

    def rate(self, client: str = "", login: str = "", since: float | None = None) -> Json:
        """How often clients and users asked in the last run; see the module `rates`."""
        return rates.rate(self.world, self.bounds(), client, login, since)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One transaction at the present moment."""
        with self._lock:
            self.catch_up()
            with self._store.write():
                yield

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""
        seen = self._store.one(TURN) or self._seen
        before, self._seen = self._seen, seen
        clock, turned, swept, due = seen
        if clock is not None:
            self.clock.catch_up(float(clock))
        if turned != before[1]:
            self._follow(before[1] or 0)
        if swept != before[2] or not self._swept:
            self._swept = float(swept or 0.0)
        now = self.clock.seconds() + self.world.settings.clock_skew_seconds
        if due is not None and due <= now:
            settle(self.world, now)
        if now - self._swept >= self.sweep_every:
            self.sweep(now)
        self.world.moment = now

    def respond(self, request: Request) -> Reply:
        """Answer one request; raises Dropped when no answer goes out, before or after the work is done."""
        with self._lock:
            self.catch_up()
            if self._faults.rules:
                trouble = self._faults.strike(request, self.clock.seconds())
                if trouble is not None:
                    return self._with(trouble, request)
            reply, call = self.serve(request)
            self._finish(reply)
            self._note(call, reply)
            return reply

    def _with(self, trouble: faults.Trouble, request: Request) -> Reply:
        """Answer a request that is struck."""
        if trouble.rule.is_answered or trouble.do == "drop_before":
            call = self.named(request)
            self.world.traffic.note(UNCHARGED, call.client, call.seller)
            if trouble.do == "drop_before":
                self._note(call, None, trouble)
                raise faults.Dropped("the connection was cut before anything was done")
            reply = self.answered(trouble, request)
            self._finish(reply)
            self._note(call, reply, trouble)
            return reply
        if trouble.do == "revoke_refresh":
            self.revoke_refresh(request)
        if trouble.do == "expire_token" and not self.expire(request):
            trouble = trouble.instead("401")
        reply, call = self.serve(request, trouble)
        self._finish(reply)
        if trouble.do == "drop_after":
            self._note(call, None, trouble, reply.status)
            raise faults.Dropped("the connection was cut before the answer")
        self._note(call, reply, trouble)
        return spoiling.spoilt(trouble, reply)

    def _finish(self, reply: Reply) -> None:
        """What every answer has."""
        moment = self.world.moment
        reply.media = reply.media or self.media
        reply.headers["date"] = self._at(moment)[1]
        reply.headers["trace-id"] = f"{int(moment * 1000):x}"

    def _at(self, moment: float) -> tuple[int, str, str]:
        second = int(moment)
        if self._second[0] != second:
            self._second = (second, formatdate(second, usegmt=True), iso(at(second))[:-4])
        return self._second

    def _note(
        self, call: Call, reply: Reply | None, trouble: faults.Trouble | None = None, done: int | None = None
    ) -> None:
        request, now = call.request, self.world.moment
        moment = f"{self._at(now)[2]}{int(now % 1 * 1000):03d}Z"
        fault = trouble.name if trouble else None
        entry = {
            "at": moment,
            "client_id": call.client,
            "login": self._login(call.seller),
            "method": request.method,
            "path": request.path,
            "query": request.query_string,
            "operation": call.operation,
            "body": request.content,
            "status": reply.status if reply else 0,
            "seller": call.seller,
            "connection": request.connection,
            "fault": fault,
        }
        if done is not None:
            entry["committed_status"] = done  # what the client never learnt
        self._history.add(entry, shared=self.settings.shared_history)
        if self._recorder:
            self._recorder.append(request, reply, moment, call.seller, fault)

    def _login(self, seller: str) -> str:
        if seller and seller not in self._logins:
            row = self._store.one("SELECT login FROM sellers WHERE id = ?", seller)
            self._logins[seller] = row[0] if row else ""
        return self._logins.get(seller, "")

    @classmethod
    def troubles(cls) -> frozenset[str]:
        """What a rule of trouble can do here."""
        return faults.EVERYWHERE | set(cls.sorts)

    def logins(self) -> tuple[str, ...]:
        """The sellers that there are."""
        return tuple(str(login) for (login,) in self.world.store.all("SELECT login FROM sellers ORDER BY login"))

    def add_client(self, client_id: str, secret: str) -> None:
        """Register an application: any seller may log in through it."""
        with self._lock, self.world.store.write():
            self.world.store.run("INSERT OR REPLACE INTO clients VALUES (?, ?, ?)", client_id, secret, "")

    def seller_id(self, login: str) -> str:
        row = self.world.store.one("SELECT id FROM sellers WHERE login = ?", login)
        if row is None:
            raise ValueError(f"no seller {login}")
        return str(row[0])

    def revoke(self, login: str, kind: str = "all") -> None:
        """The seller takes applications their tokens away: "access", "refresh", or "all" of them."""
        kinds = {"access": ["access"], "refresh": ["refresh"], "all": ["access", "refresh"]}[kind]
        with self._lock:
            for one in kinds:
                sql = "DELETE FROM tokens WHERE seller = ? AND kind = ?"
                self.world.store.run(sql, self.seller_id(login), one)

    # What each marketplace does by itself.

    @abstractmethod
    def new_world(self, store: Store, settings: Settings, clock: SteppedClock, traffic: Traffic) -> World:
        """The world that its operations are given."""

    @abstractmethod
    def serve(self, request: Request, trouble: faults.Trouble | None = None) -> tuple[Reply, Call]:
        """The reply, and what became known of the request on its way."""

    @abstractmethod
    def named(self, request: Request) -> Call:
        """Who asks and for what, when nothing of it is to be done."""

    @abstractmethod
    def answered(self, trouble: faults.Trouble, request: Request) -> Reply:
        """What is answered instead of serving."""

    @abstractmethod
    def too_large(self, message: str) -> Reply:
        """The answer to a body that is longer than any may be."""

    @abstractmethod
    def fill(self, account: Mapping[str, Any]) -> None:
        """Add or replace one seller; ValueError says what is wrong with the account."""

    @abstractmethod
    def bounds(self) -> Sequence[rates.Bound]:
        """All limits, as the knobs set them."""

    @abstractmethod
    def expire(self, request: Request) -> bool:
        """Forget the access token of a request; False for one that cannot be forgotten."""

    @abstractmethod
    def revoke_refresh(self, request: Request) -> None:
        """Make the refresh tokens worthless that belong to the token of a request or of a form."""

    @abstractmethod
    def sweep(self, now: float) -> None:
        """Forget what has run out; once in `sweep_every` seconds."""

    @abstractmethod
    def opened(self, now: float) -> None:
        """The store was opened, new or as another process left it."""

    @abstractmethod
    def plan_sales(self, now: float) -> None:
        """Begin the purchases that go on by themselves, or stop them, as the knob says."""

    @abstractmethod
    def census(self, login: str) -> Json:
        """What an account has how often, so that duplicates show."""

    @abstractmethod
    def control(self, request: Request) -> Reply | None:
        """Do what only this marketplace can be told under /_sim/; None for what it does not know."""
