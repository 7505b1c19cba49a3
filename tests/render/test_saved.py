"""What was saved is shown as it was before: a plan or a report, as text, as a comment and on the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.changes import CausedBy, FieldChange
from reconciler.model.modules import Module
from reconciler.model.outcomes import Complaint, Fault, FaultKind, Outcome, Report, Result, Stop, StopReason
from reconciler.model.plan import Plan, Problem
from reconciler.model.plan_json import dump_plan, sealed
from reconciler.model.prices import Lowest
from reconciler.model.report_json import dump_report
from reconciler.model.saved import load_saved
from reconciler.model.timeline import Timeline
from reconciler.render.html.plan_data import plan_data
from reconciler.render.html.report_data import report_data
from reconciler.render.plan_markdown import plan_markdown
from reconciler.render.plan_text import plan_text
from reconciler.render.report_markdown import report_markdown
from reconciler.render.report_text import report_text
from reconciler.render.style import PLAIN

from . import samples
from .test_plan_json import PLANS, diagnostics, forecasts, keys, marks, moments, money, numbers, text, values

words = st.lists(text, max_size=2).map(tuple)
complaints = st.builds(
    Complaint,
    pointer=text,
    message=text,
    field=text,
    part=words,
    path=text,
    declared=values,
    place=text,
    allowed=words,
)
faults = st.builds(
    Fault,
    kind=st.sampled_from(FaultKind),
    code=text,
    message=text,
    path=text,
    trace_id=text,
    complaints=st.lists(complaints, max_size=2).map(tuple),
    ours=st.booleans(),
)
outcomes = st.builds(
    Outcome,
    action=text,
    key=keys,
    result=st.sampled_from(Result),
    remote_id=st.none() | text,
    fault=st.none() | faults,
    detail=text,
    stale=st.booleans(),
    settling=st.booleans(),
)
stops = st.builds(Stop, account=text, reason=st.sampled_from(StopReason), summary=text, hint=text)
held = st.dictionaries(keys, text, max_size=2)
counts = st.integers(0, 9)
timelines = st.builds(
    Timeline,
    account=text,
    began=moments,
    width=st.integers(1, 9),
    sent=st.dictionaries(
        st.sampled_from(["zero", "price", "stock", "rest"]), st.tuples(counts, counts), max_size=2
    ),
    again=st.tuples(counts, counts),
    throttled=st.tuples(counts, counts),
    waiting=st.tuples(counts, counts),
    limits=st.dictionaries(text, st.floats(0, 99), max_size=1),
)
reports = st.builds(
    Report,
    plan_id=text,
    outcomes=st.lists(outcomes, max_size=3).map(tuple),
    started_at=moments,
    finished_at=moments,
    requests=numbers,
    seconds=counts,
    forecast=forecasts,
    stops=st.lists(stops, max_size=2).map(tuple),
    managed=counts,
    released=counts,
    held=held,
    unread=words,
    timelines=st.lists(timelines, max_size=1).map(tuple),
)
lowest = st.builds(Lowest, price=st.none() | money, until=moments, since=st.just("") | moments)
fields = st.builds(
    FieldChange,
    path=st.just("price.base"),
    module=st.just(Module.PRICE),
    before=money,
    after=money,
    level=text,
    mark=marks,
    drift=st.booleans(),
    held=st.booleans(),
    uncommitted=st.booleans(),
    because=text,
    rows=st.dictionaries(text, text, max_size=1),
    refused=text,
    cause=st.none() | st.sampled_from(CausedBy),
    lowest=st.none() | lowest,
    until=st.just("") | moments,
)
problems = st.none() | st.builds(Problem, reason=text, summary=text, hint=text)
found = st.lists(diagnostics, max_size=2).map(tuple)


def shown(saved: Plan | Report) -> list[Any]:
    """All that a reader may be shown of it."""
    if isinstance(saved, Report):
        texts = [list(report_text(saved, PLAIN, verbose=verbose)) for verbose in (False, True)]
        return [*texts, list(report_markdown(saved)), report_data(saved)]
    texts = [list(plan_text(saved, PLAIN, verbose=verbose)) for verbose in (False, True)]
    return [*texts, list(plan_markdown(saved)), plan_data(saved)]


@given(reports)
@settings(max_examples=60, deadline=None)
def test_a_report_that_is_read_back_is_shown_the_same(report: Report) -> None:
    back = load_saved(dump_report(report))
    assert back == report
    assert shown(back) == shown(report)


@given(st.lists(fields, min_size=1, max_size=2), held, words, problems, found)
@settings(max_examples=40, deadline=None, phases=[Phase.generate])
def test_a_plan_that_is_read_back_is_shown_the_same(
    some: list[FieldChange], holding: Any, unread: Any, problem: Any, diagnostics: Any
) -> None:
    """A plan as it comes, with prices that say all that a field can say, and a part that has a problem."""
    plan = samples.with_actions()
    first, *others = plan.accounts
    changes = tuple(replace(change, fields=(*change.fields, *some)) for change in first.changes)
    first = replace(first, changes=changes, held=holding, unread=unread, problem=problem)
    made = sealed(replace(plan, accounts=(first, *others), diagnostics=diagnostics, base="a" * 40))
    back = load_saved(dump_plan(made))
    assert back == made
    assert shown(back) == shown(made)


@pytest.mark.parametrize("plan", PLANS)
def test_plans_of_all_sorts_are_shown_the_same(plan: Plan) -> None:
    assert shown(load_saved(dump_plan(sealed(plan)))) == shown(sealed(plan))


def test_reports_of_before_are_read_as_well() -> None:
    body = json.loads(dump_report(samples.report()))
    del body["held"], body["unread"]
    back = load_saved(json.dumps(body))
    assert isinstance(back, Report)
    assert (back.held, back.unread) == ({}, ())
