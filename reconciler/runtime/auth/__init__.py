"""Tokens and the keys that seal them."""
