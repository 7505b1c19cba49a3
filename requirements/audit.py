"""audit.py LOCK EXPLAINED: no locked package has a known hole, but those that a file explains.

Asks PyPI by way of pip-audit. Without a network it says one line and is no error: a check must run anywhere, and
the next machine with a network asks again.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SECONDS = 120
#: How pip-audit ends when the service is not there, or not itself.
_AWAY = ("requests.exceptions.", "Could not connect", "ServiceError", "not redirecting")
#: `ID  date  reason`: a hole that does not concern us, or a package that the service does not know.
_LINE = re.compile(r"(?P<name>\S+)\s+\d{4}-\d{2}-\d{2}\s+\S.*")


def main(lock: str, explained: str) -> int:
    """Ask, tell and return the exit code."""
    known, mistakes = _explained(Path(explained))
    report = _asked(lock)
    if report is None:
        print("audit: PyPI cannot be asked from here; the locked packages were not audited")
        found = mistakes
    else:
        found = mistakes + findings(report, known)
    for each in found:
        print(f"audit: {each}")
    return 1 if found else 0


def findings(report: Mapping[str, Any], known: frozenset[str]) -> list[str]:
    """Return a sentence for each hole that nobody explained, and for each explanation that explains nothing."""
    used: set[str] = set()
    said = []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            names, what = {package["name"]}, f"PyPI does not know {package['name']} in the locked version"
            said += [] if names & known else [f"{what}; is it the package that is meant?"]
            used |= names
        for hole in package.get("vulns", ()):
            names = {hole["id"], *hole["aliases"]}
            fixed = ", ".join(hole["fix_versions"]) or "no version yet"
            what = f"{package['name']} {package['version']} has {hole['id']}, mended in {fixed}"
            said += [] if names & known else [f"{what}; run `make lock`, or explain it in requirements/audit.txt"]
            used |= names
    return said + [f"{each} is explained and not found any more; remove its line" for each in sorted(known - used)]


def _explained(file: Path) -> tuple[frozenset[str], list[str]]:
    names, mistakes = set(), []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if match := _LINE.fullmatch(line.strip()):
            names.add(match["name"])
        else:
            mistakes.append(f"{file}:{number}: a line is an identifier, a date (2026-01-31) and a reason")
    return frozenset(names), mistakes


def _asked(lock: str) -> dict[str, Any] | None:
    """Return what pip-audit reports; None where the service cannot be reached."""
    command = ["pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip", "--format", "json"]
    quiet = ["--progress-spinner", "off", "--desc", "off", "--aliases", "on", "--timeout", "5"]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", *command, *quiet], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if not done.stdout.strip():
        if any(word in done.stderr for word in _AWAY):
            return None
        raise SystemExit(f"audit: pip-audit failed:\n{done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    # A mirror that has the packages and no advisories answers 404 to every question.
    return None if all("skip_reason" in each for each in report["dependencies"]) else report


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
