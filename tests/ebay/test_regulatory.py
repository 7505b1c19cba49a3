"""Tax, producer, person and safety of an offer, in the words and by the documents that other marketplaces have, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .shop import LABEL, LOGIN, SHEET, Shop, document, goods

Json = dict[str, Any]
ADDRESS = {"country_code": "PL", "street": "Magazynowa 1", "postal_code": "60-166", "city": "Poznań"}
PRODUCER = {"trade_name": "Acme sp. z o.o.", "address": ADDRESS, "contact": {"email": "gpsr@acme.example"}}
PERSON = {"name": "Acme EU", "address": ADDRESS, "contact": {"form_url": "https://acme.example/k"}}
SAID = {
    "tax": {"PL": 23, "DE": 19},
    "producer": "acme",
    "person": "acme-eu",
    "product_safety": {"statements": ["SAFETY1", "SAFETY2"], "pictograms": ["PICTO1"], "component": "Kanten"},
    "hazmat": {"statements": ["H315"], "signal_word": "WARNING"},
    "documents": ["d-2", "d-1"],
    "energy_label": {
        "picture": LABEL,
        "description": "A",
        "sheet": SHEET,
    },
}


def opened(root: Path, **more: Any) -> Shop:
    """An account with one offer."""
    return Shop(root / "shop", goods("A", 1001, **more))


def declared(shop: Shop, **more: Any) -> None:
    """Declare who made it and who answers for it, for all accounts, and an offer that names them."""
    shop.write(
        "p/acme.yaml", {"kind": "ResponsibleProducer", "name": "acme", "producer_data": {**PRODUCER, **more}}
    )
    shop.write(
        "p/eu.yaml", {"kind": "ResponsiblePerson", "name": "acme-eu", "account": "shop", "personal_data": PERSON}
    )
    shop.offers(document("A", settings=SAID))


def test_what_the_law_wants_is_written_with_the_offer(tmp_path: Path) -> None:
    """A change of the producer's document is a change of the offers that name it; the rate is the site's own."""
    shop = opened(tmp_path)
    declared(shop)
    shop.apply()
    offer = shop.on_ebay()["A"]
    told = offer["regulatory"]
    assert offer["tax"]["vatPercentage"] == 19
    assert told["manufacturer"] == {
        "companyName": "Acme sp. z o.o.",
        "addressLine1": "Magazynowa 1",
        "postalCode": "60-166",
        "city": "Poznań",
        "country": "PL",
        "email": "gpsr@acme.example",
    }
    [person] = told["responsiblePersons"]
    assert (person["companyName"], person["types"]) == ("Acme EU", ["EUResponsiblePerson"])
    assert told["productSafety"]["statements"] == ["SAFETY1", "SAFETY2"]
    assert told["hazmat"] == {"statements": ["H315"], "signalWord": "WARNING"}
    assert {each["documentId"] for each in told["documents"]} == {"d-1", "d-2"}
    assert told["energyEfficiencyLabel"]["imageURL"] == LABEL
    shop.settled()
    declared(shop, trade_name="Acme SA")
    assert shop.changes()["A"].keys() == {"settings.producer"}
    shop.apply()
    assert shop.on_ebay()["A"]["regulatory"]["manufacturer"]["companyName"] == "Acme SA"
    assert shop.on_ebay()["A"]["regulatory"]["productSafety"]["component"] == "Kanten"
    shop.settled()


def test_what_no_document_has_a_word_for_stays(tmp_path: Path) -> None:
    """A second line of an address, a further person; what is cleared goes alone."""
    others = {"companyName": "Zwei", "email": "zwei@acme.example", "types": ["EUResponsiblePerson"]}
    regulatory = {
        "manufacturer": {"companyName": "Alt", "addressLine2": "Hof", "stateOrProvince": "Wlkp.", "phone": "1"},
        "responsiblePersons": [{"companyName": "Eins", "phone": "2", "types": ["EUResponsiblePerson"]}, others],
        "hazmat": {"statements": ["H315"]},
    }
    shop = opened(tmp_path, regulatory=regulatory)
    declared(shop)
    shop.offers(
        document("A", settings={"producer": "acme", "person": "acme-eu", "hazmat": None, "tax": {"DE": "7"}})
    )
    shop.apply()
    offer = shop.on_ebay()["A"]
    told = offer["regulatory"]
    assert offer["tax"]["vatPercentage"] == 7
    assert told["manufacturer"]["addressLine2"] == "Hof"
    assert told["responsiblePersons"][1]["companyName"] == "Zwei"
    assert "hazmat" not in told
    shop.settled()


def test_pull_writes_what_it_says_and_is_no_change(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    declared(shop)
    shop.apply()
    for each in ("p/acme.yaml", "p/eu.yaml", "offers/A.yaml"):
        (shop.root / each).unlink()
    shop.ask("pull")
    written = "".join(each.read_text() for each in shop.root.rglob("*.yaml"))
    for said in ("trade_name: Acme", "postal_code: 60-166", "DE: 19", "SAFETY1", SHEET):
        assert said in written, said
    shop.settled()


def test_a_name_without_a_document_is_told_where_it_stands(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    shop.offers(document("A", settings={"producer": "nobody", "person": {"id": "7"}}))
    said = shop.ask("validate", code=1)
    assert "offers/A.yaml:8:13: error[D501]" in said
    assert "there is no document ResponsibleProducer `nobody`, and eBay has none of its own" in said
    assert "eBay has no ResponsiblePerson with an id: name a document" in said


def test_a_rate_that_is_none_and_a_rate_of_elsewhere(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    shop.offers(document("A", settings={"tax": {"PL": 23}}))
    shop.settled()
    shop.offers(document("A", settings={"tax": {"DE": "exempt"}}))
    assert "takes a rate in percent, and not `exempt`" in shop.apply(code=-1)


def test_one_document_serves_a_marketplace_that_has_producers_and_one_that_has_none(tmp_path: Path) -> None:
    """By name for both; what an offer says itself is for the second one only."""
    shop = opened(tmp_path)
    both = {"shop": "ebay", "main": "allegro"}
    accounts = {
        name: {"marketplace": each, "environment": "simulator", "login": LOGIN} for name, each in both.items()
    }
    shop.write("reconcile.yaml", {"kind": "Project", "name": "kubki", "accounts": accounts})
    shop.write("p/acme.yaml", {"kind": "ResponsibleProducer", "name": "acme", "producer_data": PRODUCER})
    offer = {"kind": "Offer", "name": "A", "accounts": ["main", "shop"], "settings": {"producer": "acme"}}
    shop.write("offers/A.yaml", offer)
    shop.ask("validate")
    plans = {part["account"]: part for part in shop.plan("--account", "shop")["accounts"]}
    [change] = plans["shop"]["changes"]
    assert change["fields"][0]["after"]["trade_name"] == "Acme sp. z o.o."
    shop.write("offers/A.yaml", {**offer, "settings": {"producer": PRODUCER}})
    said = shop.ask("validate", code=1)
    assert said.count("error[D501]") == 1
    assert "it is named: what it says stands in a document of its own" in said
