"""What goes wrong in the shop one Monday: mistakes in a commit, and people and the marketplace acting meanwhile.

Each function plants one kind of incident and says what it did, in a sentence each. Where the shop is too small
for one, it is left out.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from reconciler.demo.account import description, money
from reconciler.demo.corrections import note
from reconciler.demo.documents import offer_text, price_list_file, template_file
from reconciler.demo.mistakes import plant_mistakes
from reconciler.demo.offers import BARE
from reconciler.demo.scene import Incident, Scene
from reconciler.demo.settings import PRICE_LISTS, TEMPLATES
from reconciler.demo.shop import Shop
from reconciler.demo.words import LOGIN
from reconciler.simulator.allegro.simulator import AllegroSimulator

_DELIVERY: Final = 50


def plant(directory: Path, shop: Shop, market: AllegroSimulator) -> tuple[str, ...]:
    """Let everything happen; return what happened."""
    dice = shop.random("incidents")
    busy = {each.key for pair in shop.pairs for each in (*pair.first, pair.second)}
    typo = shop.typo()
    pool = [each for each in shop.offers if each.plain and each.key not in busy and each is not typo]
    dice.shuffle(pool)
    scene = Scene(directory, shop, market, dice, pool)
    told = tuple(sentence for incident in INCIDENTS for sentence in incident(scene))
    note(directory, scene.corrections)
    return told


def _typo(scene: Scene) -> Iterator[str]:
    offer = scene.shop.typo()
    if offer is None:
        return
    wrong, right = f"price: {offer.price / 10:.2f} PLN\n", f"price: {offer.price:.2f} PLN\n"
    scene.rewrite(offer, price=offer.price / 10)
    scene.note(offer.path, wrong, right)
    yield (
        f"A price typo: {offer.path} says {offer.price / 10:.2f} PLN instead of {offer.price:.2f} PLN; "
        "the guards refuse the plan."
    )


def _new_offer(scene: Scene) -> Iterator[str]:
    new = scene.shop.newcomer
    scene.write(new.path, offer_text(new))
    yield f"A new offer: {new.path}, with {len(new.images) + 1} pictures from images/."


def _removed(scene: Scene) -> Iterator[str]:
    for offer in scene.take():
        (scene.directory / offer.path).unlink()
        yield f"A removed document: {offer.path}; the offer is still on sale as {offer.remote_id}."


def _delivery_price(scene: Scene) -> Iterator[str]:
    methods = dict(PRICE_LISTS["paczkomaty-24h"])
    name = next(iter(methods))
    methods[name] = {**methods[name], "first": "13.49 PLN"}
    path, text = price_list_file("paczkomaty-24h", methods)
    scene.write(path, text)
    yield f"A dearer delivery: {path} now asks 13.49 PLN instead of 12.99 PLN for {name}."


def _template(scene: Scene) -> Iterator[str]:
    path, text = template_file("outlet", {**TEMPLATES["outlet"], "invoice": "vat_margin"})
    scene.write(path, text)
    count = sum(each.template == "outlet" for each in scene.shop.offers)
    yield f"A template edit: {path} now says invoice vat_margin, for {_offers(count)} at once."


def _zero(scene: Scene) -> Iterator[str]:
    for offer in scene.take():
        scene.rewrite(offer, quantity=0)
        yield f"A quantity of zero: {offer.path} is sold out, which ends the offer."


def _stock(scene: Scene) -> Iterator[str]:
    size = len(scene.shop.offers)
    counted = scene.take(min(20, size // 10))
    for number, offer in enumerate(counted):
        scene.rewrite(offer, quantity=offer.quantity + 3 + number, counted=True)
    delivered = scene.take(min(30, size // 8))
    for offer in delivered:
        scene.rewrite(offer, quantity=offer.quantity + _DELIVERY)
    if counted and delivered:
        yield f"A stock count: {_offers(len(counted))} with `count:` and a number each, such as {counted[0].path}."
        yield f"A delivery: {_DELIVERY} pieces more of {_offers(len(delivered))}, such as {delivered[0].path}."


def _sale(scene: Scene) -> Iterator[str]:
    """Buyers are no drift: what they took is not put back."""
    for offer in scene.take():
        sold = min(3, offer.quantity - 1)
        scene.market.sell(LOGIN, offer.remote_id, sold)
        yield f"A sale: {sold} pieces of {offer.path} ({offer.quantity} declared) are sold, and not put back."


def _panel_edits(scene: Scene) -> Iterator[str]:
    """Edits of fields that the documents own: the plan shows them as drift and takes them back."""
    for offer in scene.take():
        lower = (offer.price * Decimal("0.9")).quantize(Decimal("0.01"))
        scene.edit(offer, {"sellingMode": {"price": money(lower, "PLN")}})
        yield f"A price edited in the panel: {offer.path} says {offer.price:.2f} PLN, the offer costs {lower} PLN."
    unsold = [each for each in scene.pool if each.sold == 0][:1]
    for offer in unsold:
        scene.pool.remove(offer)
        scene.edit(offer, {"name": _shouted(offer.title, "PROMOCJA")})
        yield f"A title edited in the panel: {offer.path}; on the marketplace it ends in PROMOCJA."
    for offer in scene.take():
        first = [*offer.sections[0], {"text": "<p><b>Tylko dziś taniej!</b></p>"}][:2]
        scene.edit(offer, {"description": description([first, *offer.sections[1:-1]])})
        yield f"A description edited in the panel: {offer.path}; a shouting line was added and a section lost."
    for offer in scene.take():
        scene.edit(offer, {"stock": {"available": offer.quantity + 7}})
        yield (
            f"A quantity edited in the panel: {offer.path}; the marketplace has {offer.quantity + 7} pieces. "
            "It is told and left alone."
        )


def _foreign_edits(scene: Scene) -> Iterator[str]:
    """Edits of fields that are not ours: nothing may happen to them."""
    for offer in [each for each in scene.shop.offers if each.sync.get("price") == "off"][:1]:
        scene.edit(offer, {"sellingMode": {"price": money(offer.price + 5, "PLN")}})
        yield f"A price that is not ours: {offer.path} has price off; its edit in the panel stays."
    for offer in [each for each in scene.shop.offers if each.style == BARE][:1]:
        scene.edit(offer, {"name": _shouted(offer.title, "NOWOŚĆ")})
        yield f"A title that is not declared: {offer.path} is price and stock only; its edit in the panel stays."


def _endings(scene: Scene) -> Iterator[str]:
    for offer in scene.take():
        scene.market.end(LOGIN, offer.remote_id, "ADMIN")
        scene.note(
            offer.path, f"stock: {offer.quantity}\n", f"stock: {{quantity: {offer.quantity}, status: ended}}\n"
        )
        yield f"Ended by the marketplace: {offer.path}; it is reported and never revived, so declare it `ended`."
    for offer in scene.take():
        scene.market.end(LOGIN, offer.remote_id, "EXPIRATION")
        yield f"Expired: {offer.path} is declared active and will be listed again."


def _strays(scene: Scene) -> Iterator[str]:
    ids = ", ".join(each.remote_id for each in scene.shop.strays)
    yield (
        f"Live offers without a document: {ids}, made in the panel (one an auction, one a classified ad); "
        "they are listed as unmanaged and never touched."
    )


INCIDENTS: Final[tuple[Incident, ...]] = (
    _typo, _new_offer, _removed, _delivery_price, _template, _zero, _stock, _sale,
    _panel_edits, _foreign_edits, _endings, _strays, plant_mistakes,
)  # fmt: skip


def _offers(count: int) -> str:
    return "1 offer" if count == 1 else f"{count} offers"


def _shouted(title: str, word: str) -> str:
    """Return a title of at most 75 characters that ends in this word."""
    while len(title) + len(word) > 74:
        title = title.rpartition(" ")[0]
    return f"{title} {word}"
