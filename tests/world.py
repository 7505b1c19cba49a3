"""A small seller with a project in git: the account on the practice marketplace, the documents, and the two verbs."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from simulator import example

from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import Plan
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.options import ApplyOptions, PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.allegro.simulator import AllegroSimulator
from reconciler.simulator.marketplace import Marketplace

RECORD = "RECONCILE_SIMULATOR_RECORD"
#: What is asked by POST and changes nothing, by a word of its address.
READS = ("/bulk_get_", "/sell/feed/v1/")
LOGIN = "sklep"
SWITCH_OFF_GUARDS = dict.fromkeys(
    ("price_change", "price_shift", "stock_change", "ends", "updates", "zeros"), "off"
)

SECOND_PRODUCT, SECOND_GTIN = "d1000000-0000-4000-8000-000000000002", "5901234123464"
THIRD_PRODUCT, THIRD_GTIN = "d1000000-0000-4000-8000-000000000003", "5901234123471"
UNKNOWN_GTIN = "5901234123488"
GTINS = {example.GTIN: example.PRODUCT, SECOND_GTIN: SECOND_PRODUCT, THIRD_GTIN: THIRD_PRODUCT}
SECOND_TAG, SECOND_POLICY = "tag-2", "b1000000-0000-4000-8000-000000000002"
LOCKER_NAME, COURIER_NAME = "Allegro Paczkomaty InPost 24/7", "Przesyłka kurierska"


def product(key: str, gtin: str, *, shows_gtin: bool, name: str) -> dict[str, Any]:
    """A product of the catalogue; not every one shows its bar code among its parameters."""
    shown = [{"id": "17448", "name": "Kolor", "values": ["czerwony"]}]
    if shows_gtin:
        shown.append({"id": "225693", "name": "EAN (GTIN)", "values": [gtin]})
    return {
        "id": key,
        "name": name,
        "category": example.CATEGORY,
        "gtins": [gtin],
        "parameters": shown,
        "images": [f"{example.CDN}/cccccc/{key[-1]}"],
        "description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>Z katalogu</p>"}]}]},
        "responsible_producers": [{"id": example.PRODUCER, **example.PRODUCER_BODY}],
        "safety": {"type": "TEXT", "description": "Uwaga, gorące."},
    }


PRODUCTS = [
    product(example.PRODUCT, example.GTIN, shows_gtin=True, name="Kubek ceramiczny czerwony Fabryka"),
    product(SECOND_PRODUCT, SECOND_GTIN, shows_gtin=True, name="Talerz porcelanowy biały Fabryka"),
    product(THIRD_PRODUCT, THIRD_GTIN, shows_gtin=False, name="Dzbanek szklany przezroczysty Fabryka"),
]
PARAMETERS = [
    *example.PARAMETERS,
    example.parameter("7777", "Długość", "float", product=False, restrictions={"range": True}),
    example.parameter("8888", "Wzór", "string", product=False, restrictions={"allowedNumberOfValues": 3}),
]


def seller(offers: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """An account with two of most things, and these offers."""
    leaves = [(example.CATEGORY, "Kubki"), (example.OTHER_CATEGORY, "Talerze")]
    body = example.account(
        categories=[
            {"id": "5", "name": "Dom", "parent": None, "leaf": False},
            *({"id": i, "name": n, "parent": "5", "leaf": True, "parameters": PARAMETERS} for i, n in leaves),
        ],
        products=PRODUCTS,
        return_policies=[
            {"id": example.POLICY, **example.POLICY_BODY},
            {"id": SECOND_POLICY, **example.POLICY_BODY, "name": "30 dni"},
        ],
        tags=[
            {"id": "tag-1", "name": "Nowość", "hidden": False},
            {"id": SECOND_TAG, "name": "Wyprzedaż", "hidden": True},
        ],
        offers=offers,
    )
    return body | changes


def live_offer(number: int, key: str | None, **changes: Any) -> dict[str, Any]:
    """An entry of a seeded account: a full body; `sold`, `tags` and `promo` stand beside it."""
    beside = {name: changes.pop(name) for name in ("sold", "first_listed_at", "tags", "promo") if name in changes}
    body = example.offer_body(str(17_000_000_000 + number), external={"id": key})
    if key is None:
        del body["external"]
    for path, value in changes.items():
        body[path] = value
    return {"offer": copy.deepcopy(body), "sold": 0, "first_listed_at": None, "tags": [], "promo": None, **beside}


def offer(key: str, **sections: Any) -> dict[str, Any]:
    """A document of kind Offer."""
    return {"kind": "Offer", "name": key, **sections}


def whole_offer(key: str, **sections: Any) -> dict[str, Any]:
    """A document with everything that an offer needs to be listed."""
    body = {
        "settings": {
            "return_policy": "14 dni",
            "invoice": "vat",
            "location": {"city": "Poznań", "province": "wielkopolskie", "post_code": "60-166", "country": "PL"},
        },
        "delivery": {"prices": "Standard", "handling": "PT24H"},
        "content": {
            "title": "Talerz płytki biały porcelanowy",
            "category": example.CATEGORY,
            "product": {"gtin": SECOND_GTIN},
            "parameters": {"Stan": "Nowy"},
            "description": "<p>Talerz do kawy &amp; herbaty</p>",
            "images": ["https://example.com/talerz.jpg"],
        },
        "price": "199.00 PLN",
        "stock": {"always": 5, "status": "active"},
    }
    return offer(key, **{**body, **sections})


@dataclass
class Project:
    """One project folder; its marketplace lies in the same folder, as for anybody who tries the product.

    `practice` is the marketplace; `guards` are those of a project that says none.
    """

    practice: ClassVar[type[Marketplace]]
    guards: ClassVar[Mapping[str, Any]] = SWITCH_OFF_GUARDS

    root: Path
    login: str = LOGIN
    _mark: int = field(default=0, repr=False)

    @classmethod
    def make(
        cls,
        root: Path,
        account: Mapping[str, Any],
        documents: list[Mapping[str, Any]],
        *,
        settings: Mapping[str, Any] | None = None,
        project: Mapping[str, Any] | None = None,
    ) -> Self:
        """Seed the marketplace, write the project, and forget what was sent before."""
        root.mkdir(parents=True, exist_ok=True)
        world = cls(root, account["login"])
        with world.simulator() as simulator:
            if settings:
                simulator.change_settings(settings)
            simulator.seed(account)
        main = {"marketplace": cls.practice.name, "environment": "simulator", "login": account["login"]}
        world.project({"accounts": {"main": main}, "guards": cls.guards, **(project or {})})
        world.documents(*documents)
        world.forget_requests()
        return world

    # --- files ----------------------------------------------------------------------------------------------

    def project(self, body: Mapping[str, Any]) -> None:
        """Write reconcile.yaml. JSON is YAML. A ledger outside of the folder asks for a name."""
        name = {"name": "shop"} if "ledger" in body else {}
        self.write("reconcile.yaml", json.dumps({**name, **body}, ensure_ascii=False, indent=1))

    def documents(self, *bodies: Mapping[str, Any]) -> None:
        """Replace all documents of the project by these."""
        for old in self.root.glob("documents/*.yaml"):
            old.unlink()
        for number, body in enumerate(bodies):
            self.write(f"documents/{number:03d}.yaml", json.dumps(body, ensure_ascii=False, indent=1))

    def write(self, path: str, content: str | bytes) -> Path:
        """Write one file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    # --- the marketplace ------------------------------------------------------------------------------------

    @property
    def store(self) -> Path:
        """The file of the marketplace."""
        return self.root / ".reconcile" / f"simulator-{self.practice.name}.db"

    @contextmanager
    def simulator(self) -> Iterator[Any]:
        """The marketplace of this project, between two commands."""
        (self.root / ".reconcile").mkdir(exist_ok=True)
        simulator = self.practice(self.store)
        try:
            yield simulator
        finally:
            simulator.close()

    def rest(self) -> None:
        """Let everything happen that is under way."""
        with self.simulator() as simulator:
            simulator.clock.advance(120)
            simulator.catch_up()

    def set(self, **knobs: Any) -> None:
        """Turn knobs of the marketplace."""
        with self.simulator() as simulator:
            simulator.change_settings(knobs)

    def sent(self) -> list[dict[str, Any]]:
        """What the marketplace has received since `forget_requests`, in order, as it recorded it."""
        with open(os.environ[RECORD], "rb") as record:
            record.seek(self._mark)
            return [json.loads(line) for line in record]

    def writes(self) -> list[dict[str, Any]]:
        """The requests among them that change something."""
        sent = (each for each in self.sent() if each["method"] != "GET")
        return [each for each in sent if not any(read in each["url"] for read in READS)]

    def forget_requests(self) -> None:
        """Start a new chapter of `sent`."""
        record = Path(os.environ[RECORD])
        self._mark = record.stat().st_size if record.exists() else 0

    # --- the two verbs --------------------------------------------------------------------------------------

    def plan(self, **options: Any) -> Plan:
        """Make a plan as `reconcile plan` does."""
        return make_plan(Workspace(self.root), PlanOptions(**options), Silent())

    def apply(self, plan: Plan, **options: Any) -> Report:
        """Execute a plan as `reconcile apply` does."""
        return apply_plan(Workspace(self.root), plan, ApplyOptions(**options), Silent())

    def converge(self, **options: Any) -> Report:
        """Plan, apply, and hold that everything is done and that nothing is left to do."""
        plan = self.plan(**options)
        report = self.apply(plan)
        assert not undone(report), undone(report)
        again = self.plan(**options)
        assert not differences(again), differences(again)
        assert not again.actions
        return report


class World(Project):
    """A project on the practice Allegro, and what a person does or sees there."""

    practice = AllegroSimulator

    def stored(self) -> dict[str, dict[str, Any]]:
        """The offers as the marketplace has them, by id, when everything due has happened."""
        with self.simulator() as simulator:
            simulator.clock.advance(120)
            simulator.catch_up()
            return {body["id"]: body for body in simulator.offers(self.login)}

    def tags(self) -> dict[str, list[str]]:
        """The tags of each offer by id."""
        with self.simulator() as simulator:
            return {each.id: list(each.meta.get("tags") or []) for each in simulator.mark_all(self.login)}

    def things(self, kind: str) -> dict[str, dict[str, Any]]:
        """The named objects of a kind (`shipping_rates`, `tags` …) as the marketplace has them, by name."""
        with self.simulator() as simulator:
            rows = simulator.world.store.all("SELECT body FROM dictionaries WHERE kind = ?", kind)
            bodies = [json.loads(row[0]) for row in rows]
            return {body["name"]: body for body in bodies}

    def lose(self, kind: str, key: str) -> None:
        """Somebody deletes a named object in the panel."""
        with self.simulator() as simulator:
            simulator.world.store.run("DELETE FROM dictionaries WHERE kind = ? AND id = ?", kind, key)

    def commands(self) -> dict[str, dict[str, Any]]:
        """The bodies of the bulk commands that the marketplace has taken, by their ids."""
        with self.simulator() as simulator:
            rows = simulator.world.store.all("SELECT id, body FROM commands")
            return {key: json.loads(packed)["body"] for key, packed in rows}

    def by_key(self, key: str) -> dict[str, Any] | None:
        """The newest live offer with this external id."""
        with self.simulator() as simulator:
            return simulator.offer_by_external_id(self.login, key)

    def panel(self, offer_id: str, patch: Mapping[str, Any]) -> None:
        """A person edits an offer in the browser."""
        with self.simulator() as simulator:
            simulator.panel_edit(self.login, offer_id, patch)


def differences(plan: Plan) -> list[str]:
    """Every planned field in one line each, for the message of a failed test."""
    return [
        f"{change.verb} {change.key} {change.reason} {each.path}: {each.before!r} -> {each.after!r}"
        for change in plan.changes
        for each in change.fields or (None,)
        if each is not None
    ] + [f"{change.verb} {change.key} {change.reason}" for change in plan.changes if not change.fields]


def undone(report: Report) -> list[str]:
    """What was not applied, in one line each, with the reason."""
    return [
        f"{each.key} {each.result}: {each.detail}{each.fault.code + ' ' + each.fault.message if each.fault else ''}"
        for each in report.outcomes
        if each.result is not Result.APPLIED
    ]


def diagnostics(plan: Plan) -> list[str]:
    """The findings of a plan in one line each."""
    return [f"{each.severity} {each.code} {each.summary}" for each in plan.diagnostics]
