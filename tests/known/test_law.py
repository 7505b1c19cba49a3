"""The law of a plan that can be believed: what is planned without a problem is applied, all of it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulator import example
from world import World, undone

from reconciler.model.diagnostics import Severity
from reconciler.model.plan import Plan

from .market import BRANCH, NO_PROPOSALS, TWO_PRODUCTS, seller

NUMBERS = st.one_of(
    st.integers(-5, 1100), st.decimals(-1, 120, places=3).map(str), st.sampled_from(["dużo", "1,5", "1e2", "0.50"])
)
SPANS = st.fixed_dictionaries({"from": st.integers(-1, 60), "to": st.integers(-1, 60)})
TEXTS = st.text("aąb ", min_size=1, max_size=14).filter(str.strip)
#: Values of each parameter, in its range and out of it.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Stan": st.sampled_from(["Nowy", "nowy", "11323_2", "Nówka", ["Nowy", "Używany"], None]),
    "Kolor": st.sampled_from(["czerwony", "zielony"]),
    "Marka": st.sampled_from(["ACME", "Acmee"]),
    "Waga": NUMBERS,
    "Sztuk": NUMBERS,
    "Kod": TEXTS,
    "Wzór": st.lists(TEXTS, min_size=1, max_size=5),
    "Materiał": st.lists(
        st.sampled_from(["szkło", "drewno", "904_1", "papier"]), min_size=1, max_size=3, unique=True
    ),
    "Szkliwo": st.sampled_from(["matowe", "przezroczyste", "brak"]),
    "Certyfikat": TEXTS,
    "Zakres": st.one_of(SPANS, NUMBERS),
    "Długość": SPANS,
    "907": TEXTS,
    "Rozmiar": TEXTS,
    "Wagga": NUMBERS,
}
PRODUCTS = st.sampled_from(
    [
        {"gtin": world.SECOND_GTIN},
        {"gtin": example.GTIN},
        {"gtin": world.UNKNOWN_GTIN},
        {"gtin": TWO_PRODUCTS},
        {"id": world.THIRD_PRODUCT},
        {"id": example.RATES},
    ]
)
TAXES = st.fixed_dictionaries(
    {},
    optional={
        "PL": st.sampled_from([23, 23, "8.00", 22, "exempt"]),
        "CZ": st.sampled_from([21, 23]),
        "DE": st.just(19),
        "subject": st.just("goods"),
        "exemption": st.sampled_from(["margin_scheme", "marża"]),
    },
)
PACKAGES = st.sampled_from(["emphasized1d", "emphasized10d", "departmentPage", "emphasised10d"])
CATEGORIES = st.sampled_from([example.CATEGORY] * 4 + [NO_PROPOSALS, BRANCH, "999999"])


@st.composite
def new_offers(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A new offer: whole, and with parts of it written anyhow."""
    body = world.whole_offer(f"N{number}")
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=3))
    content = {
        "title": f"Talerz płytki biały numer {number}",
        "product": draw(PRODUCTS),
        "category": draw(CATEGORIES),
        "parameters": {"Stan": "Nowy", **{name: draw(VALUES[name]) for name in names}},
    }
    body["content"] = {**body["content"], **content}
    body["delivery"] = {"prices": draw(st.sampled_from(["Standard", "Standard", "Standrad"])), "handling": "PT24H"}
    body["settings"] = {**body["settings"], "tax": draw(st.one_of(st.none(), TAXES))}
    if draw(st.booleans()):
        body["settings"]["promotion"] = {"package": draw(PACKAGES), "allow_paid": True}
    body["price"] = draw(st.sampled_from(["199.00 PLN", "199.00 PLN", "49.00 EUR"]))
    return body


@st.composite
def edits(draw: st.DrawFn, key: str) -> dict[str, Any]:
    """Some parameters of an offer that is there."""
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, min_size=1, max_size=3))
    return world.offer(key, content={"parameters": {name: draw(VALUES[name]) for name in names}})


@st.composite
def documents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some of each."""
    return [*(draw(new_offers(number)) for number in range(4)), draw(edits("A")), draw(edits("INNA"))]


def wrong(plan: Plan) -> set[str]:
    """The names of the resources that a plan has errors about; each error is about one."""
    found = [each for each in plan.diagnostics if each.severity is Severity.ERROR]
    assert all(each.about and each.mark for each in found), found
    return {each.about.name for each in found if each.about}


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(documents())
def test_what_is_planned_without_a_problem_is_applied(declared: list[dict[str, Any]]) -> None:
    """Whoever takes away what the plan finds wrong has nothing refused."""
    with tempfile.TemporaryDirectory() as folder:
        made = World.make(Path(folder), seller(), declared)
        names = wrong(made.plan())
        kept = [each for each in declared if each["name"] not in names]
        made.documents(*kept, world.offer("FIRMA", price="60 PLN"))
        plan = made.plan()
        assert not wrong(plan)
        report = made.apply(plan)
        assert not undone(report), (undone(report), json.dumps(kept, ensure_ascii=False))
        assert len(report.outcomes) == sum(len(action.targets) for action in plan.actions)
        assert not made.plan(refresh="full").actions
