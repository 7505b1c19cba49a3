"""docs/practice.md names every control and every trouble that there is."""

import re
from pathlib import Path

from reconciler.simulator.control import ACTIONS, PAGES
from reconciler.simulator.faults import KNOWN

PAGE = (Path(__file__).parents[2] / "docs" / "practice.md").read_text("utf-8")


def test_every_control_stands_on_the_page() -> None:
    told = set(re.findall(r"`(GET|POST) ([a-z-]+)`", PAGE.partition("## Its control")[2]))
    assert told == set(ACTIONS) | {("GET", path.rpartition("/")[2]) for path in PAGES}


def test_every_trouble_stands_on_the_page() -> None:
    assert set(re.findall(r"`([a-z0-9_]+)`", PAGE)) >= KNOWN
