"""One command of reconcile, in a process of its own. Usage: python -m bench.cost.command TOLD WORD ...

What the practice marketplace of the process took is written to the file TOLD as JSON: `cpu` in seconds, `requests`.
"""

import json
import sys
from pathlib import Path

from bench.cost.island import apart


def main() -> None:
    """Run the command as its script does."""
    told, *words = sys.argv[1:]
    sys.argv = ["reconcile", *words]
    with apart() as island:
        from reconciler.cli.main import main as reconcile

        try:
            reconcile()
        finally:
            Path(told).write_text(json.dumps({"cpu": island.cpu, "requests": island.requests}), "utf-8")


if __name__ == "__main__":
    main()
