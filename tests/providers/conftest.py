"""Lets the tests of providers share their script and their bodies."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
