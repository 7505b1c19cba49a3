"""A seller's day, done by a client that was generated from the description: every answer must fit its models.

python scenario.py ADDRESS DESCRIPTION BODIES, where the package `generated` can be imported. Runs in an environment of
its own, without anything of ours. Prints one JSON object: operations, cases, findings.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import sys
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import generated.api
import generated.errors
import httpx
from fitting import faults
from generated.client import AuthenticatedClient

Json = dict[str, Any]
WRONG = (AttributeError, KeyError, TypeError, ValueError, generated.errors.UnexpectedStatus)
METHOD, URL = re.compile(r'"method": "(\w+)"'), re.compile(r'"url": "([^"]+)"')
PUBLIC = "application/vnd.allegro.public.v1+json"
BLANK = re.compile(r"\{[^}]+\}")


def modules() -> dict[tuple[str, str], Any]:
    """The generated functions by method and address, the names of its parameters left out."""
    found = {}
    for info in pkgutil.walk_packages(generated.api.__path__, "generated.api."):
        if not info.ispkg:
            module = importlib.import_module(info.name)
            source = inspect.getsource(module)
            found[METHOD.search(source)[1], BLANK.sub("{}", URL.search(source)[1])] = module
    return found


class Judge:
    """Asks through the generated client, and keeps what does not fit."""

    def __init__(self, address: str, description: Json) -> None:
        self.address = address
        self.modules = modules()
        paths = [(method, path) for path, item in description["paths"].items() for method in item]
        self.paths = sorted(paths, key=lambda one: -len(BLANK.sub("", one[1])))
        self.asked: set[tuple[str, str]] = set()
        self.cases = 0
        self.findings: list[str] = []
        self.location = ""  # where the last answer leads to
        self.client = self.with_token(self.token())

    def with_token(self, token: str) -> AuthenticatedClient:
        headers = {"User-Agent": "Judge/1.0 (+https://example.com)"}
        return AuthenticatedClient(self.address, token, headers=headers, raise_on_unexpected_status=True)

    def token(self) -> str:
        """The token endpoint is not in the description."""
        form = {"grant_type": "refresh_token", "refresh_token": "first-refresh"}
        answer = httpx.post(f"{self.address}/auth/oauth/token", data=form, auth=("app", "hush"))
        return answer.raise_for_status().json()["access_token"]

    def advance(self, seconds: int) -> None:
        httpx.post(f"{self.address}/_sim/clock", json={"advance_seconds": seconds}).raise_for_status()

    def accepted(self, ratio: float) -> None:
        httpx.post(f"{self.address}/_sim/settings", json={"accepted_ratio": ratio}).raise_for_status()

    def ask(self, what: str, status: int, body: Any = None, client: Any = None, **query: Any) -> Json:
        """`what` is method and address. The answer, or nothing of it when it is not what it should be."""
        self.cases += 1
        method, _, path = what.partition(" ")
        try:
            answer = self._ask(method.lower(), path, body, client or self.client, query)
            self.location = httpx.URL(answer.headers.get("location", "")).path
            self._compare(what, status, answer)
            return json.loads(answer.content) if answer.content else {}
        except WRONG as error:
            self.findings.append(f"{what}: {type(error).__name__}: {error}")
            return {}

    def _ask(self, method: str, path: str, body: Any, client: Any, query: Json) -> Any:
        template, values = self._template(method, path)
        self.asked.add((method, template))
        function = self.modules[method, BLANK.sub("{}", template)].sync_detailed
        taken = inspect.signature(function, eval_str=True).parameters
        given = dict(query)
        if body is not None:
            given["body"] = model(taken["body"].annotation).from_dict(body)
        given |= dict.fromkeys(taken.keys() & {"accept", "content_type"}, PUBLIC)
        places = [name for name, one in taken.items() if one.kind is one.POSITIONAL_OR_KEYWORD]
        read = [typed(taken[name].annotation, value) for name, value in zip(places, values, strict=True)]
        return function(*read, client=client, **given)

    def _template(self, method: str, path: str) -> tuple[str, tuple[str, ...]]:
        for asked, template in self.paths:
            found = re.fullmatch(BLANK.sub("([^/]+)", template), path)
            if asked == method and found:
                return template, found.groups()
        raise ValueError("the description has no such operation")

    def _compare(self, what: str, status: int, answer: Any) -> None:
        if answer.status_code != status:
            self.findings.append(f"{what}: {answer.status_code.value}, not {status}: {answer.content[:300]!r}")
        elif hasattr(answer.parsed, "to_dict"):
            said, understood = names(json.loads(answer.content)), names(answer.parsed.to_dict())
            if said != understood:
                self.findings.append(f"{what}: {said} was understood as {understood}")
            self.findings += [f"{what}: {one}" for one in faults(answer.parsed, type(answer.parsed))]
        elif answer.content and answer.parsed is None and status < 400:
            self.findings.append(f"{what}: no model for {status}: {answer.content[:300]!r}")


def names(value: Any) -> Any:
    """What is there, without its values, which the client may spell otherwise."""
    if isinstance(value, dict):
        return {name: names(item) for name, item in value.items()}
    return [names(item) for item in value] if isinstance(value, list) else value is None


def model(annotation: Any) -> Any:
    """The first model of a union."""
    return next(one for one in (get_args(annotation) or (annotation,)) if hasattr(one, "from_dict"))


def typed(annotation: Any, value: str) -> Any:
    """A part of an address as the client takes it."""
    return value if annotation is str else annotation(value)


def read_about(judge: Judge, _bodies: Json, offer: str) -> None:
    for what in ("/me", "/marketplaces", "/sale/offers", "/sale/offer-events", "/sale/delivery-methods"):
        judge.ask(f"GET {what}", 200)
    category = judge.ask(f"GET /sale/product-offers/{offer}", 200)["category"]["id"]
    judge.ask("GET /sale/categories", 200)
    judge.ask(f"GET /sale/categories/{category}", 200)
    judge.ask(f"GET /sale/categories/{category}/parameters", 200)
    judge.ask(f"GET /sale/categories/{category}/product-parameters", 200)
    judge.ask("GET /sale/tax-settings", 200, category_id=category)
    product = judge.ask("GET /sale/products", 200, phrase="kubek")["products"][0]["id"]
    judge.ask(f"GET /sale/products/{product}", 200)
    judge.ask("GET /sale/offer-promotion-packages", 200)
    judge.ask("GET /sale/offers/promo-options", 200)


def offers(judge: Judge, bodies: Json, offer: str) -> None:
    """A creation and an edit that take their time, and that are done at once; a draft is thrown away."""
    for ratio, status in ((1.0, 202), (0.0, None)):
        judge.accepted(ratio)
        made = judge.ask("POST /sale/product-offers", status or 201, bodies["create an offer"])
        running = [judge.location]
        judge.ask(f"PATCH /sale/product-offers/{offer}", status or 200, bodies["edit an offer"])
        running.append(judge.location)
        for path in running if status else ():
            judge.ask(f"GET {path}", 202)
        judge.advance(60)
        for path in running if status else ():
            judge.ask(f"GET {path}", 303)
        judge.ask(f"GET /sale/product-offers/{made['id']}", 200)
        judge.ask(f"DELETE /sale/offers/{made['id']}", 204)
        judge.ask(f"GET /sale/product-offers/{made['id']}", 404)


def commands(judge: Judge, bodies: Json, _offer: str) -> None:
    for name in [name for name in bodies if ": " in name and name.partition(":")[0] in COMMANDS]:
        path = f"/sale/offer-{name.partition(':')[0]}-commands/{uuid4()}"
        judge.ask(f"PUT {path}", 201, bodies[name])
        judge.ask(f"GET {path}", 200)
        judge.ask(f"PUT {path}", 409, bodies[name])
        judge.advance(60)
        failed = judge.ask(f"GET {path}", 200)["taskCount"]["failed"]
        tasks = judge.ask(f"GET {path}/tasks", 200)
        if failed:
            judge.findings.append(f"{name}: {tasks}")
    body = {**bodies["bulk"], "commandId": str(uuid4())}
    path = "/sale/offer-bulk-modification-commands"
    judge.ask(f"POST {path}", 201, body)
    judge.advance(60)
    judge.ask(f"GET {path}/{body['commandId']}", 200)
    judge.ask(f"GET {path}/{body['commandId']}/tasks", 200)


COMMANDS = ("price-change", "quantity-change", "modification", "publication")


def publication(judge: Judge, _bodies: Json, offer: str) -> None:
    """Ended, and listed again."""
    for action in ("END", "ACTIVATE"):
        criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": offer}]}]
        path = f"/sale/offer-publication-commands/{uuid4()}"
        judge.ask(f"PUT {path}", 201, {"publication": {"action": action}, "offerCriteria": criteria})
        judge.advance(60)
        judge.ask(f"GET {path}/tasks", 200)
        judge.ask(f"GET /sale/product-offers/{offer}", 200)
    judge.ask("GET /sale/offer-events", 200)


def settings(judge: Judge, bodies: Json, _offer: str) -> None:
    """Created, listed, read, replaced."""
    for path, (name, status) in SETTINGS.items():
        body = bodies[name]
        made = judge.ask(f"POST {path}", status, body)
        judge.ask(f"GET {path}", 200)
        if path not in UNREADABLE:
            judge.ask(f"GET {path}/{made['id']}", 200)
        changed = {key: value for key, value in body.items() if key not in FIXED.get(path, ())}
        judge.ask(f"PUT {path}/{made['id']}", 200, changed)
        if path in DELETED:
            judge.ask(f"DELETE {path}/{made['id']}", 204)
    judge.ask("PUT /sale/delivery-settings", 200, bodies["delivery settings"])
    judge.ask("GET /sale/delivery-settings", 200)
    judge.ask("POST /upload/sale/images", 201, bodies["upload a picture"])


POLICIES = "/after-sales-service-conditions/return-policies"
SETTINGS = {
    "/sale/shipping-rates": ("create rates", 201),
    POLICIES: ("create a policy", 201),
    "/after-sales-service-conditions/implied-warranties": ("create an implied warranty", 201),
    "/after-sales-service-conditions/warranties": ("create a warranty", 201),
    "/sale/responsible-producers": ("create a producer", 201),
    "/sale/responsible-persons": ("create a person", 200),
    "/sale/offer-additional-services/groups": ("create services", 201),
    "/sale/size-tables": ("create a size table", 201),
    "/sale/offer-contacts": ("create a contact", 201),
    "/sale/flexible-bundles": ("create a bundle", 201),
    "/sale/offer-tags": ("create a tag", 200),
}
UNREADABLE = {"/sale/responsible-persons", "/sale/offer-tags"}
FIXED = {POLICIES: ("isFulfillment",), "/sale/size-tables": ("template",)}
DELETED = {POLICIES, "/sale/flexible-bundles", "/sale/offer-tags"}


def of_an_offer(judge: Judge, bodies: Json, offer: str) -> None:
    judge.ask(f"POST /sale/offers/{offer}/tags", 200, bodies["assign tags"])
    judge.ask(f"GET /sale/offers/{offer}/tags", 200)
    judge.ask(f"POST /sale/offers/{offer}/promo-options-modification", 200, bodies["promote"])
    judge.ask(f"GET /sale/offers/{offer}/promo-options", 200)
    judge.ask(f"GET /sale/product-offers/{offer}/parts", 200, include=parts(judge))


def parts(judge: Judge) -> list[Any]:
    """The client wants words of its own enumeration."""
    function = judge.modules["get", "/sale/product-offers/{}/parts"].sync_detailed
    annotation = inspect.signature(function, eval_str=True).parameters["include"].annotation
    return list(get_args(annotation)[0])


def refusals(judge: Judge, bodies: Json, offer: str) -> None:
    """They have models, too."""
    judge.ask("GET /sale/product-offers/1", 404)
    judge.ask("GET /me", 401, client=judge.with_token("nobody's"))
    judge.ask(f"PATCH /sale/product-offers/{offer}", 422, {"category": {"id": "no such"}})
    judge.ask("POST /sale/shipping-rates", 422, {**bodies["create rates"], "type": "ELECTRONIC", "name": "_"})
    judge.ask("POST /sale/offer-tags", 422, {"name": "x" * 26})


def main() -> None:
    address, description, written = sys.argv[1:]
    bodies = json.loads(Path(written).read_text())
    judge = Judge(address, json.loads(Path(description).read_text()))
    listed = judge.ask("GET /sale/offers", 200).get("offers") or [{}]
    for part in (read_about, offers, settings, of_an_offer, commands, publication, refusals):
        try:
            part(judge, bodies, listed[0]["id"])
        except (KeyError, IndexError) as missing:
            judge.findings.append(f"{part.__name__} could not go on without {missing}")
    print(json.dumps({"operations": len(judge.asked), "cases": judge.cases, "findings": judge.findings}))


if __name__ == "__main__":
    main()
