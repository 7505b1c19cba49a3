"""The seller's named objects: written once, as documents say them; the account's bodies follow from these."""

from typing import Any, Final

from reconciler.demo.assortment import CATEGORIES
from reconciler.demo.words import CITY, COMPANY, POST_CODE, PROVINCE, STREET, slug

Json = dict[str, Any]

ADDRESS: Final = {
    "name": COMPANY,
    "street": STREET,
    "post_code": POST_CODE,
    "city": CITY,
    "country_code": "PL",
}
LOCATION: Final = {"city": CITY, "province": PROVINCE, "post_code": POST_CODE, "country": "PL"}
_OPTIONS: Final = {
    "cash_on_delivery_not_allowed": True,
    "free_accessories_return_required": True,
    "refund_lowered_by_received_discount": False,
    "business_return_allowed": False,
    "collect_by_seller_only": False,
}


def _returns(days: int, payer: str) -> Json:
    return {
        "is_fulfillment": False,
        "availability": {"range": "full"},
        "withdrawal_period": f"P{days}D",
        "return_cost": {"covered_by": payer},
        "address": ADDRESS,
        "contact": {"phone_number": "+48610000123", "email": "zwroty@kubki-i-reszta.example"},
        "options": _OPTIONS,
    }


RETURN_POLICIES: Final[dict[str, Json]] = {
    "zwroty-14-dni": _returns(14, "buyer"),
    "zwroty-30-dni": _returns(30, "seller"),
}
IMPLIED_WARRANTIES: Final[dict[str, Json]] = {
    "reklamacje": {
        "individual": {"period": "P2Y"},
        "corporate": {"period": "P1Y"},
        "address": ADDRESS,
        "description": "Reklamacje rozpatrujemy w 14 dni od otrzymania zgłoszenia.",
    }
}
WARRANTIES: Final[dict[str, Json]] = {
    "gwarancja-24-miesiace": {
        "type": "seller",
        "individual": {"period": "P24M"},
        "description": "24 miesiące od daty zakupu. Gwarancja nie obejmuje stłuczeń.",
    }
}
TAGS: Final[dict[str, Json]] = {"wyprzedaż": {"hidden": False}, "prezent": {"hidden": True}}

TEMPLATES: Final[dict[str, Json]] = {
    "standard": {
        "return_policy": "zwroty-14-dni",
        "implied_warranty": "reklamacje",
        "invoice": "vat",
        "tax": {"PL": 23, "subject": "goods"},
        "location": LOCATION,
        "duration": "unlimited",
        "message_to_seller": "optional",
        "b2b_only": False,
    },
    "outlet": {
        "return_policy": "zwroty-14-dni",
        "implied_warranty": "reklamacje",
        "invoice": "vat",
        "tax": {"PL": 23, "subject": "goods"},
        "location": LOCATION,
        "duration": "PT720H",
        "renewal": False,
        "message_to_seller": "hidden",
        "tags": ["wyprzedaż"],
    },
    "prezenty": {
        "return_policy": "zwroty-30-dni",
        "implied_warranty": "reklamacje",
        "warranty": "gwarancja-24-miesiace",
        "invoice": "vat",
        "tax": {"PL": 23, "subject": "goods"},
        "location": LOCATION,
        "duration": "unlimited",
        "message_to_seller": {"mode": "required", "hint": "Podaj imię do graweru i treść bileciku"},
    },
    "hurt": {
        "return_policy": "zwroty-14-dni",
        "implied_warranty": "reklamacje",
        "invoice": "vat",
        "tax": {"PL": 23, "subject": "goods"},
        "location": LOCATION,
        "duration": "unlimited",
        "b2b_only": True,
    },
}

_LOCKER: Final = "Allegro Paczkomaty InPost 24/7"
_BOX: Final = "Allegro One Box"
_DPD: Final = "Allegro Kurier DPD"
PRICE_LISTS: Final[dict[str, Json]] = {
    "paczkomaty-24h": {
        _LOCKER: {"first": "12.99 PLN", "max_quantity": 6, "max_weight": 20},
        _BOX: {"first": "9.99 PLN", "max_quantity": 6, "max_weight": 20},
        _DPD: {"first": "16.99 PLN", "max_quantity": 10},
    },
    "kurier-i-odbior": {
        _DPD: {"first": "17.99 PLN", "max_quantity": 4},
        "Allegro Kurier DPD pobranie": {"first": "22.99 PLN", "max_quantity": 4},
        "Odbiór osobisty w punkcie sprzedawcy": {"first": "0.00 PLN", "max_quantity": 99},
    },
    "polska-i-czechy": {
        _LOCKER: {"first": "12.99 PLN", "max_quantity": 6},
        _DPD: {"first": "16.99 PLN", "max_quantity": 10},
        "Allegro One Box, AlzaBox": {"first": "85 CZK", "max_quantity": 6, "max_weight": 15},
        "Zásilkovna, Packeta výdejní místo": {"first": "99 CZK", "max_quantity": 6},
    },
    "polska-czechy-slowacja": {
        _LOCKER: {"first": "12.99 PLN", "max_quantity": 8},
        "Zásilkovna, Packeta výdejní místo": {"first": "95 CZK", "max_quantity": 8},
        "Zásilkovna, Packeta výdejné miesto": {"first": "4.20 EUR", "max_quantity": 8},
    },
    "paleta": {"Przesyłka kurierska": {"first": "99.00 PLN", "max_quantity": 999}},
}


def producers() -> dict[str, Json]:
    """Return one producer for each that a category names."""
    found: dict[str, Json] = {}
    for number, category in enumerate(CATEGORIES, 1):
        name = category.producer
        found.setdefault(
            slug(name),
            {
                "producer_data": {
                    "trade_name": f"{name} sp. z o.o.",
                    "address": {
                        "country_code": "PL",
                        "street": f"Rzemieślnicza {number * 3}",
                        "postal_code": f"6{number % 10}-{number * 37 % 1000:03d}",
                        "city": _TOWNS[number % len(_TOWNS)],
                    },
                    "contact": {"email": f"gpsr@{slug(name)}.example"},
                }
            },
        )
    return found


_TOWNS: Final = ("Bolesławiec", "Kalisz", "Gniezno", "Leszno", "Konin")
