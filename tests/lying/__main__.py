"""Plays seeds and tells what was wrong: python -m lying 17 23, or python -m lying --count 1000 --from 1."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from world import RECORD

from lying.campaign import played


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("seeds", nargs="*", type=int)
    arguments.add_argument("--count", type=int, default=0)
    arguments.add_argument("--from", dest="first", type=int, default=1)
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reconcile-lies-"))
    os.environ[RECORD] = str(folder / "record.jsonl")
    seeds = given.seeds or list(range(given.first, given.first + given.count))
    wrong = 0
    for verdict in played(seeds, folder):
        for line in verdict.lines():
            wrong += 1
            print(line, flush=True)
    print(f"{len(seeds)} lies, {wrong} findings; kept in {folder}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
