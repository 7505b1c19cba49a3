"""The operations and the rules of Allegro, one idea per module."""
