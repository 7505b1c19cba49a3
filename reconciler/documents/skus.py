"""What an offer is known by on an account: the nearest `sku` that is said for it, else its document's name."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from msgspec.structs import replace

from reconciler.documents.adapted import FOR, WITHOUT
from reconciler.documents.document import Account
from reconciler.documents.near import nearest
from reconciler.documents.schema import schema_for
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.offers import OFFER

SKU = "sku"
_EVERYWHERE = ""


def skus_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the skus of a document by the marketplace or account they are said for; by an empty name for all.

    An empty one: it is left out there. A body with mistakes says what can be read of it.
    """
    found: dict[str, str] = {}
    said = body.get(FOR)
    for where, part in ((_EVERYWHERE, body), *(said.items() if isinstance(said, dict) else ())):
        if isinstance(part, dict) and (SKU in part or WITHOUT in part):
            found.update((str(where), sku) for sku in _said(part))
    return found


def sku_on(skus: Mapping[str, str], account: Account) -> str:
    """Return the nearest sku for an account; empty where none is said."""
    return next((skus[where] for where in (account.name, account.marketplace, _EVERYWHERE) if where in skus), "")


def hides_sku(body: Mapping[str, Any]) -> bool:
    """Tell whether an offer with mistakes may say a sku that nobody can read: it may be known by anything then."""
    said = body.get(FOR, {})
    if not isinstance(said, dict) or not all(isinstance(part, dict) for part in said.values()):
        return True
    return any(_hidden(part) for part in (body, *said.values()))


def _hidden(part: Mapping[str, Any]) -> bool:
    if SKU in part and not any(_said({SKU: part[SKU]})):
        return True
    return any(nearest(str(key), (SKU, FOR)) for key in part.keys() - _keys())


@cache
def _keys() -> frozenset[str]:
    """Return the keys that an offer has."""
    return frozenset(schema_for(OFFER)["properties"])


def as_known(findings: tuple[Diagnostic, ...], skus: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Return what was found about the offers of an account, by what they are known by there.

    What is wrong with a document by itself is said of its name, before anybody knows its accounts. A name that is
    another offer's sku is that one's: then either waits.
    """
    if not skus:
        return findings
    taken = frozenset(skus.values())
    return tuple(
        replace(each, about=each.about._replace(name=skus[each.about.name]))
        if each.about and each.about.kind == OFFER and each.about.name in skus and each.about.name not in taken
        else each
        for each in findings
    )


def _said(part: Mapping[str, Any]) -> Iterator[str]:
    left_out = part.get(WITHOUT)
    if isinstance(left_out, list) and SKU in left_out:
        yield ""
    elif isinstance(sku := part.get(SKU), str | int) and not isinstance(sku, bool):
        yield str(sku)
