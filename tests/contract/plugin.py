"""The witness in a test run: every exchange that any simulator records is judged, and one fault fails the run.

One directory holds a run. Each process that runs tests names a record file of its own in it, which simulators in that
process and in its children append to, and judges that file when its session ends. The process that pytest was started
in then adds up the verdicts. A worker that died left records without a verdict: those are judged there.
"""

import contextlib
import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from contract.document import DocumentMissingError
from contract.witness import Exchange, witness
from contract.witnesses import violations

RECORD = "RECONCILE_SIMULATOR_RECORD"
DIRECTORY = "RECONCILE_WITNESS_DIRECTORY"
SIMULATED_FOLDERS = frozenset({"conformance", "e2e", "end_to_end", "crash"})
TESTS = Path(__file__).resolve().parents[1]
SHOWN = 20


@dataclass(slots=True)
class Verdict:
    """What the witness says of one record file; `faults` counts how often each distinct violation occurs.

    `unjudged` are the descriptions of other marketplaces that are not there, with the number of their exchanges.
    """

    exchanges: int = 0
    deliberate: int = 0
    simulated: bool = False
    faults: dict[str, int] = field(default_factory=dict)
    unjudged: dict[str, int] = field(default_factory=dict)

    def add(self, fault: str, times: int = 1) -> None:
        self.faults[fault] = self.faults.get(fault, 0) + times

    def take(self, other: "Verdict") -> None:
        self.exchanges += other.exchanges
        self.deliberate += other.deliberate
        self.simulated |= other.simulated
        for fault, times in other.faults.items():
            self.add(fault, times)
        for missing, times in other.unjudged.items():
            self.unjudged[missing] = self.unjudged.get(missing, 0) + times


def judge(record: Path) -> Verdict:
    """The verdict on a record file, which may be missing. A line that cannot be read is a fault, not a gap."""
    verdict = Verdict()
    for number, line in enumerate(_lines(record), start=1):
        try:
            exchange = orjson.loads(line)
            found = violations(exchange)
        except DocumentMissingError as missing:
            if _is_ours(exchange):
                raise
            verdict.unjudged[str(missing)] = verdict.unjudged.get(str(missing), 0) + 1
            found = []
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            verdict.add(f"{record.name}, line {number}: not a recorded exchange ({error!r})")
            continue
        verdict.exchanges += 1
        verdict.deliberate += _marked(exchange)
        for fault in found:
            verdict.add(fault)
    return verdict


def _is_ours(exchange: Exchange) -> bool:
    """Whether the description that every run asks for is the one of this exchange."""
    return exchange.get("marketplace", "allegro") == "allegro"


def _marked(exchange: Exchange) -> bool:
    return "x-deliberately-wrong" in exchange["request_headers"]


def _lines(record: Path) -> Iterator[bytes]:
    with contextlib.suppress(FileNotFoundError), record.open("rb") as file:
        yield from file


class Count:
    """Counts what the simulators embedded in this process answer, without asking their recorder.

    A test that lies to the client has its exchanges recorded elsewhere, by the variable: what is sent after a lie is
    no witness of anything.
    """

    def __init__(self, record: Path) -> None:
        self.answers = 0
        self._record = str(record)
        self._attached = False

    def attach(self) -> None:
        """Listen to the class as soon as some test has imported it."""
        module = sys.modules.get("reconciler.simulator.app")
        if module is None or self._attached:
            return
        self._attached = True
        respond = module.Simulator.respond

        @functools.wraps(respond)
        def counted(*given: Any, **named: Any) -> Any:
            reply = respond(*given, **named)
            self.answers += os.environ.get(RECORD) == self._record
            return reply

        module.Simulator.respond = counted


class ContractWitness:
    """The hooks of one process, be it a worker, the controller of workers, or pytest alone."""

    def __init__(self, config: pytest.Config) -> None:
        self.worker: str | None = getattr(config, "workerinput", {}).get("workerid")
        self.controls_workers = self.worker is None and getattr(config.option, "dist", "no") != "no"
        self.directory = self._directory()
        self.record = self.directory / f"{self.worker or 'main'}.jsonl"
        self.simulated = False
        self.count = Count(self.record)
        self.summary: list[str] = []
        self.failed = False
        os.environ[RECORD] = str(self.record)

    def _directory(self) -> Path:
        if self.worker is not None:
            return Path(os.environ[DIRECTORY])
        directory = Path(tempfile.mkdtemp(prefix="reconcile-witness-"))
        os.environ[DIRECTORY] = str(directory)
        return directory

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        """What asks for the document while it is prepared is skipped without it."""
        with _skipped_without_document():
            yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Notice a test that is bound to use the simulator, so that an empty record betrays itself.

        Such a test asks for a fixture named after the simulator, or lies in a folder where all tests use one.
        """
        named = any("simulator" in name for name in getattr(item, "fixturenames", ()))
        placed = item.path.is_relative_to(TESTS) and item.path.relative_to(TESTS).parts[0] in SIMULATED_FOLDERS
        self.simulated |= named or placed
        self.count.attach()
        with _skipped_without_document():
            yield

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.worker is not None:
            self._write_verdict()
            return
        verdict = self._add_up()
        self.summary = _told(verdict)
        self.failed = self._fails(verdict)
        if self.failed and session.exitstatus in {
            pytest.ExitCode.OK,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        }:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        shutil.rmtree(self.directory, ignore_errors=True)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.summary:
            terminalreporter.write_line(line, red=self.failed, bold=self.failed)

    def _write_verdict(self) -> None:
        """A worker without the document leaves no verdict, and the controller finds out that it has none either."""
        with contextlib.suppress(DocumentMissingError):
            witness()
            verdict = self._own_verdict()
            self.record.with_suffix(".verdict").write_bytes(orjson.dumps(verdict))

    def _own_verdict(self) -> Verdict:
        verdict = judge(self.record)
        verdict.simulated = self.simulated
        if self.count.answers > verdict.exchanges:
            lost = self.count.answers - verdict.exchanges
            verdict.add(f"{lost} answers of embedded simulators were not recorded (an explicit `record=`?)")
        if os.environ.get(RECORD) != str(self.record):
            verdict.add(f"a test left {RECORD} changed, so that exchanges may have gone unrecorded")
        return verdict

    def _add_up(self) -> "Verdict | DocumentMissingError":
        try:
            witness()
            total = Verdict() if self.controls_workers else self._own_verdict()
            for record in sorted(self.directory.glob("*.jsonl")):
                if record != self.record or self.controls_workers:
                    total.take(_verdict_on(record))
            for written in self.directory.glob("*.verdict"):
                if not written.with_suffix(".jsonl").exists():
                    total.take(Verdict(**orjson.loads(written.read_bytes())))
        except DocumentMissingError as missing:
            return missing
        if total.simulated and not total.exchanges:
            total.add(f"tests used the simulator and nothing was recorded: does it still heed {RECORD}?")
        return total

    def _fails(self, verdict: "Verdict | DocumentMissingError") -> bool:
        if isinstance(verdict, DocumentMissingError):
            return bool(os.environ.get("CI"))
        return bool(verdict.faults) or (bool(verdict.unjudged) and bool(os.environ.get("CI")))


@contextlib.contextmanager
def _skipped_without_document() -> Iterator[None]:
    """One place for all, so that pytest tells of them in one line; where CI is set, a missing document is a failure."""
    try:
        yield
    except DocumentMissingError as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))


def _verdict_on(record: Path) -> Verdict:
    written = record.with_suffix(".verdict")
    return Verdict(**orjson.loads(written.read_bytes())) if written.exists() else judge(record)


def _told(verdict: "Verdict | DocumentMissingError") -> list[str]:
    """The lines for the terminal: one when all is well, and the commonest violations otherwise."""
    if isinstance(verdict, DocumentMissingError):
        return [f"contract witness: NOTHING VALIDATED: {verdict}"]
    judged = verdict.exchanges - sum(verdict.unjudged.values())
    counted = f"{judged} exchanges validated ({verdict.deliberate} deliberately wrong requests)"
    occurrences = sum(verdict.faults.values())
    lines = [f"contract witness: {counted}, {occurrences} violations ({len(verdict.faults)} distinct)"]
    commonest = sorted(verdict.faults.items(), key=lambda each: (-each[1], each[0]))
    lines += [f"  {times:>6} × {fault}" for fault, times in commonest[:SHOWN]]
    if len(commonest) > SHOWN:
        lines.append(f"  … and {len(commonest) - SHOWN} more")
    lines += [f"contract witness: {times} NOT VALIDATED: {missing}" for missing, times in verdict.unjudged.items()]
    return lines
