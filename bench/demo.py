"""The main job, as a person would type it: plan, which finds mistakes and is refused, the fixes, apply, no changes.

Then the stock comes from a warehouse's file: an article runs out, the file breaks off, goods come.

Usage: demo.py RECONCILE DIRECTORY [--offers N]. Prints each command before its output; stops at the first
exit code that is not the expected one.
"""

import shutil
import subprocess
import sys
from pathlib import Path

#: Mistakes in documents are worse than what the guards refuse.
MISTAKES = 1
REFUSED = 3


def run(command: list[str], expect: int = 0) -> None:
    """Run one command, show it and what it prints, and insist on its exit code."""
    shown = " ".join(["reconcile", *command[1:]])
    print(f"\n\033[1m$ {shown}\033[0m" if sys.stdout.isatty() else f"\n$ {shown}", flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    if done.returncode != expect:
        sys.exit(f"{shown} ended with {done.returncode}; {expect} was expected")


def main() -> None:
    """Show the whole story in a fresh directory."""
    reconcile, directory, *rest = sys.argv[1:]
    project = Path(directory).resolve()
    shutil.rmtree(project, ignore_errors=True)
    offers = rest[1] if rest[:1] == ["--offers"] else "2000"
    run([reconcile, "demo", str(project), "--offers", offers])
    here = [reconcile, "-C", str(project)]
    run([*here, "plan"], expect=MISTAKES)
    run([reconcile, "demo", "--fix", str(project)])
    run([*here, "plan", "--out", str(project / "plan.json")])
    run([*here, "apply", str(project / "plan.json"), "--auto-approve"])
    run([*here, "plan", "--detailed-exitcode"])  # 0: nothing declared is undone
    follow_a_warehouse(reconcile, project)


def follow_a_warehouse(reconcile: str, project: Path) -> None:
    """Show what becomes of an offer whose number comes from elsewhere, and of a number that does not come."""
    here = [reconcile, "-C", str(project)]
    feed = [reconcile, "demo", "--feed"]
    run([*feed, "sold-out", str(project)])
    run([*here, "apply", "--auto-approve"])
    run([*feed, "cut", str(project)])
    run([*here, "plan"], expect=REFUSED)
    run([*feed, "receipt", str(project)])
    run([*here, "apply", "--auto-approve"])
    run([*here, "plan", "--detailed-exitcode"])


if __name__ == "__main__":
    main()
