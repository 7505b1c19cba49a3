"""What every practice marketplace has without being told: markets, delivery methods, packages, taxes."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.simulator.world import Json


@dataclass(frozen=True)
class Market:
    """One marketplace: its money and the country that buyers are in."""

    id: str
    currency: str
    language: str
    country: str
    decimals: int = 2


MARKETS = {
    market.id: market
    for market in (
        Market("allegro-pl", "PLN", "pl-PL", "PL"),
        Market("allegro-cz", "CZK", "cs-CZ", "CZ", decimals=0),  # whole crowns (issues #7323, #8661)
        Market("allegro-sk", "EUR", "sk-SK", "SK"),
        Market("allegro-hu", "HUF", "hu-HU", "HU"),  # precision not published; two decimals pass
        Market("allegro-business-pl", "PLN", "pl-PL", "PL"),  # appeared in offers in 2025-08 (issue #12011)
        Market("allegro-business-cz", "CZK", "cs-CZ", "CZ", decimals=0),  # issue #8597
    )
}
DECIMALS = {market.currency: market.decimals for market in MARKETS.values()}


def marketplace_rows() -> list[Json]:
    """GET /marketplaces."""
    return [
        {
            "id": market.id,
            "languages": {
                "offerCreation": [{"code": market.language}],
                "offerDisplay": [{"code": market.language}, {"code": "en-US"}],
            },
            "currencies": {"base": {"code": market.currency}, "additional": []},
            "shippingCountries": [{"code": market.country}],
        }
        for market in MARKETS.values()
    ]


def _method(
    number: int, name: str, country: str, highest: str, policy: str = "IN_ADVANCE", weight: str | None = None
) -> Json:
    markets = [market.id for market in MARKETS.values() if market.country == country]
    currency = MARKETS[markets[0]].currency
    rate = {"min": "0.00", "max": highest, "currency": currency}
    return {
        "id": f"{number:08d}-5a1e-4c0d-8f00-{number:012d}",
        "name": name,
        "marketplaces": markets,
        "paymentPolicy": policy,
        "allegroEndorsed": weight is not None,
        "dispatchCountry": "PL",
        "destinationCountry": country,
        "shippingRatesConstraints": {
            "allowed": True,
            "maxQuantityPerPackage": {"max": 999_999},
            "maxPackageWeight": {
                "supported": weight is not None,
                "min": "0.001" if weight else None,
                "max": weight,
                "unit": "KILOGRAM" if weight else None,
            },
            "firstItemRate": rate,
            "nextItemRate": dict(rate),
            "shippingTime": {"default": {"from": "PT24H", "to": "PT72H"}, "customizable": weight is None},
        },
    }


DELIVERY_METHODS: tuple[Json, ...] = (
    _method(1, "Allegro Paczkomaty InPost 24/7", "PL", "20.99", weight="25.000"),
    _method(2, "Allegro Paczkomaty InPost 24/7 pobranie", "PL", "26.99", "CASH_ON_DELIVERY", weight="25.000"),
    _method(3, "Allegro One Box", "PL", "16.49", weight="20.000"),
    _method(4, "Allegro Kurier DPD", "PL", "29.99", weight="31.500"),
    _method(5, "Allegro Kurier DPD pobranie", "PL", "35.99", "CASH_ON_DELIVERY", weight="31.500"),
    _method(6, "Przesyłka kurierska", "PL", "999.99"),
    _method(7, "Odbiór osobisty w punkcie sprzedawcy", "PL", "0.00"),
    _method(8, "Allegro One Box, AlzaBox", "CZ", "399", weight="15.000"),
    _method(9, "Zásilkovna, Packeta výdejní místo", "CZ", "399", weight="10.000"),
    _method(10, "Zásilkovna, Packeta výdejné miesto", "SK", "19.99", weight="10.000"),
    _method(11, "Packeta átvevőhely", "HU", "5990", weight="10.000"),
)

BASE_PACKAGES = (
    {"id": "emphasized1d", "name": "Wyróżnienie 1 dzień", "cycleDuration": "PT24H"},
    {"id": "emphasized10d", "name": "Wyróżnienie 10 dni", "cycleDuration": "PT240H"},
)
EXTRA_PACKAGES = ({"id": "departmentPage", "name": "Promowanie na stronie działu", "cycleDuration": "PT240H"},)

#: Templates of size tables; the first rows of a real one are longer (openapi SizeTableTemplateResponse).
SIZE_TEMPLATES: tuple[Json, ...] = (
    {
        "id": "1",
        "name": "Odzież damska",
        "headers": [{"name": "Rozmiar"}, {"name": "Wzrost"}],
        "values": [{"cells": ["S", "164"]}, {"cells": ["M", "170"]}],
    },
    {
        "id": "2",
        "name": "Obuwie",
        "headers": [{"name": "EU"}, {"name": "Długość wkładki"}],
        "values": [{"cells": ["36", "23,5"]}, {"cells": ["37", "24"]}],
    },
)

TAX_RATES = {
    "PL": ("23.00", "8.00", "5.00", "0.00", "EXEMPT"),
    "CZ": ("21.00", "12.00", "EXEMPT"),
    "SK": ("23.00", "19.00", "5.00", "EXEMPT"),
    "HU": ("27.00", "18.00", "5.00", "EXEMPT"),
}
TAX_SUBJECTS = ("GOODS", "SERVICES")
TAX_EXEMPTIONS = ("MONEY_EQUIVALENT", "SUBJECT_SPECIFIC_BASIS", "MARGIN_SCHEME")

DEPRECATED_METHODS: frozenset[str] = frozenset({"00000099-5a1e-4c0d-8f00-000000000099"})  # issue #3475
