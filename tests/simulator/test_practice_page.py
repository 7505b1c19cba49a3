"""docs/practice.md names every control and every trouble that there is, of each marketplace."""

import re
from importlib import import_module
from pathlib import Path

from reconciler.simulator.app import simulator_of
from reconciler.simulator.control import ACTIONS
from reconciler.simulator.names import MARKETPLACES, SIMULATORS

PAGE = (Path(__file__).parents[2] / "docs" / "practice.md").read_text("utf-8")


def own_controls() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for where in SIMULATORS.values():
        control = import_module(where.rpartition(".")[0] + ".control")
        found |= set(control.ACTIONS) | {("GET", path.rpartition("/")[2]) for path in control.PAGES}
    return found


def test_every_control_stands_on_the_page() -> None:
    told = set(re.findall(r"`(GET|POST) ([a-z-]+)`", PAGE.partition("## Its control")[2]))
    assert told == set(ACTIONS) | own_controls()


def test_every_trouble_stands_on_the_page() -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    for marketplace in MARKETPLACES:
        assert named >= simulator_of(marketplace).troubles()
