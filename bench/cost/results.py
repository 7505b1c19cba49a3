"""The results of one run: a JSON file by the day, with what was measured on which machine."""

import json
import math
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.cost.measured import Figure

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench" / "results"
_PACKAGES = ("aiohttp", "orjson", "pyyaml", "jsonschema-rs")

#: A results file: `machine`, and `rows` of {what, size, cpu, wall, peak, island, requests, changes}.
Results = dict[str, Any]


def row(what: str, size: int, figure: Figure, changes: int = 0) -> dict[str, Any]:
    """Return a row: seconds with three digits, memory in MB, how many requests."""
    return {
        "what": what,
        "size": size,
        "changes": changes,
        "cpu": round(figure.cpu, 3),
        "wall": round(figure.wall, 2),
        "peak": figure.peak,
        "island": round(figure.island, 3),
        "requests": figure.asked,
    }


def machine() -> dict[str, Any]:
    """Return what was measured on what."""
    git = ("git", "-C", str(ROOT))
    commit = _said(*git, "rev-parse", "--short=12", "HEAD")
    dirty = bool(
        _said(*git, "status", "--porcelain", "--untracked-files=no", "--", "reconciler", "specs", "schemas")
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit + ("+" if dirty else ""),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cores": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def save(results: Results, folder: Path = RESULTS) -> Path:
    """Write the results of a day; those of an earlier run of the same day are replaced."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{results['machine']['date']}.json"
    file.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return file


def load(file: Path) -> Results:
    """Read a file of results."""
    found: Results = json.loads(file.read_text("utf-8"))
    return found


def latest(folder: Path = RESULTS) -> Path:
    """Return the newest file. FileNotFoundError where there is none."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise FileNotFoundError(f"there are no results in {folder}; `make bench` makes some")
    return files[-1]


def of(results: Results, what: str) -> dict[int, Mapping[str, Any]]:
    """Return the rows of one phase by size, smallest first."""
    found = {each["size"]: each for each in results["rows"] if each["what"] == what}
    return dict(sorted(found.items()))


def exponent(points: Iterable[tuple[int, float]]) -> float | None:
    """Return the exponent by which a cost grows with the size, by least squares over logarithms: 1 is linear.

    None for fewer than two sizes. What is paid once pulls it down, so that it says most of the largest sizes.

    >>> exponent([(10, 5.0), (100, 50.0), (1000, 500.0)])
    1.0
    """
    logs: Sequence[tuple[float, float]] = [(math.log(size), math.log(cost)) for size, cost in points if cost > 0]
    if len(logs) < 2:
        return None
    mean_x, mean_y = (sum(each) / len(logs) for each in zip(*logs, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in logs)
    return round(sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread, 3) if spread else None


def ratio(results: Results, ours: str, theirs: str, size: int) -> float | None:
    """Return how many times our processor time another program takes; None where one was not measured."""
    mine, other = of(results, ours).get(size), of(results, theirs).get(size)
    return other["cpu"] / mine["cpu"] if mine and other else None
