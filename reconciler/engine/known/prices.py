"""Prices: each site is there, and takes its own currency."""

from collections.abc import Iterator

from reconciler.documents.near import did_you_mean
from reconciler.engine.known.facts import AccountFacts, Catalogue
from reconciler.engine.known.subject import Subject
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.values import Money

_PRICE, _BASE = "price.", "price.base"


def sites(subject: Subject) -> set[str]:
    """Return the sites, besides the base one, that prices would be written for."""
    return {path.removeprefix(_PRICE) for path in subject.after if path.startswith(_PRICE) and path != _BASE}


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
        path, known = f"{_PRICE}{site}", catalogue.markets
        if site == account.base_market:
            yield subject.problem(
                "P235", f"{site} is the account's base site", path, hint="write it as `price: {base: …}`"
            )
        elif known and site not in known:
            hint = did_you_mean(site, known, otherwise=f"the sites are {', '.join(sorted(known))}")
            yield subject.problem("P235", f"there is no site {site}", path, hint=hint)
