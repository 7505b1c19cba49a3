"""One module off, five on: nothing of it moves, whatever the way of writing; and the five arrive."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from world import World, differences, undone

from reconciler.model.modules import Module
from reconciler.model.plan import Plan

from .wire_fields import fields, moved

MODULES = ("settings", "content", "delivery", "price", "stock", "bundle")

#: What the live offer has, each field different from the document's.
LIVE: dict[str, Any] = {
    "productSet": [
        {
            **example.offer_body()["productSet"][0],
            "responsiblePerson": {"id": example.PERSON},
            "safetyInformation": {"type": "TEXT", "description": "Stara uwaga."},
        },
        {
            **example.offer_body()["productSet"][0],
            "quantity": {"value": 2},
            "product": {**example.offer_body()["productSet"][0]["product"], "id": world.THIRD_PRODUCT},
            "safetyInformation": {"type": "TEXT", "description": "Uwaga do drugiego."},
        },
    ],
    "parameters": [
        {"id": "11323", "name": "Stan", "values": ["Nowy"], "valuesIds": ["11323_1"]},
        {"id": "8888", "name": "Wzór", "values": ["kropki"], "valuesIds": None},
    ],
    "taxSettings": {
        "subject": "GOODS",
        "rates": [{"rate": "23.00", "countryCode": "PL"}, {"rate": "21.00", "countryCode": "CZ"}],
    },
    "additionalMarketplaces": {"allegro-cz": {"sellingMode": {"price": example.money("289.00", "CZK")}}},
    "afterSalesServices": {
        "returnPolicy": {"id": example.POLICY},
        "warranty": {"id": example.WARRANTY},
        "impliedWarranty": {"id": example.IMPLIED},
    },
    "publication": {"status": "ACTIVE", "duration": "PT720H"},
}

#: A document that changes every module, in as many ways of writing as there are.
SECTIONS: dict[str, Any] = {
    "settings": {
        "return_policy": "30 dni",
        "warranty": None,
        "invoice": "vat_margin",
        "tax": {"PL": "8"},
        "location": {"city": "Łódź"},
        "duration": "P3D",
        "b2b_only": True,
        "person": None,
        "safety": "Nie dla dzieci.",
        "tags": ["Wyprzedaż"],
    },
    "content": {
        "title": "Talerz płytki biały porcelanowy",
        "product": {"gtin": world.SECOND_GTIN},
        "parameters": {"Stan": "Używany"},
        "description": [{"text": "<p>Nowy opis</p>"}, {"image": "https://example.com/b.jpg"}],
        "images": ["https://example.com/a.jpg", "https://example.com/b.jpg"],
    },
    "delivery": {"prices": "Z Czechami", "handling": "PT72H"},
    "price": {"base": "55.00 PLN", "allegro-cz": "300 CZK"},
    "stock": {"always": 3, "status": "active"},
    "bundle": [{"product": {"gtin": world.THIRD_GTIN}, "quantity": 4}],
}


def _fields(made: World, offer_id: str = "17000000001") -> dict[str, Any]:
    return fields(made.stored()[offer_id], made.tags()[offer_id])


def _of(module: str, names: Any) -> list[str]:
    return [name for name in names if name.startswith(f"{module}.")]


def _one_offer(root: Path, sync: dict[str, str], sections: dict[str, Any], **live: Any) -> World:
    account = world.seller([world.live_offer(1, "K1", tags=["tag-1"], **{**LIVE, **live})])
    return World.make(root, account, [world.offer("K1", sync=sync, **sections)])


@pytest.mark.parametrize("mode", ["off", "manual"])
@pytest.mark.parametrize("module", MODULES)
def test_an_offer_keeps_every_field_of_a_module_that_is_not_synced(tmp_path: Path, module: str, mode: str) -> None:
    """With one module off or manual an apply changes all five others and not one field of it."""
    made = _one_offer(tmp_path, {module: mode}, SECTIONS)
    before = _fields(made)
    report = made.apply(made.plan())
    assert not undone(report), undone(report)
    changed = moved(before, _fields(made))
    assert not _of(module, changed), {name: changed[name] for name in _of(module, changed)}
    assert {name.partition(".")[0] for name in changed} == {*MODULES} - {module}
    plan = made.plan()
    assert not plan.actions, differences(plan)


@pytest.mark.parametrize("module", MODULES)
def test_only_the_module_that_is_synced_moves(tmp_path: Path, module: str) -> None:
    """With five modules off an apply changes declared fields of the sixth and nothing else on the offer."""
    made = _one_offer(tmp_path, {name: "off" for name in MODULES if name != module}, SECTIONS)
    before = _fields(made)
    made.converge()
    changed = moved(before, _fields(made))
    assert changed
    assert set(changed) <= _declared(module, SECTIONS[module]), changed


def _declared(module: str, section: Any) -> set[str]:
    if module == "bundle":
        return {"bundle.items"}
    names = {f"{module}.{'quantity' if name == 'always' else name}" for name in section}
    return names | {"content.parameters.11323"} if module == "content" else names


@pytest.mark.parametrize("module", MODULES)
def test_manual_is_planned_and_applied_when_named(tmp_path: Path, module: str) -> None:
    """A manual module is shown and held; `--only` writes it, and nothing of another module with it."""
    made = _one_offer(tmp_path, {module: "manual"}, SECTIONS)
    held = [each for change in made.plan().changes for each in change.fields if each.module == module]
    assert held
    assert all(each.held for each in held)
    before = _fields(made)
    made.converge(only=frozenset({Module(module)}))
    changed = moved(before, _fields(made))
    assert changed
    assert not set(changed) - set(_of(module, changed)), changed


#: Without these an offer is not put on sale: it can only be a draft while their module is not synced.
LISTED = {
    "settings": {"settings.location"},
    "delivery": {"delivery.prices", "delivery.handling"},
    "price": {"price.base"},
}


def _lacking(plan: Plan, mode: str) -> set[str]:
    """Return the fields without which it is not put on sale; each problem says what the toggle is, and no more."""
    assert not plan.actions
    problems = [each for each in plan.diagnostics if each.code == "P237"]
    assert all(each.summary.endswith(f"`, which is {mode}") for each in problems), problems
    assert not any("declare" in each.hint for each in problems), "it is declared"
    return {each.summary.split("`")[1] for each in problems}


def _named(plan: Plan) -> frozenset[Module]:
    """Return the modules that the hints name for --only."""
    hints = " ".join(each.hint for each in plan.diagnostics if each.code == "P237")
    return frozenset(map(Module, re.findall(r"--only (\w+)", hints)))


@pytest.mark.parametrize("mode", ["off", "manual"])
@pytest.mark.parametrize("module", MODULES)
def test_a_creation_carries_nothing_of_a_module_that_is_not_synced(tmp_path: Path, module: str, mode: str) -> None:
    """A new offer's requests carry no value of a module that is off: its stored fields are the marketplace's own."""
    default = {**example.POLICY_BODY, "id": world.SECOND_POLICY, "name": "default"}
    account = world.seller([], return_policies=[{"id": example.POLICY, **example.POLICY_BODY}, default])
    settings = {
        **world.whole_offer("N")["settings"],
        "tax": {"PL": "23"},
        "b2b_only": True,
        "safety": "Nowa uwaga.",
        "person": "Osoba",
        "duration": "P30D",
        "warranty": "Gwarancja",
    }
    sections = {"settings": settings, "sync": {module: mode}, "bundle": SECTIONS["bundle"]}
    made = World.make(tmp_path, account, [world.whole_offer("N", **sections)])
    if module in LISTED:
        assert _lacking(made.plan(), mode) == LISTED[module]
        assert mode == "off" or made.plan(only=_named(made.plan())).actions, "what the hint says is of use"
        made.documents(world.whole_offer("N", **sections, stock={"always": 5, "status": "draft"}))
    made.apply(made.plan())
    stored = made.by_key("N")
    if module == "content":
        assert stored is None, "without a product nothing can be created"
        assert not made.writes()
        return
    assert stored is not None, [each["response_body"] for each in made.writes()]
    body = example_body(made.writes())
    absent = {
        "settings": [
            "afterSalesServices",
            "payments",
            "location",
            "taxSettings",
            "b2b",
            "messageToSellerSettings",
        ],
        "delivery": ["delivery"],
        "price": ["sellingMode", "additionalMarketplaces"],
        "stock": [],
        "bundle": [],
    }[module]
    assert not set(absent) & set(body)
    if module == "stock":
        assert body["stock"] == {}
        assert body["publication"] == {"status": "INACTIVE", "duration": "P30D"}
    if module == "settings":
        assert set(body["publication"]) == {"status"}
        assert not {"responsiblePerson", "safetyInformation", "responsibleProducer"} & set(body["productSet"][0])
    assert len(body["productSet"]) == (1 if module == "bundle" else 2)


def example_body(writes: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of the one creation among the requests."""
    import json

    bodies = [json.loads(each["request_body"]) for each in writes if each["url"] == "/sale/product-offers"]
    assert len(bodies) == 1
    return bodies[0]


# --- writes that replace a whole list or object --------------------------------------------------------------

REPLACING: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a person alone": ({"settings": {"person": None}}, {"settings.person"}),
    "a safety text alone": ({"settings": {"safety": "Nowa uwaga."}}, {"settings.safety"}),
    "a product alone": ({"content": {"product": {"gtin": world.SECOND_GTIN}}}, {"content.product"}),
    "a further product alone": ({"bundle": SECTIONS["bundle"]}, {"bundle.items"}),
    "no further product": (
        {"bundle": []},
        {
            "bundle.items",
            f"settings.producer of {world.THIRD_PRODUCT}",
            f"settings.safety of {world.THIRD_PRODUCT}",
        },
    ),
    "one parameter alone": ({"content": {"parameters": {"Stan": "Używany"}}}, {"content.parameters.11323"}),
    "no parameter": ({"content": {"parameters": {"Wzór": None}}}, {"content.parameters.8888"}),
    "a description alone": ({"content": {"description": "<p>Nowy</p>"}}, {"content.description"}),
    "images alone": ({"content": {"images": ["https://example.com/a.jpg"]}}, {"content.images"}),
    "one tax rate alone": ({"settings": {"tax": {"PL": "8"}}}, {"settings.tax"}),
    "one part of a place": ({"settings": {"location": {"city": "Łódź"}}}, {"settings.location"}),
    "a price abroad alone": ({"price": {"allegro-cz": "300 CZK"}}, {"price.allegro-cz"}),
    "a title alone": ({"content": {"title": "Inny tytuł tego kubka"}}, {"content.title"}),
    "tags alone": ({"settings": {"tags": ["Wyprzedaż"]}}, {"settings.tags"}),
    "a warranty cleared": ({"settings": {"warranty": None}}, {"settings.warranty"}),
}


@pytest.mark.parametrize("case", REPLACING)
def test_a_write_that_replaces_a_whole_repeats_what_it_does_not_own(tmp_path: Path, case: str) -> None:
    """Where a request replaces a whole list or object, all that was not declared stays as it was."""
    sections, expected = REPLACING[case]
    shown = [f"{example.CDN}/aaaaaa/first", f"{example.CDN}/aaaaaa/second"]
    picture = {
        "sections": [{"items": [{"type": "IMAGE", "url": shown[1]}, {"type": "TEXT", "content": "<p>Opis</p>"}]}]
    }
    made = _one_offer(tmp_path, {}, sections, description=picture)
    before = _fields(made)
    made.converge()
    assert set(moved(before, _fields(made))) == expected
