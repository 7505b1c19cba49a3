"""What holds for the whole suite: the contract witness listens to every simulator (see `contract.plugin`)."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from contract.plugin import ContractWitness
from mariadb import mariadb, mariadb_url  # noqa: F401 - fixtures
from postgresql import postgresql, postgresql_url  # noqa: F401 - fixtures

# No test may make or read a key in the home of whoever runs them.
os.environ.setdefault("RECONCILE_KEY", "a key for tests, and for nothing else")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ContractWitness(config), "contract-witness")
