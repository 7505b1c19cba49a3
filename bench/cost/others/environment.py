"""A virtual environment for a program that is measured beside us: from PyPI, and none of ours."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class Offline(Exception):  # noqa: N818 - said as people say it
    """The packages cannot be had."""


def environment(folder: Path, packages: Sequence[str]) -> Path:
    """Return the folder of the environment's programs; it is made where it is not there. Offline without network."""
    programs = folder / "bin"
    if not (folder / ".ready").exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _run([str(programs / "pip"), "install", "--quiet", "--no-input", "--retries", "1", *packages])
        (folder / ".ready").touch()
    return programs


def versions(programs: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the versions of some packages in an environment."""
    told: list[dict[str, str]] = json.loads(_run([str(programs / "pip"), "list", "--format", "json"]))
    return {each["name"]: each["version"] for each in told if each["name"] in names}


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Offline(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no reason given")
    return done.stdout
