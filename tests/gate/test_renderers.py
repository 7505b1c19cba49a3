"""Whatever stands in a plan, a report, a run or a failure: what is printed of it is harmless, line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from hypothesis import Phase, assume, given, settings
from msgspec.structs import replace
from render import samples
from render.test_plan_json import plans

from reconciler.cli import failures, login, unlock
from reconciler.cli.output import OutputFailed
from reconciler.documents.specs import load_spec
from reconciler.model import history, memory
from reconciler.model.diagnostics import error, warning
from reconciler.model.history_json import blame_to_json, runs_to_json, shown_to_json, status_to_json
from reconciler.model.marks import Mark
from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Fault, FaultKind, Result, Stop, StopReason
from reconciler.model.plan_json import UnreadablePlan, dump_plan
from reconciler.model.report_json import dump_report, to_text
from reconciler.model.states import RunPhase
from reconciler.render import history_text, state_text
from reconciler.render.diagnostics_text import diagnostics_text
from reconciler.render.gate import through
from reconciler.render.plan_markdown import plan_markdown
from reconciler.render.plan_text import plan_text
from reconciler.render.report_text import pulled_text, report_text
from reconciler.render.resync_text import resync_text, status_text
from reconciler.render.spec_text import spec_text
from reconciler.render.style import PLAIN, Style
from reconciler.runtime import errors
from reconciler.runtime.commands.login import Standing
from reconciler.runtime.ledger.locks import Lock

from .attacks import ATTACKS, harm, poisoned
from .test_foreign import HOSTILE

COLOUR = Style(colour=True)
KEY = Key("main", OFFER, "kubek")
MOMENT = "2026-11-28T08:00:00+00:00"
FAULT = Fault(kind=FaultKind.REJECTED, code="PriceTooLow", message="za tanio", path="price.base", trace_id="t1")
FOUND = (
    error("D201", "unknown key `pryce`", mark=Mark("offers/a.yaml", 14, 3), hint="did you mean `price`?"),
    warning("D310", "price is off", mark=Mark("offers/a.yaml", 2, 1), detail="offers may go stale"),
)
RUN = history.RunTold(
    id="0123456789",
    account="main",
    purpose="undo",
    state=RunPhase.OPEN,
    started_at=MOMENT,
    finished_at=MOMENT,
    who=dict.fromkeys(("commit", "author", "ci", "user", "host", "command"), "x"),
    undoes="9876543210",
    counts={Result.APPLIED: 1},
    left=2,
)
FIELD = history.FieldTold(path="content.title", before="a", after=["b", {"c": "d"}], place="offers/a.yaml:3")
ROW = history.RowTold(
    key=KEY, remote_id="77", operation="edit", result=Result.REFUSED, fault=FAULT, detail="it was", fields=(FIELD,)
)
BLAMED = history.Blamed(
    key=KEY,
    path="price.base",
    value="5 PLN",
    before="6 PLN",
    run=RUN,
    place="a.yaml:3",
    at=MOMENT,
    result=Result.UNKNOWN,
)
RESYNC = history.ResyncStatus(run=RUN, rows=3, operations=3, operations_sent=1, rate=1.0)
STATE = memory.StateRow(
    managed=memory.Managed(key=KEY, remote_id="77", project="shop", since=MOMENT, run_id="0123456789"),
    site="allegro https://api sklep",
    ours=False,
    baseline=memory.Baseline(remote_id="77", digests={"price.base": "d"}, declared={"stock.quantity": "5"}),
)
LOCK = Lock(
    name="n",
    account="main",
    holder="h",
    host="ci-7",
    pid=7,
    started="s",
    command="reconcile apply",
    since=MOMENT,
    space="b",
)
STANDING = Standing(account="main", login="sklep", source="the ledger", refresh_until=datetime(2026, 11, 28, tzinfo=UTC), ends_soon=True)  # fmt: skip
STOPS = tuple(Stop(account="main", reason=each, summary="stopped", hint="go on") for each in StopReason)
#: A change of each kind, and everything that is told beside them.
WEEK = samples.plan(
    samples.account(
        samples.rates(),
        samples.mugs(),
        samples.nested(),
        *samples.template_edit(5),
        samples.new_offer(),
        *samples.small(),
        unsynced=samples.unsynced(),
        unmanaged=("7900000001",),
        released=(KEY,),
        violations=(*samples.violations(), replace(samples.violations()[0], allowed=True)),
    ),
    diagnostics=FOUND,
)
REPORT = replace(samples.report(), outcomes=samples.report().outcomes[-4:], stops=STOPS)

ENDS = (
    errors.BadDocuments,
    errors.AuthenticationFailed,
    errors.GuardRefused,
    errors.StalePlan,
    errors.Locked,
    errors.LedgerFailed,
    UnreadablePlan,
    failures.Refusal,
    click.UsageError,
    click.BadParameter,
    ValueError,
    KeyError,
    SyntaxError,
    KeyboardInterrupt,
)


def ends(text: str) -> Iterable[BaseException]:
    """Every way in which a command can end, with a foreign text in it."""
    for kind in ENDS:
        yield kind(poisoned(FOUND, text)) if kind is errors.BadDocuments else kind(text)
    yield errors.MarketplaceFailed(text, poisoned(FAULT, text), text)
    yield OutputFailed(OSError(28, text))
    yield _raised(text)
    yield ExceptionGroup(text, [_raised(text), ValueError(text)])


def _raised(text: str) -> Exception:
    """A bug with a cause and a traceback."""
    try:
        json.loads(text + "{")
    except ValueError as cause:
        bug = RuntimeError(text)
        bug.__cause__ = cause
        return bug
    raise AssertionError


RENDERERS: dict[str, Callable[[Style, str], Iterable[str]]] = {
    "plan": lambda style, text: plan_text(poisoned(WEEK, text), style, show_unsynced=True, following=text),
    "verbose plan": lambda style, text: plan_text(poisoned(WEEK, text), style, verbose=True),
    "markdown": lambda _style, text: plan_markdown(poisoned(WEEK, text)),
    "settling": lambda style, text: plan_text(poisoned(samples.settling(), text), style, verbose=True),
    "report": lambda style, text: report_text(
        poisoned(REPORT, text), style, plan=poisoned(WEEK, text), verbose=True
    ),
    "slow report": lambda style, text: report_text(poisoned(samples.slow_report(), text), style),
    "diagnostics": lambda style, text: diagnostics_text(poisoned(FOUND, text), style),
    "history": lambda style, text: history_text.history_text([poisoned(RUN, text)], style),
    "a run": lambda style, text: history_text.shown_text(poisoned(RUN, text), [poisoned(ROW, text)], style),
    "blame": lambda style, text: history_text.blame_text([poisoned(BLAMED, text)], style),
    "resync": lambda style, text: resync_text(poisoned(WEEK, text), style, verbose=True),
    "status": lambda style, text: status_text([poisoned(RESYNC, text)], style),
    "state": lambda style, text: state_text.state_text([poisoned(STATE, text)], style),
    "state of one": lambda style, text: state_text.shown_text([poisoned(STATE, text)], style),
    "pulled": lambda _style, text: pulled_text([text], {text: 1}, [text]),
    "spec": lambda style, text: spec_text(poisoned(load_spec("allegro"), text), style),
    "a lock": lambda style, text: unlock._text(poisoned(LOCK, text), style),
    "a login": lambda style, text: login._text(poisoned(STANDING, text), style),
    "ends": lambda style, text: (line for end in ends(text) for line in failures.failure_text(end, style)),
}
WRITERS: dict[str, Callable[[str], str]] = {
    "plan": lambda text: dump_plan(poisoned(WEEK, text)),
    "report": lambda text: dump_report(poisoned(REPORT, text)),
    "history": lambda text: to_text(runs_to_json([poisoned(RUN, text)])),
    "a run": lambda text: to_text(shown_to_json(poisoned(RUN, text), [poisoned(ROW, text)])),
    "blame": lambda text: to_text(blame_to_json([poisoned(BLAMED, text)])),
    "status": lambda text: to_text(status_to_json([poisoned(RESYNC, text)])),
    "state": lambda text: to_text(state_text.state_to_json([poisoned(STATE, text)])),
    "failures": lambda text: "".join(to_text(failures.failure_json(end)) for end in ends(text)),
}


def assert_harmless(lines: Iterable[str], *, coloured: bool) -> None:
    """Nothing of it steers, and no line of output is anybody else's."""
    told = list(lines)
    printed = through(told)
    assert not harm(printed, coloured=coloured)
    assert printed.count("\n") == max(len(told) - 1, 0)


@pytest.mark.parametrize("style", [PLAIN, COLOUR], ids=["plain", "coloured"])
@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_attack_in_every_text(renderer: str, style: Style) -> None:
    for attack in ATTACKS.values():
        assert_harmless(RENDERERS[renderer](style, attack), coloured=style.colour)


@pytest.mark.parametrize("writer", WRITERS)
def test_every_attack_in_every_document(writer: str) -> None:
    for attack in ATTACKS.values():
        written = WRITERS[writer](attack)
        assert not harm(written)
        for line in written.splitlines():
            json.loads(line)


@given(HOSTILE)
@settings(max_examples=40, deadline=None)
def test_any_text_in_every_renderer(text: str) -> None:
    for name, renderer in RENDERERS.items():
        if name not in {
            "plan",
            "verbose plan",
            "markdown",
            "resync",
            "spec",
        }:  # those below, with plans of all kinds
            assert_harmless(renderer(COLOUR, text), coloured=True)


@given(plans, HOSTILE)
@settings(
    max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate]
)  # shrinking a plan takes minutes
def test_any_text_in_any_plan(plan: Any, text: str) -> None:
    shown = [each for part in plan.accounts for each in (*part.changes, *part.unsynced)]
    assume(all(field.module or not field.held for each in shown for field in each.fields))
    hostile = poisoned(plan, text)
    assert_harmless(plan_text(hostile, COLOUR, verbose=True, show_unsynced=True), coloured=True)
    assert_harmless(plan_text(hostile, PLAIN), coloured=False)
    assert_harmless(plan_markdown(hostile), coloured=False)
    assert_harmless(resync_text(hostile, PLAIN), coloured=False)
