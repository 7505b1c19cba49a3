"""Plays seeds and tells what was wrong: python -m lying 17 23, or python -m lying --count 1000 --from 1."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from world import RECORD

from lying.campaign import HEADS, played, played_over_sockets, rows


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("seeds", nargs="*", type=int)
    arguments.add_argument("--count", type=int, default=0)
    arguments.add_argument("--from", dest="first", type=int, default=1)
    arguments.add_argument("--sockets", action="store_true")
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reconcile-lies-"))
    os.environ[RECORD] = str(folder / "record.jsonl")
    seeds = given.seeds or list(range(given.first, given.first + given.count))
    wrong, all_of_them = 0, []
    for verdict in (played_over_sockets if given.sockets else played)(seeds, folder):
        all_of_them.append(verdict)
        for line in verdict.lines():
            wrong += 1
            print(line, flush=True)
    print(HEADS)
    for name, row in rows(all_of_them).items():
        print(f"{name} | {row.cells()}")
    print(f"{len(seeds)} lies, {wrong} findings; kept in {folder}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
