"""Every trouble of the marketplace, with every kind of action: a true report, and an empty plan when it is over."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import world
from world import World, differences

from reconciler.model.outcomes import Report, Result
from reconciler.runtime.commands.apply import resume
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from torture import shop

Documents = list[dict[str, Any]]
WRITES = ["POST", "PUT", "PATCH", "DELETE"]
ENDED = {"publication": {"status": "ENDED", "endedBy": "USER"}}
POLICY = {
    "kind": "ReturnPolicy",
    "name": "zwroty",
    "is_fulfillment": False,
    "availability": {"range": "full"},
    "withdrawal_period": "P14D",
    "return_cost": {"covered_by": "buyer"},
    "address": {
        "name": "Sklep",
        "street": "Prosta 1",
        "post_code": "60-166",
        "city": "Poznań",
        "country_code": "PL",
    },
    "options": {
        "cash_on_delivery_not_allowed": True,
        "free_accessories_return_required": False,
        "refund_lowered_by_received_discount": False,
        "business_return_allowed": False,
        "collect_by_seller_only": False,
    },
}


@dataclass(frozen=True)
class Kind:
    """A kind of action: the documents that ask for it; `first` is applied before, so that there is something there."""

    documents: Documents
    first: Documents = field(default_factory=list)
    live: Mapping[str, Any] = field(default_factory=dict)


def _each(**sections: Any) -> Documents:
    return [world.offer(name, **sections) for name in "ABC"]


PAIR = shop.bundle("zestaw", ("A", "B"))
KINDS: dict[str, Kind] = {
    "create": Kind([world.whole_offer("N1"), world.whole_offer("N2")]),
    "edit": Kind(_each(content={"title": "Zupełnie inny tytuł kubka"})),
    "price": Kind(_each(price="55 PLN")),
    "quantity": Kind(_each(stock={"always": 3})),
    "bulk": Kind([world.offer(n, price=f"5{i}.10 PLN", stock={"always": 4 + i}) for i, n in enumerate("ABC")]),
    "modify": Kind(_each(delivery={"handling": "PT72H"})),
    "activate": Kind(_each(stock={"status": "active"}), live=ENDED),
    "end": Kind(_each(stock={"status": "ended"})),
    "tag": Kind(_each(settings={"tags": ["Nowość"]})),
    "delete draft": Kind([], first=[world.whole_offer("N1", stock={"always": 5, "status": "draft"})]),
    "create an object": Kind(
        [shop.price_list("Nowy", "12.99"), {"kind": "OfferTag", "name": "Lato", "hidden": False}, POLICY]
    ),
    "update an object": Kind([shop.price_list("Standard", "7.49")]),
    "create a bundle": Kind([*_each(price="49.99 PLN"), PAIR]),
    "update a bundle": Kind(
        [*_each(price="49.99 PLN"), {**PAIR, "discount": {"whole": {"minimum": 2, "allegro-pl": 15}}}],
        first=[*_each(price="49.99 PLN"), PAIR],
    ),
    "delete a bundle": Kind(_each(price="49.99 PLN"), first=[*_each(price="49.99 PLN"), PAIR]),
    "upload a picture": Kind(_each(content={"images": ["images/nowe.png"]})),
}
EVERYTHING = Kind(
    [
        *KINDS["create"].documents,
        shop.price_list("Nowy", "12.99"),
        shop.price_list("Standard", "7.49"),
        {"kind": "OfferTag", "name": "Lato", "hidden": False},
        PAIR,
        world.offer("A", price="55 PLN", content={"title": "Zupełnie inny tytuł kubka"}),
        world.offer("B", price="55 PLN", stock={"always": 3}, settings={"tags": ["Lato"]}),
        world.offer("C", price="56.10 PLN", stock={"always": 4}, delivery={"handling": "PT72H"}),
        world.offer("D", stock={"status": "ended"}),
        world.offer("E", content={"images": ["images/nowe.png"]}),
    ]
)


def rule(do: str, *, times: int | None = 2, method: list[str] | None = None, **more: Any) -> dict[str, Any]:
    when = {"method": method or WRITES}
    if "path" in more:
        when["path"] = more.pop("path")
    return {"faults": {"schedule": [{"do": do, "times": times, "when": when, **more}]}}


#: Name -> knobs. `for ever` lasts as long as the apply does.
FAULTS: dict[str, dict[str, Any]] = {
    "429": rule("429"),
    "429 with Retry-After": rule("429", retry_after=7, penalty_seconds=7),
    "429 without end": rule("429", times=None),
    "500": rule("500"),
    "500 without end": rule("500", times=None),
    "502": rule("502", body="html"),
    "503": rule("503", body="empty"),
    "503 without end": rule("503", times=None),
    "504": rule("504"),
    "503 to reads": rule("503", times=None, ratio=0.3, method=["GET"]),
    "429 to reads": rule("429", times=3, method=["GET"]),
    "reset before": rule("drop_before"),
    "reset before without end": rule("drop_before", times=None),
    "reset after": rule("drop_after"),
    "reset after without end": rule("drop_after", times=None),
    "reset of reads": rule("drop_before", times=None, ratio=0.3, method=["GET"]),
    "slow body": rule("slow", seconds=0.05),
    "truncated": rule("truncate"),
    "truncated without end": rule("truncate", times=None),
    "garbled": rule("garble"),
    "garbled without end": rule("garble", times=None),
    "garbled reads": rule("garble", times=None, ratio=0.3, method=["GET"]),
    "401 once": rule("401", times=1),
    "401 without end": rule("401", times=None),
    "token expires": rule("expire_token", times=1),
    "busy": rule("409", times=2, method=["PATCH"]),
    "busy without end": rule("409", times=None, method=["PATCH"]),
    "operation fails": rule("operation_fails"),
    "operation fails without end": rule("operation_fails", times=None),
    "operation hangs": rule("operation_hangs", times=1, seconds=7200),
    "operation hangs, unlocked": rule("operation_hangs", times=1, seconds=7200, locked=False),
    "operation takes an hour": rule("operation_hangs", times=1, seconds=3600),
    "part of a batch fails": rule("tasks_fail", times=None, share=0.5),
    "list lags by 10 minutes": {"list_lag_seconds": 600},
    "list lags, answers lost": {"list_lag_seconds": 600} | rule("drop_after"),
    "clock ahead": {"clock_skew_seconds": 3600},
    "short list": rule("short_list", method=["GET"]),
    "short list without end": rule("short_list", times=None, method=["GET"]),
    "upload refused": rule("refuse", status=422, code="INVALID_IMAGE", message="Not a picture.", path="/upload"),
    "upload fails": rule("503", times=None, path="/upload"),
    "everything at 202": {"accepted_ratio": 1.0, "operation_seconds": (60, 300)},
}
CALM = {
    "faults": {"schedule": []},
    "list_lag_seconds": 0.0,
    "clock_skew_seconds": 0.0,
    "accepted_ratio": 0.2,
    "operation_seconds": (1.0, 3.0),
}


def make(root: Path, kind: Kind) -> World:
    """A shop for one kind of action, in its calm state, with what must be there before."""
    products = (shop.example.PRODUCT, world.SECOND_PRODUCT, world.THIRD_PRODUCT)
    live = [shop.live_offer(n, name, products[n % 3]) for n, name in enumerate("ABCDE")]
    for entry in live:
        entry["offer"].update(kind.live)
    made = World.make(root, world.seller(live), kind.first or kind.documents, project={"guards": GUARDS})
    made.write("images/nowe.png", shop.PICTURE + b"x")
    if kind.first:
        made.converge()
        made.documents(*kind.documents)
    return made


GUARDS = {**world.SWITCH_OFF_GUARDS}


def case(
    root: Path, kind: Kind, knobs: Mapping[str, Any], *, after: Callable[[World], None] | None = None
) -> list[str]:
    """Apply in trouble, hold the report against what is there, then once more in peace. Empty when all is well."""
    made = make(root, kind)
    plan = made.plan()
    planned = [target.key for part in plan.accounts for action in part.actions for target in action.targets]
    if not planned:
        return ["nothing was planned: the case tests nothing"]
    made.set(**knobs)
    found: list[str] = []
    try:
        found += untrue(made, made.apply(plan), len(planned))
    except RunStopped as stopped:
        if not (stopped.summary and stopped.hint):
            found.append(f"stopped without a word of help: {type(stopped).__name__} {stopped.summary!r}")
        calm(made)
    if after:
        after(made)
    found += unsettled(made)
    if not found:
        shutil.rmtree(root)
    return found


def calm(made: World) -> None:
    """The trouble ends; what lagged or was on its way has an hour to arrive, and longer than that."""
    made.set(**CALM)
    with made.simulator() as simulator:
        simulator.clock.advance(3 * 3600)
        simulator.catch_up()


def untrue(made: World, report: Report, planned: int) -> list[str]:
    """What a report says that is not so, once everything has come to rest."""
    found = []
    if sum(report.counts().values()) != planned:
        found.append(f"{planned} rows planned, the report has {sum(report.counts().values())}")
    for each in report.outcomes:
        if each.result is not Result.APPLIED and not (each.detail or each.fault):
            found.append(f"{each.key} {each.result} without a reason")
    calm(made)
    results: dict[Any, set[Result]] = {}
    for each in report.outcomes:
        results.setdefault(each.key, set()).add(each.result)
    left = {change.key for change in made.plan(refresh="full").changes}
    found += [f"{key} was reported applied and is not" for key in left if results.get(key) == {Result.APPLIED}]
    refused = [key for key, seen in results.items() if Result.REFUSED in seen or Result.SKIPPED in seen]
    found += [f"{key} was reported {results[key]} and is there" for key in refused if key not in left]
    return found


def unsettled(made: World) -> list[str]:
    """Finish what was left open and apply once more: everything is applied, nothing twice, nothing left to do."""
    workspace = Workspace(made.root)
    found = []
    try:
        resume(workspace, ApplyOptions(), Silent())
        plan = made.plan()
        report = made.apply(plan)
        found += [f"in peace: {each}" for each in world.undone(report)]
        found += [f"in peace: planned again: {each}" for each in differences(made.plan(refresh="full"))]
    except RunStopped as stopped:
        found.append(f"in peace: {type(stopped).__name__} {stopped.summary}")
    with made.simulator() as simulator:
        twice = {kind: names for kind, names in simulator.census(made.login)["duplicates"].items() if names}
    return found + ([f"twice: {twice}"] if twice else [])


def matrix(
    folder: Path, *, faults: list[str] | None = None, kinds: list[str] | None = None
) -> tuple[Counter[str], list[str]]:
    """Every fault with every kind; the count of cases, and what was wrong."""
    counts: Counter[str] = Counter()
    wrong = []
    for name in faults or FAULTS:
        for kind in kinds or KINDS:
            counts["cases"] += 1
            try:
                found = case(folder / f"{len(wrong)}-{counts['cases']}", KINDS[kind], FAULTS[name])
            except Exception as problem:  # noqa: BLE001 - a campaign goes on and tells all
                found = [f"{type(problem).__name__}: {problem}"]
            wrong += [f"{name} x {kind}: {each}" for each in found]
            counts["with faults"] += bool(found)
    return counts, wrong
