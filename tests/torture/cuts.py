"""A feed that is cut somewhere: every prefix of a realistic file, through the planner. A plan must not heed it.

The offers stand as the whole file has them, so any change that a plan of a prefix makes comes of the cut. Prefixes
that are read to the very same (rows, bad rows, state and what is said of it) are planned once.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace
from world import SECOND_GTIN, SWITCH_OFF_GUARDS, World, live_offer, seller

from reconciler.documents.sources import source_from
from reconciler.model.plan import Plan
from reconciler.model.tables import ReadingState, Readout
from reconciler.runtime.clock import WallClock
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.reading import Surroundings, read

END = "END"
ITEMS = 60
_WHENEVER = datetime(2026, 1, 1, tzinfo=UTC)
_EVERY = 3  # so many articles for each one that an offer follows
_LOOSE = {"minimum": 0, "shrink": "100%", "bad": 1000}


@dataclass(frozen=True)
class Setting:
    """How a source is declared; `known` tells whether it was read before it was cut.

    Where it was not, and nothing says how many rows there are, nobody can tell a cut: it is not `bounded`.
    """

    name: str
    source: Mapping[str, Any]
    known: bool = True
    bounded: bool = True


#: Without guards whatever reads at all is taken; what protects then is what is known of each article.
SETTINGS = (
    Setting("`missing: keep`", {"missing": "keep"}),
    Setting("`missing: error`", {"missing": "error"}),
    Setting("`missing: keep`, no guard on rows", {"missing": "keep", "rows": _LOOSE}),
    Setting("`missing: error`, no guard on rows", {"missing": "error", "rows": _LOOSE}),
    Setting("`missing: zero`, `end: END`", {"missing": "zero", "end": END}),
    Setting("`missing: zero`, `end: END`, no guard on rows", {"missing": "zero", "end": END, "rows": _LOOSE}),
)
#: The first file that a program ever sees may be cut, too: then nothing is known of it but what its document says.
FIRST = (
    Setting(
        "never read before, `rows: {minimum: 120}`", {"missing": "keep", "rows": {"minimum": 120}}, known=False
    ),
    Setting("never read before, `end: END`", {"missing": "keep", "end": END}, known=False),
    Setting(
        "never read before, no guard on rows", {"missing": "keep", "rows": _LOOSE}, known=False, bounded=False
    ),
)


def table(items: int = ITEMS, *, end: bool = False) -> bytes:
    """A file as warehouse systems write them: two rows an article, names in quotes, some with a line break."""
    dice, rows = Random(11), ["item;name;warehouse;quantity;reserved"]
    for number in range(items):
        name = dice.choice(("Kubek; duży", 'Talerz ""Róża""', "Dzbanek\nszklany", "Łyżka"))
        pieces = dice.choice(((0, 7), (12, 0), (3, 15), (120, 4)))
        for warehouse, quantity in zip(("PL1", "CZ"), pieces, strict=True):
            rows.append(f'K-{number:03d};"{name}";{warehouse};{quantity};0')
    return "\r\n".join((*rows, *([END] if end else []), "")).encode()


@dataclass
class Cut:
    """A shop that stands as its whole file has it, and what became of the prefixes."""

    made: World
    whole: bytes
    definition: Mapping[str, Any] = field(default_factory=dict)
    cuts: int = 0
    states: Counter[str] = field(default_factory=Counter)
    planned: set[Readout] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    zeroed: list[str] = field(default_factory=list)
    fresh: bool = False

    @classmethod
    def shop(cls, root: Path, setting: Setting, items: int = ITEMS) -> Cut:
        """Make a shop; what its source was like is known from an apply, unless it was never read."""
        os.environ.setdefault("RECONCILE_KEY", "a key for tests, and for nothing else")
        whole = table(items, end="end" in setting.source)
        shown = range(0, items, _EVERY)
        live = [live_offer(number, f"K-{number:03d}") for number in shown]
        made = World.make(
            root,
            seller(live),
            [_source(setting.source), *map(_document, shown)],
            project={"guards": {**SWITCH_OFF_GUARDS, "zero_wave": "off"}},
        )
        made.write("erp.csv", whole)
        made.apply(made.plan())
        made.stored()
        found = cls(made, whole)
        plan = found.plan_of(whole)
        assert not _numbers(plan)
        found.definition = plan.sources[0].definition
        if not setting.known:
            found.fresh = True
            for ledger in made.root.glob(".reconcile/ledger.db*"):
                ledger.unlink()
        return found

    def plan_of(self, content: bytes) -> Plan:
        """Plan as if the source's file were this one; nothing of it is remembered."""
        path = self.made.write("cut.csv", content)
        return self.made.plan(sources={"erp": str(path)})

    def judge(self, at: int) -> None:
        """Read the first so many bytes, plan them, and note what comes of their being no more."""
        reading = self.read(self.whole[:at])
        self.cuts += 1
        self.states[reading.state.value] += 1
        if reading in self.planned:
            return
        self.planned.add(reading)
        plan = self.plan_of(self.whole[:at])
        assert plan.sources[0].state is reading.state
        numbers = _numbers(plan)
        self.changed.extend(f"{at}: {key} {before} -> {after}" for key, before, after in numbers)
        self.zeroed.extend(f"{at}: {key} {before} -> 0" for key, before, after in numbers if not after)

    def read(self, content: bytes) -> Readout:
        """Return what is read of a content, without its moment."""
        path = self.made.write("cut.csv", content)
        around = Surroundings(workspace=Workspace(self.made.root), clock=WallClock(), instead={"erp": str(path)})
        last_good = None if self.fresh else self.whole.count(b"K-")
        return replace(read(source_from("erp", self.definition), around, last_good), as_of=_WHENEVER)

    def cells(self) -> str:
        """Return the row of the table."""
        counts = (self.cuts, self.refused, len(self.planned), len(self.changed), len(self.zeroed))
        return " | ".join(f"{each:,}" for each in counts)

    @property
    def refused(self) -> int:
        """How many prefixes were no good reading."""
        return self.cuts - self.states[ReadingState.OK.value]


def cut(root: Path, setting: Setting, items: int = ITEMS) -> Cut:
    """Plan every prefix of a file."""
    found = Cut.shop(root, setting, items)
    for at in range(len(found.whole)):
        found.judge(at)
    return found


def _numbers(plan: Plan) -> list[tuple[str, Any, Any]]:
    return [
        (change.key.name, each.before, each.after)
        for account in plan.accounts
        for change in account.changes
        for each in change.fields
        if each.path.startswith("stock.")
    ]


def _source(settings: Mapping[str, Any]) -> dict[str, Any]:
    columns = {"item": "text", "warehouse": "text", "quantity": "whole", "reserved": "whole"}
    return {
        "kind": "Source",
        "name": "erp",
        "type": "csv",
        "path": "erp.csv",
        "delimiter": ";",
        "columns": columns,
        "available": "quantity - reserved",
        "orders": {"by": "erp", "within": "15m"},
        **settings,
    }


def _document(number: int) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": "Offer", "name": f"K-{number:03d}", "stock": {"from": "erp"}}
    if number % (4 * _EVERY) == 0:  # a set: of itself and of the next article, which no other offer follows
        part = {"product": {"gtin": SECOND_GTIN}, "quantity": 2, "item": f"K-{number + 1:03d}"}
        body |= {"bundle": [part], "sync": {"bundle": "off"}}
    return body
