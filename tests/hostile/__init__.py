"""What the world brings: mistakes of every kind, and what is said of them."""
