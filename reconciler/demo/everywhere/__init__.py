"""The same mugs on several marketplaces: documents that several accounts share, and what goes wrong on each."""

from reconciler.demo.everywhere.sites import SITES
from reconciler.demo.everywhere.write import write_everywhere

#: The marketplaces that the mugs can be sold on.
MARKETPLACES = tuple(SITES)

__all__ = ["MARKETPLACES", "write_everywhere"]
