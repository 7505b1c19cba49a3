"""What the expressions of these tests may use."""

from datetime import UTC, date, datetime
from decimal import Decimal

from reconciler.documents.expressions import Expression, Kind, Rates, Typed, compile_expression

PLN, EUR, ANY = (Typed(Kind.MONEY, currency) for currency in ("PLN", "EUR", ""))
NUMBER, TEXT, YES_NO, DATE = (Typed(kind) for kind in (Kind.NUMBER, Kind.TEXT, Kind.YES_NO, Kind.DATE))
NAMES = {
    "net": PLN, "fee": PLN, "erp.cost": PLN, "shop.price": EUR, "raw": ANY, "quantity": NUMBER, "reserved": NUMBER,
    "factor": NUMBER, "category": TEXT, "labels": Typed(Kind.TEXTS), "active": YES_NO, "valid_on": DATE,
    "changed_at": Typed(Kind.TIME), "today": DATE, "nothing": NUMBER, "no_text": TEXT, "unsure": YES_NO,
}  # fmt: skip
VALUES = {
    "net": Decimal("100.10"), "fee": Decimal("4.99"), "erp.cost": Decimal(40), "shop.price": Decimal(10),
    "raw": Decimal(7), "quantity": 5, "reserved": 2, "factor": Decimal("0.5"), "category": "Filiżanki",
    "labels": ("new", "sale"), "active": True, "valid_on": date(2026, 11, 20), "today": date(2026, 11, 28),
    "changed_at": datetime(2026, 11, 20, tzinfo=UTC), "nothing": None, "no_text": None, "unsure": None,
}  # fmt: skip
RATES = Rates({"PLN": Decimal("5.80"), "EUR": Decimal("25.00")}, base="CZK")


def compiled(text: str, wants: Typed | None = None) -> Expression:
    """Compile over the names of this file."""
    return compile_expression(text, NAMES, wants)


def outcome(text: str) -> object:
    """What an expression comes to for the values of this file."""
    return compiled(text).run(VALUES, RATES)
