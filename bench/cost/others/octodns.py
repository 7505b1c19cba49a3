"""octoDNS with as many records as there are offers: its plan from YAML to YAML, nothing changed.

A record is one text of 50 characters, twenty times less than an offer; it asks no server.
"""

import shutil
from pathlib import Path

from bench.cost.measured import Failed, Figure, measure

PACKAGES = ("octodns",)
LARGEST = 10_000
_CONFIGURATION = """\
providers:
  declared: {class: octodns.provider.yaml.YamlProvider, directory: declared, default_ttl: 3600, enforce_order: false}
  live: {class: octodns.provider.yaml.YamlProvider, directory: live, default_ttl: 3600, enforce_order: false}
zones:
  shop.example.: {sources: [declared], targets: [live]}
"""


def plan(programs: Path, offers: int, place: Path) -> Figure:
    """Measure a plan at rest."""
    folder = place / "octodns"
    records = "".join(
        f"offer-{number:06}:\n  type: TXT\n  value: offer {number} costs {number % 100}.99 PLN and has {number % 40}\n"
        for number in range(offers)
    )
    for side in ("declared", "live"):
        (folder / side).mkdir(parents=True)
        (folder / side / "shop.example.yaml").write_text(f"---\n{records}", "utf-8")
    (folder / "config.yaml").write_text(_CONFIGURATION, "utf-8")
    log = folder / "log.txt"
    figure = measure([str(programs / "octodns-sync"), "--config-file", "config.yaml"], folder=folder, log=log)
    if "No changes were planned" not in log.read_text("utf-8"):
        raise Failed("octodns-sync planned changes")
    shutil.rmtree(folder)
    return figure
