"""A stall on the toy."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec.structs import replace

from reconciler.model.spec import MarketplaceSpec

from .base import Json, Stall, Ware

STATES = {"draft": "draft", "shelf": "active", "store": "ended", "gone": "ended"}
LOGIN = "child"


def few(spec: MarketplaceSpec) -> MarketplaceSpec:
    """Three requests a second."""
    return replace(spec, budgets={"client": replace(spec.budgets["client"], per_second=3)})


class ToyStall(Stall):
    """Somebody who sells toys."""

    name = "toy"
    currency = "EUR"
    login = LOGIN
    title = "Toy"
    modules: ClassVar[Json] = {
        "settings": {"return_policy": "no returns"},
        "content": {"title": "Tall blue jug"},
        "delivery": {"processing": "slow"},
        "price": {"base": "33.00 EUR"},
        "stock": {"always": 8},
    }
    no_module: ClassVar[Json] = {"bundle": "a toy is sold by itself"}
    coupled = frozenset({"price", "stock"})
    lacking: ClassVar[Json] = {"settings": {"invoice": "vat"}}
    lacking_kind: ClassVar[Json] = {"kind": "Warranty", "name": "w", "account": "main", "type": "seller"}
    right = "wares:write"
    few = staticmethod(few)
    tight: ClassVar[Json] = {"limits": {"per_second": 3}}
    fee = "1.00 EUR"

    def seed(self, *wares: Ware) -> Json:
        return {
            "login": LOGIN,
            "policies": ["returns, 30 days", "no returns"],
            "processing": ["quick", "slow"],
            "wares": [
                {
                    "id": f"w{number}",
                    "key": each.key,
                    "state": {ours: theirs for theirs, ours in STATES.items() if theirs != "gone"}[each.status],
                    "title": each.title,
                    "text": "Of clay.\n\nHolds tea & coffee.",
                    "tags": ["mug", "tea"],
                    "policy": "policies-returns, 30 days",
                    "price": each.price,
                    "pieces": each.pieces,
                    "processing": "processing-quick",
                }
                for number, each in enumerate(wares)
            ],
        }

    def document(self, ware: Ware) -> Json:
        return {
            "kind": "Offer",
            "name": ware.key,
            "settings": {"return_policy": "returns, 30 days"},
            "delivery": {"processing": "quick"},
            "content": {
                "title": ware.title,
                "description": "Of clay.\n\nHolds tea & coffee.\n",
                "tags": ["tea", "mug"],
            },
            "price": {"base": f"{ware.price} EUR"},
            "stock": {"always": ware.pieces, "status": ware.status},
        }

    def there(self, practice: Any) -> list[Ware]:
        return [
            Ware(
                each["key"] or "",
                each["title"],
                each["goods"]["price"],
                each["goods"]["pieces"],
                STATES[each["state"]],
            )
            for each in practice.wares(LOGIN)
        ]

    def touch(self, practice: Any, key: str, **changes: Any) -> None:
        practice.edit(LOGIN, key, changes)

    def charged(self, practice: Any) -> int:
        return len(practice.fees(LOGIN))
