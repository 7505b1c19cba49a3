"""`reconcile show`: a saved plan is shown as it was shown when it was made; and what is no plan is a sentence."""

import contextlib
import json
import os
import pty
import subprocess
import sys

import pytest
from render import samples

from reconciler.cli.main import run
from reconciler.model.plan_json import dump_plan
from reconciler.model.report_json import dump_report
from reconciler.render.gate import through
from reconciler.render.plan_markdown import plan_markdown
from reconciler.render.plan_text import plan_text
from reconciler.render.report_markdown import report_markdown
from reconciler.render.report_text import report_text
from reconciler.render.style import PLAIN

from .running import ROOT


@pytest.fixture
def saved(tmp_path):
    def write(text, name="plan.json"):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        return str(file)

    return write


def shown(capsys, *arguments):
    code = run(["show", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("verbose", [[], ["-v"]])
def test_a_plan_as_plan_shows_it(saved, capsys, verbose):
    plan = samples.week(refused=False)
    file = saved(dump_plan(plan))
    code, out, _ = shown(capsys, file, *verbose)
    expected = through(plan_text(plan, PLAIN, verbose=bool(verbose), following=f"reconcile apply {file}"))
    assert (code, out) == (0, expected + "\n")


def test_a_refused_plan_has_no_next_step(saved, capsys):
    code, out, _ = shown(capsys, saved(dump_plan(samples.week())))
    assert code == 0
    assert "Refused by 2 guards" in out
    assert "Next:" not in out


def test_as_markdown_and_as_json(saved, capsys):
    plan = samples.week()
    file = saved(dump_plan(plan))
    assert shown(capsys, file, "--format", "markdown")[1] == (
        through(plan_markdown(plan, following=f"reconcile apply {file}")) + "\n"
    )
    for flags in (["--format", "json"], ["--json"]):
        assert json.loads(shown(capsys, file, *flags)[1]) == json.loads(dump_plan(plan))


def test_a_report(saved, capsys):
    report = samples.report()
    file = saved(dump_report(report))
    assert shown(capsys, file)[1] == through(report_text(report, PLAIN)) + "\n"
    assert json.loads(shown(capsys, file, "--json")[1]) == json.loads(dump_report(report))
    assert shown(capsys, file, "--format", "markdown")[1] == through(report_markdown(report)) + "\n"
    code, _, err = shown(capsys, file, "--format", "sarif")
    assert code == 64
    assert "as text, as Markdown or as JSON" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[1]", "no format_version"),
        ('{"outcomes": []}', "has format None"),
        ('{"outcomes": [], "format_version": 1}', "damaged"),
        (dump_report(samples.report()).replace('"refused"', '"lost"'), "damaged"),
        (dump_plan(samples.week()).replace("14.90", "1.49"), "altered"),
    ],
)
def test_what_is_neither_is_a_sentence(saved, capsys, text, said):
    code, out, err = shown(capsys, saved(text))
    assert code != 0
    assert not out
    assert said in err
    assert "Traceback" not in err


def on_a_terminal(*arguments, columns):
    """Return what a command shows on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": str(columns)}
    with subprocess.Popen(
        [sys.executable, "-m", "reconciler.cli.main", *arguments], stdout=theirs, env=environment
    ) as started:
        os.close(theirs)
        told = b""
        with contextlib.suppress(OSError):  # the end of a terminal
            while part := os.read(ours, 65536):
                told += part
        assert started.wait(60) == 0
    os.close(ours)
    return told.decode().replace("\r\n", "\n")


def test_the_columns_of_a_terminal_are_kept_to_and_a_pipe_has_none(saved, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    file = saved(dump_plan(samples.week()))
    assert max(map(len, shown(capsys, file)[1].splitlines())) > 100
    told = on_a_terminal("show", file, "--no-color", columns=50)
    assert max(map(len, told.splitlines())) <= 50
    assert "↳" in told
    assert max(map(len, on_a_terminal("show", file, "--format", "markdown", columns=50).splitlines())) > 100
