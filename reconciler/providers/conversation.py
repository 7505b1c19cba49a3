"""What a provider says to a marketplace, without any I/O.

A conversation is a generator: it yields what it wants done and receives what came of it, as httpx's own auth
flows do. `Request` is answered by an `Answer`, everything else by None. The runner in `runtime`
owns the event loop, retries, budgets, tokens and logging; a test feeds a script of responses.

What comes over the wire is a `Response`. The provider reads it once, strictly, by what its request expects
(`Provider.answer`); nothing else looks at a body.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec import Struct

from reconciler.model.outcomes import Fault
from reconciler.model.wire import Sleep
from reconciler.providers.forms import Form, decoded

#: What `Retry-After` may ask for, in seconds. The limits that we can run into count by the minute, those by the
#: hour we keep ourselves; whoever waits for as long and asks once more prolongs no block.
LONGEST_BLOCK = 600.0
#: Turns the body of an answer into what is read of it, and says what is wrong with it: empty when nothing is.
Decode = Callable[[bytes], tuple[Any, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request.

    `expects` is what a successful answer has to be; one that is not is no success. `host` is `api`, `auth` or
    `upload`. `query` keeps order and repetitions. `json` is encoded by the runner; `form` is sent as
    application/x-www-form-urlencoded; `file` names a file of the project whose bytes are the body (its digest was
    reviewed with the plan: `sha256` must still be true); with `part` it is that part of a multipart form, beside
    what `form` says. `signed` is a whole address that the marketplace has just given, and is right by itself:
    there it goes without a token, where that is one of the `signed_hosts`; `path` is then what to call it.
    A Decimal in `json` is written as an exact number. `media` goes into Accept, and into
    Content-Type when there is a JSON body; `headers` are what its marketplace asks for besides, and its `bearer`
    sends them. `view` or `operation` of the spec names the budgets; `weight` is how
    many offers it changes. `safe` tells that sending it twice does no harm, `reads` that it
    changes nothing, though it is no GET; `elsewhere`, that 303 is an answer. `decode` reads the body of a success,
    at the doors of marketplaces whose long lists are cut while they are parsed.
    """

    method: str
    path: str
    expects: Form
    host: str = "api"
    signed: str = field(default="", repr=False)
    query: tuple[tuple[str, str], ...] = ()
    json: Any = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    file: str = ""
    sha256: str = ""
    part: str = ""
    media: str = ""
    content_type: str = ""
    basic: tuple[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    budgets: tuple[str, ...] = ("client",)
    weight: int = 1
    safe: bool = True
    reads: bool = False
    elsewhere: bool = False
    decode: Decode = field(default=decoded, repr=False)

    @property
    def harmless(self) -> bool:
        """Tell whether it changes nothing of what is sold: a read, a token, an image."""
        return self.method == "GET" or self.reads or self.host != "api" or bool(self.signed)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response means: a value that is as its request expects, or a fault and what it was said with."""

    status: int
    headers: Mapping[str, str]
    value: Any = field(default=None, repr=False)
    fault: Fault | None = None


class Remember(Struct, frozen=True):
    """Keep a fact that only this conversation knows, before it goes on: an id, or an image's address.

    `topic` is `image` (key: our name of the image, value: its address) or `created` (key: the resource's
    `Kind/name`, value: its remote id).
    """

    topic: str
    key: str
    value: str


class Ahead(Struct, frozen=True):
    """Tell which reads are asked for next, in this order, so that several of them can be under way at once.

    It asks for none: each is yielded by itself, in its turn, as the same object, and answered then. What was told
    and is not asked for after all may have been sent.
    """

    requests: tuple[Request, ...]


class Reached(Struct, frozen=True):
    """Tell how far a long read is: `done` of `total` rows. It is shown to whoever waits, and nothing else."""

    done: int
    total: int


T = TypeVar("T")
Effect = Request | Sleep | Remember | Ahead | Reached
Conversation = Generator[Effect, Any, T]
