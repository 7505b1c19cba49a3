"""Several accounts in one project: each on its own."""
