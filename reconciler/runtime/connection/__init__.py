"""The wire: addresses, transport, and the runner that holds conversations."""
