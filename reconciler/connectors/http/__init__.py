"""Sources over HTTP: JSON, XML and GraphQL, in pages or at once."""

from collections.abc import Iterator

from reconciler.connectors.base import Connector, Objection, Reads
from reconciler.connectors.http.checking import KEYS, column_problems, problems, said_of
from reconciler.connectors.http.reading import download, read
from reconciler.model.tables import Source


def _complaints(source: Source) -> Iterator[Objection]:
    """What the settings and the places of the columns get wrong, as sentences."""
    for each in (*problems(source.settings), *column_problems(source.settings, source.columns)):
        path, _, hint = each
        if len(path) > 1 or path[0] in KEYS:  # of keys that mean nothing everybody is told in the same way
            yield path, said_of(each), hint


HTTP = Connector(
    name="http",
    reads=Reads.CONVERSATION,
    settings=KEYS,
    needs=(("url",),),
    problems=_complaints,
    converse=read,
    at_once=lambda source: "paging" not in source.settings,
    proves=lambda source: "paging" not in source.settings or "total" in source.settings,
)

__all__ = ["HTTP", "column_problems", "download", "problems", "read"]
