"""Whose products the declared GTINs are, and what a forecast need not count since it is known."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.engine.forecast import Known
from reconciler.engine.rereads import Fact, facts_of
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.plan import Action, Target
from reconciler.model.requests import Errand, called
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import MarketplaceFailed
from reconciler.runtime.observe.lookups import knows_parameters, knows_product, product_of, world
from reconciler.runtime.observe.translated import translate
from reconciler.runtime.project.images import image_identity, image_names

_PARALLEL = 30


def known(opened: Session, promised: Container[tuple[str, Fact]] = ()) -> Known:
    """Tell a forecast what would not be asked or uploaded again. `promised` is asked by then: see `promises`."""
    where = world(opened)

    def uploads(target: Target) -> set[str]:
        names = (name for name in image_names(target) if not opened.spec.has_image(name))
        return {image_identity(name) for name in names} - opened.names.images.keys()

    def fact(fact: Fact) -> bool:
        errand, about = fact
        kept = knows_product if errand is Errand.PRODUCT else knows_parameters
        return kept(opened, about) or (where, fact) in promised

    asked, offers = opened.runner.requests, opened.spec.kinds[OFFER]
    sweep = 0 if offers.views["list"].keys else asked.get(called(OFFER, "list"), 0)
    return Known(uploads=uploads, fact=fact, identity=asked.get(Errand.IDENTITY, 1), sweep=sweep)


def promises(opened: Session, actions: Iterable[Action]) -> set[tuple[str, Fact]]:
    """Return what is known of the catalogue once these actions are applied: for accounts that come after."""
    where = world(opened)
    return {(where, fact) for action in actions for fact in facts_of(action, {})}


async def with_products(opened: Session, desired: Iterable[Desired], offers: tuple[Live, ...]) -> tuple[Live, ...]:
    """Where a document names a GTIN that the live products do not show, ask the catalogue whose it is."""
    by_key = {each.key: each for each in offers}
    by_id = {each.remote_id: each for each in offers}
    unknown: dict[str, Live] = {}
    for each in desired:
        if each.key.kind == OFFER:
            live = by_id.get(each.adopt) if each.adopt else by_key.get(each.key)
            if live is not None:
                wanted = {**each.unsynced, **each.fields} if each.unsynced else each.fields
                told = await explained(opened, wanted, live)
                if told is not live:
                    unknown[live.remote_id] = told
    return tuple(unknown.get(each.remote_id, each) for each in offers) if unknown else offers


async def explained(opened: Session, wanted: Mapping[str, Any], live: Live) -> Live:
    """Explain what a live offer shows; where the catalogue cannot be asked, its product is not known."""
    try:
        await explain(opened, wanted, live)
    except MarketplaceFailed as failed:
        why = opened.costs_one(failed, live.kind, live.remote_id)
        return replace(live, unreadable={**live.unreadable, "content.product": why})
    return live


async def explain(opened: Session, wanted: Mapping[str, Any], live: Live) -> None:
    """Add the GTINs that were asked for to the live products that the catalogue says they belong to.

    Parameters that are told in another language are called as the catalogue calls them.
    """
    await translate(opened, wanted, live)
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


async def tell_products_apart(opened: Session, missing: Iterable[Desired], alike: Iterable[Live]) -> None:
    """Where offers look like missing ones, ask the catalogue whose the GTINs of the missing ones are."""
    if not (missing := tuple(missing)):
        return
    products = [product for each in alike for product in _products(each.fields)]
    shown = {gtin for product in products for gtin in product.get("gtins", ())}
    declared = {product.get("gtin") for each in missing for product in _products(each.fields)} - shown - {None}
    gtins = sorted(map(str, declared)) if products else []

    def task(gtin: str) -> Callable[[], Awaitable[str | None]]:
        return lambda: product_of(opened, gtin)

    found: dict[str | None, list[str]] = defaultdict(list)
    for gtin, product_id in zip(gtins, await gather([task(each) for each in gtins], _PARALLEL), strict=True):
        found[product_id].append(gtin)
    for product in products:
        if more := found.get(product["id"]):
            product["gtins"] = [*product.get("gtins", ()), *more]


def _products(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    main = fields.get("content.product")
    return [*([main] if main else ()), *(item["product"] for item in fields.get("bundle.items") or ())]
