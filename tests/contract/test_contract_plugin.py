"""A run fails when an exchange does, whoever recorded it and however pytest was started."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract.document import VARIABLE, locate
from contract.samples import LIST

TESTS = Path(__file__).resolve().parents[1]
GOOD = json.dumps(LIST)
BAD = json.dumps({**LIST, "url": "/sale/offers?external_id=a"})

HEAD = f"""
import os, subprocess, sys
import pytest

GOOD, BAD = {GOOD!r}, {BAD!r}

def record(line, end="\\n"):
    with open(os.environ["RECONCILE_SIMULATOR_RECORD"], "a") as file:
        file.write(line + end)
"""

CASES = {
    "all is well": ("def test(): record(GOOD)", 0, "contract witness: 1 exchanges validated"),
    "one violation": ("def test(): record(GOOD); record(BAD)", 1, "1 × GET /sale/offers [searchOffersUsingGET] query parameter external_id"),
    "recorded by a child": (
        (
        'CODE = "import os, sys; open(os.environ[sys.argv[1]], sys.argv[2]).write(sys.argv[3])"\n'
        "def test(): subprocess.run([sys.executable, '-c', CODE, 'RECONCILE_SIMULATOR_RECORD', 'a', BAD], check=True)"
        ),
        1,
        "query parameter external_id: unknown",
    ),
    "a line cut short": ("def test(): record(GOOD[:40])", 1, "not a recorded exchange"),
    "a simulator and no record": (
        "@pytest.fixture\ndef simulator(): return 1\n\ndef test(simulator): pass",
        1,
        "tests used the simulator and nothing was recorded",
    ),
    "the variable changed": (
        'def test(): os.environ["RECONCILE_SIMULATOR_RECORD"] = "/dev/null"',
        1,
        "left RECONCILE_SIMULATOR_RECORD changed",
    ),
    "no simulator at all": ("def test(): pass", 0, "contract witness: 0 exchanges validated"),
}  # fmt: skip


def run(folder: Path, test: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """pytest in a process of its own, on one test file, under the plugin."""
    plugin = f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
    plugin += "from contract.plugin import ContractWitness\n"
    plugin += 'def pytest_configure(config): config.pluginmanager.register(ContractWitness(config), "witness")\n'
    (folder / "conftest.py").write_text(plugin)
    (folder / "test_it.py").write_text(f"{HEAD}\n{test}\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "RECONCILE", "CI"))
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "xdist",
        *options,
        str(folder),
    ]
    return subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(autouse=True)
def _document(request: pytest.FixtureRequest) -> None:
    if "without" not in request.node.name:
        locate()


@pytest.mark.parametrize("name", CASES)
def test_alone(name: str, tmp_path: Path) -> None:
    test, code, message = CASES[name]

    done = run(tmp_path, test)

    assert (done.returncode, message in done.stdout) == (code, True), done.stdout + done.stderr


def test_workers_are_added_up_and_one_fault_fails_them_all(tmp_path: Path) -> None:
    test = '@pytest.mark.parametrize("n", range(8))\ndef test(n): record(BAD if n == 5 else GOOD)'

    done = run(tmp_path, test, "-n", "2")

    assert done.returncode == 1, done.stdout
    assert "contract witness: 8 exchanges validated (0 deliberately wrong requests), 1 violations" in done.stdout


def test_a_worker_that_died_is_judged_all_the_same(tmp_path: Path) -> None:
    test = "def test_one(): record(GOOD)\ndef test_two(): record(BAD); os._exit(1)"

    done = run(tmp_path, test, "-n", "1")

    assert done.returncode == 1, done.stdout
    assert "query parameter external_id: unknown" in done.stdout


def test_without_the_document_ci_fails_and_others_are_told(tmp_path: Path) -> None:
    nowhere = {VARIABLE: str(tmp_path / "nowhere.yaml")}

    here = run(tmp_path, "def test(): record(GOOD)", **nowhere)
    there = run(tmp_path, "def test(): record(GOOD)", **nowhere, CI="true")

    assert here.returncode == 0, here.stdout
    assert there.returncode == 1, there.stdout
    assert "NOTHING VALIDATED" in here.stdout
    assert "NOTHING VALIDATED" in there.stdout


NEEDED = """
from contract.document import locate

@pytest.fixture
def document(): return locate()

def test_fixture(document): pass
@pytest.mark.parametrize("n", range(3))
def test_itself(n): locate()
def test_another(): pass
"""


def test_without_the_document_what_needs_it_is_skipped_in_one_line(tmp_path: Path) -> None:
    """A plain clone has no copy of it: the rest is tested all the same. In CI its absence fails."""
    nowhere = {VARIABLE: str(tmp_path / "nowhere.yaml")}

    here = run(tmp_path, NEEDED, "-rs", **nowhere)
    there = run(tmp_path, NEEDED, **nowhere, CI="true")

    assert here.returncode == 0, here.stdout
    assert "1 passed, 4 skipped" in here.stdout
    assert here.stdout.count("SKIPPED [4]") == 1
    assert "3 failed, 1 passed, 1 error" in there.stdout
