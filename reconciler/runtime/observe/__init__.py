"""What is on the account: list, details, catalogue, events."""
