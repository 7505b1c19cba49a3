"""A shop to try things on: a project, its account on the practice marketplace, and accidents planted in both."""

from reconciler.demo.incidents import fix_typo
from reconciler.demo.write import DemoSummary, write_demo

__all__ = ["DemoSummary", "fix_typo", "write_demo"]
