"""The rules over the offers of one account, their layers merged and their texts written."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.documents.effective import Effective
from reconciler.documents.kinds import OFFER
from reconciler.engine.linting.blemish import Blemish, blemish
from reconciler.engine.linting.products import shared_products
from reconciler.engine.pictures import Picture
from reconciler.model.modules import Mode, Module
from reconciler.model.spec import MarketplaceSpec

#: Reads a picture of the project; None where it cannot be read, which is not for us to say.
PictureOf = Callable[[str], Picture | None]

#: A title that leaves a third of its space or more could say more.
_USED = 2, 3
#: A picture is small below so many times what is needed at least.
_TIMES = 2
_TAG = re.compile(r"<[^>]*>")
_ENTITY = re.compile(r"&#?\w+;")


def blemishes(offers: Iterable[Effective], spec: MarketplaceSpec, look: PictureOf) -> Iterator[Blemish]:
    """Yield what all rules find in the offers of one account; linear in them.

    An offer that is to be ended is not looked at, nor a section whose module is off: nobody writes it.
    """
    found = [each for each in offers if each.document.kind == OFFER and not _ends(each)]
    floored = {market for each in found for market, rule in _price_rules(each) if rule.get("floor")}
    small = _small_pictures(spec, look)
    for each in found:
        if _owned(each, Module.CONTENT):
            yield from _title(each, spec)
            yield from _text(each)
            yield from small(each)
        if _owned(each, Module.SETTINGS):
            yield from _safety(each, spec)
        if floored and _owned(each, Module.PRICE):
            yield from _floor(each, floored)
    yield from shared_products([each for each in found if _owned(each, Module.CONTENT)])


def _ends(offer: Effective) -> bool:
    return (offer.body.get("stock") or {}).get("status") == "ended"


def _owned(offer: Effective, module: Module) -> bool:
    return offer.modes[module][0] is not Mode.OFF


def _content(offer: Effective) -> Mapping[str, Any]:
    return offer.body.get("content") or {}


def _title(offer: Effective, spec: MarketplaceSpec) -> Iterator[Blemish]:
    title = _content(offer).get("title")
    field = spec.kinds[OFFER].field("content.title")
    most = field.limits.get("max_length") if field else None
    if not isinstance(title, str) or most is None or len(title) * _USED[1] > most * _USED[0]:
        return
    writer = offer.written.get("content.title", "")
    cause = f"titles that leave a third or more of {most} characters unused" + (f", by {writer}" if writer else "")
    said = f"the title of {offer.document.name} has {len(title)} of {most} characters"
    yield blemish("L001", offer, said, cause=cause, path="content.title")


def _text(offer: Effective) -> Iterator[Blemish]:
    sections = _content(offer).get("description")
    if not sections:
        return  # the product's is taken
    texts = (item.get("text", "") for section in sections for item in section)
    words = (_ENTITY.sub(" ", _TAG.sub(" ", text)) for text in texts if isinstance(text, str))
    if not any(letter.isalnum() for text in words for letter in text):
        said = f"the description of {offer.document.name} has no text"
        yield blemish("L007", offer, said, path="content.description")


def _small_pictures(spec: MarketplaceSpec, look: PictureOf) -> Callable[[Effective], Iterator[Blemish]]:
    """Return the rule for pictures: each is told once, where it is named first."""
    told: set[str] = set()
    least = spec.images.min_side

    def rule(offer: Effective) -> Iterator[Blemish]:
        for path, source in _pictures(offer):
            if source in told or source.startswith(("https://", "http://")):
                continue
            told.add(source)
            seen = look(source)
            longer = max(seen.width, seen.height) if seen else 0
            if seen and least <= longer < least * _TIMES:  # a smaller one is an error already
                said = f"the picture {source} is {seen.width} x {seen.height}"
                cause = f"pictures whose longer side is below {least * _TIMES:,} pixels"
                yield blemish("L003", offer, said, cause=cause, path=path)

    return rule


def _pictures(offer: Effective) -> Iterator[tuple[str, str]]:
    content = _content(offer)
    for number, source in enumerate(content.get("images") or ()):
        yield f"content.images.{number}", source
    for number, section in enumerate(content.get("description") or ()):
        for place, item in enumerate(section):
            if "image" in item:
                yield f"content.description.{number}.{place}.image", item["image"]


def _safety(offer: Effective, spec: MarketplaceSpec) -> Iterator[Blemish]:
    said = offer.body.get("settings") or {}
    for code, key in (("L004", "producer"), ("L005", "safety")):
        if spec.kinds[OFFER].field(f"settings.{key}") and not said.get(key):
            yield blemish(code, offer, f"{offer.document.name} says no `settings.{key}`")


def _price_rules(offer: Effective) -> Sequence[tuple[str, Mapping[str, Any]]]:
    prices = (offer.body.get("price") or {}).items()
    return [(market, rule) for market, rule in prices if isinstance(rule, Mapping) and "formula" in rule]


def _floor(offer: Effective, floored: Collection[str]) -> Iterator[Blemish]:
    """Judge the prices of the markets on which another offer has a floor."""
    for market, rule in _price_rules(offer):
        if market in floored and not rule.get("floor"):
            said = f"the price of {offer.document.name} has a formula and no floor (`price.{market}`)"
            yield blemish("L008", offer, said, path=f"price.{market}")
