"""The practice server: one SQLite file, a handful of addresses, and each oddity that a word of the spec is for.

A ware is made as a draft without a key. Its card says what it is; its goods (key, price, pieces, processing) are
written whole, with at least one piece, and what they do not say is forgotten. Its processing is told while it is on
the shelf only. What was made by hand is in no list of a state until it is taken in. To put it on the shelf for the first time costs `publish`, after it was sold out `renew`. Every request
names the application, also with a ready token.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any

import orjson

from reconciler.simulator.app import Simulator
from reconciler.simulator.clock import SteppedClock
from reconciler.simulator.control import done
from reconciler.simulator.faults import Sort, Trouble
from reconciler.simulator.http import PLAIN, Call, Refused, Reply, Request
from reconciler.simulator.rates import Bound
from reconciler.simulator.router import Route, Router
from reconciler.simulator.settings import Settings
from reconciler.simulator.store import Store
from reconciler.simulator.tokens import keep, secret
from reconciler.simulator.traffic import Charge, Traffic
from reconciler.simulator.world import Json, World

DAY, PER_SECOND, PER_DAY = 86_400, 1, 2
FEES = {"publish": Decimal("1.00"), "renew": Decimal("0.50")}
CARD = ("title", "text", "shelf", "tags", "policy", "pictures")
WRITES = "wares:write"
TABLES = """
CREATE TABLE IF NOT EXISTS wares (id TEXT PRIMARY KEY, seller TEXT, state TEXT, shown TEXT, body BLOB);
CREATE TABLE IF NOT EXISTS toy_fees (n INTEGER PRIMARY KEY, seller TEXT, ware TEXT, kind TEXT);
"""


class No(Refused):
    """`{"error": text}`."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(status, {"error": error}, **more)


@dataclass(frozen=True)
class Limits:
    """Requests of one application."""

    per_second: int = 20
    per_day: int = 5000


@dataclass(frozen=True)
class ToySettings(Settings):
    """The knobs of a toy."""

    limits: Limits = field(default_factory=Limits)


class ToySimulator(Simulator):
    """A marketplace of wares."""

    name = "toy"
    media = PLAIN
    tables = TABLES
    knobs = ToySettings
    sorts: Mapping[str, Sort] = {
        "short_list": Sort(lambda request, _: request.method == "GET" and request.path == "/wares")
    }
    token_path = "/token"
    of_client = PER_SECOND | PER_DAY
    longest = DAY
    sweep_every = DAY

    def new_world(self, store: Store, settings: Settings, clock: SteppedClock, traffic: Traffic) -> World:
        return World(store, settings, clock, traffic)

    def serve(self, request: Request, trouble: Trouble | None = None) -> tuple[Reply, Call]:
        found = ROUTES.find(request.method, request.path)
        call = Call(self.world, request, trouble=trouble)
        if found is None:
            return Reply(404, {"error": "There is no such address."}), call
        route, call.params = found
        call.operation = route.name
        try:
            if not route.open:
                self._admit(call)
            call.body = orjson.loads(request.content) if route.content else None
            with self.world.store.write():
                return route.handler(call), call
        except Refused as refused:
            return Reply(refused.status, refused.body(), refused.headers), call

    def _admit(self, call: Call) -> None:
        """Who asks, whether it may, and whether there is room."""
        key, _, secret = call.request.headers.get("x-application", "").partition(":")
        if self.world.store.one("SELECT 1 FROM clients WHERE id = ? AND secret = ?", key, secret) is None:
            raise No(401, "The application is not named.")
        call.client = key
        call.seller = self.named(call.request).seller
        limits = self.settings.limits
        charges = [Charge(PER_SECOND, 1, limits.per_second), Charge(PER_DAY, DAY, limits.per_day)]
        wait = self.world.traffic.admit(key, call.seller, charges, prolong=False)
        if wait is not None:
            raise No(429, "Too many requests.", headers={"retry-after": str(ceil(wait))})
        if not call.seller or call.is_troubled("401"):
            raise No(401, "The token is not known.")
        if call.request.method != "GET" and WRITES in self.settings.withheld_scopes:
            raise No(403, f"The token lacks {WRITES}.")

    def named(self, request: Request) -> Call:
        token = request.headers.get("authorization", "").partition(" ")[2]
        row = self.world.store.one("SELECT seller FROM tokens WHERE token = ?", token)
        return Call(self.world, request, row[0] if row else "", request.headers.get("x-application", ""))

    def answered(self, trouble: Trouble, request: Request) -> Reply:
        if trouble.do == "refuse":
            return Reply(int(trouble.get("status", 400)), {"error": trouble.get("message", "It is refused.")})
        wait = trouble.get("retry_after")
        return Reply(int(trouble.do), {"error": "Not now."}, {} if wait is None else {"retry-after": str(wait)})

    def too_large(self, message: str) -> Reply:
        return Reply(413, {"error": message})

    def fill(self, account: Mapping[str, Any]) -> None:
        """`login`, `policies` and `processing` (names), `wares` (see `ware`)."""
        seller, store = f"s-{account['login']}", self.world.store
        with store.write():
            own = {name: account.get(name) or () for name in ("policies", "processing")}
            sql = "INSERT OR REPLACE INTO sellers VALUES (?, ?, ?, ?)"
            store.run(sql, seller, account["login"], "toy-eur", orjson.dumps(own))
            store.run("INSERT OR REPLACE INTO clients VALUES ('simulator', 'simulator', '')")
            store.run("INSERT OR REPLACE INTO clients VALUES (?, 'hush', ?)", f"app-{account['login']}", seller)
            keep(self.world, f"simulator-{account['login']}", "practice", seller, "", None)
            for each in account.get("wares") or ():
                save(self.world, seller, ware(**each))

    def bounds(self) -> Sequence[Bound]:
        limits = self.settings.limits
        return [
            Bound("second", PER_SECOND, 1, limits.per_second, of_client=True),
            Bound("day", PER_DAY, DAY, limits.per_day, of_client=True),
        ]

    def expire(self, request: Request) -> bool:
        token = request.headers.get("authorization", "").partition(" ")[2]
        sql = "DELETE FROM tokens WHERE token = ? AND kind = 'access' RETURNING token"
        return self.world.store.one(sql, token) is not None

    def revoke_refresh(self, request: Request) -> None: ...

    def sweep(self, now: float) -> None:
        self.world.store.put("swept", now)

    def opened(self, now: float) -> None: ...

    def plan_sales(self, now: float) -> None: ...

    def census(self, login: str) -> Json:
        keys = Counter(each["key"] for each in self.wares(login))
        return {"duplicates": {"wares": {key: n for key, n in keys.items() if key and n > 1}}}

    def control(self, request: Request) -> Reply | None:
        action = ACTIONS.get((request.method, request.path.removeprefix("/_sim/")))
        return None if action is None else done(action, self, request)

    def wares(self, login: str) -> Iterator[Json]:
        """All wares of a seller as they are kept."""
        rows = self.world.store.all("SELECT body FROM wares WHERE seller = ? ORDER BY id", self.seller_id(login))
        return (orjson.loads(body) for (body,) in rows)

    def edit(self, login: str, key: str, patch: Mapping[str, Any]) -> None:
        """A person changes a ware; members of its goods by their own names."""
        with self.turn():
            body = next(each for each in self.wares(login) if key in (each["key"], each["id"]))
            body |= {name: value for name, value in patch.items() if name in body}
            body["goods"] |= {name: value for name, value in patch.items() if name in body["goods"]}
            if body["goods"]["pieces"] == 0 and body["state"] == "shelf":
                body["state"] = "gone"
            save(self.world, self.seller_id(login), body)

    def fees(self, login: str) -> list[str]:
        """What was charged."""
        sql = "SELECT kind FROM toy_fees WHERE seller = ? ORDER BY n"
        return [kind for (kind,) in self.world.store.all(sql, self.seller_id(login))]


def ware(id: str, key: str | None = None, state: str = "shelf", **more: Any) -> Json:  # noqa: A002
    """A ware as it is kept; `price`, `pieces` and `processing` are its goods."""
    goods = {"price": "10.00", "pieces": 3, "processing": None}
    body = {
        "title": "",
        "text": "",
        "shelf": None,
        "tags": [],
        "policy": None,
        "pictures": [],
        "made": 0,
        "by_hand": False,
    }
    return {
        "id": id,
        "key": key,
        "state": state,
        **body,
        **{name: value for name, value in more.items() if name in body},
        "goods": {**goods, **{name: value for name, value in more.items() if name in goods}},
    }


def save(world: World, seller: str, body: Json) -> None:
    """Keep a ware. A list shows a new state as late as the knob says."""
    sql = "INSERT OR REPLACE INTO wares VALUES (?, ?, ?, ?, ?)"
    shown = "by_hand" if body["by_hand"] else body["state"]
    world.store.run(sql, body["id"], seller, body["state"], shown, orjson.dumps(body))


def _ware(call: Call) -> Json:
    row = call.world.store.one(
        "SELECT body FROM wares WHERE id = ? AND seller = ?", call.params["id"], call.seller
    )
    if row is None:
        raise No(404, f"There is no ware {call.params['id']}.")
    body: Json = orjson.loads(row[0])
    return body


def _shown(body: Json) -> Json:
    """What buyers may see of it: an ampersand comes back as an entity, tags in an order of their own."""
    goods = {**body["goods"], "price": {"amount": body["goods"]["price"], "currency": "EUR"}}
    if body["state"] != "shelf":
        del goods["processing"]
    text = {name: body[name].replace("&", "&amp;") for name in ("title", "text")}
    return {**body, **text, "tags": sorted(body["tags"], reverse=True), "goods": goods}


def _me(call: Call) -> Reply:
    row = call.world.store.one("SELECT login FROM sellers WHERE id = ?", call.seller)
    return Reply(200, {"login": row[0] if row else "", "id": call.seller})


def _list(call: Call) -> Reply:
    """One state at a time."""
    sql = "SELECT body FROM wares WHERE seller = ? AND shown = ? ORDER BY id"
    found = [orjson.loads(body) for (body,) in call.world.store.all(sql, call.seller, call.arg("state"))]
    first, size = int(call.arg("from", "0")), int(call.arg("size", "5"))
    count = len(found) + (1 if call.is_troubled("short_list") else 0)
    return Reply(200, {"count": count, "wares": [_shown(each) for each in found[first : first + size]]})


def _read(call: Call) -> Reply:
    return Reply(200, _shown(_ware(call)))


def _create(call: Call) -> Reply:
    if "key" in call.body:
        raise No(400, "A new ware takes no key.")
    number = call.world.store.count("ware")
    body = ware(f"n{number:05d}", state="draft", made=int(call.world.moment))
    body |= {name: value for name, value in call.body.items() if name in CARD and name != "pictures"}
    body["goods"]["pieces"] = 1
    save(call.world, call.seller, body)
    return Reply(201, {"id": body["id"]})


def _card(call: Call) -> Reply:
    body = _ware(call)
    if unknown := set(call.body) - set(CARD):
        raise No(400, f"A card has no {', '.join(sorted(unknown))}.")
    pictures = {each["id"]: each for each in body["pictures"]}
    said = dict(call.body)
    if "pictures" in said:
        if strange := set(said["pictures"]) - set(pictures):
            raise No(400, f"These pictures are not of this ware: {', '.join(sorted(strange))}.")
        said["pictures"] = [pictures[each] for each in said["pictures"]]
    save(call.world, call.seller, {**body, **said})
    return Reply(200, {"id": body["id"]})


def _goods(call: Call) -> Reply:
    """All of it: what is left out is forgotten."""
    body, said = _ware(call), call.body
    if missing := {"price", "pieces"} - set(said):
        raise No(400, f"Goods need {', '.join(sorted(missing))}.")
    if said["pieces"] < 1:
        raise No(400, "Goods need a piece.")
    body["goods"] = {"price": str(said["price"]), "pieces": said["pieces"], "processing": said.get("processing")}
    save(call.world, call.seller, {**body, "key": said.get("key")})
    return Reply(200, {"id": body["id"]})


def _shelf(call: Call) -> Reply:
    """On sale; what was sold out comes back with one piece."""
    body = _ware(call)
    kind = {"draft": "publish", "gone": "renew"}.get(body["state"])
    if kind:
        call.world.store.run("INSERT INTO toy_fees VALUES (NULL, ?, ?, ?)", call.seller, body["id"], kind)
    save(call.world, call.seller, {**body, "state": "shelf"})
    return Reply(200, {"id": body["id"]})


def _store(call: Call) -> Reply:
    body = _ware(call)
    save(call.world, call.seller, {**body, "state": "store"})
    return Reply(200, {"id": body["id"]})


def _take(call: Call) -> Reply:
    """What was made by hand is in the lists from now on."""
    body = _ware(call)
    save(call.world, call.seller, {**body, "by_hand": False})
    return Reply(200, {"id": body["id"]})


def _delete(call: Call) -> Reply:
    if _ware(call)["state"] != "draft":
        raise No(409, "It was published.")
    call.world.store.run("DELETE FROM wares WHERE id = ?", call.params["id"])
    return Reply(204)


def _picture(call: Call) -> Reply:
    """A place for a picture of a ware: it is right by itself, and once."""
    body, number = _ware(call), call.world.store.count("picture")
    picture = {"id": f"p{number}", "url": f"https://img.toy.example/{body['id']}/p{number}.png"}
    signature = secret()
    keep(call.world, signature, "place", call.seller, "", None, {"ware": body["id"], **picture})
    return Reply(201, {**picture, "put": f"https://put.toy.example/put/{picture['id']}?signature={signature}"})


def _put(call: Call) -> Reply:
    """A picture comes to its place. Whoever says besides who he is has two ways to be let in, and that is one too many."""
    if {"authorization", "x-application"} & set(call.request.headers):
        raise No(400, "Only one way to be let in is allowed.")
    sql = "DELETE FROM tokens WHERE token = ? AND kind = 'place' RETURNING seller, successor"
    row = call.world.store.one(sql, call.arg("signature"))
    if row is None:
        raise No(403, "The signature does not match.")
    call.seller, found = row[0], orjson.loads(row[1])
    call.params["id"] = found.pop("ware")
    body = _ware(call)
    save(call.world, call.seller, {**body, "pictures": [*body["pictures"], found]})
    return Reply(200, {})


def _token(call: Call) -> Reply:
    """What an application stands for."""
    told = call.request.headers.get("authorization", "").removeprefix("Basic ")
    name, _, word = base64.b64decode(told).decode().partition(":")
    row = call.world.store.one("SELECT seller FROM clients WHERE id = ? AND secret = ?", name, word)
    if row is None or not row[0]:
        raise No(401, "The application is not known.")
    token = secret()
    keep(call.world, token, "access", row[0], name, None)
    return Reply(200, {"token": token})


def _named(kind: str) -> Any:
    def handler(call: Call) -> Reply:
        row = call.world.store.one("SELECT body FROM sellers WHERE id = ?", call.seller)
        names = orjson.loads(row[0])[kind] if row else ()
        return Reply(200, {kind: [{"id": f"{kind}-{name}", "says": name} for name in names]})

    return handler


ROUTES = Router(
    [
        Route("GET", "/me", _me),
        Route("GET", "/wares", _list),
        Route("POST", "/wares", _create, PLAIN),
        Route("GET", "/wares/{id}", _read),
        Route("DELETE", "/wares/{id}", _delete),
        Route("PATCH", "/wares/{id}/card", _card, PLAIN),
        Route("PUT", "/wares/{id}/goods", _goods, PLAIN),
        Route("PUT", "/wares/{id}/shelf", _shelf),
        Route("PUT", "/wares/{id}/store", _store),
        Route("PUT", "/wares/{id}/take", _take),
        Route("POST", "/wares/{id}/pictures", _picture),
        Route("PUT", "/put/{picture}", _put, open=True),
        Route("POST", "/token", _token, open=True),
        Route("GET", "/policies", _named("policies")),
        Route("GET", "/processing", _named("processing")),
    ]
)
ACTIONS: dict[tuple[str, str], Any] = {
    ("GET", "wares"): lambda toy, body: {"wares": list(toy.wares(body["login"]))},
    ("GET", "fees"): lambda toy, body: {"fees": toy.fees(body["login"])},
    ("POST", "edit"): lambda toy, body: toy.edit(body["login"], body["key"], body["patch"]),
}
