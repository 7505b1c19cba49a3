"""An apply that is killed at any moment: whoever goes on creates nothing twice, and pays nothing twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from torture.killing import Aim, run, shoot

from .shop import LOGIN, Shop, document, listing

APPLY = ("apply", "--auto-approve", "--allow", "fees", "--allow", "stock-baseline")
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
    """A shop with three listings that are to be changed, and three that are to be made."""
    shop = Shop(root, *(listing(1001 + number, sku) for number, sku in enumerate(OLD)))
    pictures = [shop.picture(f"{shade}.png", shade) for shade in (10, 20)]
    shop.offers(
        document(
            "A",
            price={"base": "25.00 USD"},
            content={"title": "Jug A", "parameters": {"Primary color": ["Blue"], "Materials": ["Glass"]}},
            settings={"section": "Jugs", "return_policy": "returns, 14 days"},
        ),
        document("B", stock={"quantity": 0}),
        document("C", stock={"quantity": 9}, delivery={"processing": "made to order, 3-5 days"}),
        *(document(sku, content={"title": "The same title", "images": pictures}) for sku in NEW),
    )
    return shop


def wrong(shop: Shop) -> list[str]:
    """Say what is wrong with the shop when all is done."""
    there = shop.control("GET", f"listings?login={LOGIN}")["listings"]
    found = []
    skus = Counter(each["inventory"]["products"][0]["sku"] for each in there)
    if skus != Counter((*NEW, *OLD)):
        found.append(f"the listings are {dict(skus)}")
    found += [f"{each['skus']} has {len(each['images'])} pictures" for each in there if each["skus"][0] in NEW and len(each["images"]) != 2]  # fmt: skip
    states = {each["skus"][0]: each["state"] for each in there if each["skus"]}
    if states != {**dict.fromkeys((*NEW, *OLD), "active"), "B": "inactive"}:
        found.append(f"their states are {states}")
    mine = next(each for each in there if each["skus"] == ["A"])
    if len(mine["properties"]) != 2 or mine["return_policy_id"] in (81, 82) or mine["shop_section_id"] == 61:
        found.append(f"A has {mine['properties']}, {mine['return_policy_id']}, {mine['shop_section_id']}")
    if len(shop.fees()) != len(NEW):
        found.append(f"{len(shop.fees())} fees were charged")
    return found


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_any_moment_it_ends_as_it_should(tmp_path: Path, seed: int) -> None:
    _, faults = one_round(tmp_path / "shop", seed)
    assert faults == []


@pytest.mark.parametrize("what", ["drop_before", "drop_after"])
def test_a_creation_whose_answer_was_lost_is_found_by_its_title_and_time(tmp_path: Path, what: str) -> None:
    """It bears no key yet; another offer with that title is made at the same time."""
    shop = Shop(tmp_path / "shop")
    picture = shop.picture("a.png", 10)
    shop.offers(*(document(sku, content={"title": "Mug", "images": [picture]}) for sku in ("N", "O")))
    made = {"do": what, "times": 1, "when": {"method": "POST", "path": "/v3/application/shops/55300100/listings"}}
    shop.control("POST", "settings", {"faults": {"schedule": [made]}})
    shop.apply("--allow", "fees")
    assert {sku: each["state"] for sku, each in shop.listings().items()} == {"N": "active", "O": "active"}
    shop.settled()
