"""An apply that is killed at any moment: whoever goes on creates nothing twice, and ends as it should."""

from __future__ import annotations

from pathlib import Path
from random import Random

from torture.killing import Aim, run, shoot

from .shop import Shop, document, goods

APPLY = ("apply", "--auto-approve", "--allow", "stock-baseline")
NEW, OLD = ("N1", "N2", "N3"), ("A", "B", "C")


def one_round(root: Path, seed: int, kills: int = 5) -> tuple[int, list[str]]:
    """Kill an apply up to so many times, let it end, and look: how often it was killed, and what is wrong."""
    shop = built(root)
    random, killed = Random(seed), 0
    while killed < kills:
        if shoot(root, Aim.at_random(random, requests=60, writes=14), *APPLY) is not None:
            break
        killed += 1
    for _ in range(4):
        code, said = run(root, *APPLY)
        if code == 0 and "No changes" in said:
            break
    else:
        return killed, [f"round {seed}: it never came to rest: {said}"]
    return killed, [f"round {seed}: {each}" for each in wrong(shop)]


def built(root: Path) -> Shop:
    """An account with three offers that are to be changed, and three that are to be made."""
    shop = Shop(root, *(goods(sku, 1001 + number) for number, sku in enumerate(OLD)))
    picture = shop.picture("10.png", 10)
    shop.offers(
        document("A", price={"base": "15.00 EUR"}, content={"title": "Krug A", "description": "<p>Neu</p>"}),
        document("B", stock={"status": "ended"}),
        document("C", stock={"quantity": 9}, delivery={"prices": "Brief"}),
        *(document(sku, content={"images": [picture]}) for sku in NEW),
    )
    return shop


def wrong(shop: Shop) -> list[str]:
    """Say what is wrong with the account when all is done."""
    offers = shop.control("GET", "offers?login=sklep")["offers"]
    found = []
    if sorted(each["sku"] for each in offers) != sorted((*NEW, *OLD)):
        found.append(f"the offers are {[each['sku'] for each in offers]}")
    states = {each["sku"]: each["status"] for each in offers}
    if states != {**dict.fromkeys((*NEW, *OLD), "PUBLISHED"), "B": "UNPUBLISHED"}:
        found.append(f"their states are {states}")
    listings = [each["listing"]["listingId"] for each in offers if "listing" in each]
    if len(set(listings)) != 5:
        found.append(f"the listings are {listings}")
    return found


def test_killed_at_any_moment_it_ends_as_it_should(tmp_path: Path) -> None:
    _, faults = one_round(tmp_path / "shop", seed=1, kills=3)
    assert faults == []
