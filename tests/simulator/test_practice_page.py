"""docs/practice.md names every control and every trouble that there is."""

import re
from pathlib import Path

from reconciler.simulator.allegro.control import ACTIONS as OWN
from reconciler.simulator.allegro.control import PAGES
from reconciler.simulator.allegro.simulator import AllegroSimulator
from reconciler.simulator.control import ACTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "practice.md").read_text("utf-8")


def test_every_control_stands_on_the_page() -> None:
    told = set(re.findall(r"`(GET|POST) ([a-z-]+)`", PAGE.partition("## Its control")[2]))
    assert told == set(ACTIONS) | set(OWN) | {("GET", path.rpartition("/")[2]) for path in PAGES}


def test_every_trouble_stands_on_the_page() -> None:
    assert set(re.findall(r"`([a-z0-9_]+)`", PAGE)) >= AllegroSimulator.troubles()
