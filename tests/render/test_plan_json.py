"""Saved plans: nothing is lost, nothing that was altered is read, and the published schema describes them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Lasting, Settling, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.model.plan import AccountPlan, Action, Breach, Forecast, Plan, Target, Violation
from reconciler.model.plan_json import UnreadablePlan, dump_plan, load_plan, plan_digest, sealed
from reconciler.model.report_json import dump_report, report_to_json
from reconciler.model.saved import load_saved
from reconciler.model.undone import Reason
from reconciler.model.values import MONEY_KEYS, Money

from . import samples

SCHEMAS = Path(__file__).parents[2] / "schemas"
PLANS = [samples.week(), samples.quiet(), samples.with_actions(), samples.settling()]

text = st.text(max_size=12)
moments = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
money = st.builds(Money, st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["PLN", "CZK"]))
plain = st.none() | st.booleans() | st.integers() | text | money
mappings = st.dictionaries(text, plain, max_size=3).filter(lambda value: value.keys() != MONEY_KEYS)
values = plain | st.lists(plain, max_size=3) | mappings
marks = st.none() | st.builds(Mark, text, st.integers(1, 9), st.integers(1, 9))
keys = st.builds(Key, text, text, text)
fields = st.builds(
    FieldChange,
    path=text,
    module=st.none() | st.sampled_from(Module),
    before=values,
    after=values,
    level=text,
    mark=marks,
    drift=st.booleans(),
    held=st.booleans(),
    uncommitted=st.booleans(),
    places=st.dictionaries(text, st.builds(Mark, text, st.integers(1, 9), st.integers(1, 9)), max_size=2),
)
changes = st.builds(
    Change,
    key=keys,
    verb=st.sampled_from(Verb),
    remote_id=st.none() | text,
    title=text,
    fields=st.lists(fields, max_size=2).map(tuple),
    reason=text,
    moved_from=text,
    mark=marks,
    lasting=st.dictionaries(st.sampled_from(Lasting), st.lists(text, max_size=2).map(tuple), max_size=2),
    uses=st.integers(0, 9),
)
paths = st.dictionaries(text, values, max_size=2)
targets = st.builds(Target, key=keys, remote_id=st.none() | text, before=paths, after=paths)
actions = st.builds(
    Action,
    id=text,
    kind=text,
    operation=text,
    wave=st.integers(0, 99),
    targets=st.lists(targets, max_size=2).map(tuple),
)
breaches = st.builds(
    Breach,
    key=keys,
    path=text,
    before=values,
    after=values,
    percent=st.none() | st.decimals(-1000, 1000, places=1),
    mark=marks,
)
violations = st.builds(
    Violation, rule=text, message=text, rows=st.lists(breaches, max_size=2).map(tuple), allowed=st.booleans()
)
numbers = st.dictionaries(text, st.integers(0, 9), max_size=2)
forecasts = st.builds(
    Forecast,
    requests=numbers,
    times=numbers,
    seconds=st.floats(0, 1e6),
)
awaited = st.builds(Settling, change=changes, accepted_at=text)
accounts = st.builds(
    AccountPlan,
    account=text, marketplace=text, login=text, seen_at=moments, spec_revision=text, complete=st.booleans(),
    changes=st.lists(changes, max_size=2).map(tuple), actions=st.lists(actions, max_size=2).map(tuple),
    references=st.dictionaries(text, st.dictionaries(text, text, max_size=2), max_size=2),
    unsynced=st.lists(changes, max_size=1).map(tuple), settling=st.lists(awaited, max_size=1).map(tuple),
    unmanaged=st.lists(text, max_size=2).map(tuple), released=st.lists(keys, max_size=2).map(tuple),
    undone=st.dictionaries(st.sampled_from(Reason), st.lists(text, max_size=2).map(tuple), max_size=2),
    violations=st.lists(violations, max_size=2).map(tuple), population=numbers, base_market=text, counts=numbers, reads=numbers, forecast=forecasts,
)  # fmt: skip
diagnostics = st.builds(
    Diagnostic, severity=st.sampled_from(Severity), code=text, summary=text, detail=text, hint=text, mark=marks
)
plans = st.builds(
    Plan,
    id=text, digest=st.just(""), created_at=moments, accounts=st.lists(accounts, max_size=2, unique_by=lambda part: part.account).map(tuple),
    diagnostics=st.lists(diagnostics, max_size=2).map(tuple), allowed=st.dictionaries(text, text, max_size=2),
    only=st.lists(st.sampled_from([module.value for module in Module]), max_size=2).map(tuple),
).map(sealed)  # fmt: skip


def validator(name):
    return jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


@given(plans)
@settings(max_examples=80, deadline=None)
def test_read_back_it_is_the_same_plan(plan):
    """Money, enums, marks, diagnostics: all of it."""
    assert load_plan(dump_plan(plan)) == plan


@given(plans)
@settings(max_examples=30, deadline=None)
def test_every_plan_fits_the_published_schema(plan):
    validator("plan").validate(json.loads(dump_plan(plan)))


@pytest.mark.parametrize("plan", PLANS)
def test_samples_survive_and_fit_the_schema(plan):
    assert load_plan(dump_plan(plan)) == plan
    validator("plan").validate(json.loads(dump_plan(plan)))


def test_reports_fit_the_schema_and_their_counts_add_up():
    for report in (samples.report(), samples.slow_report(), samples.refused_report()):
        body = report_to_json(report)
        validator("report").validate(body)
        assert sum(body["counts"].values()) == len(body["outcomes"])


@pytest.mark.parametrize("name", ["plan", "report", "failure", "sources", "source-rows", "validation"])
def test_schemas_are_valid_and_describe_every_member(name):
    found = validator(name)
    found.check_schema(found.schema)
    silent = [path for path, part in _members(found.schema) if not ({"description", "$ref"} & part.keys())]
    assert not silent


def _members(part, path=""):
    for name, each in part.get("properties", {}).items():
        yield f"{path}/{name}", each
        yield from _members(each, f"{path}/{name}")
    for name, each in part.get("$defs", {}).items():
        yield from _members(each, f"{path}/$defs/{name}")


def test_the_digest_is_of_what_would_be_done():
    """Not of ids, order, lines, or how much was read."""
    plan = samples.with_actions()
    (part,) = plan.accounts
    moved = replace(part.changes[0], mark=Mark("elsewhere.yaml", 99))
    renamed = replace(part.actions[0], id="another")
    same = replace(part, changes=(moved,), actions=(renamed,), reads={"list": 900}, unmanaged=("x",))
    assert plan_digest(replace(plan, accounts=(same,))) == plan.digest
    week = samples.week()
    turned = replace(week.accounts[0], changes=week.accounts[0].changes[::-1])
    assert plan_digest(replace(week, accounts=(turned,))) == plan_digest(week)
    assert plan_digest(replace(plan, accounts=(replace(part, login="somebody-else"),))) != plan.digest
    assert plan_digest(replace(plan, allowed={"ends": ""})) != plan.digest
    let_go = Key("main", "Offer", "x"), Key("main", "OfferTag", "x")

    def of(*keys: Key) -> str:
        return plan_digest(replace(plan, accounts=(replace(part, released=keys),)))

    assert of(*let_go) == of(*let_go[::-1])
    assert len({of(*let_go[:number]) for number in range(3)}) == 3


def tampered(change):
    body = json.loads(dump_plan(samples.with_actions()))
    change(body)
    return json.dumps(body)


def _price(body):
    body["accounts"][0]["actions"][0]["targets"][0]["after"]["price.base"]["amount"] = "1.39"


def _inexact(of, where):
    def change(body):
        (field,) = body["accounts"][0][of][0][where][:1]
        field["after"] = {"price.base": 1.5} if of == "actions" else 1.5

    return change


def _guard(body):
    body["accounts"][0]["violations"] = []
    body["accounts"][0]["complete"] = False


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("", "not JSON"),
        ("[1, 2]", "no format_version"),
        ('{"format_version": 2}', "format 2, and this version of reconcile reads format 1"),
        ('{"format_version": 1}', "damaged"),
        (tampered(_price), "altered"),
        (tampered(_guard), "altered"),
        (tampered(_inexact("changes", "fields")), "damaged"),
        (tampered(_inexact("actions", "targets")), "damaged"),
        (tampered(lambda body: body.update(accounts=[{}])), "damaged"),
        (tampered(lambda body: body["accounts"][0]["changes"][0].update(verb="destroy")), "damaged"),
    ],
)
def test_what_is_no_plan_of_ours_is_refused_with_a_sentence(broken, said):
    with pytest.raises(UnreadablePlan, match=said) as caught:
        load_plan(broken)
    assert "reconcile plan" in caught.value.hint
    assert isinstance(caught.value, ValueError)


def test_limits_are_kept_and_are_no_part_of_what_would_be_done():
    plan = samples.week()
    body = json.loads(dump_plan(plan))
    assert body["accounts"][0]["limits"]["price-change"] == ["50"]
    assert load_plan(json.dumps(body)).accounts[0].limits == plan.accounts[0].limits
    del body["accounts"][0]["limits"]  # as a plan of an earlier version
    earlier = load_plan(json.dumps(body))
    assert (earlier.accounts[0].limits, earlier.digest) == ({}, plan.digest)


def test_a_timeline_is_kept_and_one_that_does_not_fit_is_no_report():
    body = json.loads(dump_report(samples.report()))
    assert load_saved(json.dumps(body)).timelines == (samples.timeline(),)
    for wrong in ([1], [0, 0, 0, "<b>"]):
        with pytest.raises(UnreadablePlan, match="the report is damaged"):
            load_saved(json.dumps({**body, "timelines": [{**body["timelines"][0], "again": wrong}]}))
    with pytest.raises(UnreadablePlan, match="the report is damaged"):
        load_saved(json.dumps({**body, "timelines": [{**body["timelines"][0], "limits": {"client": "<b>"}}]}))
    del body["timelines"]  # as a report of an earlier version
    assert load_saved(json.dumps(body)).timelines == ()
