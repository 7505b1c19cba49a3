"""Trouble on demand: which request it strikes is decided here, by rules in order, seeded and counted in the store.

A rule of `Faults.schedule`, of which only `do` is required:

    {"do": "503", "times": 2, "ratio": 0.1, "each": "path",
     "when": {"method": "POST", "path": "/sale/", "after_requests": 5, "login": "sklep"}, ...}

`when` counts the requests that fit it; the first `after_requests` of them are spared. `times` is how often the
rule strikes (once unless told; without end for a ratio or `null`), for `each` path, token, client or login by
itself when that is given. `ratio` draws a seeded share. The first rule that strikes has the request; the others
only count it.

What a rule can do, with its own settings:

    429             retry_after: seconds or null; penalty_seconds: a block, which calling prolongs (prolong: true)
    500 502 503 504 retry_after; body: "json", "html" or "empty"
    401             the token is not accepted this time
    403             access denied
    refuse          status, code, message, path: any refusal with an errors object
    drop_before     the connection is reset, nothing is done
    drop_after      the work is done, the connection is reset before the answer (writes only)
    slow            seconds: the second half of the body comes so much later, in real time
    truncate        half of the body, and the end of the connection before the rest
    garble          half of the body in the form of a whole one
    lie             the work is done, and the answer is another: status (200), body (any JSON) or text, headers
    expire_token    the access token is no longer known; with a practice token like 401
    revoke_refresh  the refresh tokens of the request's seller and application are revoked
    short_list      the list says of itself more than its pages give (missing: 1), `times` passes over the list

Each marketplace adds sorts of its own. The token endpoints are spared unless the path of the rule leads there.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import orjson

from reconciler.simulator.http import Request
from reconciler.simulator.settings import Faults
from reconciler.simulator.store import Store
from reconciler.simulator.world import Json

NAMES = {
    403: "AccessDenied",
    409: "OfferConflictException",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "ServiceTimeoutException",
}
ANSWERED = frozenset({"403", "429", "500", "502", "503", "504", "refuse"})
CUT = frozenset({"truncate", "garble"})
BY_THEMSELVES = frozenset(
    {"drop_after", "slow", "truncate", "garble", "lie", "revoke_refresh", "expire_token", "401"}
)
EVERYWHERE = ANSWERED | BY_THEMSELVES | {"drop_before"}
WHEN = frozenset({"method", "path", "after_requests", "login"})
COMMON = frozenset({"do", "when", "times", "ratio", "each"})
OWN = {
    "429": {"retry_after", "penalty_seconds", "prolong", "body"},
    "refuse": {"status", "code", "message", "path"},
    "slow": {"seconds"},
    "lie": {"status", "body", "text", "headers"},
    **{status: {"retry_after", "body"} for status in ("500", "502", "503", "504")},
}
EACH = frozenset({"", "path", "token", "client", "login"})
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
NOTICE = "The service is not available now."


class Dropped(ConnectionResetError):  # noqa: N818 - it is an event, told as an error
    """The connection was cut: before anything was done, or after the marketplace had done its work."""


@dataclass(frozen=True)
class Sort:
    """Trouble that one marketplace knows: which requests it is about, its settings, and how often it strikes.

    `answered`: the request is answered so, and not served. `each` and `times` hold where a rule says nothing.
    """

    fits: Callable[[Request, Mapping[str, Any]], bool]
    settings: frozenset[str] = frozenset()
    answered: bool = False
    each: str = ""
    times: int | None = 1


Sorts = Mapping[str, Sort]


@dataclass(frozen=True)
class Rule:
    """One entry of the schedule, read."""

    key: str  # of its counters in the store
    do: str
    methods: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ("",)
    login: str = ""
    after: int = 0
    times: int | None = 1
    ratio: float | None = None
    each: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    sort: Sort | None = None
    tokens: str = ""  # where tokens are issued: such requests are spared

    @property
    def is_answered(self) -> bool:
        """Whether its requests are answered by it instead of being served."""
        return self.sort.answered if self.sort else self.do in ANSWERED

    def fits(self, request: Request) -> bool:
        """Whether the request is of the sort that the rule is about, whoever sent it."""
        if self.methods and request.method not in self.methods:
            return False
        path = request.path
        if not path.startswith(self.paths) or path.startswith("/_sim"):
            return False
        if path.startswith(self.tokens) and not all(one.startswith(self.tokens) for one in self.paths):
            return False
        if self.do == "drop_after" and request.method not in WRITES:
            return False
        return self.sort is None or self.sort.fits(request, self.more)


@dataclass(frozen=True)
class Trouble:
    """A rule that strikes a request, for the so-many-th time."""

    rule: Rule
    number: int
    seed: int
    store: Store

    @property
    def do(self) -> str:
        return self.rule.do

    @property
    def name(self) -> str:
        """What it is counted as: a refusal by its status."""
        return str(self.get("status", 422)) if self.do.startswith("refuse") else self.do

    def get(self, name: str, default: Any = None) -> Any:
        value = self.rule.more.get(name)
        return default if value is None else value

    def instead(self, do: str) -> Trouble:
        """The same strike in another form."""
        return replace(self, rule=replace(self.rule, do=do))

    def dice(self, name: str = "") -> Random:
        return Random(f"{self.seed}/{self.rule.key}/{self.number}/{name}")

    def once(self, name: str) -> bool:
        """Whether the rule meets this thing for the first time; call it in a transaction."""
        sql = "INSERT OR IGNORE INTO faults VALUES (?, ?, 1, 1, 0)"
        return self.store.run(sql, self.rule.key, f"once:{name}") > 0

    def is_new(self, name: str) -> bool:
        sql = "SELECT 1 FROM faults WHERE rule = ? AND key = ?"
        return self.store.one(sql, self.rule.key, f"once:{name}") is None


def rules_of(faults: Faults, sorts: Sorts, tokens: str) -> list[Rule]:
    """The schedule and the simple knobs as rules; a mistake in one is told."""
    found = [_rule(f"schedule/{place}", one, sorts) for place, one in enumerate(faults.schedule)]
    where = (faults.force_path,)
    methods = frozenset({faults.force_method} - {""})
    if faults.force_status is not None and faults.force_times > 0:
        # An errors object, whatever the status; only a 401 is said by the token check.
        do = "401" if faults.force_status == 401 else "refuse"
        code = NAMES.get(faults.force_status, "Error")
        more = {"status": faults.force_status, "code": code, "message": NOTICE}
        found.append(Rule("force", do, methods, where, times=faults.force_times, more=more))
    if faults.drop_after_commit > 0:
        found.append(Rule("drop", "drop_after", methods, where, times=faults.drop_after_commit))
    if faults.token_requests is not None:
        found.append(Rule("token", "expire_token", after=faults.token_requests, each="token"))
    return [replace(rule, tokens=tokens) for rule in found]


def _rule(key: str, given: Mapping[str, Any], sorts: Sorts) -> Rule:
    do, known = str(given.get("do")), EVERYWHERE | set(sorts)
    if do not in known:
        raise ValueError(f"{key}: do must be one of {', '.join(sorted(known))}, not {do}")
    sort = sorts.get(do)
    if unknown := set(given) - COMMON - (sort.settings if sort else OWN.get(do, set())):
        raise ValueError(f"{key}: {do} knows no {', '.join(sorted(unknown))}")
    when = given.get("when") or {}
    if unknown := set(when) - WHEN:
        raise ValueError(f"{key}: when knows no {', '.join(sorted(unknown))}")
    each = str(given.get("each") or (sort.each if sort else ""))
    if each not in EACH:
        raise ValueError(f"{key}: each must be one of {', '.join(sorted(EACH - {''}))}")
    ratio = given.get("ratio")
    times = given.get("times", None if ratio is not None else sort.times if sort else 1)
    methods, paths = _several(when.get("method")), _several(when.get("path"))
    # Another rule in the same place begins with counters of its own.
    digest = hashlib.sha256(orjson.dumps(given, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]
    return Rule(
        f"{key}/{digest}",
        do,
        frozenset(method.upper() for method in methods),
        tuple(paths) or ("",),
        str(when.get("login") or ""),
        int(when.get("after_requests") or 0),
        None if times is None else int(times),
        None if ratio is None else float(ratio),
        each,
        {name: value for name, value in given.items() if name not in COMMON},
        sort,
    )


def _several(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(one) for one in value]


@dataclass
class Asker:
    """Who sends a request, by its token; looked up only when a rule asks."""

    store: Store
    request: Request

    def token(self) -> str:
        return hashlib.sha256(self.request.headers.get("authorization", "").encode()).hexdigest()[:16]

    def client(self) -> str:
        return self._found()[0]

    def login(self) -> str:
        return self._found()[1]

    def _found(self) -> tuple[str, str]:
        sql = "SELECT t.client, s.login FROM tokens t LEFT JOIN sellers s ON s.id = t.seller WHERE t.token = ?"
        row = self.store.one(sql, self.request.headers.get("authorization", "").partition(" ")[2])
        return (row[0], row[1] or "") if row else ("", "")


class Faultfinder:
    """The rules of the present settings, and their counters, which all processes share."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.rules: list[Rule] = []
        self.seed = 1

    def use(self, rules: list[Rule], seed: int) -> None:
        self.rules, self.seed = rules, seed

    def begin_again(self, knobs: Mapping[str, Any]) -> None:
        """Rules that are set anew have struck nobody yet; call it in a transaction."""
        groups = {"schedule": "schedule/*", "drop_after_commit": "drop", "token_requests": "token"}
        groups |= {"force_status": "force", "force_times": "force"}
        for name in knobs:
            if name in groups:
                self._store.run("DELETE FROM faults WHERE rule GLOB ?", groups[name])

    def strike(self, request: Request, now: float) -> Trouble | None:
        """The trouble of this request, if any; it is counted here."""
        meant = [rule for rule in self.rules if rule.fits(request)]
        if not meant:
            return None
        asker = Asker(self._store, request)
        struck: Trouble | None = None
        with self._store.write():
            for rule in meant:
                if rule.login and rule.login != asker.login():
                    continue
                number = self._count(rule, request, asker, now, free=struck is None)
                if number is not None:
                    struck = Trouble(rule, number, self.seed, self._store)
            if struck is not None:
                sql = "INSERT INTO injected VALUES (?, 1) ON CONFLICT (fault) DO UPDATE SET times = times + 1"
                self._store.run(sql, struck.name)
        return struck

    def _count(self, rule: Rule, request: Request, asker: Asker, now: float, *, free: bool) -> int | None:
        """Count a request that fits a rule; the number of the strike, if it is one."""
        if rule.do == "short_list" and not _is_first_page(request):
            return self._goes_on(rule, request, free=free)
        key = _key(rule, request, asker)
        row = self._store.one("SELECT seen, done, until FROM faults WHERE rule = ? AND key = ?", rule.key, key)
        seen, done, until = row or (0, 0, 0.0)
        seen += 1
        penalty = float(rule.more.get("penalty_seconds") or 0.0)
        blocked = free and now < until
        strikes = free and not blocked and self._is_due(rule, key, seen, done)
        if strikes:
            done += 1
        if penalty and (strikes or (blocked and rule.more.get("prolong", True))):
            until = now + penalty
        self._store.run("INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?, ?)", rule.key, key, seen, done, until)
        if rule.do == "short_list":
            self._store.run(
                "INSERT OR REPLACE INTO faults VALUES (?, ?, 0, ?, ?)",
                rule.key, _pass_of(request), done, math.inf if strikes else 0.0,
            )  # fmt: skip
        return done if strikes or blocked else None

    def _is_due(self, rule: Rule, key: str, seen: int, done: int) -> bool:
        if seen <= rule.after or (rule.times is not None and done >= rule.times):
            return False
        if rule.ratio is None:
            return True
        return Random(f"{self.seed}/{rule.key}/{key}/{seen}").random() < rule.ratio

    def _goes_on(self, rule: Rule, request: Request, *, free: bool) -> int | None:
        """Further pages share the fate of the first."""
        sql = "SELECT done, until FROM faults WHERE rule = ? AND key = ?"
        row = self._store.one(sql, rule.key, _pass_of(request))
        return row[0] if row is not None and row[1] and free else None

    def injected(self) -> dict[str, int]:
        """How often each sort of trouble struck, in all processes, since the last reset."""
        return dict(self._store.all("SELECT fault, times FROM injected ORDER BY fault"))

    def told(self) -> list[Json]:
        """The rules with what they have counted."""
        sql = """SELECT TOTAL(seen), TOTAL(done) FROM faults
            WHERE rule = ? AND key NOT GLOB 'once:*' AND key NOT GLOB 'pass:*'"""
        found = []
        for rule in self.rules:
            seen, done = self._store.one(sql, rule.key) or (0, 0)
            when = {"method": sorted(rule.methods), "path": list(rule.paths), "after_requests": rule.after}
            shown = {"rule": rule.key, "do": rule.do, "when": when, "times": rule.times, "ratio": rule.ratio}
            found.append({**shown, **rule.more, "requests": int(seen), "struck": int(done)})
        return found


def _key(rule: Rule, request: Request, asker: Asker) -> str:
    match rule.each:
        case "path":
            return request.path
        case "token":
            return asker.token()
        case "client":
            return asker.client()
        case "login":
            return asker.login()
    return ""


def _is_first_page(request: Request) -> bool:
    return request.query.get("offset", ["0"])[-1] in {"", "0"}


def _pass_of(request: Request) -> str:
    """The same question, whichever its page, of the same asker."""
    asked = sorted((name, values) for name, values in request.query.items() if name not in {"offset", "limit"})
    text = f"{request.headers.get('authorization', '')}{asked}"
    return f"pass:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
