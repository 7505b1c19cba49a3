"""What an account says of its marketplace: the site on which it sells, and what nothing in stock comes to."""

from collections.abc import Iterator

from msgspec.structs import replace

from reconciler.documents.document import Account, Project
from reconciler.documents.near import did_you_mean
from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.offers import OFFER
from reconciler.model.spec import MarketplaceSpec, Role, Zero

_PIECES = "stock.quantity"

#: Specs as accounts say, by the spec that they were made of: each is made once.
_MADE: dict[tuple[int, str, bool, str], tuple[MarketplaceSpec, MarketplaceSpec]] = {}


def on_site(spec: MarketplaceSpec, account: Account) -> MarketplaceSpec:
    """Return the spec of an account's marketplace as the account says: its site's prices are the plain ones."""
    said = account.market in spec.marketplaces
    market = account.market if said else spec.base_market
    zero = account.zero if _has_option(spec) else ""
    if not said and zero != "ends":
        return spec
    key = id(spec), market, said, zero
    if key not in _MADE:
        made = replace(spec, base_market=market, base_said=said)
        _MADE[key] = spec, _withdrawing(made) if zero == "ends" else made
    return _MADE[key][1]


def _has_option(spec: MarketplaceSpec) -> bool:
    pieces = spec.kinds[OFFER].fields.get(_PIECES) if OFFER in spec.kinds else None
    return pieces is not None and pieces.zero is Zero.OPTION


def _withdrawing(spec: MarketplaceSpec) -> MarketplaceSpec:
    """Return a spec in which an end of ours stands for nothing in stock."""
    offer = spec.kinds[OFFER]
    pieces = offer.fields[_PIECES]
    known = ((name, offer.operations[name]) for name in pieces.by)
    writing = {name: replace(each, refuses=(*each.refuses, "zero")) for name, each in known}
    ending = replace(pieces, zero=Zero.WITHDRAWS, by=(*pieces.by, Role.END))
    changed = replace(offer, fields={**offer.fields, _PIECES: ending}, operations={**offer.operations, **writing})
    return replace(spec, kinds={**spec.kinds, OFFER: changed})


def check_zero(project: Project) -> Iterator[Diagnostic]:
    """Yield the accounts that say what nothing in stock comes to, where sellers have no such preference."""
    for name, account in project.accounts.items():
        if not account.zero or account.marketplace not in spec_names() or project.document is None:
            continue
        spec = load_spec(account.marketplace)
        if not _has_option(spec):
            yield error(
                "D329",
                f"{spec.title} has no preference for listings without stock",
                mark=project.document.mark("accounts", name, "zero"),
                hint="take `zero` away",
            )


def check_markets(project: Project) -> Iterator[Diagnostic]:
    """Yield the accounts whose marketplace has no such site."""
    for name, account in project.accounts.items():
        if not account.market or account.marketplace not in spec_names() or project.document is None:
            continue
        sites = load_spec(account.marketplace).marketplaces
        if account.market not in sites:
            yield error(
                "D323",
                f"{account.marketplace} has no site `{account.market}`",
                mark=project.document.mark("accounts", name, "market"),
                hint=did_you_mean(account.market, sites, otherwise=f"The sites are {', '.join(sites)}."),
            )
