"""Practice marketplaces: each is a REST API over one SQLite file, stricter than the original."""
