"""eBay: what its selling APIs say, and how they are spoken to."""
