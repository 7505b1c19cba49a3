"""What the practice Etsy keeps besides what every marketplace has."""

TABLES = """
CREATE TABLE IF NOT EXISTS listings (
  id INTEGER PRIMARY KEY, seller TEXT, state TEXT, created REAL, updated REAL, body BLOB, meta BLOB,
  shown_state TEXT, shown BLOB);
CREATE INDEX IF NOT EXISTS listings_shown ON listings (seller, shown_state, created, id);
CREATE TABLE IF NOT EXISTS things (
  kind TEXT, id INTEGER, seller TEXT, name TEXT, body BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS things_seller ON things (seller, kind, id);
CREATE TABLE IF NOT EXISTS listing_images (
  id INTEGER PRIMARY KEY, seller TEXT, listing INTEGER, rank INTEGER, created REAL, body BLOB);
CREATE INDEX IF NOT EXISTS images_listing ON listing_images (listing, rank);
CREATE TABLE IF NOT EXISTS taxonomy (id INTEGER PRIMARY KEY, parent INTEGER, name TEXT, properties BLOB);
CREATE TABLE IF NOT EXISTS fees (
  n INTEGER PRIMARY KEY, seller TEXT, listing INTEGER, at REAL, kind TEXT, cents INTEGER);
"""
