"""Facts that a marketplace keeps for all sellers, asked once and then known for a time.

What is there is known for a day, and what is not for an hour: a person who mends a document plans again within it,
and asks nothing anew. Whose a GTIN is stays so for good.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
import orjson

from reconciler.model.catalogue import (
    Bounds,
    CategoryFact,
    DeliveryMethod,
    Filled,
    Packages,
    Parameter,
    Product,
    Requirement,
    Taxes,
)
from reconciler.providers.conversation import Conversation
from reconciler.runtime.clock import is_within
from reconciler.runtime.connection.session import Session

_KEPT = timedelta(hours=24)
_MISSED = timedelta(hours=1)
T = TypeVar("T")
Facts = dict[str, Any]


async def products_of(opened: Session, gtin: str) -> tuple[Product, ...]:
    """Find the catalogue products of a GTIN, the likeliest first."""
    found = await _looked_up(opened, _product_topic(opened), gtin, opened.provider.products, _products)
    return found or ()


async def product_by_id(opened: Session, product_id: str) -> Product | None:
    """Read a product of the catalogue; None when it is not there."""
    return await _looked_up(opened, f"product id/{world(opened)}", product_id, opened.provider.product, _product)


async def category_of(opened: Session, category: str) -> CategoryFact | None:
    """Read a category; None when it is not there."""
    topic = f"category/{world(opened)}"
    return await _looked_up(opened, topic, category, opened.provider.category, lambda kept: CategoryFact(**kept))


async def parameters_of(opened: Session, category: str) -> tuple[Parameter, ...]:
    """Read the parameter definitions of a category."""
    topic = _parameters_topic(opened)
    return await _looked_up(opened, topic, category, opened.provider.parameters, _parameters) or ()


async def methods_of(opened: Session) -> tuple[DeliveryMethod, ...]:
    """Read the ways of delivery that the account has."""
    topic = f"methods/{opened.place.site}"
    return await _looked_up(opened, topic, "", lambda _: opened.provider.delivery_methods(), _methods) or ()


async def markets_of(opened: Session) -> Mapping[str, str]:
    """Read which sites there are, and the currency of each."""
    topic = f"markets/{world(opened)}"
    return await _looked_up(opened, topic, "", lambda _: opened.provider.markets(), dict[str, str]) or {}


async def taxes_of(opened: Session, category: str) -> Taxes | None:
    """Read the taxes of a category; None when it is not there."""
    topic = f"taxes/{world(opened)}"
    return await _looked_up(opened, topic, category, opened.provider.taxes, lambda kept: Taxes(**_tuples(kept)))


async def keeps_empty(opened: Session) -> bool | None:
    """Read whether the seller keeps listings without stock; that it is off is asked anew: somebody turns it on."""
    topic = f"keeps empty/{opened.place.site}"
    kept = await _looked_up(opened, topic, "", lambda _: opened.provider.keeps_empty(), bool)
    if not kept:
        opened.cache.forget(topic, "")
    return kept


async def packages_of(opened: Session) -> Packages | None:
    """Read which promotion packages the account can buy."""
    topic = f"packages/{opened.place.site}"
    return await _looked_up(
        opened, topic, "", lambda _: opened.provider.packages(), lambda kept: Packages(**_tuples(kept))
    )


async def templates_of(opened: Session) -> Mapping[str, str] | None:
    """Read the templates of size tables."""
    topic = f"size templates/{world(opened)}"
    return await _looked_up(opened, topic, "", lambda _: opened.provider.size_templates(), dict[str, str])


async def product_of(opened: Session, gtin: str) -> str | None:
    """Find the catalogue product of a GTIN; that there is one is known for good."""
    if knows_product(opened, gtin):
        kept = opened.cache.lookup(_product_topic(opened), gtin)
        return _products(orjson.loads(kept[1]))[0].id if kept else None
    found = await products_of(opened, gtin)
    return found[0].id if found else None


async def is_proposed(opened: Session, gtin: str) -> bool:
    """Ask anew whether the catalogue has no product of a GTIN. One that is proposed then is soon there."""
    if knows_product(opened, gtin):
        return False
    opened.cache.forget(_product_topic(opened), gtin)
    missed = await product_of(opened, gtin) is None
    if missed:
        opened.cache.forget(_product_topic(opened), gtin)
    return missed


def knows_product(opened: Session, gtin: str) -> bool:
    """Tell whether the product of a GTIN need not be asked for."""
    kept = opened.cache.lookup(_product_topic(opened), gtin)
    return kept is not None and kept[1] not in _NOTHING


def knows_parameters(opened: Session, category: str) -> bool:
    """Tell whether the parameters of a category need not be asked for."""
    return _fresh(opened, _parameters_topic(opened), category) is not None


def _fresh(opened: Session, topic: str, key: str) -> bytes | None:
    """Return what is kept of a fact, while it holds."""
    kept = opened.cache.lookup(topic, key)
    if kept is None:
        return None
    life = _MISSED if kept[1] in _NOTHING else _KEPT
    return kept[1] if is_within(datetime.fromisoformat(kept[0]), life, opened.clock.now()) else None


async def _looked_up(
    opened: Session,
    topic: str,
    key: str,
    ask: Callable[[str], Conversation[Any]],
    read: Callable[[Any], T],
) -> T | None:
    """Return a fact, from what is kept or from the marketplace; several who ask at once ask once."""
    async with opened.names.one_at_a_time(topic, key):
        kept = _fresh(opened, topic, key)
        if kept is None:
            kept = msgspec.json.encode(await opened.ask(ask(key)))
            opened.cache.keep(topic, key, opened.clock.now().isoformat(), kept)
        return None if kept == b"null" else read(orjson.loads(kept))


#: How it is kept that there is nothing.
_NOTHING = (b"null", b"[]")


def _product_topic(opened: Session) -> str:
    """Return under which topic it is kept whose a GTIN is."""
    return f"product/{world(opened)}"


def _parameters_topic(opened: Session) -> str:
    """Return under which topic the parameters of categories are kept."""
    return f"parameters/{world(opened)}"


def world(opened: Session) -> str:
    """Name the catalogue: sandbox and production have one of their own each (facts: #11964)."""
    environment = opened.account.environment
    where = environment if isinstance(environment, str) else str(environment.get("api"))
    return f"{opened.account.marketplace}/{where}"


def _products(kept: list[Facts]) -> tuple[Product, ...]:
    return tuple(map(_product, kept))


def _product(kept: Facts) -> Product:
    filled = {key: Filled(**_tuples(each)) for key, each in kept["parameters"].items()}
    return Product(**{**kept, "parameters": filled})


def _parameters(kept: list[Facts]) -> tuple[Parameter, ...]:
    return tuple(map(_parameter, kept))


def _parameter(kept: Facts) -> Parameter:
    needed = kept["required_if"]
    requirement = Requirement(**_tuples(needed)) if needed else None
    return Parameter(**{**kept, "required_if": requirement})


def _methods(kept: list[Facts]) -> tuple[DeliveryMethod, ...]:
    return tuple(DeliveryMethod(**{**each, "first": _bounds(each["first"])}) for each in kept)


def _bounds(kept: Facts | None) -> Bounds | None:
    return Bounds(**kept) if kept else None


def _tuples(kept: Mapping[str, Any]) -> Facts:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
