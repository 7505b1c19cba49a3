"""What a plan says that an apply asks of the toy is what it asks."""

from pathlib import Path

import pytest
from conformance.stalls.base import Ware
from conformance.stalls.toy import ToyStall

from .installed import toy  # noqa: F401 - a fixture


@pytest.mark.usefixtures("toy")
def test_each_request_is_foreseen_under_its_name(tmp_path: Path) -> None:
    """A creation, which no key can be asked for, and an offer whose whole is written."""
    shop = ToyStall(tmp_path / "toy", Ware("A"))
    shop.declare(Ware("A", pieces=2), Ware("N"))
    report = shop.told("apply", "--auto-approve", "--allow", "fees", "--allow", "stock-baseline")
    assert {each["result"] for each in report["outcomes"]} == {"applied"}
    assert report["requests"] == report["forecast"]["requests"]
