"""A practice marketplace: Allegro's REST API over one SQLite file, stricter than the original."""
