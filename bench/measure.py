"""One measured step in a process of its own. Usage: measure.py STEP PROJECT. Prints one JSON line."""

import json
import re
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.cost.island import apart


def fill(project: Path) -> dict[str, int]:
    """Read all sources and fill in what comes from them; what merging the layers takes is taken off."""
    from reconciler.documents.layers import effective
    from reconciler.runtime.collector import collector_off
    from reconciler.runtime.progress import Silent
    from reconciler.runtime.project.resolve import fill_in
    from reconciler.runtime.project.workspace import Workspace
    from reconciler.runtime.sources.gather import SourceReader

    workspace = Workspace(project)
    documents = workspace.load()
    with collector_off():
        began = time.process_time()
        effective(documents, render=None)
        merged = time.process_time()
        read = SourceReader(workspace=workspace, progress=Silent(), anew=True)
        filled = fill_in(workspace, documents, tuple(documents.project.accounts), read)
        took = time.process_time() - merged - (merged - began)
    rows = sum(each.rows for each in filled.sources.values())
    return {"offers": len(documents.of("Offer")), "rows": rows, "own_us": round(took * 1e6)}


def plan(project: Path) -> dict[str, int]:
    """Plan against the embedded simulator; every plan reads its sources, also one within a minute of the last."""
    from datetime import timedelta

    from reconciler.runtime.commands.plan import make_plan
    from reconciler.runtime.options import PlanOptions
    from reconciler.runtime.progress import Silent
    from reconciler.runtime.project.workspace import Workspace
    from reconciler.runtime.sources import gather

    gather.SHARED = timedelta(0)
    made = make_plan(Workspace(project), PlanOptions(), Silent())
    part = made.accounts[0]
    return {"offers": part.counts["declared"], "changes": len(part.changes), "requests": sum(part.reads.values())}


def rest(project: Path) -> dict[str, int]:
    """Plan what is as it is declared; what the practice marketplace in this process takes is taken off."""
    with apart() as island:
        before = time.process_time()
        told = plan(project)
        own = time.process_time() - before - island.cpu
    return {**told, "own_us": round(own * 1e6)}


def apply(project: Path) -> dict[str, int]:
    """Apply a change of every offer; what the practice marketplace in this process takes is taken off.

    A third are prices, a third are edits, a third are creations.
    """
    from reconciler.runtime.commands.apply import apply_plan
    from reconciler.runtime.commands.plan import make_plan
    from reconciler.runtime.options import ApplyOptions, PlanOptions
    from reconciler.runtime.progress import Silent
    from reconciler.runtime.project.workspace import Workspace

    _change_every_offer(project)
    made = make_plan(Workspace(project), PlanOptions(), Silent())
    with apart() as island:
        before = time.process_time()
        report = apply_plan(Workspace(project), made, ApplyOptions(), Silent())
        own = time.process_time() - before - island.cpu
    applied = sum(each.result.value == "applied" for each in report.outcomes)
    changes = len(made.changes)
    return {"offers": changes, "applied": applied, "rows": len(report.outcomes), "own_us": round(own * 1e6)}


def _change_every_offer(project: Path) -> None:
    main = project / "reconcile.yaml"
    off = "".join(
        f"  {rule}: off\n"
        for rule in ("price_change", "price_shift", "stock_change", "creates", "ends", "updates", "zeros")
    )
    main.write_text(re.sub(r"(?m)^guards:\n(?:  .*\n)+", f"guards:\n{off}", main.read_text("utf-8")), "utf-8")
    files = [each for each in sorted(project.glob("offers/*/*.yaml")) if each.name != "defaults.yaml"]
    for number, file in enumerate(files):
        file.write_text(_changed(file.read_text("utf-8"), number), "utf-8")


def _changed(text: str, number: int) -> str:
    if number % 3 == 0:
        return re.sub(r"(?m)^(price: (?:{base: )?)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1 + number % 7}", text)
    text = re.sub(r"(?m)^  title: [\"']?(.{1,9}).*", lambda m: f"  title: Nowe {number} {m[1]}".rstrip(), text)
    return re.sub(r"(?m)^name: ", f"name: n{number}-", text) if number % 3 == 2 else text


def main() -> None:
    """Run one step and print what it took."""
    step, project = globals()[sys.argv[1]], Path(sys.argv[2])
    wall, cpu = time.perf_counter(), time.process_time()
    told = step(project)
    told["cpu_ms"] = round((time.process_time() - cpu) * 1000)
    told["wall_ms"] = round((time.perf_counter() - wall) * 1000)
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(told))


if __name__ == "__main__":
    main()
