"""Ledgers for runners that forget: what must be remembered lies sealed in a git branch or a bucket.

A process works on a copy in SQLite, made anew for it. Each time that something has to outlive it, the rows that
have changed since are written as one more part (`changes`), sealed and chained to the part before (`sealing`), and
put in place only if nobody else has put one there meanwhile (`port`). Two jobs of two accounts share a ledger that
way.
"""
