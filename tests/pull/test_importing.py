"""Laws of lifting: it changes where a value is written, and never what is declared."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.documents.layers import effective
from reconciler.documents.load import load
from reconciler.documents.specs import load_spec
from reconciler.documents.writing import to_yaml
from reconciler.engine.diff import differing
from reconciler.engine.importing.account import import_account
from reconciler.engine.importing.html import readable_html
from reconciler.engine.importing.imported import Present
from reconciler.engine.importing.names import Paths, slug
from reconciler.engine.importing.values import written
from reconciler.engine.resolve import resolve
from reconciler.model.diagnostics import has_errors
from reconciler.model.html import canonical_html
from reconciler.model.offers import Key, Live
from reconciler.model.values import Money

SPEC = load_spec("allegro")
PROJECT = b"accounts:\n  main: {marketplace: allegro, environment: simulator, login: a}\n"
WORDS = st.sampled_from(["no", "0570", "a: b", "Standard", "#77", "12.90", "- x", "Zażółć", 'cal 12"', "true"])
NAMES = st.sampled_from(["14 dni", "30 dni", "#55", "no", "0570"])


def optional(values):
    return st.none() | values


def text_of_html():
    words = st.sampled_from(["Kubek", "<b>do</b>", "kawy:", "#", "&amp;", "- nie", "12,90", "x" * 50])
    block = st.lists(words, min_size=1, max_size=40).map(" ".join)
    tags = st.sampled_from(["<p>{}</p>", "<h1>{}</h1>", "<ul><li>{}</li><li>a</li></ul>"])
    return st.lists(st.tuples(tags, block), min_size=1, max_size=3).map(
        lambda parts: canonical_html("".join(tag.format(inner) for tag, inner in parts))
    )


SECTION = st.one_of(
    text_of_html().map(lambda text: [{"text": text}]),
    text_of_html().map(lambda text: [{"image": "https://a.allegroimg.com/original/x"}, {"text": text}]),
)
PRODUCTS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["p1", "p2"]),
        "gtins": st.sampled_from([[], ["5901234123457"], ["5901234123457", "12345678"], ["1"]]),
    }
)
PARAMETER = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Stan", "stan", "Kolor", "Waga [kg.]", "", "no"]),
        "values": st.lists(WORDS, max_size=3),
        "ids": st.lists(st.sampled_from(["11_1", "11_2"]), max_size=2),
        "range": optional(st.just({"from": "1", "to": "2.5"}) | st.just({"from": "1.00", "to": "2"})),
        "section": st.sampled_from(["offer", "product"]),
    }
)
FIELDS = {
    "content.title": optional(st.sampled_from(["Kubek ceramiczny biały", "no: Kubek duży # biały", "za mało"])),
    "content.category": optional(st.sampled_from(["257931", "257932"])),
    "content.product": optional(PRODUCTS),
    "content.parameters": st.dictionaries(st.sampled_from(["1", "2", "3", "Stan"]), PARAMETER, max_size=4),
    "content.description": optional(st.lists(SECTION, min_size=1, max_size=3)),
    "content.images": st.lists(
        st.sampled_from(["https://a.allegroimg.com/original/x", "https://b/y z"]), max_size=2
    ),
    "delivery.prices": optional(NAMES),
    "delivery.handling": optional(st.sampled_from(["PT24H", "PT48H", "PT0H", "PT5H"])),
    "price.base": optional(st.sampled_from([Money(Decimal("49.9"), "PLN"), Money(Decimal(0), "PLN")])),
    "price.allegro-cz": optional(st.just(Money(Decimal("289.00"), "CZK"))),
    "stock.quantity": optional(st.sampled_from([0, 1, 250, 2_000_000_000])),
    "stock.status": st.sampled_from(["draft", "active", "ended"]),
    "bundle.items": st.lists(
        st.fixed_dictionaries({"product": PRODUCTS, "quantity": st.integers(1, 2)}), max_size=2
    ),
    "settings.return_policy": optional(NAMES),
    "settings.warranty": optional(NAMES),
    "settings.invoice": optional(st.sampled_from(["vat", "vat_margin", "unheard_of"])),
    "settings.tax": optional(
        st.sampled_from(
            [{"PL": "23"}, {"PL": "7.5", "CZ": "exempt"}, {"PL": "23", "subject": "goods"}, {"PL": "np"}]
        )
    ),
    "settings.location": optional(
        st.sampled_from([{"city": "Poznań", "post_code": "60-166"}, {"city": "no", "country": "PL", "odd": "1"}])
    ),
    "settings.duration": st.sampled_from(["unlimited", "PT720H"]),
    "settings.renewal": st.booleans(),
    "settings.message_to_seller": optional(
        st.sampled_from([{"mode": "optional"}, {"mode": "required", "hint": "Rozmiar?"}])
    ),
    "settings.safety": optional(st.sampled_from(["Uwaga: # gorące\nbardzo", " x ", {"type": "attachments"}])),
    "settings.tags": st.lists(NAMES, max_size=2, unique=True),
}
OFFER_FIELDS = st.fixed_dictionaries(FIELDS)


@st.composite
def offers(draw):
    """Offers of which many share their settings: a few kinds of fields, each used several times."""
    kinds = draw(st.lists(OFFER_FIELDS, min_size=1, max_size=4))
    chosen = draw(
        st.lists(
            st.tuples(st.sampled_from(kinds), OFFER_FIELDS, st.sets(st.sampled_from(list(FIELDS)), max_size=3)),
            max_size=12,
        )
    )
    return tuple(
        offer(number, {**base, **{path: other[path] for path in own}})
        for number, (base, other, own) in enumerate(chosen)
    )


def offer(number: int, fields: dict, **facts) -> Live:
    name = f"SKU-{number}"
    told = {"format": "buy_now", "external_id": name, **facts}
    return Live(
        key=Key("main", "Offer", name),
        kind="Offer",
        remote_id=f"{1000 + number}",
        fields=fields,
        facts=told,
        detailed=True,
    )


def resolved(documents, extra=()):
    """Read documents as a project is read, and return the fields by kind and name."""
    files = [
        ("reconcile.yaml", PROJECT),
        *((each.path, to_yaml(each.body).encode()) for each in documents),
        *extra,
    ]
    loaded = load(files)
    assert not has_errors(loaded.diagnostics), [str(each) for each in loaded.diagnostics]
    found, faults = effective(loaded, render=None)
    desired, problems = resolve(found, SPEC, str)
    assert not faults
    assert not problems
    return {(each.key.kind, each.key.name): each.fields for each in desired}


@settings(max_examples=100, deadline=None)
@given(offers())
def test_what_was_lifted_is_what_is_live(live):
    """A document declares nothing that differs from its offer."""
    told = resolved(import_account(live, SPEC).documents)
    for each in live:
        fields = told["Offer", each.key.name]
        assert differing(fields, each.fields, SPEC.kinds["Offer"]) == []


@settings(max_examples=100, deadline=None)
@given(offers())
def test_lifting_changes_no_field(live):
    """An offer among others declares the same as an offer by itself, where nothing can be shared."""
    together = resolved(import_account(live, SPEC).documents)
    for each in live:
        (alone,) = import_account((each,), SPEC).documents
        assert resolved((alone,)) == {("Offer", each.key.name): together["Offer", each.key.name]}


@settings(max_examples=60, deadline=None)
@given(offers(), st.randoms())
def test_the_order_of_the_listing_does_not_matter(live, dice):
    """The same account gives the same documents."""
    shuffled = list(live)
    dice.shuffle(shuffled)
    assert import_account(shuffled, SPEC) == import_account(live, SPEC)


@settings(max_examples=60, deadline=None)
@given(offers(), OFFER_FIELDS)
def test_templates_that_are_there_are_used_and_change_nothing(live, other):
    """A template of the project is referred to only where it says what is live."""
    (known,) = import_account((offer(99, other),), SPEC).documents
    body = {"kind": "SettingsTemplate", "name": "standard", **known.body.get("settings", {})}
    template = ("settings/standard.yaml", to_yaml(body).encode())
    (document,) = load([template]).documents
    present = Present(
        names=frozenset({("SettingsTemplate", "standard")}),
        templates={"standard": dict(document.body)},
        paths=frozenset({"settings/standard.yaml"}),
    )
    imported = import_account(live, SPEC, present)
    told = resolved(imported.documents, [template])
    for each in live:
        (alone,) = import_account((each,), SPEC).documents
        assert told["Offer", each.key.name] == resolved((alone,))["Offer", each.key.name]


def common(**changes):
    return {
        "stock.status": "active", "stock.quantity": 3, "settings.invoice": "vat", "settings.duration": "unlimited",
        "settings.return_policy": "14 dni", "settings.renewal": False, "delivery.prices": "Kurier",
        "delivery.handling": "PT24H", "content.category": "257931", "content.title": "Kubek ceramiczny biały",
        "price.base": Money(Decimal("49.99"), "PLN"), **changes,
    }  # fmt: skip


def test_common_settings_become_a_template_and_a_small_deviation_stays():
    """Ten alike, one other, twelve of another kind."""
    live = [offer(n, common()) for n in range(20)]
    live += [offer(50, common(**{"settings.invoice": "vat_margin"}))]
    live += [offer(60 + n, common(**{"settings.return_policy": "30 dni"})) for n in range(12)]
    found = {each.path: each.body for each in import_account(live, SPEC).documents}
    assert found["settings/standard.yaml"]["name"] == "standard"
    assert found["settings/30-dni.yaml"]["return_policy"] == "30 dni"
    assert found["offers/257931/sku-3.yaml"]["settings"] == "standard"
    assert found["offers/257931/sku-50.yaml"]["settings"] == {"template": "standard", "invoice": "vat_margin"}
    assert found["offers/257931/sku-60.yaml"]["settings"] == "30-dni"
    assert found["offers/defaults.yaml"] == {
        "kind": "Defaults",
        "Offer": {"delivery": {"prices": "Kurier", "handling": "PT24H"}},
    }
    assert "delivery" not in found["offers/257931/sku-3.yaml"]
    assert found["offers/257931/sku-3.yaml"]["price"] == "49.99 PLN"


def test_a_text_of_its_own_for_each_offer_splits_no_group():
    """Safety information differs everywhere; the template holds for all."""
    live = [offer(n, common(**{"settings.safety": f"Uwaga {n}"})) for n in range(9)]
    found = {each.path: each.body for each in import_account(live, SPEC).documents}
    assert found["offers/257931/sku-3.yaml"]["settings"] == {"template": "standard", "safety": "Uwaga 3"}


def test_what_goes_with_the_folder_goes_to_its_defaults():
    """Each folder is a brand: its producer stands once, and the one template holds for all brands."""
    live = [
        offer(
            n,
            common(
                **{
                    "content.category": str(n % 4),
                    "settings.producer": f"Brand {n % 4}",
                    "settings.b2b_only": n == 0,
                }
            ),
        )
        for n in range(40)
    ]
    live += [offer(90, common(**{"content.category": "3", "settings.producer": "Other"}))]
    found = {each.path: each.body for each in import_account(live, SPEC).documents}
    assert found["offers/3/defaults.yaml"]["Offer"] == {"settings": {"producer": "Brand 3"}}
    assert found["offers/3/sku-7.yaml"]["settings"] == "standard"
    assert found["offers/3/sku-90.yaml"]["settings"]["producer"] == "Other"
    told = resolved(import_account(live, SPEC).documents)
    assert all(differing(told["Offer", each.key.name], each.fields, SPEC.kinds["Offer"]) == [] for each in live)
    assert all("settings.producer" in told["Offer", each.key.name] for each in live)


def test_defaults_are_not_put_over_documents_that_are_there():
    """An older document must not change its meaning."""
    live = [offer(n, common()) for n in range(9)]
    found = import_account(live, SPEC, Present(occupied=frozenset({"", "offers", "offers/257931"}))).documents
    assert not [each for each in found if each.kind == "Defaults"]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"format": "auction"}, "format auction"),
        ({"format": "advertisement"}, "format advertisement"),
        ({"fulfillment": True}, "by the marketplace itself"),
    ],
)
def test_what_is_not_for_documents_is_noted(facts, reason):
    """Auctions, classified ads, fulfilment."""
    imported = import_account((offer(1, common(), **facts),), SPEC)
    assert imported.documents == ()
    assert reason in imported.notes[0]
    assert "SKU-1" in imported.notes[0]


def test_one_key_on_two_offers_gives_two_documents_that_adopt():
    """Each is called after the key and its id, which stays the same when another one comes or goes."""
    twins = (offer(1, common()), replace(offer(1, common()), remote_id="77"))
    imported = import_account(twins, SPEC)
    named = {each.body["name"]: each.body["adopt"] for each in imported.documents if each.kind == "Offer"}
    key, ids = twins[0].key.name, [each.remote_id for each in twins]
    assert named == {f"{key}-{each}": each for each in ids}
    assert any(f"2 live offers have the key {key}" in note for note in imported.notes)


def test_a_name_that_tells_apart_is_never_that_of_a_third_one():
    first, second = offer(1, common()), replace(offer(1, common()), remote_id="77")
    third = replace(offer(2, common()), key=Key("main", "Offer", f"{first.key.name}-77"))
    imported = import_account((first, second, third), SPEC)
    named = {each.body["name"]: each.body.get("adopt") for each in imported.documents if each.kind == "Offer"}
    assert named == {f"{first.key.name}-{first.remote_id}": first.remote_id, "77": "77", third.key.name: None}


def test_a_price_that_a_rule_sets_is_left_out():
    """It would differ with every move of the rule."""
    (document,) = import_account((offer(1, common(), rules={"allegro-pl": "r1"}),), SPEC).documents
    assert "price" not in document.body


def test_a_key_that_is_no_name_is_a_sku_or_noted():
    """Spaces at the ends; too long, several lines."""
    live = replace(offer(1, common()), key=Key("main", "Offer", " a"))
    (document,) = import_account((live,), SPEC).documents
    assert (document.body["name"], document.body["sku"]) == (f"a-{live.remote_id}", " a")
    assert document.body["content"]["title"] == live.fields["content.title"]  # and all else that any offer says
    for key in ("a\nb", "x" * 101):
        live = replace(offer(1, common()), key=Key("main", "Offer", key))
        assert import_account((live,), SPEC).documents == ()


def test_paths_are_unique_in_any_case_and_stay_below_the_folder():
    """Names of files say something, and nothing else."""
    names = ["A b", "a-B", "../../etc/passwd", "żółć", "日本", "CON", "", "." * 9]
    live = [replace(offer(n, common()), key=Key("main", "Offer", name or "-")) for n, name in enumerate(names)]
    paths = [each.path for each in import_account(live, SPEC).documents if each.kind == "Offer"]
    assert sorted(paths) == [
        "offers/257931/a-b-2.yaml", "offers/257931/a-b.yaml", "offers/257931/con-offer.yaml",
        "offers/257931/etc-passwd.yaml", "offers/257931/offer-2.yaml", "offers/257931/offer-3.yaml",
        "offers/257931/offer.yaml", "offers/257931/zolc.yaml",
    ]  # fmt: skip
    assert Paths(["offers/A.yaml"]).new("offers", "a") == "offers/a-2.yaml"
    assert slug("x" * 200) == "x" * 80
    assert slug("reconcile") == "reconcile-unnamed"  # reconcile.yaml makes its folder a project


def test_an_object_without_a_name_is_noted_and_not_named_by_its_id():
    """Such a document is nothing that is there: the plan would create it."""
    methods = [{"method": "DPD", "first": Money(Decimal("12.99"), "PLN")}]
    live = Live(key=None, kind="DeliveryPriceList", remote_id="rates-1", fields={"methods": methods})
    imported = import_account((live,), SPEC)
    assert imported.documents == ()
    assert imported.notes == ("has no name, so it was not written: delivery price list rates-1",)


@settings(max_examples=300, deadline=None)
@given(text_of_html())
def test_readable_html_means_the_same(text):
    """However it is broken into lines."""
    assert canonical_html(readable_html(text)) == text


def test_parameters_are_written_by_name_where_that_is_clear():
    """Two of one name go by their ids, the catalogue's are not declared, a single value needs no list."""

    def parameter(name, *values, section="offer"):
        return {"name": name, "values": list(values), "ids": [], "range": None, "section": section}

    parameters = {
        "1": parameter("Stan", "Nowy"),
        "2": parameter("Kolor", "biały", "czarny"),
        "3": parameter("Kolor", "czerwony"),
        "4": parameter("Marka", "ACME", section="product"),
        "5": {**parameter("Waga"), "range": {"from": "1", "to": "2.5"}},
    }
    (document,) = import_account((offer(1, common(**{"content.parameters": parameters})),), SPEC).documents
    assert document.body["content"]["parameters"] == {
        "Stan": "Nowy",
        "2": ["biały", "czarny"],
        "3": "czerwony",
        "Waga": {"from": 1, "to": Decimal("2.5")},
    }


@pytest.mark.parametrize(
    ("code", "declared"), [("5901234123464", {"gtin": "5901234123464"}), ("5901234123465", {"id": "p"})]
)
def test_a_product_whose_bar_code_has_a_slip_is_declared_by_its_id(code, declared):
    spec = load_spec("allegro")
    field = spec.kinds["Offer"].fields["content.product"]
    assert written(field, {"id": "p", "gtins": [code]}, spec) == declared
