"""Sources over HTTP: JSON, XML and GraphQL, in pages or at once."""

from reconciler.connectors.http.checking import column_problems, problems
from reconciler.connectors.http.reading import download, read

__all__ = ["column_problems", "download", "problems", "read"]
