"""Responsible producers and persons (GPSR)."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.simulator.allegro.dictionaries import Kind
from reconciler.simulator.allegro.refusals import Refusal, fault
from reconciler.simulator.allegro.shapes import Faults, nullable, one_of, record, text
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute
from reconciler.simulator.http import PLAIN
from reconciler.simulator.world import Json

EU = [
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "GR",
    "ES",
    "IE",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "DE",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "SE",
    "HU",
    "IT",
]


CONTACT = record(
    {"email": nullable(text(1, 50)), "phoneNumber": nullable(text(1, 30)), "formUrl": nullable(text(1, 80))}
)
_PLACE = {"street": text(1, 200), "postalCode": text(1, 20), "city": text(1, 100)}
_PLACE_NEEDED = "countryCode street postalCode city"
PERSON = record(
    {
        "id": text(1),
        "name": text(1, 50),
        "personalData": record(
            {
                "name": text(1, 200),
                "address": record({**_PLACE, "countryCode": one_of(*EU)}, _PLACE_NEEDED),
                "contact": CONTACT,
            },
            "name address contact",
        ),
    },
    "name personalData",
)
PRODUCER = record(
    {
        "id": text(1),
        "name": text(1, 50),
        "producerData": record(
            {
                "tradeName": text(1, 200),
                "address": record({**_PLACE, "countryCode": text(2, 2, "[A-Z]{2}")}, _PLACE_NEEDED),
                "contact": CONTACT,
            },
            "tradeName address contact",
        ),
    },
    "name producerData",
)


def _checked(part: str) -> Callable[[AllegroCall, Json, Json | None], Json]:
    def kept(_call: AllegroCall, sent: Json, _old: Json | None) -> Json:
        faults: Faults = []
        data = sent[part]
        for path, value in (
            ("name", sent["name"]),
            *((f"{part}.{key}", data.get(key)) for key in ("name", "tradeName")),
        ):
            if value is not None and value != " ".join(value.split()):
                faults.append(fault("VALIDATION_ERROR", "There are spaces too many.", path))
        contact = data["contact"]
        if not contact.get("email") and not contact.get("formUrl"):
            message = "An e-mail address or the address of a form is needed."
            faults.append(fault("VALIDATION_ERROR", message, f"{part}.contact"))
        if faults:
            raise Refusal(422, *faults)
        return sent

    return kept


PRODUCERS = Kind(
    "responsible_producers",
    "/sale/responsible-producers",
    "responsibleProducers",
    PRODUCER,
    limit=(1000, 1000),
    reach=50_000,
    total=True,
    error_media=PLAIN,
    kept=_checked("producerData"),
)
PERSONS = Kind(
    "responsible_persons",
    "/sale/responsible-persons",
    "responsiblePersons",
    PERSON,
    limit=(1000, 1000),
    reach=16_000,
    total=True,
    created=200,
    readable=False,  # there is no read of one person
    error_media=PLAIN,
    kept=_checked("personalData"),
)


def routes() -> list[AllegroRoute]:
    return PRODUCERS.routes() + PERSONS.routes()
