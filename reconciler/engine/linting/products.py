"""The rules over offers that name one product: are they of different articles, or is one of them too much?"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.documents.effective import Effective
from reconciler.engine.linting.blemish import Blemish, blemish

#: Used and new are different offers of one product, and nobody's mistake.
_CONDITION = "Stan"
_NAMED = 3


def shared_products(offers: Iterable[Effective]) -> Iterator[Blemish]:
    """Yield what is found in offers of one account that name the same product, or sell it with the same others."""
    by_product: dict[Hashable, list[Effective]] = {}
    for each in offers:
        product = (each.body.get("content") or {}).get("product")
        if isinstance(product, Mapping):
            key = (*sorted(product.items()), repr(each.body.get("bundle")))
            by_product.setdefault(key, []).append(each)
    for together in by_product.values():
        if len(together) > 1:
            yield from _judged(together)


def _judged(together: Sequence[Effective]) -> Iterator[Blemish]:
    product = together[0].body["content"]["product"]
    gtin = product.get("gtin")
    if gtin and _differ(together):
        said = f"the GTIN {gtin} is that of {_names(together)}"
        yield blemish("L002", together[0], said, path="content.product")
        return
    by_condition: dict[str, list[Effective]] = {}
    for each in together:
        by_condition.setdefault(repr(_parameters(each).get(_CONDITION)), []).append(each)
    for same in by_condition.values():
        if len(same) > 1 and not _differ(same):
            said = f"{len(same):,} offers are of the product {gtin or product.get('id')}: {_names(same)}"
            yield blemish("L006", same[0], said, path="content.product")


def _differ(offers: Sequence[Effective]) -> bool:
    """Tell whether they are of different articles: by their `item`, or by a parameter that several of them say."""
    said: dict[str, str] = {}
    for each in offers:
        words = {name: repr(value) for name, value in _parameters(each).items() if name != _CONDITION}
        if "item" in each.body:
            words["item:"] = str(each.body["item"])
        for name, word in words.items():
            if said.setdefault(name, word) != word:
                return True
    return False


def _parameters(offer: Effective) -> Mapping[str, Any]:
    return offer.body["content"].get("parameters") or {}


def _names(offers: Sequence[Effective]) -> str:
    names = ", ".join(each.document.name for each in offers[:_NAMED])
    more = len(offers) - _NAMED
    return f"{names} and {more:,} more" if more > 0 else names
