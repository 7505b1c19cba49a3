"""A seller whose stock comes from a file with two warehouses, beside the practice marketplace; asked by commands."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.cli.main import run
from tests import world

ERP: dict[str, Any] = {
    "kind": "Source",
    "name": "erp",
    "type": "csv",
    "path": "erp.csv",
    "columns": {"item": "text", "warehouse": "text", "quantity": "whole"},
    "orders": {"by": "wfirma", "within": "15m"},
}
#: What is in stock: pieces by warehouse, by item.
Pieces = Mapping[str, Mapping[str, object]]
#: What the last line of a file says that has an end.
END = "END"
FOLLOWS = {"from": "erp"}


def follows(key: str, **stock: Any) -> dict[str, Any]:
    """A document of an offer that is live: its stock follows the source."""
    return world.offer(key, stock={**FOLLOWS, **stock})


def erp(**changes: Any) -> dict[str, Any]:
    """The Source, with other settings; None takes one away. Only a file with an end may have missing rows mean none."""
    proof = {"end": END} if changes.get("missing") == "zero" else {}
    return {key: value for key, value in {**ERP, **proof, **changes}.items() if value is not None}


def feed(pieces: Pieces, *, end: bool = False) -> str:
    """The file of the warehouses."""
    lines = (f"{item},{where},{number}" for item, all_ in pieces.items() for where, number in all_.items())
    return "\n".join(("item,warehouse,quantity", *lines, *([END] if end else []), ""))


def there(number: int, key: str, pieces: int = 5, **changes: Any) -> dict[str, Any]:
    """A live offer with so many pieces, which does not renew itself."""
    return world.live_offer(number, key, **{"stock": {"available": pieces, "unit": "UNIT"}, **changes})


@dataclass(frozen=True)
class Shop:
    """A project in a folder, its marketplace, and the commands."""

    made: world.World

    @classmethod
    def make(
        cls,
        root: Path,
        live: list[dict[str, Any]],
        documents: list[Mapping[str, Any]],
        pieces: Pieces,
        *,
        source: Mapping[str, Any] = ERP,
        guards: Mapping[str, Any] | None = None,
    ) -> Shop:
        """Seed the marketplace, write the documents and the feed."""
        off = {**world.SWITCH_OFF_GUARDS, "zero_wave": "off", **(guards or {})}
        made = world.World.make(root, world.seller(live), documents, project={"guards": off})
        shop = cls(made)
        shop.declare(*documents, source=source)
        made.write("erp.csv", feed(pieces, end="end" in source))
        return shop

    # --- the files ------------------------------------------------------------------------------------------

    def declare(self, *documents: Mapping[str, Any], source: Mapping[str, Any] = ERP) -> None:
        """Replace all documents."""
        self.made.documents(*documents, source)

    def feed(self, pieces: Pieces) -> None:
        """Write what the warehouses have now."""
        self.made.write("erp.csv", feed(pieces))

    # --- the commands ---------------------------------------------------------------------------------------

    def ask(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run a command as a shell does and return its JSON."""
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            ended = run(["-C", str(self.made.root), *arguments, "--json"])
        assert ended == code, out.getvalue()
        return dict(json.loads(out.getvalue()))

    def plan(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """What `reconcile plan` says."""
        return self.ask("plan", *arguments, code=code)

    def apply(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """What `reconcile apply` says; what is due on the marketplace has happened then."""
        report = self.ask("apply", "--auto-approve", *arguments, code=code)
        self.made.stored()
        return report

    def rest(self) -> None:
        """Hold that there is nothing to do."""
        assert changes(self.plan()) == {}

    # --- the marketplace ------------------------------------------------------------------------------------

    def offer(self, key: str) -> dict[str, Any]:
        """The newest offer of a key, as it stands there."""
        found = self.made.by_key(key)
        assert found is not None
        return found

    def state(self, key: str) -> tuple[str, int]:
        """Its status and its pieces."""
        body = self.offer(key)
        return str(body["publication"]["status"]), int(body["stock"]["available"])

    def ended_by(self, key: str) -> str | None:
        """Who ended it."""
        return self.offer(key)["publication"].get("endedBy")  # type: ignore[no-any-return]

    def sell(self, key: str, pieces: int) -> None:
        """Somebody buys; what follows from it has happened then."""
        with self.made.simulator() as simulator:
            simulator.sell(self.made.login, self.offer(key)["id"], pieces)
        self.made.stored()

    def end(self, key: str, by: str = "USER") -> None:
        """Somebody ends the offer."""
        with self.made.simulator() as simulator:
            simulator.end(self.made.login, self.offer(key)["id"], by)

    def wait(self, minutes: float) -> None:
        """Let time pass on the marketplace."""
        with self.made.simulator() as simulator:
            simulator.clock.advance(minutes * 60)
            simulator.catch_up()


def changes(plan: Mapping[str, Any]) -> dict[str, dict[str, tuple[Any, Any]]]:
    """What a plan changes: offer -> field -> before and after."""
    return {
        change["key"]["name"]: {each["path"]: (each["before"], each["after"]) for each in change["fields"]}
        for account in plan["accounts"]
        for change in account["changes"]
    }


def told(plan: Mapping[str, Any], code: str) -> list[dict[str, Any]]:
    """The findings of a code."""
    return [each for each in plan["diagnostics"] if each["code"] == code]


def refusals(plan: Mapping[str, Any]) -> set[str]:
    """The rules by which a plan is refused."""
    return {each["rule"] for account in plan["accounts"] for each in account["violations"] if not each["allowed"]}
