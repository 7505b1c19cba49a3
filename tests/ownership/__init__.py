"""Whose something is, and what is remembered of it."""
