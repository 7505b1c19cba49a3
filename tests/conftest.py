"""What holds for the whole suite: the contract witness listens to every simulator (see `contract.plugin`).

How many examples properties have, too: `ci` has the same on every machine and in every run, `dev` looks for new ones
(HYPOTHESIS_PROFILE=dev).
"""

import os
import sys
from pathlib import Path

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


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ContractWitness(config), "contract-witness")
