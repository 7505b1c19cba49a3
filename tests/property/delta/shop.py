"""A small seller whose project has one of most things, on a machine whose clock moves when it is told to."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pictures
import world
import yaml
from world import World

from reconciler.runtime.clock import WallClock
from reconciler.simulator.allegro.simulator import AllegroSimulator

Json = dict[str, Any]
SECOND_LOGIN = "drugi"
GUARDS = {**world.SWITCH_OFF_GUARDS, "creates": "off", "zero_wave": "off"}
BETWEEN = "---\n"
#: What lies in `.reconcile/` and is no cache: what is remembered, keys, and the marketplace itself.
LASTING = ("ledger", "simulator", "key", "demo")
PRODUCTS = (world.example.PRODUCT, world.SECOND_PRODUCT, world.THIRD_PRODUCT)
KNOBS = {"limits": {"enabled": False}, "accepted_ratio": 0.0}


class Machine:
    """The clock of the machine that runs the product and of its files: it stands between two steps."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    @property
    def wall(self) -> int:
        """Now, in nanoseconds since 1970."""
        return round(self.moment.timestamp()) * 1_000_000_000 + self.moment.microsecond * 1000

    @contextmanager
    def runs_everything(self) -> Iterator[Self]:
        """Have the product take its time from here, as it takes it from the system."""
        usual = WallClock.__init__.__defaults__
        WallClock.__init__.__defaults__ = (lambda: self.wall, lambda: 0)
        try:
            yield self
        finally:
            WallClock.__init__.__defaults__ = usual


@dataclass
class Shop(World):
    """The project folder and its marketplace. `attic` has older copies of what lies in `.reconcile/`."""

    machine: Machine = field(default_factory=lambda: Machine(datetime.now(UTC).replace(microsecond=0)))
    attic: list[dict[str, bytes]] = field(default_factory=list, repr=False)
    broken: dict[str, str] = field(default_factory=dict, repr=False)
    lost: set[str] = field(default_factory=set)
    made: int = 0

    # --- files

    def files(self) -> list[str]:
        """The files of documents that can be read, by their paths."""
        found = (each.relative_to(self.root).as_posix() for each in self.root.rglob("*.yaml"))
        return sorted(each for each in found if each != "reconcile.yaml" and each not in self.broken)

    def read(self, path: str) -> list[Json]:
        text = (self.root / path).read_text(encoding="utf-8")
        return list(yaml.load_all(text, yaml.CSafeLoader))

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file at the moment of the machine, as a file system would stamp it."""
        file = super().write(path, content)
        os.utime(file, ns=(self.machine.wall, self.machine.wall))
        return file

    def put(self, path: str, documents: list[Json]) -> None:
        """Write a file of documents, in lines as people write them; one without any is deleted."""
        if not documents:
            (self.root / path).unlink()
            return
        self.write(path, BETWEEN.join(map(_in_lines, documents)))

    def places(self, kind: str) -> list[tuple[str, int]]:
        """Where the documents of a kind stand: files, and which of each."""
        return [
            (path, number)
            for path in self.files()
            for number, each in enumerate(self.read(path))
            if each["kind"] == kind
        ]

    def edit(self, kind: str, which: int, change: Callable[[Json], None]) -> bool:
        """Edit a document of a kind in place; False where there is none."""
        places = self.places(kind)
        if not places:
            return False
        path, number = places[which % len(places)]
        documents = self.read(path)
        change(documents[number])
        self.put(path, documents)
        return True

    def settings(self, change: Callable[[Json], None]) -> None:
        """Edit `reconcile.yaml`."""
        body = json.loads((self.root / "reconcile.yaml").read_text(encoding="utf-8"))
        change(body)
        self.write("reconcile.yaml", json.dumps(body, ensure_ascii=False, indent=1))

    # --- what is remembered

    def state(self) -> list[Path]:
        """The files below `.reconcile/`."""
        return sorted(each for each in (self.root / ".reconcile").rglob("*") if each.is_file())

    def caches(self) -> list[Path]:
        """Those among them that cost requests and time when they are lost, and nothing else."""
        return [each for each in self.state() if not each.name.startswith(LASTING)]

    def keep_copies(self) -> None:
        """Put copies of all caches and of the ledger into the attic."""
        kept = (each for each in self.state() if not each.name.startswith(("simulator", "key")))
        self.attic.append({each.relative_to(self.root).as_posix(): each.read_bytes() for each in kept})

    def copied(self, root: Path) -> Shop:
        """Return a copy of everything, the marketplace included; its files are as old as these."""
        shutil.copytree(self.root, root)
        return Shop(root, self.login, machine=self.machine, broken=self.broken)

    def without_caches(self, root: Path) -> Shop:
        """Return a copy of everything, the marketplace and the ledger included, but of no cache."""
        copied = self.copied(root)
        for each in copied.caches():
            each.unlink()
        return copied

    # --- the marketplace

    def offers(self, login: str) -> list[Json]:
        """What is on an account, by id."""
        with self.simulator() as simulator:
            return list(simulator.offers(login))

    def logins(self) -> list[str]:
        with self.simulator() as simulator:
            return list(simulator.logins())

    def pick(self, which: int) -> tuple[str, Json]:
        """Return some offer that is on an account."""
        every = [(login, body) for login in self.logins() for body in self.offers(login)]
        return every[which % len(every)]

    def later(self, seconds: float) -> None:
        """Time passes, here and there, and whatever is due happens."""
        self.machine.moment += timedelta(seconds=seconds)
        with self.simulator() as simulator:
            simulator.clock.advance_to(self.machine.moment)
            simulator.catch_up()
            self.machine.moment = simulator.clock.now()


def _in_lines(document: Json) -> str:
    text: str = yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10**6)
    return text


def build(root: Path, *, accounts: int = 1) -> Shop:
    """Seed the marketplace and write the project; nothing is planned yet."""
    shop = Shop(root, world.LOGIN)
    (root / ".reconcile").mkdir(parents=True)
    simulator = AllegroSimulator(shop.store)
    simulator.stand_still(shop.machine.moment)
    simulator.change_settings(KNOBS)
    simulator.seed(world.seller(_live(0)))
    if accounts > 1:
        simulator.seed(world.seller(_live(100), login=SECOND_LOGIN, user_id="2", clients=[], refresh_token=None))
    simulator.close()
    logins = (world.LOGIN, SECOND_LOGIN)[:accounts]
    declared = {
        name: {"marketplace": "allegro", "environment": "simulator", "login": login}
        for name, login in zip(("main", "second"), logins, strict=False)
    }
    shop.project({"name": "sklep", "accounts": declared, "guards": GUARDS})
    for path, documents in _documents().items():
        shop.put(path, documents)
    if accounts > 1:
        shop.put("drugie/defaults.yaml", [{"kind": "Defaults", "account": "second"}])
        shop.put("drugie/oferty.yaml", [world.offer("K101", price="31 PLN"), world.offer("K102", stock=4)])
    shop.write(
        "szablony/opis.html", "<p>Opis {{ name }}{% if price.base is defined %} za {{ price.base }}{% endif %}</p>"
    )
    shop.write("zdjecia/a.png", pictures.png())
    shop.write("erp.csv", "item,quantity\nK09,7\n")
    return shop


def _live(first: int) -> list[Json]:
    """Ten offers: nine with keys, one of which no document is of, and one without a key."""
    entries = []
    for number in range(first + 1, first + 11):
        entry = world.live_offer(number, f"K{number:02d}" if number % 10 else None)
        entry["offer"]["productSet"][0]["product"]["id"] = PRODUCTS[number % 3]
        entries.append(entry)
    draft = world.live_offer(first + 11, f"K{first + 11}", publication={"status": "INACTIVE"})
    return [*entries, draft]


def _documents() -> Mapping[str, list[Json]]:
    """Two folders of offers with defaults of their own, settings, a price list, a bundle and a source."""
    offer = world.offer
    slots = [{"offers": ["K01"], "entry": True}, {"offers": ["K02"]}]
    template = {"kind": "SettingsTemplate", "name": "standard", "invoice": "vat", "return_policy": "14 dni"}
    prices = {world.LOCKER_NAME: "12.99 PLN"}
    erp = {"kind": "Source", "name": "erp", "type": "csv", "path": "erp.csv"}
    columns = {"columns": {"item": "text", "quantity": "whole"}, "orders": {"by": "erp", "within": "15m"}}
    return {
        "oferty/defaults.yaml": [
            {"kind": "Defaults", "account": "main", "Offer": {"delivery": {"handling": "PT24H"}}}
        ],
        "oferty/kubki/defaults.yaml": [
            {"kind": "Defaults", "labels": {"grupa": "kubki"}, "Offer": {"settings": "standard"}}
        ],
        "oferty/kubki/a.yaml": [offer("K03", content={"description": {"template": "szablony/opis.html"}})],
        "oferty/kubki/b.yaml": [
            offer(
                "K05", price={"base": "55.00 PLN"}, stock={"count": 10}, content={"title": "Talerz do zupy piąty"}
            )
        ],
        "oferty/kubki/c.yaml": [offer("K04", content={"images": ["zdjecia/a.png"]}, stock={"always": 6})],
        "oferty/talerze/defaults.yaml": [
            {"kind": "Defaults", "labels": {"grupa": "talerze"}, "Offer": {"price": "59.00 PLN"}}
        ],
        "oferty/kubki/d.yaml": [
            offer("K01", price="51.00 PLN", stock=12, content={"title": "Kubek ceramiczny pierwszy"}),
            offer("K02", price="52.00 PLN", content={"parameters": {"Stan": "Nowy"}}),
        ],
        "oferty/talerze/d.yaml": [offer("K06", stock=10, content={"title": "Talerz płytki szósty"})],
        "oferty/talerze/e.yaml": [offer("K07", delivery={"prices": "Nowy cennik"}, settings={"invoice": "vat"})],
        "oferty/talerze/g.yaml": [world.whole_offer("N01")],
        "oferty/talerze/f.yaml": [offer("K11", price="61 PLN"), offer("K08", stock={"from": "erp"}, item="K09")],
        "ustawienia/standard.yaml": [{**template, "account": "main"}],
        "ustawienia/cennik.yaml": [
            {
                "kind": "DeliveryPriceList",
                "account": "main",
                "name": "Nowy cennik",
                "type": "physical",
                "dispatch_country": "PL",
                "methods": prices,
            }
        ],
        "ustawienia/zestaw.yaml": [{"kind": "Bundle", "account": "main", "name": "zestaw", "slots": slots}],
        "ustawienia/erp.yaml": [{**erp, **columns}],
    }
