"""Etsy to practise on, from its own documents: Open API v3 (OAS of 2026-08-17) and etsy/open-api issues."""
