"""What eBay keeps besides what every practice marketplace has."""

TABLES = """
CREATE TABLE IF NOT EXISTS items (
  seller TEXT, sku TEXT, body BLOB, updated REAL, PRIMARY KEY (seller, sku)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed_items (
  seller TEXT, sku TEXT, body BLOB, PRIMARY KEY (seller, sku)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS offers (
  id INTEGER PRIMARY KEY, seller TEXT, sku TEXT, site TEXT, format TEXT, status TEXT, listing INTEGER, body BLOB);
CREATE INDEX IF NOT EXISTS offers_sku ON offers (seller, sku);
CREATE TABLE IF NOT EXISTS listings (
  id INTEGER PRIMARY KEY, seller TEXT, offer INTEGER, site TEXT, status TEXT, hold TEXT, sold INTEGER,
  day INTEGER, revisions INTEGER, started REAL, ended REAL, body BLOB);
CREATE INDEX IF NOT EXISTS listings_seller ON listings (seller, status);
CREATE TABLE IF NOT EXISTS locations (
  seller TEXT, key TEXT, body BLOB, PRIMARY KEY (seller, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS policies (
  id INTEGER PRIMARY KEY, seller TEXT, kind TEXT, site TEXT, name TEXT, body BLOB);
CREATE INDEX IF NOT EXISTS policies_name ON policies (seller, kind, site, name);
CREATE TABLE IF NOT EXISTS categories (
  site TEXT, id TEXT, parent TEXT, body BLOB, PRIMARY KEY (site, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS catalogue (epid TEXT PRIMARY KEY, body BLOB);
CREATE TABLE IF NOT EXISTS codes (code TEXT PRIMARY KEY, epid TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pictures (id TEXT PRIMARY KEY, seller TEXT, url TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feed_tasks (
  id TEXT PRIMARY KEY, seller TEXT, created REAL, done REAL, site TEXT, body BLOB, file BLOB);
CREATE TABLE IF NOT EXISTS fees (
  n INTEGER PRIMARY KEY, seller TEXT, listing INTEGER, site TEXT, at REAL, kind TEXT, amount TEXT, discount TEXT);
CREATE INDEX IF NOT EXISTS fees_seller ON fees (seller, site, kind, at);
CREATE TABLE IF NOT EXISTS ru_names (name TEXT PRIMARY KEY, client TEXT, accepted TEXT, declined TEXT);
"""
