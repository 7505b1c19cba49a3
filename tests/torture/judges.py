"""Judges that nobody here wrote: schemathesis, and a client generated from the marketplace's own description.

Both run in an environment of their own against `reconcile simulate` over HTTP, and know nothing but the description.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.document import DocumentMissingError
from simulator import bodies
from simulator import example as ex

from torture.described import described
from torture.flat import flattened
from torture.killing import ROOT
from torture.market import Market, market

REQUIREMENTS = ROOT / "requirements" / "judges.txt"
SCENARIO = ROOT / "bench" / "judges" / "scenario.py"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
#: What exists, by the word before its id in an address.
IDS = {
    "product-offers": [ex.OFFER, bodies.SECOND, bodies.DRAFT],
    "offers": [ex.OFFER, bodies.SECOND],
    "shipping-rates": [ex.RATES, ex.RATES_CZ],
    "return-policies": [ex.POLICY],
    "implied-warranties": [ex.IMPLIED],
    "warranties": [ex.WARRANTY],
    "responsible-producers": [ex.PRODUCER],
    "responsible-persons": [ex.PERSON],
    "groups": [bodies.GROUP],
    "size-tables": [bodies.TABLE],
    "offer-contacts": [bodies.CONTACT],
    "flexible-bundles": [bodies.BUNDLE],
    "categories": [ex.CATEGORY, ex.OTHER_CATEGORY],
    "products": [ex.PRODUCT],
}


class NoJudges(Exception):  # noqa: N818 - a part that is left out, no fault
    """What is missing that the judges need."""


@dataclass(frozen=True)
class Verdict:
    """What a judge says."""

    operations: int
    cases: int
    findings: list[str]


def environment(folder: Path) -> Path:
    """The programs of an environment with just what the judges need, by its hashes."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    options = "--quiet --retries 1 --require-hashes --only-binary :all: --requirement"
    install = [str(programs / "python"), "-m", "pip", "install", *options.split(), str(REQUIREMENTS)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoJudges(f"the judges cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    return programs


def schemathesis(programs: Path, folder: Path, cases: int, seed: int) -> Verdict:
    """Sound and unsound requests to every operation; at most so many random ones for each."""
    document = _document(IDS)
    folder.mkdir(parents=True)
    (folder / "description.json").write_text(json.dumps(document))
    with _seller(folder) as running:
        command = [
            *("run", "description.json", "--url", running.address, "--checks", ",".join(CHECKS)),
            *("--header", "Authorization: Bearer simulator-sklep", "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", str(cases), "--seed", str(seed), "--workers", "1", "--continue-on-failure"),
            *("--no-shrink", "--warnings", "off", "--report", "json", "--report-json-path", "report.json"),
        ]
        _run([str(programs / "schemathesis"), *command], folder)
    report = json.loads((folder / "report.json").read_text())
    findings = [_told(failure) for failure in report["failures"]] + [
        str(error) for error in report.get("errors", ())
    ]
    return Verdict(report["operations"]["tested"], report["test_cases"]["generated"], findings)


def _told(failure: Any) -> str:
    return f"{failure['count']} x {failure['title']}: {', '.join(failure['operations'])}"


def generated(programs: Path, folder: Path) -> Verdict:
    """A scripted day with a client that openapi-python-client makes."""
    document = flattened(_document({}))
    folder.mkdir(parents=True)
    for name, content in (("description", document), ("bodies", {one.name: one.body for one in bodies.WRITES})):
        (folder / f"{name}.json").write_text(json.dumps(content))
    make = ["generate", "--path", "description.json", "--output-path", "generated", "--meta", "none"]
    _run([str(programs / "openapi-python-client"), *make], folder)
    with _seller(folder) as running:
        command = [str(programs / "python"), str(SCENARIO), running.address, "description.json", "bodies.json"]
        told = json.loads(_run(command, folder, {"PYTHONPATH": str(folder)}))
    return Verdict(told["operations"], told["cases"], told["findings"])


def _document(ids: dict[str, list[str]]) -> dict[str, Any]:
    try:
        return described(ids)
    except DocumentMissingError as missing:
        raise NoJudges(str(missing)) from missing


@contextmanager
def _seller(folder: Path) -> Iterator[Market]:
    """The marketplace with the example seller, without limits."""
    with market(folder / "market", record=folder / "record.jsonl") as running:
        running.ask("/_sim/seed", bodies.account())
        running.ask("/_sim/settings", {"limits": {"enabled": False}})
        yield running


def _run(command: list[str], folder: Path, more: dict[str, str] | None = None) -> str:
    """What a judge prints; one that fails without a word about the marketplace is a fault of ours."""
    own = {"PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}", **(more or {})}
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    (folder / f"{Path(command[0]).name}.out").write_text(done.stdout + done.stderr)
    if done.returncode and not (folder / "report.json").exists():
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
    return done.stdout
