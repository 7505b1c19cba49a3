"""Plans made with caches, and without: a shop, what happens to it, and who judges."""
