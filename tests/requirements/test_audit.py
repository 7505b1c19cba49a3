"""What `make audit` makes of the answers of pip-audit; a stand-in gives them, since no test asks the network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FINE = {"name": "click", "version": "8.2.0", "vulns": []}
UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (15.0.0)"}
HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["3.11.1"], "aliases": ["CVE-2026-1", "GHSA-aaaa"]}
HOLED = {"name": "aiohttp", "version": "3.11.0", "vulns": [HOLE]}
AWAY = "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='pypi.org', port=443)"


def audit(
    folder: Path, packages: list[dict[str, Any]] | None, explained: str = "", said: str = ""
) -> tuple[int, str]:
    """Run the script over a stand-in that prints a report, or nothing but an error."""
    stand_in = folder / "pip_audit"
    stand_in.mkdir()
    report = "" if packages is None else json.dumps({"dependencies": packages, "fixes": []})
    (stand_in / "__init__.py").touch()
    (stand_in / "__main__.py").write_text(
        f"import sys\nprint({report!r})\nsys.stderr.write({said!r})\nsys.exit(1)\n"
    )
    (folder / "audit.txt").write_text(f"# why\n\n{explained}")
    done = subprocess.run(
        [sys.executable, ROOT / "requirements" / "audit.py", "lock.txt", "audit.txt"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_nothing_found_is_silent(tmp_path: Path) -> None:
    assert audit(tmp_path, [FINE]) == (0, "")


def test_a_hole_fails_and_says_what_to_do(tmp_path: Path) -> None:
    code, said = audit(tmp_path, [FINE, HOLED])
    assert code == 1
    assert said == (
        "audit: aiohttp 3.11.0 has PYSEC-2026-1, mended in 3.11.1; run `make lock`, or explain it in "
        "requirements/audit.txt\n"
    )


@pytest.mark.parametrize("name", ["PYSEC-2026-1", "CVE-2026-1", "GHSA-aaaa"])
def test_an_explained_hole_is_silent(tmp_path: Path, name: str) -> None:
    """By any of its names."""
    assert audit(tmp_path, [FINE, HOLED], f"{name}  2026-11-28  servers only\n") == (0, "")


def test_an_explanation_of_nothing_fails(tmp_path: Path) -> None:
    code, said = audit(tmp_path, [FINE], "CVE-2020-1 2026-11-28 old\n")
    assert (code, said) == (1, "audit: CVE-2020-1 is explained and not found any more; remove its line\n")


@pytest.mark.parametrize("line", ["CVE-2026-1", "CVE-2026-1 2026-11-28", "CVE-2026-1 because"])
def test_an_explanation_needs_a_date_and_a_reason(tmp_path: Path, line: str) -> None:
    code, said = audit(tmp_path, [FINE, HOLED], f"{line}\n")
    assert code == 1
    assert "audit.txt:3: a line is an identifier, a date" in said


def test_a_package_that_nobody_knows_fails(tmp_path: Path) -> None:
    code, said = audit(tmp_path, [FINE, UNKNOWN])
    assert (code, said.count("\n")) == (1, 1)
    assert "PyPI does not know rich" in said


@pytest.mark.parametrize("packages", [None, [UNKNOWN, UNKNOWN]])
def test_no_service_is_one_line_and_no_error(tmp_path: Path, packages: list[dict[str, Any]] | None) -> None:
    """Offline, and behind a mirror that has no advisories; what is explained is not held against it."""
    code, said = audit(tmp_path, packages, "CVE-2026-1 2026-11-28 servers only\n", said=AWAY)
    assert (code, said) == (0, "audit: PyPI cannot be asked from here; the locked packages were not audited\n")


def test_any_other_failure_is_loud(tmp_path: Path) -> None:
    code, said = audit(tmp_path, None, said="SyntaxError: requirements")
    assert code == 1
    assert "SyntaxError: requirements" in said
