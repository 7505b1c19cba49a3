"""A run: its operations, their waves, reading back, and who may go on with it."""
