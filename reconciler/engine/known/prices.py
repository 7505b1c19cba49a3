"""Prices and discounts: each site is there, and a price is in its site's own currency."""

from collections.abc import Iterator, Mapping

from reconciler.documents.near import did_you_mean
from reconciler.engine.known.facts import AccountFacts, Catalogue
from reconciler.engine.known.subject import Subject
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.values import Money, Value

_PRICE, _BASE, _DISCOUNT = "price.", "price.base", "discount"


def sites(subject: Subject) -> set[str]:
    """Return the sites, besides the base one, that prices or discounts would be written for."""
    priced = {path.removeprefix(_PRICE) for path in subject.after if path.startswith(_PRICE) and path != _BASE}
    return priced.union(site for site, _ in _discounted(subject)) if _DISCOUNT in subject.after else priced


def prices(subject: Subject, account: AccountFacts, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Yield what is wrong with the prices that would be written."""
    base = account.spec.marketplaces.get(account.base_market)
    price = subject.after.get(_BASE)
    if base is not None and isinstance(price, Money) and price.currency != base.currency:
        yield subject.problem(
            "P234", f"`{_BASE}` is in {price.currency}; {account.base_market} takes {base.currency}", _BASE,
            hint=f"write it in {base.currency}, or under `price` with the name of its site",
        )  # fmt: skip
    for site in sorted(sites(subject)):
        path = f"{_PRICE}{site}"
        if site == account.base_market:
            yield subject.problem(
                "P235", f"{site} is the account's base site", path, hint="write it as `price: {base: …}`"
            )
        else:
            yield from _unknown(subject, site, catalogue, path)


def discounts(subject: Subject, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Yield each site that a discount is for and that is not there."""
    for site, steps in _discounted(subject):
        yield from _unknown(subject, site, catalogue, *steps, site)


def _unknown(subject: Subject, site: str, catalogue: Catalogue, *steps: str | int) -> Iterator[Diagnostic]:
    known = catalogue.markets
    if known and site not in known:
        hint = did_you_mean(site, known, otherwise=f"the sites are {', '.join(sorted(known))}")
        yield subject.problem("P235", f"there is no site {site}", *steps, hint=hint)


def _discounted(subject: Subject) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield the sites of a discount, on the whole or slot by slot, each with the steps to where it stands."""
    discount: Mapping[str, Value] = subject.after.get(_DISCOUNT) or {}
    for site in discount.get("whole") or ():
        if site != "minimum":
            yield site, (_DISCOUNT, "whole")
    for number, slot in enumerate(discount.get("slots") or ()):
        for site in slot:
            if site != "slot":
                yield site, (_DISCOUNT, "slots", number)
