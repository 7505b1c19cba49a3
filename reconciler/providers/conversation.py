"""What a provider says to a marketplace, without any I/O.

A conversation is a generator: it yields what it wants done and receives what came of it, as httpx's own auth
flows do. `Request` is answered by a `Response`, `Sleep` and `Remember` by None. The runner in `runtime` owns the
event loop, retries, budgets, tokens and logging; a test feeds a script of responses.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request.

    `host` is `api`, `auth` or `upload`. `query` keeps order and repetitions. `json` is encoded by the runner;
    `form` is sent as application/x-www-form-urlencoded; `file` names a file of the project whose bytes are the
    body (its digest was reviewed with the plan: `sha256` must still be true). `media` goes into Accept, and into
    Content-Type when there is a JSON body. `view` or `operation` of the spec names the budgets; `weight` is how
    many offers it changes. `safe` tells that sending it twice does no harm.
    """

    method: str
    path: str
    host: str = "api"
    query: tuple[tuple[str, str], ...] = ()
    json: Any = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    file: str = ""
    sha256: str = ""
    media: str = ""
    content_type: str = ""
    basic: tuple[str, str] | None = field(default=None, repr=False)
    name: str = ""
    budgets: tuple[str, ...] = ("client",)
    weight: int = 1
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. Header names are lower case; `decoded` is the body, where it has been decoded already."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    decoded: Any = field(default=None, repr=False, compare=False)

    def json(self) -> Any:
        """Decode the body. Money stays text in Allegro's JSON; a float would be a fault of the sender."""
        if self.decoded is not None or not self.body:
            return self.decoded
        return orjson.loads(self.body)

    @property
    def ok(self) -> bool:
        """Tell whether it is a 2xx or 303."""
        return 200 <= self.status < 300 or self.status == 303


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait so many seconds of the account's clock."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep a fact that only this conversation knows, before it goes on: an id, or an image's address.

    `topic` is `image` (key: our name of the image, value: its address) or `created` (key: the resource's
    `Kind/name`, value: its remote id).
    """

    topic: str
    key: str
    value: str


T = TypeVar("T")
Effect = Request | Sleep | Remember
Conversation = Generator[Effect, Any, T]
