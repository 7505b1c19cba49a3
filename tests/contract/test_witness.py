"""The witness is believed only as far as it is tested: what is right passes, and each mutation of it is caught."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract.corrections import CORRECTIONS, TOLERATED
from contract.document import apply, locate
from contract.operations import METHODS, media_type
from contract.plugin import judge
from contract.samples import (
    BULK,
    IMAGE,
    LIST,
    PATCH,
    PRICE_COMMAND,
    PUBLIC,
    RIGHT,
    TOKEN,
    Exchange,
    exchange,
    refusal,
)
from contract.schemas import Direction
from contract.witness import Witness, violations, witness


@pytest.fixture(scope="module", autouse=True)
def _document() -> None:
    locate()


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name: str) -> None:
    assert violations(RIGHT[name]) == []


def body(side: str, *path: str | int, to: Any = None, drop: bool = False) -> Callable[[Exchange], None]:
    """A mutation deep inside a JSON body."""

    def mutate(subject: Exchange) -> None:
        value = json.loads(subject[f"{side}_body"])
        at = value
        for step in path[:-1]:
            at = at[step]
        if drop:
            del at[path[-1]]
        else:
            at[path[-1]] = to
        subject[f"{side}_body"] = json.dumps(value)

    return mutate


def header(side: str, name: str, value: str | None) -> Callable[[Exchange], None]:
    def mutate(subject: Exchange) -> None:
        subject[f"{side}_headers"].pop(name, None)
        if value is not None:
            subject[f"{side}_headers"][name] = value

    return mutate


def member(**changes: Any) -> Callable[[Exchange], None]:
    return lambda subject: subject.update(changes)


# (what is wrong, the right exchange, the mutation, what the message must contain)
WRONG: list[tuple[str, Exchange, Callable[[Exchange], None], str]] = [
    (
        "request media type",
        PATCH,
        header("request", "content-type", "application/json"),
        "request content type: application/json",
    ),
    ("no request media type", PATCH, header("request", "content-type", None), "request content type: none"),
    (
        "public type for a beta operation",
        BULK,
        header("request", "content-type", PUBLIC),
        "request content type",
    ),
    ("Accept", LIST, header("request", "accept", "application/json"), "header Accept: application/json"),
    ("Accept of anything", LIST, header("request", "accept", "*/*"), "header Accept: */*"),
    ("no Accept", LIST, header("request", "accept", None), "header Accept: none"),
    ("unknown language", LIST, header("request", "accept-language", "xx-XX"), "header Accept-Language"),
    (
        "response media type",
        LIST,
        header("response", "content-type", "application/json"),
        "response 200 content type: application/json",
    ),
    (
        "no response media type",
        LIST,
        header("response", "content-type", None),
        "response 200 content type: none",
    ),
    (
        "float for an amount",
        PATCH,
        body("request", "sellingMode", "price", "amount", to=19.99),
        'request body $.sellingMode.price.amount: 19.99 is not of type "string"',
    ),
    ("unknown field", PATCH, body("request", "title", to="a"), "request body $: unknown property title"),
    (
        "unknown field, deep inside",
        PATCH,
        body("request", "sellingMode", "price", "value", to="1"),
        "request body $.sellingMode.price: unknown property value",
    ),
    (
        "unknown field in a tagged branch",
        PATCH,
        body("request", "description", "sections", 0, "items", 0, "url", to="https://a"),
        "request body $.description.sections[0].items[0]: unknown property url",
    ),
    (
        "read-only field sent",
        PATCH,
        body("request", "publication", to={"endedBy": "USER"}),
        "request body $.publication: unknown property endedBy",
    ),
    (
        "unknown enum",
        PATCH,
        body("request", "publication", to={"status": "GONE"}),
        '$.publication.status: "GONE" is not one of',
    ),
    (
        "unknown tag",
        PRICE_COMMAND,
        body("request", "modification", "type", to="HALVE"),
        '$.modification.type: "HALVE" is not one of',
    ),
    (
        "field of another branch",
        PRICE_COMMAND,
        body("request", "modification", "percentage", to="5"),
        "$.modification: unknown property percentage",
    ),
    (
        "missing required field",
        PRICE_COMMAND,
        body("request", "modification", "type", drop=True),
        '"type" is a required property',
    ),
    (
        "required field of a branch",
        BULK,
        body("request", "modifications", 1, "prices", "allegro-pl", "value", drop=True),
        '"value" is a required property',
    ),
    ("broken JSON", PATCH, member(request_body='{"name": '), "request body $: not JSON"),
    ("missing body", PRICE_COMMAND, member(request_body=None), "request body: required and missing"),
    ("body where none belongs", LIST, member(request_body="{}"), "request body: the operation takes none"),
    ("undeclared status", PATCH, member(status=206), "response 206: undeclared"),
    ("undeclared conflict", LIST, member(status=409), "response 409: undeclared"),
    ("wrong path", PATCH, member(url="/sale/offers/7700000001"), "path: the document has no such operation"),
    ("wrong method", LIST, member(method="PATCH"), "path: the document has no such operation"),
    ("trailing slash", LIST, member(url="/sale/offers/"), "path: the document has no such operation"),
    ("API host for an upload", IMAGE, member(url="/sale/images"), "path: the document has no such operation"),
    (
        "upload host for a list",
        LIST,
        member(url="/upload/sale/offers"),
        "path: the document has no such operation",
    ),
    (
        "path parameter",
        PRICE_COMMAND,
        member(url="/sale/responsible-producers/seven"),
        "path parameter id",
    ),
    (
        "unknown query parameter",
        LIST,
        member(url="/sale/offers?external_id=a"),
        "query parameter external_id: unknown",
    ),
    ("query parameter of a wrong type", LIST, member(url="/sale/offers?limit=many"), "query parameter limit"),
    ("query parameter out of range", LIST, member(url="/sale/offers?limit=1001"), "query parameter limit"),
    (
        "query parameter outside its enum",
        LIST,
        member(url="/sale/offers?publication.status=GONE"),
        "query parameter publication.status",
    ),
    (
        "scalar given twice",
        LIST,
        member(url="/sale/offers?limit=1&limit=2"),
        "query parameter limit: given 2 times",
    ),
    (
        "required query parameter",
        LIST,
        member(url="/sale/badges"),
        "query parameter marketplace.id: required and missing",
    ),
    (
        "unknown field answered",
        LIST,
        body("response", "pages", to=1),
        "response 200 body $: unknown property pages",
    ),
    (
        "required field unanswered",
        PRICE_COMMAND,
        member(response_body='{"taskCount": 7}'),
        "response 201 body $.taskCount",
    ),
    ("answer without a body", LIST, member(response_body=None), "response 200 body: declared and missing"),
    (
        "time that is none",
        PRICE_COMMAND,
        body("response", "createdAt", to="yesterday"),
        "response 201 body $.createdAt",
    ),
    (
        "accepted without a place to look",
        PATCH,
        header("response", "location", None),
        "response 202 header Location: missing",
    ),
    (
        "done without a place to look",
        RIGHT["an operation that is done"],
        header("response", "location", None),
        "response 303 header Location: missing",
    ),
    (
        "body of an empty answer",
        RIGHT["a draft deleted"],
        member(response_body="{}"),
        "response 204 body: the document declares none",
    ),
    (
        "error that is none",
        RIGHT["an offer not found"],
        member(response_body='{"detail": "x"}'),
        "response 404 body $",
    ),
    (
        "undeclared error that is none",
        RIGHT["a limit hit, though undeclared"],
        member(response_body='{"error": "x"}'),
        "response 429 body",
    ),
    (
        "unknown grant",
        TOKEN,
        member(request_body="grant_type=password&username=a"),
        "unknown grant_type password",
    ),
    (
        "grant without its token",
        TOKEN,
        member(request_body="grant_type=refresh_token"),
        "refresh_token is missing",
    ),
    (
        "token request in JSON",
        TOKEN,
        header("request", "content-type", "application/json"),
        "request content type",
    ),
    ("token that is none", TOKEN, body("response", "access_token", drop=True), "access_token"),
    ("mark without a reason", LIST, header("request", "x-deliberately-wrong", " "), "says no reason"),
]


@pytest.mark.parametrize(
    ("subject", "mutate", "message"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG]
)
def test_a_mutation_is_caught(subject: Exchange, mutate: Callable[[Exchange], None], message: str) -> None:
    mutated = copy.deepcopy(subject)
    mutate(mutated)

    found = violations(mutated)

    assert any(message in violation for violation in found), found


def test_a_violation_names_method_path_operation_place_and_fault() -> None:
    mutated = copy.deepcopy(PATCH)
    body("request", "stock", "available", to="5")(mutated)

    assert violations(mutated) == [
        (
            "PATCH /sale/product-offers/{offerId} [editProductOffers] "
            'request body $.stock.available: "5" is not of type "integer"'
        )
    ]


def test_one_fault_in_a_composed_schema_is_told_as_one() -> None:
    """The branch that holds the fault also holds its innocent neighbours, which must not be called unknown."""
    mutated = copy.deepcopy(PATCH)
    body("request", "name", to="Kubek")(mutated)
    body("request", "title", to="a")(mutated)

    faults = [violation.partition("request body ")[2] for violation in violations(mutated)]

    assert faults == ['$.name: "Kubek" is shorter than 12 characters', "$: unknown property title"]


def test_a_deliberately_wrong_request_is_excused_and_its_answer_is_not() -> None:
    mutated = copy.deepcopy(PATCH)
    body("request", "title", to="a")(mutated)
    header("request", "x-deliberately-wrong", "unknown fields are refused")(mutated)
    mutated |= {"status": 422, "response_body": json.dumps(refusal("UnknownField"))}
    assert violations(mutated) == []

    mutated["response_body"] = '{"errors": "none"}'
    assert any("response 422 body $.errors" in violation for violation in violations(mutated))


def test_an_unknown_path_on_purpose_must_be_answered_as_unknown() -> None:
    asked = exchange("GET", "/sale/retired", status=404, answer=refusal("NotFoundException"))
    asked["request_headers"]["x-deliberately-wrong"] = "a retired path"
    assert violations(asked) == []
    assert violations({**asked, "status": 200}) != []


def test_each_distinct_body_is_judged_once_and_condemned_every_time() -> None:
    own = Witness(witness().document)
    mutated = copy.deepcopy(PATCH)
    body("request", "title", to="a")(mutated)

    first, second = own.violations(mutated), own.violations(mutated)

    assert first == second != []
    assert len(own._seen) == 2


def test_tolerated_statuses_are_still_undeclared_somewhere() -> None:
    """An entry that every operation it covers declares by now is to be removed."""
    for entry in TOLERATED:
        covered = [each for each in witness().operations.all if entry.where(each.method, each.path)]
        assert any(each.response(entry.status) is None for each in covered), entry


def test_a_correction_that_corrects_nothing_any_more_is_refused() -> None:
    """Corrected once already, the document no longer reads as each correction expects."""
    for correction in CORRECTIONS:
        with pytest.raises(ValueError, match="stale correction"):
            apply(witness().document, correction)


# The document's own examples: some 170 good values that nobody of us wrote. Those that contradict their schemas are
# named here, with the member that does.
CONTRADICTORY = {
    (
        "getFlatParametersUsingGET_2",
        "response 200",
    ): "ids of dictionary values are integers, in the schema strings",
    (
        "getFlatProductParametersUsingGET",
        "response 200",
    ): "ids of dictionary values are integers, in the schema strings",
    ("getOfferEvents", "response 200"): "a schema stands where the status belongs",
    ("badgeOperations_get_one", "response 200"): "`prices` is not nested",
    ("submitCommand", "response 201"): "`userMesssage` is misspelt",
    ("getSubmitCommand", "response 200"): "`userMesssage` is misspelt",
    ("submitOfferToAlleDiscountCommands", "response 201"): "`errors` that the schema does not have",
    (
        "getSubmitOfferToAlleDiscountCommandsStatus",
        "response 200",
    ): "each error is a holder of errors in the schema",
    (
        "getWithdrawOfferFromAlleDiscountCommandsStatus",
        "response 200",
    ): "each error is a holder of errors in the schema",
    ("getOffersEligibleForAlleDiscount", "response 200"): "conditions that the schema does not have",
    ("getOffersSubmittedToAlleDiscount", "response 200"): "`id` that the schema does not have",
}


def examples() -> Iterator[tuple[str, str, str, dict[str, Any], Any]]:
    for operation in witness().operations.all:
        for place, declared in declarations(operation.source, operation.request_body):
            for kind, content in declared.get("content", {}).items():
                for value in [
                    content.get("example"),
                    *(each.get("value") for each in content.get("examples", {}).values()),
                ]:
                    if isinstance(value, dict) and media_type(kind).endswith("json"):
                        yield operation.id, place, kind, content["schema"], value


def declarations(source: dict[str, Any], request: dict[str, Any] | None) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "request", request or {}
    yield from ((f"response {status}", response) for status, response in source["responses"].items())


def test_the_documents_own_examples_pass() -> None:
    wrong: dict[tuple[str, str], list[str]] = {}
    count = 0
    for name, place, _, schema, value in examples():
        count += 1
        faults = witness().shapes.faults(value, schema, "request" if place == "request" else "response")
        if faults:
            wrong.setdefault((name, place), []).extend(faults)

    assert count > 150
    assert wrong.keys() == CONTRADICTORY.keys(), {
        key: value for key, value in wrong.items() if key not in CONTRADICTORY
    }


def test_an_unknown_member_is_caught_wherever_it_is_put() -> None:
    """Every object in every good example is given one member too many, a thousand times in all."""
    planted = 0
    for name, place, _, schema, value in examples():
        direction: Direction = "request" if place == "request" else "response"
        if (name, place) in CONTRADICTORY:
            continue
        for spoilt in planted_in(value):
            planted += 1
            assert witness().shapes.faults(spoilt, schema, direction), (name, place)
    assert planted > 900


def planted_in(value: Any) -> Iterator[Any]:
    """Copies of a value, each with an unknown member in another one of its objects."""
    if isinstance(value, dict):
        yield {**value, "planted": {"by": "us"}}
        for name, inner in value.items():
            yield from ({**value, name: spoilt} for spoilt in planted_in(inner))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], spoilt, *value[at + 1 :]] for spoilt in planted_in(inner))


def test_every_operation_can_be_judged() -> None:
    """All schemas of all 267 operations compile, in the direction they travel."""
    operations = witness().operations.all
    for operation in operations:
        assert operation.method in METHODS
        for schema in operation.request_types.values():
            witness().shapes.faults({}, schema, "request")
        for status in operation.source["responses"]:
            for schema in operation.response_types(int(status) if status.isdigit() else 599).values():
                witness().shapes.faults({}, schema, "response")
    assert len(operations) > 250


def test_a_record_is_judged_whole(tmp_path: Any) -> None:
    mutated = copy.deepcopy(LIST)
    mutated["url"] = "/sale/offers?external_id=a"
    record = tmp_path / "record.jsonl"
    record.write_text("\n".join([json.dumps(LIST), json.dumps(mutated), json.dumps(mutated), '{"method": "GE']))

    verdict = judge(record)

    assert verdict.exchanges == 3
    assert sorted(verdict.faults.values()) == [1, 2]
    assert any("line 4: not a recorded exchange" in fault for fault in verdict.faults)
