"""Two hundred mistakes of fifty kinds in a shop of two thousand offers: the plan finds each, and says its line."""

import json

import pytest
from cli.running import reconcile

from hostile.planted import MISTAKES, plant
from reconciler.demo import write_demo

OFFERS, COUNT = 2_000, 200


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    root = tmp_path_factory.mktemp("planted") / "shop"
    write_demo(root, offers=OFFERS, seed=11)
    planted = list(plant(root, COUNT, seed=11))
    done = reconcile("plan", "--json", cwd=root)
    return planted, done, json.loads(done.stdout)


def test_every_mistake_is_found_with_its_line(planned):
    planted, done, plan = planned
    assert len(planted) == COUNT
    assert len({each.kind for each in planted}) == len(MISTAKES) >= 40
    found = [each for each in plan["diagnostics"] if each["mark"]]
    said = {(each["severity"], each["mark"]["file"], each["mark"]["line"]) for each in found}
    missed = [each for each in planted if (each.severity, each.path, each.line) not in said]
    assert missed == []
    assert done.returncode == 1


def test_the_rest_is_planned(planned):
    planted, _, plan = planned
    wrong = {each.path for each in planted}
    (part,) = plan["accounts"]
    assert part["actions"]
    assert not [each for each in part["changes"] if each["mark"] and each["mark"]["file"] in wrong]
