"""What the law demands of a listing: kept as it is sent, looked at when it is listed or revised."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.simulator.ebay.settings import EbaySettings
from reconciler.simulator.ebay.simulator import EbaySimulator

from . import example as ex
from .conftest import Shop, errors

MAKER = {"companyName": "ACME", "country": "DE", "email": "a@acme.example"}
PERSON = {**MAKER, "types": ["EUResponsiblePerson"]}
EPS = "https://i.ebayimg.com/label.jpg"
FULL: dict[str, Any] = {
    "documents": [{"documentId": "d-1"}],
    "energyEfficiencyLabel": {"imageDescription": "E", "imageURL": EPS, "productInformationSheet": EPS},
    "hazmat": {"statements": ["H1"], "pictograms": ["P1"], "signalWord": "W1", "component": "glue"},
    "manufacturer": {**MAKER, "addressLine1": "a", "addressLine2": "b", "city": "c", "postalCode": "1"},
    "productSafety": {"statements": ["S1"], "component": "Tipping"},
    "responsiblePersons": [{**PERSON, "contactUrl": "https://acme.example/contact"}],
}
#: Of the regulatory part: the number of its refusal.
WRONG: list[tuple[dict[str, Any], list[int]]] = [
    ({"manufacturer": {**MAKER, "companyName": ""}}, [25111]),
    ({"manufacturer": {**MAKER, "addressLine1": "a"}}, [25110]),
    ({"manufacturer": {"companyName": "A", "country": "DE"}}, [25118]),
    ({"manufacturer": {**MAKER, "country": "CN"}}, [25115]),
    ({"manufacturer": {**MAKER, "country": "CN"}, "responsiblePersons": [PERSON]}, []),
    ({"manufacturer": {**MAKER, "email": "acme"}}, [25088]),
    ({"manufacturer": {**MAKER, "contactUrl": "acme.example"}}, [25122]),
    ({"responsiblePersons": [{**PERSON, "companyName": ""}]}, [25114]),
    ({"responsiblePersons": [{**PERSON, "city": "a"}]}, [25113]),
    ({"responsiblePersons": [{**PERSON, "email": ""}]}, [25119]),
    ({"responsiblePersons": [{**PERSON, "types": []}]}, [25116]),
    ({"responsiblePersons": [{**PERSON, "country": "CN"}]}, [25115]),
    ({"responsiblePersons": [PERSON] * 6}, [25112]),
    ({"productSafety": {"component": "a"}}, [25109]),
    ({"productSafety": {"pictograms": ["1", "2", "3"]}}, [25108]),
    ({"productSafety": {"statements": [str(one) for one in range(9)]}}, [25108]),
    ({"productSafety": {"statements": ["1", "1"]}}, [25077]),
    ({"hazmat": {"pictograms": ["1"]}}, [25081]),
    ({"energyEfficiencyLabel": {"imageDescription": "E"}}, [25083]),
    ({"energyEfficiencyLabel": {"imageURL": EPS}}, [25084]),
    ({"energyEfficiencyLabel": {"imageURL": EPS, "productInformationSheet": "https://a.example/b.pdf"}}, [25086]),
    ({"documents": [{"documentId": "d-1"}, {"documentId": "d-1"}]}, [25077]),
    ({"documents": [{"documentId": "d-3"}]}, [25104]),
    ({"documents": [{"documentId": "d-2"}]}, [25107]),
    (FULL, []),
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """One shop for all that changes nothing."""
    simulator = EbaySimulator(tmp_path_factory.mktemp("ebay") / "market.sqlite", settings=EbaySettings.calm())
    documents = [{"documentId": "d-1"}, {"documentId": "d-2", "documentStatus": "PENDING_UPLOAD"}]
    simulator.seed(ex.account(documents=documents))
    shop = Shop(simulator)
    yield shop
    shop.client.close()
    simulator.close()


def refused(reply) -> list[int]:
    return errors(reply) if reply.status_code >= 400 else []


@pytest.mark.parametrize(("part", "numbers"), WRONG, ids=[f"{'-'.join(part)}-{n}" for part, n in WRONG])
def test_a_listing_is_refused_for_what_is_missing_or_wrong(kept, part, numbers):
    """A staged offer takes it and returns it as it was sent."""
    assert kept.put_offer(ex.offer(regulatory=part), ex.STAGED_OFFER).status_code == 204
    assert kept.offer(ex.STAGED_OFFER)["regulatory"] == part
    assert refused(kept.put_offer(ex.offer(regulatory=part))) == numbers


@pytest.mark.parametrize(
    ("tax", "numbers", "read"),
    [
        ({"vatPercentage": 19}, [], {"applyTax": False, "vatPercentage": 19}),
        ({"vatPercentage": 5.5}, [], {"applyTax": False, "vatPercentage": 5.5}),
        ({"vatPercentage": 7.12345}, [], {"applyTax": False, "vatPercentage": 7.123}),
        ({"vatPercentage": 101}, [25011], None),
        ({"thirdPartyTaxCategory": "WASTE_RECYCLING_FEE"}, [25011], None),
    ],
)
def test_a_rate_of_tax(kept, tax, numbers, read):
    """Three decimals are kept; what cannot be is refused of a listing."""
    assert refused(kept.put_offer(ex.offer(tax=tax))) == numbers
    if read:
        assert kept.offer()["tax"] == read


def test_a_score_of_repair_has_one_decimal(open_shop):
    """France alone has it; elsewhere it is dropped."""
    shop = open_shop()
    assert shop.put_offer(ex.offer(regulatory={"repairScore": 7.9})).status_code == 200
    assert "regulatory" not in shop.offer()
    shop.set(normalise=[])
    assert [refused(shop.put_offer(ex.offer(regulatory={"repairScore": one}))) for one in (7.9, 5.64, 11)] == [
        [], [25079], [25079],
    ]  # fmt: skip


def test_a_category_demands_a_part(open_shop):
    categories = [{"id": ex.MUGS, "name": "Becher", "regulatory": ["manufacturer"]}]
    shop = open_shop(categories=categories)
    assert refused(shop.publish()) == [25029]
    assert shop.put_offer(ex.offer(regulatory={"manufacturer": MAKER}), ex.STAGED_OFFER).status_code == 204
    assert shop.publish().status_code == 200


def test_a_document_without_a_number_is_not_seeded(shop):
    with pytest.raises(ValueError, match="documents"):
        shop.simulator.seed(ex.account(documents=[{}]))
