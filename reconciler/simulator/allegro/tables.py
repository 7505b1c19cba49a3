"""What Allegro keeps besides what every practice marketplace has."""

TABLES = """
CREATE TABLE IF NOT EXISTS categories (id TEXT PRIMARY KEY, parent TEXT, body BLOB, parameters BLOB);
CREATE TABLE IF NOT EXISTS products (id TEXT PRIMARY KEY, name TEXT, category TEXT, body BLOB);
CREATE TABLE IF NOT EXISTS codes (code TEXT, product TEXT, PRIMARY KEY (code, product)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery_methods (id TEXT PRIMARY KEY, body BLOB);
CREATE TABLE IF NOT EXISTS dictionaries (
  n INTEGER PRIMARY KEY, seller TEXT, kind TEXT, id TEXT, name TEXT, body BLOB, UNIQUE (seller, kind, id));
CREATE INDEX IF NOT EXISTS dictionaries_name ON dictionaries (seller, kind, name);
CREATE TABLE IF NOT EXISTS offers (
  id INTEGER PRIMARY KEY, seller TEXT, status TEXT, external_id TEXT, rates TEXT, policy TEXT,
  edit_until REAL, command_until REAL, updated REAL, body BLOB, meta BLOB);
CREATE INDEX IF NOT EXISTS offers_seller ON offers (seller, status, updated);
CREATE INDEX IF NOT EXISTS offers_rates ON offers (seller, rates);
CREATE INDEX IF NOT EXISTS offers_external ON offers (seller, external_id);
CREATE TABLE IF NOT EXISTS listing (
  id INTEGER PRIMARY KEY, seller TEXT, name TEXT, status TEXT, format TEXT, price REAL, category TEXT,
  external_id TEXT, rates TEXT, policy TEXT, fundraising TEXT, markets TEXT, available INTEGER, sold INTEGER,
  business INTEGER, product_empty INTEGER, fulfillment INTEGER, row BLOB, sold_until REAL);
CREATE INDEX IF NOT EXISTS listing_seller ON listing (seller, id);
CREATE INDEX IF NOT EXISTS listing_status ON listing (seller, status, id);
CREATE INDEX IF NOT EXISTS listing_external ON listing (seller, external_id);
CREATE INDEX IF NOT EXISTS listing_sold ON listing (sold_until) WHERE sold_until IS NOT NULL;
CREATE TABLE IF NOT EXISTS operations (
  id TEXT PRIMARY KEY, offer INTEGER, seller TEXT, started REAL, due REAL, errors BLOB);
CREATE TABLE IF NOT EXISTS commands (
  id TEXT, seller TEXT, family TEXT, created REAL, completed REAL, ready INTEGER, body BLOB,
  PRIMARY KEY (seller, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tasks (
  seller TEXT, command TEXT, n INTEGER, status TEXT, row BLOB,
  PRIMARY KEY (seller, command, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY, seller TEXT, at REAL, type TEXT, body BLOB);
CREATE INDEX IF NOT EXISTS events_seller ON events (seller, n);
"""
