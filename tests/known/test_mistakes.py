"""What a read call can tell is told by the plan: its code, its line, and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from simulator import example

from reconciler.model.diagnostics import Severity

from .market import BRANCH, NO_PROPOSALS, OFFER, TWO_PRODUCTS, changed, made

PARAMETER = "    Stan: Nowy\n"
PRODUCT = f'  product: {{gtin: "{world.SECOND_GTIN}"}}\n'
CATEGORY = f'  category: "{example.CATEGORY}"\n'
PRICE = "price: 199.00 PLN\n"
EDIT = "kind: Offer\nname: A\n"
BUNDLE = "kind: Bundle\nname: zestaw\naccount: main\n"
TABLE = "kind: SizeTable\nname: koszulki\nheaders: [Rozmiar]\nvalues: [[S], [M]]\n"
LIST = "kind: DeliveryPriceList\nname: Nowa\ntype: physical\ndispatch_country: PL\nmethods:\n"


def parameter(line: str) -> str:
    """A new offer with one parameter more; its line is the wrong one."""
    return changed(PARAMETER, f"{PARAMETER}    {line}  #!\n")


def slot(*offers: str) -> str:
    """A bundle with these offers in its first slot."""
    return f"{BUNDLE}slots:\n  - {{offers: [{', '.join(offers)}], entry: true}}  #!\n  - offers: [A]\n"


#: Name -> code, document (the wrong line ends with `#!`), and a part of what is said.
MISTAKES: dict[str, tuple[str, str, str]] = {
    "return policy": ("P202", changed("return_policy: 14 dni", "return_policy: 14 dnii  #!"), "`14 dni`"),
    "implied warranty": ("P202", f"{EDIT}settings:\n  implied_warranty: Rękojma  #!\n", "`Rękojmia`"),
    "warranty": ("P202", f"{EDIT}settings:\n  warranty: Gwarancaj  #!\n", "`Gwarancja`"),
    "price list": ("P202", changed("prices: Standard", "prices: Standrad  #!"), "`Standard`"),
    "producer": ("P202", f"{EDIT}settings:\n  producer: Fabrkya  #!\n", "`Fabryka`"),
    "person": ("P202", f"{EDIT}settings:\n  person: Osobaa  #!\n", "`Osoba`"),
    "size table": ("P202", f"{EDIT}settings:\n  size_table: Rozmiary  #!\n", "size table"),
    "additional services": ("P202", f"{EDIT}settings:\n  additional_services: Pakowanie  #!\n", "services"),
    "tag": ("P202", f"{EDIT}settings:\n  tags: [Nowosc]  #!\n", "`Nowość`"),
    "an id": ("P204", f"{EDIT}settings:\n  return_policy: {{id: {example.IMPLIED}}}  #!\n", example.IMPLIED),
    "an object that is held": ("P203", changed("prices: Standard", "prices: Moja  #!"), "'Moja'"),
    "bundle's offer": ("P202", slot("ENDE"), "`ENDED`"),
    "bundle's ended offer": ("P206", slot("ENDED"), "ended"),
    "bundle's offer for companies": ("P207", slot("FIRMA"), "companies"),
    "bundle's categories": ("P207", slot("DRUGA", "INNA"), example.OTHER_CATEGORY),
    "GTIN of an edit": ("P210", f'{EDIT}content:\n  product: {{gtin: "{world.UNKNOWN_GTIN}"}}  #!\n', "new offer"),
    "GTIN beside": ("P210", f'{EDIT}bundle:\n  - product: {{gtin: "{world.UNKNOWN_GTIN}"}}  #!\n', "GTIN"),
    "GTIN without a description": (
        "P210",
        changed(CATEGORY, "").replace(PRODUCT, f'  product: {{gtin: "{world.UNKNOWN_GTIN}"}}  #!\n'),
        "`content.category`",
    ),
    "GTIN where nothing new is taken": (
        "P210",
        changed(CATEGORY, f'  category: "{NO_PROPOSALS}"\n').replace(
            PRODUCT, f'  product: {{gtin: "{world.UNKNOWN_GTIN}"}}  #!\n'
        ),
        "takes no new ones",
    ),
    "GTIN of two products": ("P211", changed(PRODUCT, f'  product: {{gtin: "{TWO_PRODUCTS}"}}  #!\n'), "d2000000"),
    "product id": ("P212", changed(PRODUCT, f'  product: {{id: "{example.RATES}"}}  #!\n'), example.RATES),
    "what the product says": ("P215", parameter("Kolor: zielony"), "czerwony"),
    "what the product does not say": ("P215", parameter("Marka: ACME"), "does not say it"),
    "category": ("P220", changed(CATEGORY, '  category: "999999"  #!\n'), "999999"),
    "branch": ("P221", changed(CATEGORY, f'  category: "{BRANCH}"  #!\n'), "Dom"),
    "parameter": ("P222", parameter("Wgaa: 2"), "`Waga`"),
    "parameter of an edit": ("P222", f"{EDIT}content:\n  parameters:\n    Stann: Nowy  #!\n", "`Stan`"),
    "parameter's name": ("P223", parameter("Rozmiar: duży"), "907"),
    "dictionary": ("P224", parameter("Materiał: porcelna"), "`porcelana`"),
    "dictionary of an edit": ("P224", f"{EDIT}content:\n  parameters:\n    Stan: Nówka  #!\n", "Używany"),
    "one of a list": (
        "P224",
        changed(PARAMETER, f"{PARAMETER}    Materiał:\n      - szkło\n      - drewmo  #!\n"),
        "`drewno`",
    ),
    "text for a number": ("P225", parameter("Sztuk: dużo"), "whole number"),
    "unit": ("P225", parameter("Waga: 2 kg"), "without the unit"),
    "value for a range": ("P225", parameter("Zakres: 5"), "from"),
    "range for a value": ("P225", parameter("Sztuk: {from: 1, to: 2}"), "one value"),
    "below the minimum": ("P226", parameter("Waga: 0.1"), "0.5 to 100"),
    "above the maximum": ("P226", parameter("Sztuk: 1001"), "1 to 1000"),
    "range out of range": ("P226", parameter("Zakres: {from: 1, to: 51}"), "1 to 50"),
    "range upside down": ("P226", parameter("Zakres: {from: 9, to: 2}"), "exchange"),
    "digits": ("P227", parameter("Waga: 1.234"), "2 digits"),
    "digits of a whole number": ("P227", parameter("Sztuk: 1.5"), "whole numbers"),
    "too long": ("P228", parameter("Kod: abcdefghijk"), "10 at most"),
    "too short": ("P228", parameter("Kod: a"), "2 at least"),
    "too many texts": ("P229", parameter("Wzór: [a, b, c, d]"), "3 at most"),
    "too many of a dictionary": ("P229", changed(PARAMETER, "    Stan: [Nowy, Używany]  #!\n"), "1 at most"),
    "required": ("P230", changed(f"  parameters:\n{PARAMETER}", "  parameters: {Sztuk: 1}  #!\n"), "'Stan'"),
    "required by another": ("P230", changed("  parameters:\n", "  parameters:\n    Materiał: drewno  #!\n"), "Certyfikat"),
    "required of a product": (
        "P230",
        changed(PRODUCT, f'  product: {{gtin: "{world.UNKNOWN_GTIN}"}}\n').replace("Stan: Nowy\n", "Stan: Nowy  #!\n"),
        "'Marka'",
    ),
    "what does not go together": (
        "P231",
        changed(PARAMETER, f"{PARAMETER}    Materiał: porcelana\n    Szkliwo: przezroczyste  #!\n"),
        "matowe",
    ),
    "name and id": ("P232", changed(PARAMETER, f'{PARAMETER}    "11323": Nowy  #!\n'), "same parameter"),
    "currency": ("P234", changed(PRICE, "price: 49.99 EUR  #!\n"), "PLN"),
    "site": ("P235", changed(PRICE, "price:\n  base: 199.00 PLN\n  alegro-cz: 900 CZK  #!\n"), "`allegro-cz`"),
    "base site": ("P235", changed(PRICE, "price:\n  base: 199.00 PLN\n  allegro-pl: 199.00 PLN  #!\n"), "base"),
    "no price": ("P237", changed(PRICE, "").replace("active}", "active}  #!"), "`price.base`"),
    "no price list": ("P237", changed("  prices: Standard\n", "").replace("active}", "active}  #!"), "`delivery.prices`"),
    "no handling": ("P237", changed("  handling: PT24H\n", "").replace("active}", "active}  #!"), "`delivery.handling`"),
    "no return policy": ("P237", changed("  return_policy: 14 dni\n", "").replace("active}", "active}  #!"), "return_policy"),
    "half a place": ("P237", changed("post_code: 60-166, country: PL}", "country: PL}  #!"), "post_code"),
    "delivery method": ("P202", f"{LIST}  Allegro One Bux: 9.99 PLN  #!\n", "`Allegro One Box`"),
    "delivery price": ("P236", f"{LIST}  Allegro One Box: 99.99 PLN  #!\n", "16.49"),
    "delivery currency": ("P236", f"{LIST}  Allegro One Box: 4.99 EUR  #!\n", "in PLN"),
    "delivery decimals": ("P236", f'{LIST}  "Allegro One Box, AlzaBox": 49.50 CZK  #!\n', "no digits"),
    "parcel's pieces": ("P236", f"{LIST}  Gołąb:\n    first: 9.99 PLN\n    max_quantity: 3  #!\n", "1 to 2"),
    "method that is closed": ("P236", f"{LIST}  Balon: 9.99 PLN  #!\n", "cannot be used"),
    "method of another country": ("P236", f"{LIST}  Czołg: 9.99 PLN  #!\n", "from CZ"),
    "parcel's weight": ("P236", f"{LIST}  Allegro One Box:\n    first: 9.99 PLN\n    max_weight: 25  #!\n", "20.000"),
    "parcel without weight": ("P236", f"{LIST}  {world.COURIER_NAME}:\n    first: 9.99 PLN\n    max_weight: 5  #!\n", "no weight"),
    "parcel's time": (
        "P236",
        f"{LIST}  Allegro One Box:\n    first: 9.99 PLN\n    time: {{from: PT24H, to: PT48H}}  #!\n",
        "time of its own",
    ),
    "tax rate": ("P242", f"{EDIT}settings:\n  tax: {{PL: 7}}  #!\n", "0.00, 5.00, 8.00, 23.00, exempt"),
    "tax rate of a new offer": ("P242", changed("  invoice: vat\n", "  invoice: vat\n  tax: {PL: 22}  #!\n"), "23.00"),
    "tax of a country": ("P242", f"{EDIT}settings:\n  tax:\n    DE: 19  #!\n", "CZ, HU, PL, SK"),
    "tax exemption": ("P243", f"{EDIT}settings:\n  tax: {{PL: exempt, exemption: margin_shceme}}  #!\n", "`margin_scheme`"),
    "exempt, and no word why": ("P243", f"{EDIT}settings:\n  tax:\n    PL: exempt  #!\n", "exemption"),
    "promotion package": ("P244", f"{EDIT}settings:\n  promotion: {{package: emphasised10d, allow_paid: true}}  #!\n", "`emphasized10d`"),
    "promotion extra": ("P244", f"{EDIT}settings:\n  promotion: {{extras: [departmentPages], allow_paid: true}}  #!\n", "`departmentPage`"),
    "extra as a base package": ("P244", f"{EDIT}settings:\n  promotion: {{package: departmentPage, allow_paid: true}}  #!\n", "`extras`"),
    "base package as an extra": ("P244", f"{EDIT}settings:\n  promotion: {{extras: [emphasized1d], allow_paid: true}}  #!\n", "`package`"),
    "size table's template": ("P245", f"{TABLE}template: {{id: 77}}  #!\n", "1 (Odzież damska), 2 (Obuwie)"),
    "discount's site": (
        "P235",
        f"{BUNDLE}slots:\n  - {{offers: [A], entry: true}}\n  - offers: [INNA]\ndiscount:\n  whole:\n    minimum: 2\n    alegro-pl: 10  #!\n",
        "`allegro-pl`",
    ),
    "site of a slot's discount": (
        "P235",
        f"{BUNDLE}slots:\n  - {{offers: [A], entry: true}}\n  - offers: [INNA]\ndiscount:\n  slots:\n    - {{slot: 1, allegro-xx: 10}}  #!\n",
        "no site allegro-xx",
    ),
    "price list's country": (
        "P238",
        "kind: DeliveryPriceList\nname: Nowa\ntype: physical  #!\nmethods:\n  Allegro One Box: 9.99 PLN\n",
        "dispatch_country",
    ),
}  # fmt: skip
HELD = "kind: DeliveryPriceList\nname: Moja\nsync: {delivery: manual}\ntype: physical\ndispatch_country: PL\nmethods: {Allegro One Box: 9.99 PLN}\n"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_by_the_plan(tmp_path: Path, name: str) -> None:
    """An error about the resource, at its line, with what was meant; nothing is sent for it, and asked twice."""
    code, text, said = MISTAKES[name]
    shop = made(tmp_path, text, *([HELD] if name == "an object that is held" else []))
    plan = shop.plan()
    problems = [each for each in plan.diagnostics if each.severity is Severity.ERROR]
    told = [f"{each.code} {each.mark} {each.summary} {each.hint}" for each in problems]
    [line] = [number for number, each in enumerate(text.splitlines(), 1) if each.endswith("#!")]
    found = [each for each in problems if each.code == code]
    assert len(found) == len(problems) == 1, told
    assert found[0].mark is not None
    assert (found[0].mark.file, found[0].mark.line) == ("documents/000.yaml", line), told
    assert said in f"{found[0].summary} {found[0].hint}", told
    assert found[0].about is not None
    assert found[0].about.name in text
    assert not shop.writes()


@pytest.mark.parametrize("slots", [("N", "M"), ("M, N", "A")], ids=["of two slots", "of one slot"])
@pytest.mark.parametrize(
    "other", [world.SECOND_GTIN, world.THIRD_GTIN], ids=["the same product", "another product"]
)
def test_a_product_is_in_a_bundle_once(tmp_path: Path, slots: tuple[str, str], other: str) -> None:
    """Allegro takes no two offers of one product; which an offer sells is known where it is declared, or read in full."""
    second = OFFER.replace("name: N", "name: M").replace(world.SECOND_GTIN, other)
    bundle = f"{BUNDLE}slots:\n  - {{offers: [{slots[0]}], entry: true}}\n  - offers: [{slots[1]}]\n"
    plan = made(tmp_path, bundle, OFFER, second).plan()
    told = [each.summary for each in plan.diagnostics if each.severity is Severity.ERROR]
    names = "N and M" if slots[0] == "N" else "M and N"
    same = [f"zestaw: the offers {names} are of the same product, and a bundle takes it once"]
    assert told == (same if other == world.SECOND_GTIN else [])


def test_what_is_on_sale_is_of_a_product_too(tmp_path: Path) -> None:
    """Read in full, it has the id of its product, which is the one that the catalogue has of the GTIN."""
    bundle = f"{BUNDLE}slots:\n  - {{offers: [A], entry: true}}\n  - offers: [N]\n"
    offer = OFFER.replace(world.SECOND_GTIN, example.GTIN)
    plan = made(tmp_path, bundle, offer, f"{EDIT}settings: {{invoice: vat}}\n").plan()
    told = [each.summary for each in plan.diagnostics if each.severity is Severity.ERROR]
    assert told == ["zestaw: the offers A and N are of the same product, and a bundle takes it once"]


def test_there_are_forty_kinds() -> None:
    """The table is what the plan promises: nobody takes kinds out of it unseen."""
    assert len(MISTAKES) >= 72
