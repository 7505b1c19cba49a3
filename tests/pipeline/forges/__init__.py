"""Stand-ins for two forges, written from their public documents and not from any client."""
