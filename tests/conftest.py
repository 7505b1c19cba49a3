"""What holds for the whole suite: the contract witness listens to every simulator (see `contract.plugin`)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from contract.plugin import ContractWitness


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ContractWitness(config), "contract-witness")
