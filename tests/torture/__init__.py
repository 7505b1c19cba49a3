"""The long campaign of `make torture`: modules that the short tests of `tests/reliability` share. No test lies here."""
