"""One measured step in a process of its own. Usage: measure.py STEP PROJECT [--gc]. Prints one JSON line."""

import gc
import json
import resource
import sys
import time
from pathlib import Path


def load(project: Path) -> dict[str, int]:
    """Read, parse and check the documents."""
    from reconciler.runtime.project.workspace import Workspace

    return {"offers": len(Workspace(project).load().of("Offer"))}


def resolve(project: Path) -> dict[str, int]:
    """Read, check, inherit, render and resolve the documents, and check the limits of the marketplace."""
    from reconciler.runtime.project.resolve import resolve_project
    from reconciler.runtime.project.workspace import Workspace

    resolved = resolve_project(Workspace(project))
    return {"offers": sum(each.key.kind == "Offer" for w in resolved.wanted for each in w.desired)}


def plan(project: Path) -> dict[str, int]:
    """Plan against the embedded simulator."""
    from reconciler.runtime.commands.plan import make_plan
    from reconciler.runtime.options import PlanOptions
    from reconciler.runtime.progress import Silent
    from reconciler.runtime.project.workspace import Workspace

    made = make_plan(Workspace(project), PlanOptions(), Silent())
    part = made.accounts[0]
    return {"offers": part.counts["declared"], "changes": len(part.changes), "requests": sum(part.reads.values())}


def diff(project: Path) -> dict[str, int]:
    """Compare resolved offers with live ones that equal them; only the comparison is timed."""
    from datetime import UTC, datetime

    from reconciler.documents.specs import load_spec
    from reconciler.engine.diff import Scope
    from reconciler.engine.diff import diff as compare
    from reconciler.model.offers import Live
    from reconciler.runtime.project.resolve import resolve_project
    from reconciler.runtime.project.workspace import Workspace

    wanted = resolve_project(Workspace(project)).wanted[0].desired
    kind = load_spec("allegro").kinds["Offer"]
    offers = [each for each in wanted if each.key.kind == "Offer"]
    copies = json.loads(json.dumps([dict.fromkeys(each.fields) for each in offers]))
    live = [
        Live(key=each.key, kind="Offer", remote_id=str(n), fields={**blank, **each.fields}, detailed=True)
        for n, (each, blank) in enumerate(zip(offers, copies, strict=True))
    ]
    scope = Scope(now=datetime.now(UTC))
    started = time.process_time()
    found = sum(
        compare(one, other, kind, scope).change is not None for one, other in zip(offers, live, strict=True)
    )
    return {"offers": len(offers), "changes": found, "cpu_us": round((time.process_time() - started) * 1e6)}


def main() -> None:
    """Run one step and print what it took."""
    step, project = globals()[sys.argv[1]], Path(sys.argv[2])
    if "--gc" in sys.argv:
        gc.disable = gc.freeze = lambda: None
    wall, cpu = time.perf_counter(), time.process_time()
    told = step(project)
    told["cpu_ms"] = round((time.process_time() - cpu) * 1000)
    told["wall_ms"] = round((time.perf_counter() - wall) * 1000)
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(told))


if __name__ == "__main__":
    main()
