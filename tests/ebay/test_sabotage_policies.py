"""One fact of a policy or a place flipped: something else happens on the account, or nobody would ever notice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.project import accounts
from reconciler.runtime.project import resolve as resolving

from .shop import Shop
from .test_policies import opened, price_list, told

HONEST = load_spec("ebay")
KINDS = ("DeliveryPriceList", "ReturnPolicy", "PaymentPolicy", "StockLocation")
Flip = Callable[[MarketplaceSpec], MarketplaceSpec]
ADDRESS = {"city": "Potsdam", "post_code": "14467", "country_code": "DE"}
GIVEN = {
    "return_cost": {"covered_by": "seller"},
    "refund": "money_back",
    "replacement": True,
    "description": "für alles",
}


def built(root: Path) -> None:
    """Policies and places, each twice: one that is there, one that is new; and one of each that is to go."""
    shop = opened(root)
    for kind, name in (("ReturnPolicy", "Weg"), ("PaymentPolicy", "Weg"), ("StockLocation", "weg")):
        more = {"ReturnPolicy": {"availability": {"range": "disabled"}}, "StockLocation": {"address": ADDRESS}}
        shop.write(f"weg/{kind}.yaml", {"kind": kind, "name": name, "account": "shop", **more.get(kind, {})})
    shop.write("weg/list.yaml", price_list("Weg"))
    shop.apply()
    shutil.rmtree(shop.root / "weg")
    lists = {"ships_to": ["Worldwide"], "not_to": ["RU"], "local_pickup": True, "description": "außen"}
    shop.write("a.yaml", price_list("Neu", **lists))
    shop.write("b.yaml", price_list("Alles", methods={"DE_DHLPaket": "4.90 EUR"}, **lists))
    full = {
        "availability": {"range": "full"},
        "withdrawal_period": "P30D",
        "instructions": "Gut verpackt",
        **GIVEN,
    }
    for number, name in enumerate(("30 Tage", "Neu")):
        shop.write(f"r{number}.yaml", {"kind": "ReturnPolicy", "name": name, "account": "shop", **full})
    paid = {"immediate_payment": True, "description": "für alles"}
    for number, name in enumerate(("Rechnung", "Neu")):
        shop.write(f"p{number}.yaml", {"kind": "PaymentPolicy", "name": name, "account": "shop", **paid})
    whole = {**ADDRESS, "street": "Am Markt 1", "province": "Brandenburg"}
    place = {"title": "Neues", "address": whole, "types": ["store"], "enabled": False, "phone": "1"}
    for number, name in enumerate(("laden", "neu")):
        shop.write(f"l{number}.yaml", {"kind": "StockLocation", "name": name, "account": "shop", **place})


def outcome(template: Path, root: Path) -> Iterator[Any]:
    """Tell what happens to an account that is converged twice, step by step."""
    try:
        shutil.copytree(template, root)
        shop = Shop.at(root)
        part = shop.plan("--allow", "ends")["accounts"][0]
        yield {str(each["key"]): [one["path"] for one in each["fields"]] for each in part["changes"]}
        yield part["forecast"]["requests"]
        said = shop.apply("--allow", "ends", code=-1)
        yield [line for line in said.splitlines() if "refused" in line or "unknown" in line or "skipped" in line]
        yield [told(shop, kind) for kind in ("fulfillment", "return", "payment", "location")]
        yield shop.plan("--allow", "ends")["accounts"][0]["changes"]
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is not silence
        yield f"{type(failure).__name__}: {failure}"


def field(kind: str, path: str, **facts: Any) -> Flip:
    """Another fact of a field."""
    known = HONEST.kinds[kind]
    return _kind(kind, fields={**known.fields, path: replace(known.fields[path], **facts)})


def operation(kind: str, name: str, **facts: Any) -> Flip:
    """Another fact of an operation."""
    known = HONEST.kinds[kind]
    return _kind(kind, operations={**known.operations, name: replace(known.operations[name], **facts)})


def _kind(kind: str, **facts: Any) -> Flip:
    changed = replace(HONEST.kinds[kind], **facts)
    return lambda spec: replace(spec, kinds={**spec.kinds, kind: changed})


def _elsewhere(request: str) -> str:
    return f"{request.partition(' ')[0]} /sell/things/{{id}}"


FLIPS: dict[str, Flip] = {
    **{
        f"{kind}.{path} is read elsewhere": field(kind, path, views={"detail": "/nowhere"})
        for kind in KINDS
        for path in HONEST.kinds[kind].fields
    },
    **{
        f"{kind}.{name} by another address": operation(kind, name, request=_elsewhere(known.request))
        for kind in KINDS
        for name, known in HONEST.kinds[kind].operations.items()
    },
    **{f"{kind} is never deleted": _kind(kind, deletable="") for kind in KINDS},
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The account before it is converged."""
    root = tmp_path_factory.mktemp("policies")
    built(root)
    return root / "shop"


@pytest.fixture(scope="module")
def honest(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What happens with the facts as they are."""
    return list(outcome(template, tmp_path_factory.mktemp("honest") / "shop"))


def test_the_scene_converges(honest: list[Any]) -> None:
    """Or a flip that breaks it would be no finding."""
    assert honest[2] == []
    assert honest[-1] == []
    assert len(honest[0]) == 12


@pytest.mark.parametrize("name", FLIPS)
def test_a_flipped_fact_is_found_out(
    name: str, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, honest: list[Any]
) -> None:
    """The first step that differs is enough."""
    spec = FLIPS[name](HONEST)
    monkeypatch.setattr(resolving, "load_spec", lambda _name: spec)
    monkeypatch.setattr(accounts, "load_spec", lambda _name: spec)
    mine = outcome(template, tmp_path / "shop")
    assert any(one != other for one, other in zip(mine, honest, strict=False))
