"""A shop to try things on: a project, its account on the practice marketplace, and accidents planted in both."""

from reconciler.demo.aside import DemoSummary
from reconciler.demo.corrections import put_right
from reconciler.demo.everywhere import MARKETPLACES, write_everywhere
from reconciler.demo.feed import Feed, NothingToFollow, write_feed
from reconciler.demo.write import write_demo

__all__ = [
    "MARKETPLACES",
    "DemoSummary",
    "Feed",
    "NothingToFollow",
    "put_right",
    "write_demo",
    "write_everywhere",
    "write_feed",
]
