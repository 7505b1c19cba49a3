"""What is held against a command that was lied to. The marketplace's own store is the witness."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lying import stall
from lying.command import Ended
from lying.liar import Asked, Liar
from lying.lies import LIES, Depth
from lying.stall import Look

Rows = Mapping[str, set[str]]
_TOO_BUSY = "the marketplace was too busy"


def rows_of(report: Any) -> Rows:
    """The results of each resource in a report."""
    found: dict[str, set[str]] = {}
    for each in report.get("outcomes") or ():
        found.setdefault(name_of(each), set()).add(each["result"])
    return found


def name_of(outcome: Mapping[str, Any]) -> str:
    """The resource of a row."""
    return f"{outcome['key']['kind']}/{outcome['key']['name']}"


def report_faults(ended: Ended, liar: Liar, planned: set[tuple[str, str]] | None) -> list[str]:
    """Whether a run that has sent something tells what became of it, row by row."""
    report = ended.document()
    if report is None:
        return []
    if "outcomes" not in report:
        return [f"no report, after {liar.writes} writes: {_said(report)}"] if liar.writes else []
    found = [
        f"{name_of(each)} {each['result']} without a reason"
        for each in report["outcomes"]
        if each["result"] != "applied" and not (each["detail"] or each["fault"])
    ]
    # by resource and number: a refused command is divided, and its parts have ids of their own
    told, asked = Counter(map(name_of, report["outcomes"])), Counter(name for _, name in planned or ())
    if planned is not None and not report["stops"] and told != asked:
        found.append(f"rows without a result: {sorted((asked - told).keys())[:4]}")
    return found


def _said(report: Any) -> str:
    return str((report.get("error") or {}).get("summary"))[:160]


def untrue(ended: Ended, liar: Liar, then: Look, size: str) -> list[str]:
    """What a report says that is not so, once everything has come to rest.

    Refused may be called what the marketplace itself, in a lie, called refused.
    """
    report = ended.document()
    if not report or "outcomes" not in report:
        return []
    there, found = stall.true_of(then, size), []
    refusal = any(400 <= asked.said.status < 500 for asked in liar.told)
    for name, results in rows_of(report).items():
        if results == {"applied"} and there.get(name) is False:
            found.append(f"false: {name} was reported applied and is not there")
        if results <= {"refused", "skipped"} and not refusal and there.get(name) is True:
            found.append(f"false: {name} was reported {sorted(results)} and is there")
    return found


def dragged(ended: Ended, liar: Liar, before: Look, then: Look, honest: Any) -> list[str]:
    """The rows that another row's lie has kept from being done, which are done when nobody lies."""
    report = ended.document()
    if not report or "outcomes" not in report or not liar.told:
        return []
    mine = {name for name, results in rows_of(honest).items() if results != {"applied"}}
    for asked in liar.told:
        concerned = _concerned(asked, report, before, then)
        if concerned is None:
            return []
        mine |= concerned
    if any(stop["reason"] == "authentication" for stop in report["stops"]) and liar.told[0].said.status in (
        401,
        403,
    ):
        return []  # a token that is refused, or lacks a right, ends a run
    if any(asked.said.status == 429 for asked in liar.told):
        # a limit is the whole client's: what it stops is said, and left for later
        left = [name for name, results in rows_of(report).items() if results == {"skipped"}]
        mine |= {name for name in left if _reason(report, name).startswith(_TOO_BUSY)}
    for name in list(mine):
        mine |= stall.DEPENDENTS.get(name, set())
    stopped = [
        f"{name} is {sorted(results - {'applied'})} ({_reason(report, name)})"
        for name, results in rows_of(report).items()
        if results != {"applied"} and name not in mine
    ]
    stops = [f"the run was stopped: {stop['summary'][:120]}" for stop in report["stops"]]
    return [f"another row's lie: {each}" for each in [*stops, *stopped][:3]]


def _reason(report: Any, name: str) -> str:
    each = next(row for row in report["outcomes"] if name_of(row) == name and row["result"] != "applied")
    fault = each["fault"] or {}
    return f"{fault.get('code', '')} {fault.get('message', '')} {each['detail']}".strip()[:140]


def _concerned(asked: Asked, report: Any, before: Look, then: Look) -> set[str] | None:
    """The resources that a request speaks of; None when that may be all of them."""
    parts = asked.path.strip("/").split("/")
    if "-commands" in asked.path:
        command = (_json(asked.body) or {}).get("commandId") or parts[2] if len(parts) > 2 else None
        command = command or (_json(asked.body) or {}).get("commandId")
        return {name_of(each) for each in report["outcomes"] if each["action"] == command}
    if asked.call.startswith("POST"):
        body = _json(asked.body) or {}
        if parts[-1] == "product-offers":
            return {f"Offer/{(body.get('external') or {}).get('id')}"}
        if parts[-1] in _KINDS:
            return {f"{_KINDS[parts[-1]]}/{body.get('name')}"}
        if parts[-1] == "images":
            return {"Offer/N1", "Offer/N2"} if "url" in body else {"Offer/IM"}
        if parts[-1] == "flexible-bundles":
            return {"Bundle/nowy zestaw"}
    ids = {each for look in (before, then) for each in _ids(look)}
    named = {name for number, name in ids if number in parts}
    return named or None


_KINDS = {"shipping-rates": "DeliveryPriceList", "offer-tags": "OfferTag", "return-policies": "ReturnPolicy"}


def _ids(look: Look) -> Iterable[tuple[str, str]]:
    yield from ((str(body.get("id")), f"Offer/{key}") for key, body in look.offers.items())
    for kind, things in zip(_KINDS.values(), (look.rates, look.labels, look.policies), strict=True):
        yield from ((str(body.get("id")), f"{kind}/{name}") for name, body in things.items())


def _json(body: bytes) -> Any:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def planned_of(plan: Any) -> set[tuple[str, str]]:
    """Every row of a plan: its action and its resource."""
    return {
        (action["id"], f"{target['key']['kind']}/{target['key']['name']}")
        for part in plan["accounts"]
        for action in part["actions"]
        for target in action["targets"]
    }


def misled(ended: Ended, liar: Liar, honest: Any) -> list[str]:
    """A plan that rests on an answer which no marketplace could have given, and does not say so."""
    plan = ended.document()
    if not plan or "accounts" not in plan or not liar.told or liar.tale is None:
        return []
    depth, truth, told = LIES[liar.tale.lie].depth, _changes(honest), _changes(plan)
    more, less = told - truth, truth - told
    if depth is Depth.PLAUSIBLE:
        return []
    if depth is Depth.WRONG_PLACE:
        more, less = {each for each in more if each[0] in ("create", "end", "delete")}, set()
    warned = any(each["severity"] in ("warning", "error") for each in plan["diagnostics"])
    if not more and (not less or warned):
        return []
    return [f"misled{'' if warned else ', and nothing said'}: more {sorted(more)[:3]}, less {sorted(less)[:3]}"]


def _changes(plan: Any) -> set[tuple[str, ...]]:
    return {
        (change["verb"], change["key"]["kind"], change["key"]["name"])
        for part in plan["accounts"]
        for change in part["changes"]
    }
