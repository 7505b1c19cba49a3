"""The law: an edit never carries a changed value of a field that its target does not own."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from script import play, reply
from wire import CDN, LABELS, READING, action, context, detail, live, target

from reconciler.model.offers import OFFER
from reconciler.model.values import Value
from reconciler.providers.allegro.decoding import view
from reconciler.providers.allegro.provider import ALLEGRO

KIND = READING.spec.kinds[OFFER]
SHOWN = view(KIND, "detail")

texts = st.text("aąbc <>&", max_size=8)
codes = st.sampled_from(["5901234123457", "5901234123464", "5901234123471"])


@st.composite
def elements(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "product": {
            "id": draw(st.uuids().map(str)),
            "parameters": [{"id": "225693", "name": "EAN (GTIN)", "values": [draw(codes)], "valuesIds": None}],
        },
        "quantity": {"value": draw(st.integers(1, 9))},
        "responsibleProducer": draw(st.none() | st.just({"id": "producer-1"})),
        "responsiblePerson": draw(st.none() | st.just({"id": "person-1"})),
        "safetyInformation": draw(
            st.sampled_from(
                [
                    None,
                    {"type": "NO_SAFETY_INFORMATION"},
                    {"type": "TEXT", "description": "uwaga"},
                    {"type": "ATTACHMENTS", "attachments": [{"id": "att-1"}]},
                ]
            )
        ),
        "marketedBeforeGPSRObligation": draw(st.none() | st.booleans()),
        "deposits": draw(st.none() | st.just([{"id": "5f1c6a0e-0000-4000-8000-000000000001", "quantity": 2}])),
    }


def parameters() -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries(
        {
            "id": st.sampled_from(["11323", "900", "127448", "777"]),
            "name": st.just("x"),
            "values": st.lists(texts, max_size=2),
            "valuesIds": st.none() | st.lists(st.sampled_from(["11323_1", "z"]), max_size=2),
            "rangeValue": st.none() | st.just({"from": "1", "to": "2"}),
        }
    )
    return st.lists(one, max_size=4, unique_by=lambda p: p["id"])


@st.composite
def wires(draw: st.DrawFn) -> dict[str, Any]:
    rates = st.lists(
        st.fixed_dictionaries(
            {"countryCode": st.sampled_from(["PL", "CZ", "SK"]), "rate": st.sampled_from(["23.00", "EXEMPT"])}
        ),
        max_size=3,
        unique_by=lambda rate: rate["countryCode"],
    )
    text = {"type": "TEXT", "content": "<p>a&nbsp;b</p>"}
    return detail(
        productSet=draw(st.lists(elements(), min_size=1, max_size=3)),
        parameters=draw(parameters()),
        images=draw(st.lists(st.sampled_from([f"{CDN}/{n}" for n in range(5)]), max_size=4)),
        description=draw(
            st.none() | st.just({"sections": [{"items": [text, {"type": "IMAGE", "url": f"{CDN}/1"}]}]})
        ),
        taxSettings=draw(
            st.none() | st.fixed_dictionaries({"rates": rates, "subject": st.none() | st.just("GOODS")})
        ),
        location=draw(
            st.none() | st.just({"city": "POZNAŃ", "countryCode": "PL", "postCode": None, "province": None})
        ),
    )


OWNED: dict[str, st.SearchStrategy[Value]] = {
    "content.title": st.just("Zupełnie nowy tytuł"),
    "content.product": codes.map(lambda code: {"gtin": code}),
    "content.parameters": st.dictionaries(
        st.sampled_from(["Stan", "Waga", "Kolor", "777"]), st.none() | st.lists(st.sampled_from(["Nowy", "1"]), min_size=1, max_size=2)
    ),
    "content.description": st.none() | st.just([[{"text": "<p>z</p>"}]]),
    "content.images": st.lists(st.sampled_from([f"{CDN}/7", f"{CDN}/8"]), max_size=2),
    "delivery.prices": st.none() | st.sampled_from(["paczkomaty", "kurier"]),
    "delivery.handling": st.sampled_from(["PT24H", "PT48H"]),
    "stock.quantity": st.integers(0, 9),
    "bundle.items": st.none() | st.lists(st.builds(lambda c, q: {"product": {"gtin": c}, "quantity": q}, codes, st.integers(1, 5)), max_size=2),
    "settings.return_policy": st.none() | st.just("14 dni"),
    "settings.tax": st.dictionaries(st.sampled_from(["PL", "CZ"]), st.sampled_from(["8", "exempt"]), min_size=1),
    "settings.location": st.just({"city": "Gdańsk"}),
    "settings.duration": st.sampled_from(["PT720H", "unlimited"]),
    "settings.b2b_only": st.booleans(),
    "settings.producer": st.none() | st.just("BETA"),
    "settings.person": st.none() | st.just("Jan"),
    "settings.safety": st.none() | st.just("Nowe ostrzeżenie"),
}  # fmt: skip


@st.composite
def owned(draw: st.DrawFn) -> dict[str, Value]:
    paths = draw(st.lists(st.sampled_from(sorted(OWNED)), min_size=1, max_size=5, unique=True))
    return {path: draw(OWNED[path]) for path in paths}


def merge_patch(document: Any, patch: Any) -> Any:
    """RFC 7396, as Allegro's staff describe its PATCH (#11012)."""
    if not isinstance(patch, dict):
        return deepcopy(patch)
    result = dict(document) if isinstance(document, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def body_of(after: dict[str, Value], wire: dict[str, Any]) -> Any:
    told = play(ALLEGRO.perform(action("edit", target(after)), context(live(wire))), reply(200, {}), clears=True)
    return told.bodies[-1]


def as_read(body: dict[str, Any], wire: dict[str, Any]) -> dict[str, Any]:
    """Turn a patched document into what would be read: products get their catalogue's parameters back."""
    catalogue = {e["product"]["id"]: e["product"]["parameters"] for e in wire["productSet"]}
    for element in body.get("productSet") or ():
        product = element.get("product") or {}
        if product.get("idType") == "GTIN":
            product["parameters"] = [{"id": "225693", "name": "EAN (GTIN)", "values": [product["id"]]}]
        product.setdefault("parameters", catalogue.get(product.get("id"), []))
    return body


def seen(body: dict[str, Any]) -> dict[str, Value]:
    fields, wrong = SHOWN.read(body, READING)
    assert not wrong
    parts = fields["content.parameters"]
    fields["content.parameters"] = {  # the offer's own; the product's are the catalogue's
        key: [p["values"], p["ids"], p["range"]] for key, p in parts.items() if p["section"] == "offer"
    }
    fields["content.product"] = (fields["content.product"] or {}).get("id")
    return fields


@given(wires(), owned())
def test_an_edit_changes_no_field_that_is_not_owned(wire: dict[str, Any], after: dict[str, Value]) -> None:
    body = body_of(after, wire)
    before = seen(wire)
    patched = seen(as_read(merge_patch(wire, body), wire))
    for path, value in before.items():
        if path not in after:
            assert patched.get(path) == value, path


@given(wires(), owned())
def test_what_no_module_owns_is_kept_in_every_product(wire: dict[str, Any], after: dict[str, Value]) -> None:
    sent = body_of(after, wire).get("productSet")
    if sent is None:
        return
    first, live_first = sent[0], wire["productSet"][0]
    assert first["quantity"] == live_first["quantity"]
    assert first.get("marketedBeforeGPSRObligation") == live_first["marketedBeforeGPSRObligation"]
    assert first.get("deposits") == live_first["deposits"]
    if "bundle.items" not in after:
        assert [e["product"]["id"] for e in sent[1:]] == [e["product"]["id"] for e in wire["productSet"][1:]]
    for element in sent:
        assert element["product"]["images"] == []
        assert "parameters" not in element["product"]
        assert element.get("safetyInformation") != {"type": "NO_SAFETY_INFORMATION"}


@given(wires(), owned())
def test_nothing_is_left_for_the_catalogue_to_fill(wire: dict[str, Any], after: dict[str, Value]) -> None:
    body = body_of(after, wire)
    if "productSet" in body:
        assert "images" in body
        assert "description" in body or not wire["description"]
    if "description" in body:
        assert "images" in body


@given(wires(), owned())
def test_undeclared_parameters_and_taxes_are_repeated_to_the_letter(
    wire: dict[str, Any], after: dict[str, Value]
) -> None:
    body = body_of(after, wire)
    if "parameters" in body:
        declared = {"Stan": "11323", "Waga": "900", "Kolor": "127448", "777": "777"}
        touched = {declared[name] for name in after["content.parameters"]}
        kept = {p["id"]: p for p in body["parameters"] if p["id"] not in touched}
        for parameter in wire["parameters"]:
            if parameter["id"] not in touched:
                told = {k: v for k, v in parameter.items() if v is not None and k != "name"}
                assert kept.pop(parameter["id"]) == told
        assert kept == {}
    if body.get("taxSettings"):
        rates = {r["countryCode"]: r["rate"] for r in (wire["taxSettings"] or {}).get("rates") or ()}
        sent = {r["countryCode"]: r["rate"] for r in body["taxSettings"]["rates"]}
        assert {c: r for c, r in sent.items() if c not in after["settings.tax"]} == {
            c: r for c, r in rates.items() if c not in after["settings.tax"]
        }


def test_labels_of_the_law_exist() -> None:
    assert {"paczkomaty", "kurier"} <= set(LABELS["DeliveryPriceList"].values())
