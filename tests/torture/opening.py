"""Many processes that open one new cache and one new ledger at the same moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PROCESS = """
import sys
from pathlib import Path
from reconciler.runtime.ledger.cache import Cache, Detail
from reconciler.runtime.ledger import Ledger
folder, number = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
def say(note):
    print(note, flush=True)
ledger = Ledger(folder / "ledger.db")
cache = Cache(folder / "cache.db", say)
cache.store("site", "Offer", [Detail(number, "row", "now", "detail", b"body")])
ledger.database.run("insert into leases values (?, ?, 0)", (number, number))
assert number in {each.remote_id for each in cache.details("site", "Offer")}
ledger.close()
cache.close()
"""


def open_at_once(folder: Path, processes: int) -> list[str]:
    """Let so many go at once; return what went wrong, each process's last line."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _PROCESS, str(folder), str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        )
        for number in range(processes)
    ]  # fmt: skip
    wrong = []
    for each in started:
        assert each.stdout is not None
        first = each.stdout.readline()
        if first != "ready\n":
            wrong.append(first)
    for each in started:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    for each in started:
        said, _ = each.communicate()
        if said or each.returncode:
            wrong.append((said.strip().splitlines() or [f"exit code {each.returncode}"])[-1])
    return wrong
