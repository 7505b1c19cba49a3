"""Laws of the pure core: diff, batches, digests, canonical values, plans as JSON."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from engine.build import NOW, OFFERS, SPEC, desired, key, live
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.engine.batch import batch
from reconciler.engine.canonical import canonical
from reconciler.engine.creation import creation
from reconciler.engine.diff import Scope, diff
from reconciler.engine.memory import digest_of
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.html import canonical_html
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Desired, Live
from reconciler.model.plan import AccountPlan, Breach, Forecast, Plan, Target, Violation
from reconciler.model.plan_json import UnreadablePlan, dump_plan, load_plan, plan_digest, sealed
from reconciler.model.spec import Shape
from reconciler.model.values import Money, Value, canonical_json, digest, from_jsonable, jsonable
from reconciler.simulator.allegro.html import as_read, problems_of

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
    import json

    body = json.loads(dump_plan(plan))
    targets = [t for a in body["accounts"][0]["actions"] for t in a["targets"] if t["after"]]
    assume(targets)
    target = data.draw(st.sampled_from(targets))
    path = data.draw(st.sampled_from(sorted(target["after"])))
    target["after"][path] = {"amount": "0.01", "currency": "PLN"} if path.startswith("price.") else "edited"
    with pytest.raises(UnreadablePlan):
        load_plan(json.dumps(body))


# --- values --------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | AMOUNTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(value=JSON)
def test_values_survive_json(value: Value) -> None:
    """from_jsonable(jsonable(v)) is v, and the canonical text is the same before and after."""
    assume("amount" not in str(value) or "currency" not in str(value))
    assert canonical_json(from_jsonable(jsonable(value))) == canonical_json(value)


def test_a_mapping_that_looks_like_money_is_not_mistaken_for_it() -> None:
    """A field with the parts `amount` and `currency` of other kinds survives JSON too."""
    for value in ({"amount": ["a"], "currency": ["b"]}, {"amount": "dużo", "currency": "PLN"}):
        assert from_jsonable(jsonable(value)) == value


@given(amount=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_money_has_one_text(amount: Any) -> None:
    """Amounts that are equal have one digest, and their text reads back."""
    money = Money(amount, "PLN")
    longer = Money(amount * 1 + 0, "PLN")
    assert digest(money) == digest(longer) == digest(Money.parse(str(money)))
    assert Money.parse(str(money)) == money


@given(value=JSON)
def test_a_value_is_remembered_by_the_beginning_of_its_digest(value: Value) -> None:
    """However fast it is found: what older ledgers remember must go on being the same."""
    assert digest_of(value) == digest(value)[:16]


@pytest.mark.parametrize("value", [1.5, [0.1], {"a": {"b": 2.0}}])
def test_a_float_is_never_a_value(value: Value) -> None:
    """A float is refused wherever a value is written or digested."""
    for write in (jsonable, canonical_json, digest):
        with pytest.raises(TypeError):
            write(value)


DOCUMENTED: dict[str, st.SearchStrategy[Value]] = {
    "content.title": st.text(),
    "content.product": st.sampled_from([{"gtin": "5901234123457"}, {"id": 5}]),
    "content.parameters": st.dictionaries(
        st.text(min_size=1),
        st.one_of(
            st.none(),
            st.text(),
            st.booleans(),
            st.decimals(allow_nan=False, allow_infinity=False, places=2),
            st.lists(st.text()),
            st.fixed_dictionaries(
                {"from": st.integers(), "to": st.decimals(places=2, allow_nan=False, allow_infinity=False)}
            ),
        ),
    ),
    "content.description": st.lists(st.lists(st.builds(lambda t: {"text": t}, st.text()), max_size=2)),
    "delivery.prices": st.text() | st.builds(lambda i: {"id": i}, st.text()),
    "delivery.handling": st.builds(lambda d, h: f"P{d}DT{h}H", st.integers(0, 99), st.integers(0, 99))
    | st.just("PT0S"),
    "price.base": AMOUNTS.map(str),
    "settings.tax": st.dictionaries(
        st.sampled_from(["PL", "subject"]), st.sampled_from(["23.00", "7.50", "exempt"])
    ),
    "settings.tags": st.lists(st.text()),
    "settings.location": st.dictionaries(st.text(), st.decimals(places=1, allow_nan=False, allow_infinity=False)),
    "bundle.items": st.lists(st.builds(lambda q: {"product": {"id": "x"}, "quantity": q}, st.integers(1))),
    "settings.promotion": st.builds(lambda e: {"package": None, "extras": e}, st.lists(st.text())),
}


@pytest.mark.parametrize("path", DOCUMENTED)
@given(data=st.data())
def test_canonical_values_are_their_own_canonical_values(path: str, data: st.DataObject) -> None:
    """canonical(canonical(v)) = canonical(v), for every type of field."""
    field = OFFERS.field(path)
    once = canonical(field, data.draw(DOCUMENTED[path]))
    assert canonical(field, once) == once


RATES = st.dictionaries(
    st.text(min_size=1),
    st.fixed_dictionaries(
        {"first": AMOUNTS.map(str)},
        optional={
            "next": AMOUNTS.map(str),
            "max_quantity": st.integers(1, 9),
            "max_weight": st.sampled_from(["5.000", "0.5", None]),
            "time": st.sampled_from([None, {"from": "PT24H", "to": "P3D"}]),
        },
    ),
)


@given(value=RATES)
def test_canonical_rates_are_their_own_canonical_value(value: Value) -> None:
    """The same holds for the rates of a delivery price list."""
    field = SPEC.kinds["DeliveryPriceList"].fields["methods"]
    once = canonical(field, value)
    assert canonical(field, once) == once


# --- descriptions --------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["<p>", "</p>", "<h1>", "</h1>", "<ul>", "</ul>", "<li>", "</li>", "<b>", "</b>", "a", "ą", " ", "  ", "\n", "\u00a0",
     "&nbsp;", "&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&amp;nbsp;", "<P >", "<br/>", "&oacute;", "1 < 2", "\t"]
)  # fmt: skip
HTML = st.lists(PIECES, max_size=14).map("".join)
INLINE = st.lists(
    st.sampled_from(["a", "ą ", " b", "&nbsp;", "&amp;", "&lt;", "<b>x</b>", "<b> y </b>", "  ", "\u00a0"])
).map("".join)
BLOCK = st.one_of(
    INLINE.map(lambda t: f"<p>{t}</p>"),
    INLINE.map(lambda t: f"<h1>{t.replace('<b>', '').replace('</b>', '')}</h1>"),
    st.lists(INLINE.map(lambda t: f"<li>{t}</li>"), min_size=1).map(lambda items: f"<ul>{''.join(items)}</ul>"),
)
GOOD_HTML = st.lists(st.tuples(BLOCK, st.sampled_from(["", " ", "\n\n"])).map("".join), min_size=1).map("".join)


@given(text=HTML)
def test_canonical_html_is_idempotent(text: str) -> None:
    """The canonical spelling of a description is its own canonical spelling."""
    assert canonical_html(canonical_html(text)) == canonical_html(text)


@given(text=GOOD_HTML)
def test_canonical_html_does_not_see_what_the_marketplace_does(text: str) -> None:
    """What is sent is taken, and what is read back has the same canonical spelling, nbsp for spaces included."""
    assert not problems_of(text)
    sent = canonical_html(text)
    assert not problems_of(sent)
    assert canonical_html(as_read(sent)) == sent
    assert canonical_html(as_read(sent).replace("a ", "a&nbsp;")) == sent
    assert canonical_html(as_read(text)) == sent


@given(text=GOOD_HTML)
def test_words_and_tags_survive_the_canonical_spelling(text: str) -> None:
    """Only space between tags and its amount may go: every letter, tag and written entity stays, in order."""
    bare = lambda t: "".join(t.replace("&nbsp;", " ").replace("\u00a0", " ").split())  # noqa: E731
    assert bare(canonical_html(text)) == bare(text)
