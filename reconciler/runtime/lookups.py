"""Facts of the marketplace's catalogue that hold for long: whose a GTIN is, which parameters a category has."""

from datetime import datetime, timedelta

import orjson

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
