"""What is at rest: which documents and offers a plan need not look at, and how that is known."""
