"""What a source is asked over HTTP, without any I/O.

A conversation is a generator: it yields what it wants done and receives what came of it. `Ask` is answered by a
`Response`, or `Lost` is raised where it stands; `Found` and `Sleep` are answered by None. The shell owns the event
loop, the clock and all secrets: an `Ask` only names them.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct

from reconciler.connectors.base import Found
from reconciler.model.wire import Response, Sleep

Expects = Literal["json", "xml", "bytes"]


class Secret(Struct, frozen=True):
    """What an environment variable of this name holds, with `lead` in front of it."""

    name: str
    lead: str = ""


class BasicLogin(Struct, frozen=True):
    """A user and a password, as two environment variables of these names hold them: Basic authorization."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A bearer token that a conversation was given; it lives as long as the conversation."""

    value: str = field(repr=False)


Header = str | Secret | BasicLogin | BearerToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. What an environment variable holds may stand in `url`, so it is not shown.

    `query` is put behind what `url` has already. `json` is encoded by the shell; `form` is sent as
    application/x-www-form-urlencoded.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, Header] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    json: Any = None
    form: Mapping[str, str | Secret] | None = None
    expects: Expects = "json"


class Lost(Exception):  # noqa: N818 - it names what happened
    """No whole answer came. `cut` tells that one had begun."""

    def __init__(self, why: str, *, cut: bool = False) -> None:
        super().__init__(why)
        self.why, self.cut = why, cut


Asking = Generator[Ask | Sleep, Any, Response]
Talk = Generator[Ask | Found | Sleep, Any, None]
