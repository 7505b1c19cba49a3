"""The check of calls counts what is done, leaves the marketplace out, and goes red where more is done, or less."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.calls import ALL_PRICES, FIRST, PLANS, counted, verdict

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "calls.py"


def done(times: int) -> int:
    """Count some work that is done so many times."""

    def work() -> None:
        for number in range(times):
            str(number).strip()

    return counted(work)


def test_fifteen_percent_more_work_is_refused() -> None:
    """The counter sees it, and the verdict says how to renew what is recorded."""
    recorded = done(1_000)
    assert verdict(FIRST, done(1_000), recorded)[0]
    right, said = verdict(FIRST, done(1_150), recorded)
    assert not right
    assert "+15.0 %" in said
    assert "python bench/calls.py --renew" in said


@pytest.mark.parametrize(
    ("calls", "right"), [(1_000, True), (1_100, True), (1_101, False), (900, True), (899, False)]
)
def test_ten_percent_are_allowed_either_way(calls: int, right: bool) -> None:
    """What became less is to be written down, too: else it could come back unseen."""
    assert verdict(FIRST, calls, 1_000)[0] is right


def test_without_a_record_the_count_is_told() -> None:
    """Another version of Python has other counts; without a record it says so and refuses nothing."""
    right, said = verdict(FIRST, 1_000, None)
    assert right
    assert "nothing is recorded" in said


def test_a_plan_is_held_to_what_was_written_down(tmp_path: Path) -> None:
    """The command renews the record, agrees with it in another process, and refuses 15 % more than it says."""
    file = tmp_path / "calls.json"
    command = [sys.executable, str(SCRIPT), "--offers", "20", "--recorded", str(file)]
    subprocess.run([*command, "--renew"], check=True, capture_output=True)
    same = subprocess.run(command, check=False, capture_output=True, text=True)
    assert same.returncode == 0, same.stdout + same.stderr
    written = json.loads(file.read_text("utf-8"))
    ((version, counts),) = written.items()
    assert list(counts) == sorted(PLANS)
    file.write_text(json.dumps({version: {**counts, ALL_PRICES: round(counts[ALL_PRICES] / 1.15)}}), "utf-8")
    more = subprocess.run(command, check=False, capture_output=True, text=True)
    assert more.returncode == 1, more.stdout + more.stderr
    told = more.stdout.splitlines()
    assert [line.startswith(f"plan, {plan}: ") for line, plan in zip(told, PLANS, strict=True)] == [True] * len(
        PLANS
    )
    assert [line for line in told if "--renew" in line] == [told[-1]]
