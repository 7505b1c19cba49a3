"""What holds for the whole suite: the contract witness listens to every simulator (see `contract.plugin`).

How many examples properties have, too: `ci` has the same on every machine and in every run, `dev` looks for new ones
(HYPOTHESIS_PROFILE=dev). A test that does not end has failed: one that is waited for says nothing of the others.
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from contract.plugin import ContractWitness
from mariadb import mariadb, mariadb_url  # noqa: F401 - fixtures
from postgresql import postgresql, postgresql_url  # noqa: F401 - fixtures

# No test may make or read a key in the home of whoever runs them.
os.environ.setdefault("RECONCILE_KEY", "a key for tests, and for nothing else")

settings.register_profile(
    "ci",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.register_profile("dev", settings.get_profile("ci"), max_examples=400, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

#: Seconds of one test: more than ten times what the longest takes.
LONGEST = int(os.environ.get("RECONCILE_LONGEST_TEST", "900"))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ContractWitness(config), "contract-witness")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that does not end, where it stands by then."""

    def late(*_: object) -> NoReturn:
        pytest.fail(f"{item.nodeid} does not end: it was given up after {LONGEST} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
