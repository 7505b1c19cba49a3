"""A marketplace that nobody sells on: a spec, a client and a practice server, as a package of somebody else's."""
