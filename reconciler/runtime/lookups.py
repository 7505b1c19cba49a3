"""Facts of the marketplace's catalogue that hold for long: whose a GTIN is, which parameters a category has."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from reconciler.model.offers import OFFER, Desired, Live
from reconciler.providers.base import Parameter
from reconciler.runtime.session import Session

_PARAMETERS_KEPT = timedelta(hours=24)


async def product_of(opened: Session, gtin: str) -> str | None:
    """Find the catalogue product of a GTIN. An answer is kept for good; a miss is asked again."""
    topic = f"product/{_world(opened)}"
    kept = opened.cache.lookup(topic, gtin)
    if kept:
        return kept[1].decode()
    found = await opened.ask(opened.provider.product(gtin))
    if found:
        opened.cache.keep(topic, gtin, opened.clock.now().isoformat(), found.encode())
    return found


async def parameters_of(opened: Session, category: str) -> tuple[Parameter, ...]:
    """Read the parameter definitions of a category; kept for a day."""
    topic = f"parameters/{_world(opened)}"
    now = opened.clock.now()
    kept = opened.cache.lookup(topic, category)
    if kept and now - datetime.fromisoformat(kept[0]) < _PARAMETERS_KEPT:
        return tuple(Parameter(**each) for each in orjson.loads(kept[1]))
    found = await opened.ask(opened.provider.parameters(category))
    body = [
        {
            "id": p.id,
            "name": p.name,
            "section": p.section,
            "required": p.required,
            "dictionary": dict(p.dictionary),
        }
        for p in found
    ]
    opened.cache.keep(topic, category, now.isoformat(), orjson.dumps(body))
    return found


def _world(opened: Session) -> str:
    """Sandbox and production have catalogues of their own (facts: #11964)."""
    environment = opened.account.environment
    where = environment if isinstance(environment, str) else str(environment.get("api"))
    return f"{opened.account.marketplace}/{where}"


async def with_products(opened: Session, desired: Iterable[Desired], offers: tuple[Live, ...]) -> tuple[Live, ...]:
    """Where a document names a GTIN that the live products do not show, ask the catalogue whose it is."""
    by_key = {each.key: each for each in offers}
    by_id = {each.remote_id: each for each in offers}
    for each in desired:
        if each.key.kind == OFFER:
            live = by_id.get(each.adopt) if each.adopt else by_key.get(each.key)
            if live is not None:
                await explain_products(opened, {**each.unsynced, **each.fields}, live)
    return offers


async def explain_products(opened: Session, wanted: Mapping[str, Any], live: Live) -> None:
    """Add the GTINs that were asked for to the live products that the catalogue says they belong to."""
    products = _products(live.fields)
    shown = {gtin for product in products for gtin in product.get("gtins", ())}
    for product in _products(wanted):
        gtin = product.get("gtin")
        if not gtin or gtin in shown or not products:
            continue
        found = await product_of(opened, gtin)
        for there in products:
            if there["id"] == found:
                there["gtins"] = [*there.get("gtins", ()), gtin]


def _products(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    main = fields.get("content.product")
    return [*([main] if main else ()), *(item["product"] for item in fields.get("bundle.items") or ())]
