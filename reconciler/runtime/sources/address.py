"""The address of somebody's database: which driver reads it, and what in it is secret.

People have addresses as `postgresql://login:password@host/name`. The password is in no message, nor is what would
be a part of it if the address were read otherwise.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

from reconciler.connectors.base import SourceFault
from reconciler.documents.near import did_you_mean

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_POSTGRESQL, _MYSQL, _SQL_SERVER = "postgresql+psycopg", "mysql+pymysql", "mssql+pymssql"
_DRIVERS = {
    "postgresql": _POSTGRESQL,
    "postgres": _POSTGRESQL,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": _SQL_SERVER,
    "sqlserver": _SQL_SERVER,
    "sqlite": "sqlite+pysqlite",
}
_FORM = "an address is `postgresql://login:password@host/name`, or `sqlite:///file.db`"
_ESCAPES = "in a login or a password write @ as %40, : as %3A, / as %2F, # as %23 and % as %25"
#: As much is quoted of what a server says.
_WORDS = 300


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a database is, for SQLAlchemy; `secrets` are all spellings of its password."""

    url: "URL" = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def dialect(self) -> str:
        """One of `postgresql`, `mysql`, `mssql` and `sqlite`."""
        return self.url.get_backend_name()

    def words(self, said: str) -> str:
        """Return what a driver or a server says as one line of at most 300 characters, without the password."""
        for secret in self.secrets:
            said = said.replace(secret, "***")
        line = " ".join(said.split()).rstrip(".")
        return line if len(line) <= _WORDS else f"{line[: _WORDS - 1]}…"


def address_of(url: str, root: Path) -> DatabaseAddress:
    """Read an address. A relative file is one below `root`. Raise SourceFault, which quotes nothing of it."""
    scheme, separator, rest = url.strip().partition("://")
    driver = _DRIVERS.get(scheme.partition("+")[0].lower())
    if not separator or driver is None:
        hint = did_you_mean(scheme, _DRIVERS, otherwise=_FORM) if separator else _FORM
        raise SourceFault("the address names no kind of database that is known", hint)
    read = _parsed(f"{driver}://{rest}")
    if driver.startswith("sqlite"):
        return DatabaseAddress(_file(read, root), ())
    if rest.count("@") > 1:  # which of them ends the password is a guess, and what follows would be shown
        raise SourceFault("the address has more than one @", _ESCAPES)
    if not read.host and not read.query:
        raise SourceFault("the address names no host", _FORM)
    return DatabaseAddress(read, _secrets(read, rest))


def _parsed(url: str) -> "URL":
    """Have SQLAlchemy read an address. What it says of one that it cannot read may quote a password."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise SourceFault("the address cannot be read", f"{_FORM}; {_ESCAPES}") from None


def _file(read: "URL", root: Path) -> "URL":
    """Return the address under which SQLite opens a file for reading only."""
    from sqlalchemy import URL

    if not read.database or read.database == ":memory:":
        raise SourceFault("the address names no file", "write `sqlite:///file.db`, below the project's folder")
    path = (root / read.database).absolute()
    if not path.is_file():
        raise SourceFault(f"there is no file {read.database}", "a relative path is one below the project's folder")
    return URL.create(
        read.drivername, database=f"file:{quote(os.fsencode(path))}", query={"mode": "ro", "uri": "true"}
    )


def _secrets(read: "URL", rest: str) -> tuple[str, ...]:
    """Return the passwords of an address in each way that somebody may spell them, the longest first."""
    plain = {str(read.password or "")}
    plain |= {
        str(value) for name, value in read.query.items() if re.search("pass|secret|token", name, re.IGNORECASE)
    }
    plain |= set(re.findall(r"^[^:/@]*:([^@]*)@", rest))
    spelled = {spelling(each) for each in plain for spelling in (str, unquote, quote, quote_plus, _fully)}
    return tuple(sorted(spelled - {""}, key=lambda each: (-len(each), each)))


def _fully(secret: str) -> str:
    return quote(secret, safe="")
