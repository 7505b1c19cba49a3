"""The folder of documents, and what is desired."""
