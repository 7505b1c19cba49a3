"""Plans as JSON, loss-free: what `--out` saves, `--json` prints and `apply` reads back.

The digest covers what would be done to the accounts, in any order, and nothing else: neither ids (they derive
from the plan's fresh id), nor the lines on which values stand, nor what is only told (counts, unmanaged and
unsynced offers, what is settling, how old answers are, what lasts and is used, where it comes from, lowest
prices, requests). A saved plan that does not match its digest was edited, and is not applied.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import DecimalException
from typing import Any

import msgspec
from msgspec.structs import replace

from reconciler.model.ages import ages_from_json, ages_to_json
from reconciler.model.changes import Change, Settling
from reconciler.model.changes_json import change_body, read_change
from reconciler.model.fees import added_up, charges
from reconciler.model.live_digest import live_digest
from reconciler.model.memory import Compared
from reconciler.model.memory_json import compared_from_json, compared_to_json
from reconciler.model.pieces import InPieces, in_pieces
from reconciler.model.plan import FORMAT_VERSION, AccountPlan, Action, Forecast, Plan, Problem, Target
from reconciler.model.report_json import (
    Json,
    diagnostic_from_json,
    diagnostic_to_json,
    forecast_to_json,
    held_to_json,
    key_from_json,
    key_to_json,
    moment_from_json,
)
from reconciler.model.tables import SourceRead
from reconciler.model.tables_json import source_from_json, source_to_json
from reconciler.model.undone import Reason
from reconciler.model.values import Value, digest, digest_around, from_jsonable
from reconciler.model.violation_json import violation_from_json, violation_to_json, without_lines

#: Yields what is written or digested to whoever counts it meanwhile.
Counting = Callable[[Iterable[Any]], Iterable[Any]]


class UnreadablePlan(ValueError):  # noqa: N818 - it names what was found, as `runtime.errors` does
    """A saved plan that cannot be used: `summary` says why, `hint` what to do."""

    def __init__(self, summary: str, hint: str = "make a new plan: reconcile plan --out plan.json") -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint


def dump_plan(plan: Plan) -> str:
    """Write a plan as one line of JSON."""
    return "".join(plan_in_pieces(plan))


def steps_of(plan: Plan) -> int:
    """Return how many rows are counted while a plan is written or digested."""
    return sum(len(part.changes) + len(part.actions) + len(part.compared) for part in plan.accounts)


def plan_in_pieces(plan: Plan, counted: Counting = iter, **beside: Any) -> Iterator[str]:
    """Write a plan as one line of JSON, a piece at a time; `beside` is told after its own members."""
    return in_pieces({**_body(plan, counted), **beside})


def load_plan(text: str | bytes) -> Plan:
    """Read a plan. Raise UnreadablePlan for another format, a broken text, or content that was edited."""
    try:
        body = _decoded(text)
    except ValueError as wrong:
        raise UnreadablePlan(f"this is not JSON: {wrong}") from wrong
    except RecursionError as wrong:
        raise UnreadablePlan("this is no plan: its values nest too deep") from wrong
    return plan_from_json(body)


def _decoded(text: str | bytes) -> Any:
    """Decode JSON in half the time; what cannot be (half a character, a mistake) is left to the other reader."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError):
        return json.loads(text)


def plan_to_json(plan: Plan) -> Json:
    """Turn a plan into JSON's own types."""
    body: Json = json.loads(dump_plan(plan))
    return body


def _body(plan: Plan, counted: Counting) -> Json:
    return {
        "format_version": plan.format_version,
        "id": plan.id,
        "digest": plan.digest,
        "created_at": plan.created_at,
        "purpose": plan.purpose,
        "undoes": plan.undoes,
        "at": plan.at or None,
        "only": list(plan.only),
        "allowed": dict(plan.allowed),
        "documents": plan.documents,
        "commit": plan.commit,
        "tree": plan.tree,
        "base": plan.base,
        "refresh": plan.refresh,
        "sources": map(source_to_json, plan.sources),
        "diagnostics": map(diagnostic_to_json, plan.diagnostics),
        "accounts": (InPieces(_account(part, counted)) for part in plan.accounts),
    }


def plan_from_json(body: Any) -> Plan:
    """Build a plan from JSON. Raise UnreadablePlan where it is not one of ours, unaltered."""
    if not isinstance(body, dict) or (version := body.get("format_version")) is None:
        raise UnreadablePlan("this is not a plan: it has no format_version")
    if version != FORMAT_VERSION:
        raise UnreadablePlan(
            f"the plan has format {version}, and this version of reconcile reads format {FORMAT_VERSION}"
        )
    try:
        plan = _plan(body)
        actual = plan_digest(plan)
    except (KeyError, TypeError, ValueError, AttributeError, DecimalException, RecursionError) as wrong:
        raise UnreadablePlan(f"the plan is damaged: {_damage(wrong)}") from wrong
    if actual != plan.digest:
        raise UnreadablePlan("the plan was altered after it was made: its content does not match its digest")
    return plan


def _damage(wrong: Exception) -> str:
    if isinstance(wrong, KeyError):
        return f"it lacks `{wrong.args[0]}`"
    return "its values nest too deep" if isinstance(wrong, RecursionError) else "it holds a value that no plan has"


def plan_digest(plan: Plan, counted: Counting = iter) -> str:
    """Return the digest of what would be done: the same whatever the order, the id or the time."""
    return digest(
        {
            "accounts": {part.account: _digested(part, counted) for part in plan.accounts},
            "allowed": dict(plan.allowed),
            "purpose": plan.purpose,
            "undoes": plan.undoes,
            "at": plan.at or None,
            **({"refresh": plan.refresh} if plan.refresh == "none" else {}),
            "sources": {each.name: _source_seen(each) for each in plan.sources},
        }
    )


def _source_seen(each: SourceRead) -> Json:
    """Whenever it was read: the same rows are the same plan."""
    return {"state": each.state.value, "rows": each.rows, "digest": each.digest, "definition": each.definition}


def _timeless(each: Compared) -> Json:
    """Leave out when a stock was looked at: the same seen a moment later is the same plan."""
    body = compared_to_json(each)
    if each.counted is not None:
        gone = [("", pieces) for _, pieces in each.counted.gone]
        body["counted"] |= {"at": "", "gone": gone, "taken": ("",) * len(each.counted.taken)}
    return body


def _digested(part: AccountPlan, counted: Counting) -> Json:
    compared, changes, actions = map(counted, (part.compared, part.changes, part.actions))
    return {
        "account": part.account,
        "marketplace": part.marketplace,
        "login": part.login,
        "site": part.site,
        "spec_revision": part.spec_revision,
        "complete": part.complete,
        # In order already: names alone are sorted faster than names and ids.
        "references": {kind: {name: ids[name] for name in sorted(ids)} for kind, ids in part.references.items()},
        "population": dict(part.population),
        "base_market": part.base_market,
        "compared": sorted(digest_around(_timeless(each), each.declared.values()) for each in compared),
        "changes": sorted(digest_around(_placeless(change_body(each)), _written(each)) for each in changes),
        "actions": sorted(digest_around(_nameless(_action(each)), _carried(each)) for each in actions),
        "violations": sorted(digest(without_lines(violation_to_json(each))) for each in part.violations),
        "released": sorted(f"{each.kind}/{each.name}" for each in part.released),
        "undone": {reason: sorted(names) for reason, names in part.undone.items()},
        "held": sorted(f"{each.kind}/{each.name}" for each in part.held),
        "unread": sorted(part.unread),
        "problem": _problem(part.problem),
    }


def _placeless(change: Json) -> Json:
    del change["mark"], change["lasting"], change["uses"], change["cause"]
    for field in change["fields"]:
        del field["mark"], field["places"], field["uncommitted"], field["cause"]
        field.pop("lowest", None)
    return change


def _written(change: Change) -> Iterator[Value]:
    for field in change.fields:
        yield field.before
        yield field.after


def _carried(action: Action) -> Iterator[Value]:
    for target in action.targets:
        yield from target.before.values()
        yield from target.after.values()


def _nameless(action: Json) -> Json:
    del action["id"]
    return action


# Writing. `Money` and the like stay as they are: the digest is made of them, and JSON is when it is written.


def _account(part: AccountPlan, counted: Counting) -> Json:
    costs = added_up(cost for _, _, cost in charges(part.changes))
    return {
        "account": part.account,
        "marketplace": part.marketplace,
        "login": part.login,
        "site": part.site,
        "seen_at": part.seen_at,
        "spec_revision": part.spec_revision,
        "complete": part.complete,
        "population": dict(part.population),
        "base_market": part.base_market,
        "limits": {rule: list(limits) for rule, limits in part.limits.items()},
        "counts": dict(part.counts),
        "changes": map(change_body, counted(part.changes)),
        "actions": map(_action, counted(part.actions)),
        "references": {kind: dict(labels) for kind, labels in part.references.items()},
        "unsynced": map(change_body, part.unsynced),
        "settling": (
            {"change": change_body(each.change), "accepted_at": each.accepted_at} for each in part.settling
        ),
        "compared": map(compared_to_json, counted(part.compared)),
        "unmanaged": list(part.unmanaged),
        "released": [key_to_json(each) for each in part.released],
        "undone": {reason: list(names) for reason, names in part.undone.items()},
        "held": held_to_json(part.held),
        "unread": list(part.unread),
        "problem": _problem(part.problem),
        "violations": map(violation_to_json, part.violations),
        "archived_days": part.archived_days,
        "listing_hours": part.listing_hours,
        "live": live_digest(part),
        **({"fees": list(costs)} if costs else {}),
        "reads": dict(part.reads),
        "forecast": forecast_to_json(part.forecast),
        "ages": ages_to_json(part.ages),
    }


def _action(each: Action) -> Json:
    return {
        "id": each.id,
        "kind": each.kind,
        "operation": each.operation,
        "wave": each.wave,
        "targets": [
            {
                "key": key_to_json(target.key),
                "remote_id": target.remote_id,
                "before": dict(target.before),
                "after": dict(target.after),
            }
            for target in each.targets
        ],
    }


def _problem(each: Problem | None) -> Json | None:
    return {"reason": each.reason, "summary": each.summary, "hint": each.hint} if each else None


# Reading. A missing member is a KeyError, which `plan_from_json` turns into a sentence.


def _plan(body: Json) -> Plan:
    return Plan(
        id=body["id"],
        digest=body["digest"],
        created_at=moment_from_json(body["created_at"]),
        accounts=tuple(_read_account(part) for part in body["accounts"]),
        diagnostics=tuple(diagnostic_from_json(each) for each in body["diagnostics"]),
        allowed=dict(body["allowed"]),
        only=tuple(body["only"]),
        purpose=body.get("purpose", "apply"),
        undoes=body.get("undoes", ""),
        at=moment_from_json(body["at"]) if body.get("at") else "",
        documents=body["documents"],
        commit=body.get("commit", ""),
        tree=body.get("tree", ""),
        base=body.get("base", ""),
        refresh=body.get("refresh", "auto"),
        sources=tuple(source_from_json(each) for each in body["sources"]),
        format_version=body["format_version"],
    )


def _read_account(body: Json) -> AccountPlan:
    return AccountPlan(
        account=body["account"],
        marketplace=body["marketplace"],
        login=body["login"],
        site=body["site"],
        seen_at=moment_from_json(body["seen_at"]),
        spec_revision=body["spec_revision"],
        complete=body["complete"],
        changes=tuple(read_change(each) for each in body["changes"]),
        actions=tuple(_read_action(each) for each in body["actions"]),
        references={kind: dict(labels) for kind, labels in body["references"].items()},
        unsynced=tuple(read_change(each) for each in body["unsynced"]),
        settling=tuple(
            Settling(change=read_change(each["change"]), accepted_at=each["accepted_at"])
            for each in body["settling"]
        ),
        compared=tuple(compared_from_json(each) for each in body["compared"]),
        unmanaged=tuple(body["unmanaged"]),
        undone={Reason(reason): tuple(names) for reason, names in body["undone"].items()},
        released=tuple(key_from_json(each) for each in body["released"]),
        held={key_from_json(each["key"]): str(each["reason"]) for each in body["held"]},
        unread=tuple(body["unread"]),
        problem=Problem(**body["problem"]) if body["problem"] else None,
        violations=tuple(violation_from_json(each) for each in body["violations"]),
        population=dict(body["population"]),
        base_market=body["base_market"],
        limits={rule: tuple(limits) for rule, limits in body.get("limits", {}).items()},
        counts=dict(body["counts"]),
        reads=dict(body["reads"]),
        forecast=Forecast(**body["forecast"]),
        archived_days=body["archived_days"],
        listing_hours=body["listing_hours"],
        ages=ages_from_json(body.get("ages", {})),
    )


def _read_action(body: Json) -> Action:
    return Action(
        id=body["id"],
        kind=body["kind"],
        operation=body["operation"],
        wave=body["wave"],
        targets=tuple(_read_target(each) for each in body["targets"]),
    )


def _read_target(body: Json) -> Target:
    return Target(
        key=key_from_json(body["key"]),
        remote_id=body["remote_id"],
        before=_read_values(body["before"]),
        after=_read_values(body["after"]),
    )


def _read_values(body: Mapping[str, Value]) -> dict[str, Value]:
    return {path: from_jsonable(value) for path, value in body.items()}


def sealed(plan: Plan, counted: Counting = iter) -> Plan:
    """Return the plan with the digest of its content."""
    return replace(plan, digest=plan_digest(plan, counted))
