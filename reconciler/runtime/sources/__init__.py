"""Reading sources: files, databases and addresses, the last good reading of each, and what became of the next."""
