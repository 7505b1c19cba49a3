"""The client of a toy: conversations, and no more than a marketplace without events and catalogue needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from reconciler.model.catalogue import CategoryFact, Parameter
from reconciler.model.offers import EXTERNAL_ID, OFFER, Desired, Live, MadeElsewhere
from reconciler.model.outcomes import Fault, FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.requests import Errand
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money, Value
from reconciler.model.wire import Response
from reconciler.providers.base import (
    Context,
    Credentials,
    DeviceCode,
    Inventory,
    Login,
    MarketplaceFault,
    Reading,
    Token,
)
from reconciler.providers.conversation import Answer, Conversation, Remember, Request
from reconciler.providers.faults import fetch, fetch_or_none, not_the_api, refused, repeating
from reconciler.providers.forms import anything
from reconciler.providers.lacking import Lacking
from reconciler.providers.outcomes import Unwritable, applied, failed
from reconciler.providers.outcomes import refused as not_done
from toymarket import wire

PICTURES, PRICE, PIECES, PROCESSING = "content.images", "price.base", "stock.quantity", "delivery.processing"
Body = dict[str, Any]


class Toy(Lacking):
    """One marketplace. It holds nothing."""

    name = "toy"
    media = "application/json"
    refresh_life = 86_400

    def authorize(self, credentials: Credentials) -> Conversation[Token]:
        if credentials.token:
            return Token(credentials.token)
        named = (credentials.client_id, credentials.client_secret)
        asked = Request(
            method="POST", path="/token", expects=wire.TOKEN, host="auth", basic=named, form={}, name=Errand.TOKEN
        )
        return Token((yield from fetch(asked))["token"])

    def client_of(self, token: str) -> str:
        return ""

    def begin_device(self, credentials: Credentials) -> Conversation[DeviceCode]:
        raise _no("a toy has no codes")
        yield

    def poll_device(self, credentials: Credentials, code: DeviceCode) -> Conversation[Token]:
        raise _no("a toy has no codes")
        yield

    def authorization_url(
        self, base: str, credentials: Credentials, redirect: str, state: str, challenge: str
    ) -> str:
        return f"{base}/let-in?state={state}"

    def exchange_code(
        self, credentials: Credentials, code: str, redirect: str, verifier: str
    ) -> Conversation[Token]:
        raise _no("a toy has no codes")
        yield

    def revoke(self, credentials: Credentials, token: str) -> Conversation[None]:
        return
        yield

    def bearer(self, token: Token, credentials: Credentials, request: Request) -> Mapping[str, str]:
        named = {"X-Application": f"{credentials.client_id}:{credentials.client_secret}"}
        return {**named, "Authorization": f"Bearer {token.access}"} if token.access else named

    def identity(self) -> Conversation[Login]:
        me = yield from fetch(Request(method="GET", path="/me", expects=wire.ME, name=Errand.IDENTITY))
        return Login(me["login"], me["id"], "toy-eur")

    def inventory(self, reading: Reading) -> Conversation[Inventory]:
        """Read all states; what each counts is asked again, since a ware may have moved from one to another."""
        states = reading.spec.kinds[OFFER].views["list"].states
        live: dict[str, Live] = {}
        counted: dict[str, int] = {}
        for state in states:
            found, counted[state] = yield from wire.of_state(reading, state)
            live.update((each["id"], wire.row(each, reading, "list")) for each in found)
        complete = len(live) == sum(counted.values())
        for state in states[:-1]:
            complete = complete and counted[state] == (yield from wire.of_state(reading, state))[1]
        apart: tuple[MadeElsewhere, ...] = ()
        if reading.spec.kinds[OFFER].migrate:
            by_hand, _ = yield from wire.of_state(reading, "by_hand")
            apart = tuple(
                MadeElsewhere(remote_id=each["id"], name=each.get("key") or "", title=each["title"])
                for each in by_hand
            )
        return Inventory(tuple(live.values()), complete, apart)

    def find(self, reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
        wanted = set(keys)
        found = yield from self.inventory(reading)
        return tuple(each for each in found.live if each.key is not None and each.key.name in wanted)

    def begun(self, reading: Reading, target: Target, since: datetime) -> Conversation[tuple[str, ...]]:
        """Drafts without a key that have the title of a creation and were made since."""
        drafts, _ = yield from wire.of_state(reading, "draft")
        title, first = target.after.get("content.title"), int(since.timestamp())
        return tuple(
            str(each["id"])
            for each in drafts
            if not each.get("key") and wire._text(each["title"], reading) == title and each["made"] >= first
        )

    def read(self, reading: Reading, kind: str, remote_id: str, views: Iterable[str]) -> Conversation[Live | None]:
        if kind != OFFER:
            return None
        detail = reading.spec.kinds[OFFER].views["detail"]
        body = yield from fetch_or_none(wire.view(detail, wire.WARE, remote_id))
        return wire.row(body, reading, "detail") if body else None

    def objects(self, reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
        listing = reading.spec.kinds[kind].views["list"]
        body = yield from fetch(wire.view(listing, anything))
        return tuple((each["id"], each["says"]) for each in body[listing.items.removeprefix("/")])

    def moved(self, since: str) -> Conversation[tuple[frozenset[str], str, bool]]:
        return frozenset(), "", False
        yield

    def category(self, category: str) -> Conversation[CategoryFact | None]:
        return None
        yield

    def parameters(self, category: str) -> Conversation[tuple[Parameter, ...]]:
        return ()
        yield

    def practised(self, login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Mapping[str, Any]:
        offers = [{**each.unsynced, **each.fields} for each in desired if each.key.kind == OFFER]

        def named(path: str) -> list[Any]:
            return sorted({each[path] for each in offers if each.get(path)})

        return {"login": login, "policies": named("settings.return_policy"), "processing": named(PROCESSING)}

    def perform(self, action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
        outcomes: list[Outcome] = []
        for target in action.targets:
            try:
                outcomes.append((yield from _OPERATIONS[action.operation](action, target, context)))
            except (Unwritable, MarketplaceFault) as refusal:
                outcomes.append(not_done(action, target, refusal.fault))
        return tuple(outcomes)

    def led_home(self, fault: Fault, body: Any, target: Target, context: Context) -> Fault:
        return fault

    def answer(self, request: Request, response: Response) -> Answer:
        return wire.answer(request, response)


def _no(why: str) -> MarketplaceFault:
    return MarketplaceFault(Fault(kind=FaultKind.AUTH, code="NoSuchLogin", message=why, ours=True))


def _create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """A draft, its pictures, its goods with the key, the shelf; each may have been done before."""
    operations = context.reading.spec.kinds[OFFER].operations
    remote_id = target.remote_id
    if remote_id is None:
        card = yield from _said(target.after, context, None)
        said: Answer = yield wire.write(operations["create"], body=card, safe=False)
        if said.fault:
            return failed(action, target, said.fault)
        remote_id = str(said.value["id"])
        yield Remember("created", str(target.key), remote_id)
    live = yield from TOY.read(context.reading, OFFER, remote_id, ("detail",))
    if live is None or live.wire is None:
        return failed(action, target, not_the_api("the new ware is not there"), remote_id)
    steps = []
    if target.after.get(PICTURES):
        pictures = yield from _said({PICTURES: target.after[PICTURES]}, context, live)
        steps.append(wire.write(operations["card"], remote_id, pictures))
    goods = {EXTERNAL_ID: target.key.name, **target.after, PIECES: target.after.get(PIECES) or 1}
    steps.append(wire.write(operations["goods"], remote_id, _whole(goods, live.wire, context)))
    if target.after.get("stock.status") == "active":
        steps.append(wire.write(operations["activate"], remote_id))
    for step in steps:
        said = yield step
        if said.fault:
            return failed(action, target, said.fault, remote_id)
    return applied(action, target, remote_id)


def _card(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    live = yield from _fresh(target, context)
    return (yield from _sent(action, target, context, (yield from _said(target.after, context, live))))


def _goods(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    live = yield from _fresh(target, context)
    with repeating():
        body = _whole(target.after, live.wire or {}, context)
    return (yield from _sent(action, target, context, body))


def _bare(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    return (yield from _sent(action, target, context, None))


def _delete(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    operation = context.reading.spec.kinds[OFFER].operations["delete"]
    said: Answer = yield wire.write(operation, target.remote_id or "")
    if said.fault and said.fault.kind is not FaultKind.MISSING:
        return failed(action, target, said.fault)
    return applied(action, target)


def _sent(action: Action, target: Target, context: Context, body: Any) -> Conversation[Outcome]:
    operation = context.reading.spec.kinds[OFFER].operations[action.operation]
    said: Answer = yield wire.write(operation, target.remote_id or "", body)
    return failed(action, target, said.fault) if said.fault else applied(action, target)


def _fresh(target: Target, context: Context) -> Conversation[Live]:
    live = context.live.get(target.key)
    if live is None or live.wire is None:
        live = yield from TOY.read(context.reading, OFFER, target.remote_id or "", ("detail",))
    if live is None:
        raise MarketplaceFault(not_the_api("the ware is not there", FaultKind.MISSING))
    return live


def _whole(after: Mapping[str, Value], there: Mapping[str, Any], context: Context) -> Body:
    """The goods to be written: what changes, laid over what was read a moment ago."""
    goods = there["goods"]
    price = after[PRICE].amount if PRICE in after else goods["price"]["amount"]
    processing = goods.get("processing")
    if PROCESSING in after:
        processing = _identified(context, "Processing", after[PROCESSING], PROCESSING)
    return {
        "key": after.get(EXTERNAL_ID, there.get("key")),
        "price": str(price),
        "pieces": after[PIECES] if PIECES in after else goods["pieces"],
        "processing": processing,
    }


def _said(after: Mapping[str, Value], context: Context, live: Live | None) -> Conversation[Body]:
    """What a card says. Pictures are uploaded to a ware that is there, and named by their ids."""
    fields = context.reading.spec.kinds[OFFER].fields
    body: Body = {}
    for path, value in after.items():
        if path not in fields or "card" not in fields[path].by or isinstance(value, Money):
            continue
        name = fields[path].write.removeprefix("/")
        if path == PICTURES:
            if live is not None:
                body[name] = yield from _pictures(value or (), context, live)
        elif fields[path].refers:
            body[name] = None if value is None else _identified(context, fields[path].refers, value, path)
        else:
            body[name] = [] if value is None and path in (PICTURES, "content.tags") else value
    return body


def _pictures(wanted: Iterable[str], context: Context, live: Live) -> Conversation[list[str]]:
    there = {each["url"]: each["id"] for each in (live.wire or {}).get("pictures") or ()}
    found: list[str] = []
    for src in dict.fromkeys(wanted):
        number = there.get(context.images.get(src, src))
        if number is None:
            file, _, digest = src.rpartition("@sha256:")
            if not file:
                raise Unwritable(refused("UnsupportedImage", f"`{src}` is no file of this project.", PICTURES))
            place = yield from fetch(_place(live.remote_id))
            yield from fetch(_upload(file, digest.partition("#")[0], place["put"]))
            number = place["id"]
            yield Remember("image", src, place["url"])
        found.append(number)
    return found


def _place(remote_id: str) -> Request:
    return Request(method="POST", path=f"/wares/{remote_id}/pictures", expects=wire.PLACE, name=Errand.IMAGE)


def _upload(file: str, digest: str, address: str) -> Request:
    return Request(
        method="PUT",
        path="/put",
        signed=address,
        expects=anything,
        file=file,
        sha256=digest,
        content_type="image/png",
        name=Errand.IMAGE,
        budgets=(),
    )


def _identified(context: Context, kind: str, label: str, path: str) -> str:
    found = context.identify(kind, label)
    if found is None:
        raise Unwritable(refused("UnknownReference", f"The toy has no {kind} `{label}`.", path))
    return found


_OPERATIONS: Mapping[str, Callable[[Action, Target, Context], Conversation[Outcome]]] = {
    "create": _create,
    "card": _card,
    "goods": _goods,
    "take": _bare,
    "activate": _bare,
    "end": _bare,
    "delete": _delete,
}
TOY = Toy()
