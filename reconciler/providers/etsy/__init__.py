"""Etsy: what its Open API v3 says, and how it is spoken to."""
