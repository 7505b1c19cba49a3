"""A generated seller: all sorts of offers, the same for the same seed."""

from __future__ import annotations

import random
from pathlib import Path

from simulator import example

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

LOGIN = "sklep"
SECOND = "d1000000-0000-4000-8000-000000000002"
NO_GTIN = "d1000000-0000-4000-8000-000000000003"
WARRANTY_TWIN = "b3000000-0000-4000-8000-000000000002"
RATES_TWIN = "a1000000-0000-4000-8000-000000000009"
TEXTS = [
    "<p>Opis</p>",
    "<h1>Kubek &amp; spółka</h1><p>Do <b>kawy</b>: i herbaty # zawsze.</p><ul><li>jeden</li><li>dwa</li></ul>",
    f"<p>{'Długie zdanie o kubku, w którym nic nie ma. ' * 12}</p>",
    "<p>- no</p>",
]


def account(count: int = 60, seed: int = 0, login: str = LOGIN) -> dict:
    """Return what the simulator is seeded with."""
    dice = random.Random(seed)
    base = example.account(login=login, user_id=f"{44300100 + seed}")
    first = base["products"][0]
    base["products"] += [
        {**first, "id": SECOND, "name": "Talerz płytki biały Fabryka", "gtins": ["5901234123464"],
         "parameters": [{"id": "225693", "name": "EAN (GTIN)", "values": ["5901234123464"]}]},
        {**first, "id": NO_GTIN, "name": "Miska bez kodu", "gtins": [], "parameters": []},
    ]  # fmt: skip
    base["warranties"].append({**base["warranties"][0], "id": WARRANTY_TWIN})
    base["shipping_rates"].append(
        example.rates_set(RATES_TWIN, "Zażółć: #1", example.rate(example.LOCKER, "0.00"))
    )
    base["offers"] = [_offer(number, dice, 1000 * seed) for number in range(count)]
    base["flexible_bundles"] = [_bundle(1000 * seed)]
    return base


def _bundle(first: int) -> dict:
    def slot(order: int, offer: str) -> dict:
        return {
            "order": order,
            "entryPoint": order == 0,
            "requiredQuantity": order + 1,
            "offers": [{"id": offer, "excludedFromDiscount": False}],
        }

    return {
        "id": "e1000000-0000-4000-8000-000000000001",
        "slots": [slot(0, _id(first + 3)), slot(1, _id(first + 6))],
        "discount": {
            "type": "WHOLE_BUNDLE_DISCOUNT",
            "bundle": {"minimumBoughtOffers": 2, "discounts": [{"marketplaceId": "allegro-pl", "percentage": 10}]},
        },
        "createdBy": "USER",
        "createdAt": "2026-01-02T10:00:00.000Z",
    }


def _id(number: int) -> str:
    return f"{17000000001 + number}"


def _offer(number: int, dice: random.Random, first: int) -> dict:
    body = example.offer_body(_id(first + number), external={"id": f"SKU-{number}"})
    body["name"] = f"Kubek ceramiczny numer {number} 100%"
    if number == 10:
        body["external"] = {"id": "SKU-9"}  # two offers with one key
    if number % 13 == 12:
        del body["external"]
    body["category"] = {"id": dice.choice([example.CATEGORY, example.CATEGORY, example.OTHER_CATEGORY])}
    body["stock"] = {"available": dice.choice([1, 10, 250]), "unit": "UNIT"}
    body["sellingMode"] = {"format": "BUY_NOW", "price": example.money(dice.choice(["49.99", "120.00", "7.50"]))}
    body["description"] = {"sections": _sections(dice)}
    body["payments"] = {"invoice": dice.choice(["VAT", "VAT", "VAT", "VAT_MARGIN", "NO_INVOICE"])}
    body["afterSalesServices"] = {"returnPolicy": {"id": example.POLICY}}
    if dice.random() < 0.5:
        body["afterSalesServices"]["impliedWarranty"] = {"id": example.IMPLIED}
    if dice.random() < 0.3:
        body["afterSalesServices"]["warranty"] = {"id": dice.choice([example.WARRANTY, WARRANTY_TWIN])}
    if dice.random() < 0.4:
        rates = dice.choice(["23.00", "8.00", "EXEMPT"])
        body["taxSettings"] = {"rates": [{"countryCode": "PL", "rate": rates}], "subject": "GOODS"}
    body["publication"] = {
        "status": "ACTIVE",
        "duration": dice.choice([None, "P30D"]),
        "republish": dice.random() < 0.3,
    }
    body["delivery"] = {"shippingRates": {"id": dice.choice([example.RATES, RATES_TWIN])}, "handlingTime": dice.choice(["PT24H", "PT24H", "P2D", "PT0S"])}  # fmt: skip
    if number % 5 == 0:
        body["delivery"]["shippingRates"] = {"id": example.RATES_CZ}
        body["additionalMarketplaces"] = {
            "allegro-cz": {"sellingMode": {"price": example.money(dice.choice(["289.00", "1200.00"]), "CZK")}}
        }
    if dice.random() < 0.3:
        body["messageToSellerSettings"] = dice.choice(
            [{"mode": "OPTIONAL"}, {"mode": "HIDDEN"}, {"mode": "REQUIRED", "hint": "Rozmiar?"}]
        )  # fmt: skip
    _products(body, number, dice)
    _status(body, number)
    tags = ["tag-1"] if number % 4 == 0 else []
    return {"offer": body, "sold": 0, "first_listed_at": None, "tags": tags, "promo": None}


def _sections(dice: random.Random) -> list[dict]:
    text = {"type": "TEXT", "content": dice.choice(TEXTS)}
    image = {"type": "IMAGE", "url": f"{example.CDN}/aaaaaa/first"}
    return dice.choice([[{"items": [text]}], [{"items": [image, text]}, {"items": [text]}], [{"items": [image]}]])


def _products(body: dict, number: int, dice: random.Random) -> None:
    element = body["productSet"][0]
    if dice.random() < 0.4:
        element["safetyInformation"] = {
            "type": "TEXT",
            "description": f"Uwaga: gorące nr {number}.\nNie dotykać # nigdy.",
        }
    if dice.random() < 0.3:
        element["responsiblePerson"] = {"id": example.PERSON}
    if number % 7 == 0:
        element["product"] = {**element["product"], "id": NO_GTIN, "parameters": []}
    if number % 6 == 0:
        other = {**element, "quantity": {"value": 2}, "product": {**element["product"], "id": SECOND}}
        body["productSet"] = [element, other]


def _status(body: dict, number: int) -> None:
    if number % 11 == 0:
        body["publication"]["status"] = "INACTIVE"
        body["afterSalesServices"] = None
        body["taxSettings"] = None
    elif number % 11 == 1:
        body["publication"]["status"] = "ENDED"
        body["publication"]["endedBy"] = ["USER", "ADMIN"][number % 2]
        body["stock"] = {"available": 0, "unit": "UNIT"}


def project(folder: Path, *logins: str, extra: str = "", seed: bool = True) -> Path:
    """Make a project with nothing but its reconcile.yaml and a marketplace."""
    store = folder / ".reconcile" / "simulator-allegro.db"
    store.parent.mkdir(parents=True)
    simulator = AllegroSimulator(store, settings=AllegroSettings.calm())
    for number, login in enumerate(logins or (LOGIN,) if seed else ()):
        simulator.seed(account(seed=number, login=login))
    simulator.close()
    (folder / "reconcile.yaml").write_text(_declared(logins or (LOGIN,)) + extra, "utf-8")
    return folder


def _declared(logins: tuple[str, ...]) -> str:
    names = ["main", "second"]
    rows = [
        f"  {name}: {{marketplace: allegro, environment: simulator, login: {login}}}\n"
        for name, login in zip(names, logins, strict=False)
    ]
    return "accounts:\n" + "".join(rows)
