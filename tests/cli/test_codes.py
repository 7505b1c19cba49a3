"""What the shell is told, for every way in which a command can end."""

import io

import click
import pytest
from render import samples

from reconciler.cli import failures, main, prompt
from reconciler.cli.accounts import STOPPED
from reconciler.cli.apply import outcome_code
from reconciler.cli.console import Printed, colours
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import _allowance
from reconciler.cli.plan import following, verdict
from reconciler.cli.progress import Lines
from reconciler.model.changes import Verb
from reconciler.model.diagnostics import error
from reconciler.model.outcomes import Fault, FaultKind, Outcome, Report, Result, Stop, StopReason
from reconciler.model.plan_json import UnreadablePlan
from reconciler.render.style import PLAIN
from reconciler.runtime import errors


def ending(problem):
    """A command line whose only command ends so."""

    @click.command()
    def command():
        raise problem

    return command


ENDS = [
    (errors.AuthenticationFailed("the token was refused", "set ALLEGRO_TOKEN"), 4, "set ALLEGRO_TOKEN"),
    (errors.GuardRefused("refused by: ends"), 3, "refused by: ends"),
    (errors.Locked("somebody else applies since 08:00"), 7, "since 08:00"),
    (errors.StalePlan("made for somebody else", "plan again"), 6, "plan again"),
    (errors.BadDocuments((error("D201", "unknown key"),)), 1, "error[D201]: unknown key"),
    (
        errors.MarketplaceFailed(
            "no list", Fault(kind=FaultKind.TRANSIENT, code="503", message="down", trace_id="t1")
        ),
        1,
        "trace id t1",
    ),
    (UnreadablePlan("the plan was altered"), 1, "reconcile plan --out"),
    (failures.Refusal("demo is not empty", "name another"), 1, "name another"),
    (KeyboardInterrupt(), 130, "Interrupted."),
    (click.Abort(), 130, "Interrupted."),
    (click.UsageError("no such thing"), 64, "no such thing"),
    (ZeroDivisionError("ours"), 1, "This is a bug in reconcile"),
]


@pytest.mark.parametrize(("problem", "code", "said"), ENDS, ids=lambda each: type(each).__name__)
def test_every_end_has_its_code_and_its_words(problem, code, said, monkeypatch, capsys):
    monkeypatch.setattr(main, "cli", ending(problem))
    assert main.run([]) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""


def test_every_stop_of_a_run_is_an_expected_end():
    """A new one must not be told as a bug of ours."""
    stops = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert stops
    assert all(issubclass(each, failures.EXPECTED) for each in stops)


def test_a_bug_is_shown_with_its_traceback(monkeypatch, capsys):
    monkeypatch.setattr(main, "cli", ending(ZeroDivisionError("ours")))
    main.run([])
    assert "Traceback" in capsys.readouterr().err


def test_with_json_an_end_is_json_too(capsys):
    main._failed(errors.StalePlan("moved", "plan again"), ["plan", "--json"], Printed())
    assert capsys.readouterr().out == (
        '{"format_version":1,"error":{"exit_code":6,"reason":"stale","summary":"moved","hint":"plan again",'
        '"fault":null,"diagnostics":[]},"report":null}\n'
    )


PLANS = [
    (samples.quiet(), False, Exit.OK, ""),
    (samples.quiet(), True, Exit.OK, ""),
    (samples.week(refused=False), False, Exit.OK, "reconcile apply"),
    (samples.week(refused=False), True, Exit.CHANGES, "reconcile apply"),
    (samples.settling(), False, Exit.OK, ""),
    (samples.settling(), True, Exit.CHANGES, ""),
    (samples.plan(samples.account(complete=False)), True, Exit.CHANGES, ""),
    (samples.week(), True, Exit.GUARD, ""),
    (samples.with_actions(), True, Exit.ERROR, "reconcile apply"),
    (samples.plan(samples.account(samples.change("a", Verb.REPORT, reason="an auction"))), True, Exit.OK, ""),
]


@pytest.mark.parametrize(("plan", "detailed", "code", "next_one"), PLANS)
def test_what_a_plan_answers(plan, detailed, code, next_one):
    assert verdict(plan, detailed=detailed) is code
    assert following(plan, None, {}) == next_one


def test_the_next_command_applies_what_was_shown_and_no_more():
    narrowing = {
        "accounts": ("main",),
        "targets": ("kubek-*",),
        "only": ("price",),
        "select": {"brand": "a b"},
        "refresh": "full",
        "allow": {"ends": "9", "price-shift": ""},
    }
    said = following(samples.week(refused=False), None, narrowing)
    assert (
        said
        == "reconcile apply --account main --target 'kubek-*' --only price --select 'brand=a b' --allow ends=9 --allow price-shift"
    )
    assert following(samples.week(refused=False), "my plan.json", narrowing) == "reconcile apply 'my plan.json'"


def row(result, *, stale=False):
    return Outcome(action="a", key=samples.Key("main", "Offer", "a"), result=result, stale=stale)


STALE = row(Result.SKIPPED, stale=True)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((), 0),
        ((row(Result.APPLIED),), 0),
        ((row(Result.APPLIED), row(Result.REFUSED)), 5),
        ((row(Result.APPLIED), STALE), 5),
        ((row(Result.REFUSED),), 5),
        ((row(Result.UNKNOWN),), 5),
        ((STALE, STALE), 6),
        ((STALE, row(Result.REFUSED)), 5),
    ],
)
def test_what_an_apply_answers(rows, code):
    assert outcome_code(Report(plan_id="p", outcomes=rows, started_at="", finished_at="")) == code


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ([StopReason.AUTHENTICATION], 4),
        ([StopReason.OVERTAKEN], 7),
        ([StopReason.OVERTAKEN, StopReason.AUTHENTICATION], 4),
        ([StopReason.INTERRUPTED], 5),
        ([StopReason.INTERRUPTED, StopReason.OVERTAKEN], 7),
    ],
)
def test_what_a_stopped_run_answers(reasons, code):
    """Whatever became of its rows; every reason has a code."""
    stops = tuple(Stop(account="main", reason=each, summary="s", hint="h") for each in reasons)
    for rows in ((), (row(Result.APPLIED),), (STALE,)):
        report = Report(plan_id="p", outcomes=rows, started_at="", finished_at="", stops=stops)
        assert outcome_code(report) == code
    assert set(StopReason) == set(STOPPED)


@pytest.mark.parametrize(
    ("typed", "consent"),
    [
        ("yes\n", True),
        ("  yes \n", True),
        ("y\n", False),
        ("YES\n", False),
        ("no\n", False),
        ("\n", False),
        ("", False),
    ],
)
def test_only_yes_is_consent(typed, consent, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert prompt.approved(["main"], PLAIN) is consent


def test_no_stdin_is_no_consent(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert prompt.approved(["main"], PLAIN) is False


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("price-change=95", ("price-change", "95")),
        ("price_shift", ("price-shift", "")),
        ("ends=300", ("ends", "300")),
    ],
)
def test_allow(given, rule):
    assert _allowance(given) == rule


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "flag", "wanted"),
    [
        (Terminal(), {}, False, True),
        (Terminal(), {"NO_COLOR": "1"}, False, False),
        (Terminal(), {"NO_COLOR": ""}, False, True),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (Terminal(), {}, True, False),
        (io.StringIO(), {}, False, False),
    ],
)
def test_colours_only_on_a_terminal_that_wants_them(stream, environment, flag, wanted, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert colours(stream, no_color=flag) is wanted


def test_plain_progress_speaks_every_few_seconds_and_at_the_end(capsys):
    now = [0.0]
    lines = Lines(clock=lambda: now[0])
    lines.start("reading offers", 20_000)
    for _ in range(20):
        now[0] += 0.345
        lines.advance(1000)
    lines.finish()
    lines.start("at once", 1)
    lines.advance()
    lines.finish()
    assert capsys.readouterr().err.splitlines() == [
        "reading offers 15000/20000 (2899/s, 2 s left)",
        "reading offers 20000/20000 in 7 s",
    ]
