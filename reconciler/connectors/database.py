"""A database as a source: one SELECT, run by the shell in a transaction that only reads."""

from collections.abc import Iterator

from reconciler.connectors.base import Connector, Objection, Reads, SourceFault
from reconciler.connectors.select import insist_on_one_select
from reconciler.model.tables import Source


def _problems(source: Source) -> Iterator[Objection]:
    query, url = source.settings.get("query"), source.settings.get("url")
    if not isinstance(query, str):
        yield ("query",), "the query is one SELECT, or a file .sql of the project", ""
    elif not query.endswith(".sql"):
        try:
            insist_on_one_select(query, _dialect(url))
        except SourceFault as fault:
            yield ("query",), fault.summary, fault.hint
    if not isinstance(url, str) or not (url.isupper() or url.startswith("sqlite:")):
        hint = "An address holds a password: let an environment variable hold it, such as `url: ERP_URL`."
        yield ("url",), "the address of a database stands in the document", hint
    timeout = source.settings.get("timeout", 60)
    if not isinstance(timeout, int) or isinstance(timeout, bool) or not 0 < timeout <= 3600:
        yield ("timeout",), "a timeout is a number of seconds up to 3600", ""


def _dialect(url: object) -> str:
    """An address that a variable holds may be any database's: the strictest common reading is PostgreSQL's."""
    return "sqlite" if str(url).startswith("sqlite:") else "postgresql"


SQL = Connector(
    name="sql",
    reads=Reads.DATABASE,
    settings={
        "url": "the name of an environment variable that holds the address; of SQLite the address itself",
        "query": "one SELECT, or a file .sql of the project",
        "timeout": "seconds that the query may take",
    },
    needs=(("url",), ("query",)),
    problems=_problems,
)
