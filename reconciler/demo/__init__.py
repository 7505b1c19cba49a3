"""A shop to try things on: a project, its account on the practice marketplace, and accidents planted in both."""

from reconciler.demo.corrections import put_right
from reconciler.demo.feed import Feed, NothingToFollow, write_feed
from reconciler.demo.write import DemoSummary, write_demo

__all__ = ["DemoSummary", "Feed", "NothingToFollow", "put_right", "write_demo", "write_feed"]
