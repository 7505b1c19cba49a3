"""Laws of the pure core: diff, batches, digests, plans as JSON."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from engine.build import NOW, OFFERS, SPEC, desired, key, live
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.engine.batch import batch
from reconciler.engine.creation import creation
from reconciler.engine.diff import Scope, diff
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Desired, Live
from reconciler.model.plan import AccountPlan, Breach, Forecast, Plan, Target, Violation
from reconciler.model.plan_json import UnreadablePlan, dump_plan, load_plan, plan_digest, sealed
from reconciler.model.spec import Shape
from reconciler.model.values import Money, Value, canonical_json

PLAN_ID = "00000000-0000-4000-8000-000000000000"
WORDS = st.sampled_from(["a", "b", "Kubek", "ą ę", "x" * 9])
AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=2, allow_nan=False).map(lambda d: Money(d, "PLN"))
PRODUCTS = st.one_of(
    st.sampled_from(["111", "222"]).map(lambda g: {"gtin": g}),
    st.sampled_from(["p1", "p2"]).map(lambda i: {"id": i}),
)
GTINS = {"111": "p1", "222": "p2"}

#: What a document may want of a field, canonical.
WANTED: dict[str, st.SearchStrategy[Value]] = {
    "content.title": WORDS,
    "content.category": st.sampled_from(["1", "2"]),
    "content.product": PRODUCTS,
    "content.parameters": st.dictionaries(
        st.sampled_from(["Stan", "wzór", "7"]),
        st.one_of(st.none(), st.lists(WORDS, min_size=1, unique=True), st.just({"from": "1", "to": "2"})),
        min_size=1,
    ),
    "content.description": st.none()
    | st.lists(st.lists(st.builds(lambda t: {"text": f"<p>{t}</p>"}, WORDS), min_size=1), min_size=1),
    "content.images": st.lists(WORDS, min_size=1),
    "delivery.prices": WORDS,
    "delivery.handling": st.sampled_from(["PT24H", "PT48H"]),
    "price.base": AMOUNTS,
    "price.allegro-cz": AMOUNTS,
    "stock.quantity": st.integers(0, 5),
    "stock.status": st.sampled_from(["active", "ended"]),
    "bundle.items": st.none()
    | st.lists(st.builds(lambda p, q: {"product": p, "quantity": q}, PRODUCTS, st.integers(1, 2)), max_size=2),
    "settings.return_policy": st.none() | WORDS,
    "settings.invoice": st.sampled_from(["vat", "no_invoice"]),
    "settings.tax": st.none()
    | st.dictionaries(st.sampled_from(["PL", "CZ", "subject"]), st.sampled_from(["23", "goods"]), min_size=1),
    "settings.location": st.dictionaries(st.sampled_from(["city", "country"]), WORDS, min_size=1),
    "settings.b2b_only": st.booleans(),
    "settings.tags": st.none() | st.lists(WORDS, unique=True).map(sorted),
    "settings.safety": st.none() | WORDS,
}


def as_live(path: str, wanted: Value, there: Value) -> Value:
    """What a marketplace shows after a write of `wanted` over `there`."""
    match path:
        case "content.product":
            return _product(wanted)
        case "content.parameters":
            return _parameters(wanted, there)
        case "bundle.items":
            return [{"product": _product(item["product"]), "quantity": item["quantity"]} for item in wanted or ()]
        case "settings.tax" | "settings.location":
            return None if wanted is None else {**(there or {}), **wanted}
        case "settings.tags":
            return list(reversed(wanted or []))
        case _:
            return wanted


def _product(wanted: dict[str, str]) -> Value:
    by_id = {i: g for g, i in GTINS.items()}
    remote = wanted.get("id") or GTINS[wanted["gtin"]]
    return {"id": remote, "gtins": [by_id[remote]]}


def _parameters(wanted: Value, there: Value) -> Value:
    found = dict(there or {})
    for name, value in wanted.items():
        if value is None:
            found.pop(name, None)
            continue
        shown = {"name": name, "ids": [], "values": [], "range": None, "section": "offer", "id": name}
        found[name] = {**shown, **({"range": value} if isinstance(value, dict) else {"values": value[::-1]})}
    return found


@st.composite
def wants(draw: st.DrawFn) -> dict[str, Value]:
    """Some declared fields."""
    paths = draw(st.lists(st.sampled_from(sorted(WANTED)), unique=True, max_size=8))
    return {path: draw(WANTED[path]) for path in paths}


@st.composite
def lives(draw: st.DrawFn, name: str = "K1", remote_id: str = "1") -> Live:
    """A live offer with all fields."""
    fields = {path: as_live(path, draw(strategy), None) for path, strategy in WANTED.items()}
    return live(name, fields, remote_id=remote_id, sold=0, listed_at=None)


SCOPE = Scope(now=NOW)


def patched(there: Live, change: Change | None) -> Live:
    """The live offer after a change was applied to it."""
    fields = dict(there.fields)
    for each in change.fields if change else ():
        fields[each.path] = as_live(each.path, each.after, fields.get(each.path))
    return replace(there, fields=fields)


# --- diff ----------------------------------------------------------------------------------------------------


@given(fields=wants(), there=lives())
def test_a_diff_of_equals_is_empty(fields: dict[str, Value], there: Live) -> None:
    """diff(x, x) is empty, in whatever spelling the marketplace shows x."""
    same = {path: as_live(path, value, there.fields[path]) for path, value in fields.items()}
    there = replace(there, fields={**there.fields, **same})
    found = diff(desired(fields=fields), there, OFFERS, SCOPE)
    assert (found.change, found.unsynced, found.notes) == (None, None, ())


@given(fields=wants(), there=lives())
def test_a_live_offer_patched_by_its_diff_has_no_diff(fields: dict[str, Value], there: Live) -> None:
    """Live patched by diff equals desired on owned fields, and the rest of it was not touched."""
    found = diff(desired(fields=fields), there, OFFERS, SCOPE)
    assume(not found.notes)
    after = patched(there, found.change)
    assert diff(desired(fields=fields), after, OFFERS, SCOPE).change is None
    assert {p: v for p, v in after.fields.items() if p not in fields} == {
        p: v for p, v in there.fields.items() if p not in fields
    }


@given(fields=wants(), unsynced=wants(), there=lives())
def test_changes_stay_within_what_is_owned(
    fields: dict[str, Value], unsynced: dict[str, Value], there: Live
) -> None:
    """No change names a field that is not owned; what is not synced is told apart."""
    unsynced = {path: value for path, value in unsynced.items() if path not in fields}
    found = diff(desired(fields=fields, unsynced=unsynced), there, OFFERS, SCOPE)
    changed = {each.path for each in found.change.fields} if found.change else set()
    told = {each.path for each in found.unsynced.fields} if found.unsynced else set()
    assert changed <= fields.keys()
    assert told <= unsynced.keys()
    for each in found.change.fields if found.change else ():
        assert each.after != each.before
        assert OFFERS.field(each.path).module is each.module


@given(fields=wants(), there=lives())
def test_what_a_plan_saw_is_what_the_base_check_sees(fields: dict[str, Value], there: Live) -> None:
    """The base check on an unmoved live offer finds nothing moved; after the write nothing is missing."""
    from reconciler.engine.verify import missing, moved

    found = diff(desired(fields=fields), there, OFFERS, SCOPE)
    assume(found.change is not None and not found.notes)
    before = {each.path: each.before for each in found.change.fields}
    after = {each.path: each.after for each in found.change.fields}
    target = Target(key=key(), remote_id="1", before=before, after=after)
    assert moved(target, there, OFFERS) == {}
    assert missing(target, patched(there, found.change), OFFERS) == {}
    assert set(missing(target, there, OFFERS)) == set(after)


# --- batches -------------------------------------------------------------------------------------------------


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    """Changes of many offers, many of them alike, some held, some creations, some reports and deletions."""
    found: list[Change] = []
    some = [draw(wants()) for _ in range(3)]
    for number in range(draw(st.integers(0, 12))):
        name = f"K{number}"
        held = draw(
            st.sampled_from([frozenset(), frozenset(), frozenset({Module.PRICE}), frozenset({Module.CONTENT})])
        )
        document: Desired = desired(name, draw(st.sampled_from(some)), held=held)
        what = draw(st.sampled_from(["diff", "diff", "diff", "create", "report", "delete"]))
        if what == "create":
            fields = {"content.product": {"gtin": "111"}, **document.fields}
            change = creation(desired(name, fields), OFFERS, SCOPE).change
        else:
            there = live(name, draw(lives(name, str(number))).fields, remote_id=str(number), sold=0)
            change = diff(document, there, OFFERS, SCOPE).change
        if change is None:
            continue
        if what == "report":
            change = replace(change, verb=Verb.REPORT)
        if what == "delete":
            change = replace(change, verb=Verb.DELETE, fields=())
        found.append(change)
    return found


@given(planned=changes())
def test_batches_partition_the_changes(planned: list[Change]) -> None:
    """Every field that is not held rides exactly once, with the values that were reviewed, and nothing else rides."""
    actions = batch(planned, SPEC, PLAN_ID)
    carried = [
        (t.key, path, canonical_json(t.before[path]), canonical_json(value))
        for a in actions
        for t in a.targets
        for path, value in t.after.items()
    ]
    wanted = [
        (c.key, each.path, canonical_json(each.before), canonical_json(each.after))
        for c in planned
        if c.verb is not Verb.REPORT
        for each in c.fields
        if not each.held
    ]
    assert Counter(carried) == Counter(wanted)
    deleted = [t.key for a in actions if a.operation == "delete" for t in a.targets]
    assert Counter(deleted) == Counter(c.key for c in planned if c.verb is Verb.DELETE)


@given(planned=changes())
def test_batches_keep_to_sizes_and_waves(planned: list[Change]) -> None:
    """Requests are no larger than the marketplace takes, ordered by wave, and an offer stands in one once."""
    actions = batch(planned, SPEC, PLAN_ID)
    waves = [action.wave for action in actions]
    assert waves == sorted(waves)
    assert len({action.id for action in actions}) == len(actions)
    for action in actions:
        operation = OFFERS.operations[action.operation]
        keys = [target.key for target in action.targets]
        assert len(set(keys)) == len(keys)
        assert 1 <= len(keys) <= (1 if operation.shape is Shape.SINGLE else operation.max)
        if operation.shape is Shape.SHARED_VALUE:
            assert len({canonical_json(target.after) for target in action.targets}) == 1


@given(planned=changes())
def test_the_same_changes_make_the_same_actions(planned: list[Change]) -> None:
    """Batching is a function: the ids of the same plan are the same, those of another plan are all different."""
    first = batch(planned, SPEC, PLAN_ID)
    assert first == batch(planned, SPEC, PLAN_ID)
    other = batch(planned, SPEC, PLAN_ID.replace("4", "5", 1))
    assert not {a.id for a in first} & {a.id for a in other}


# --- plans as data -------------------------------------------------------------------------------------------


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan with everything in it."""
    planned = tuple(draw(changes()))
    part = AccountPlan(
        account="main",
        marketplace="allegro",
        login="sklep",
        site="allegro https://api.allegro.pl sklep",
        seen_at="2026-11-28T12:00:00+00:00",
        spec_revision="r",
        complete=draw(st.booleans()),
        changes=planned,
        actions=batch(planned, SPEC, PLAN_ID),
        references={"Warranty": {"Gwarancja": "b3"}},
        unsynced=planned[:1],
        unmanaged=("x", "y"),
        violations=(
            Violation(rule="ends", message="m", rows=(Breach(key=key("K1")),), allowed=draw(st.booleans())),
        ),
        counts={"declared": 3},
        reads={"list": 1},
        forecast=Forecast(requests={"Offer.edit": 2}, seconds=0.5),
    )
    note = Diagnostic(
        severity=Severity.NOTE, code="P401", summary="s", detail="d", hint="h", mark=Mark("a.yaml", 2, 3)
    )
    return sealed(
        Plan(
            id=PLAN_ID,
            digest="",
            created_at="2026-11-23T12:00:00+00:00",
            accounts=(part,),
            diagnostics=(note,),
            allowed={"ends": "5"},
            only=("price",),
        )
    )


@given(plan=plans())
def test_a_plan_survives_json(plan: Plan) -> None:
    """load(dump(plan)) is the plan, money included, to the last field."""
    assert load_plan(dump_plan(plan)) == plan


@given(plan=plans(), seed=st.integers(0, 99))
def test_the_digest_does_not_depend_on_order(plan: Plan, seed: int) -> None:
    """The same content in any order, with any ids, at any time and place has the same digest."""
    [part] = plan.accounts
    shuffled, moved_ = list(part.changes), [replace(a, id=f"x{n}") for n, a in enumerate(part.actions)]
    random.Random(seed).shuffle(shuffled)
    random.Random(seed).shuffle(moved_)
    elsewhere = [replace(c, mark=Mark("other.yaml", 9, 9)) for c in shuffled]
    other = replace(part, changes=tuple(elsewhere), actions=tuple(moved_), reads={}, unmanaged=())
    assert plan_digest(replace(plan, accounts=(other,))) == plan.digest


@given(plan=plans(), data=st.data())
def test_an_edited_plan_is_not_read(plan: Plan, data: st.DataObject) -> None:
    """Any change of what would be done is found out by the digest."""

    body = json.loads(dump_plan(plan))
    targets = [t for a in body["accounts"][0]["actions"] for t in a["targets"] if t["after"]]
    assume(targets)
    target = data.draw(st.sampled_from(targets))
    path = data.draw(st.sampled_from(sorted(target["after"])))
    target["after"][path] = {"amount": "0.01", "currency": "PLN"} if path.startswith("price.") else "edited"
    with pytest.raises(UnreadablePlan):
        load_plan(json.dumps(body))
