"""Where tables of stock and prices come from: one folder for each system, found by entry points."""
