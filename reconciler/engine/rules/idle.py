"""Words of a stock rule that do nothing: they are about a source, and the offer follows none. Pure."""

from reconciler.documents.effective import Effective
from reconciler.engine.rules.findings import Told

#: What only stock that follows a source has, beside its `from`.
WORDS = ("warehouses", "share", "buffer", "minimum", "cap", "at_zero", "on_restock", "only")
_WORDS = frozenset(WORDS)
_NUMBER = "stock.quantity"


def tell_idle(offer: Effective, told: Told) -> bool:
    """Tell of such words in an offer that follows no source, and whether there are any.

    A number that is said nearer than they are takes the place of what they are for: that is no mistake.
    """
    stock = offer.body.get("stock")
    if not stock or _WORDS.isdisjoint(stock):
        return False
    word = min(_WORDS & stock.keys())
    number, said = _nearest(offer, _NUMBER), _nearest(offer, f"stock.{word}")
    if _nearest(offer, "stock.from") is not None or (number is not None and said is not None and number < said):
        return True
    told.error(
        "D619",
        f"`{word}` is a word for stock that follows a source, and {offer.document.name} follows none",
        offer,
        f"stock.{word}",
        hint="Say which Source it follows: `stock: {from: erp}`; or take it away.",
    )
    return True


def _nearest(offer: Effective, path: str) -> int | None:
    return next((number for number, layer in enumerate(offer.layers) if layer.find(path) is not None), None)
