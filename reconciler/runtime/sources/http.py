"""Sources over HTTP: holds their conversations, with the wire, the clock and the secrets that these only name."""

import asyncio
import base64
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson

from reconciler.connectors.base import Found, Record, Records, SourceFault
from reconciler.connectors.conversation import Ask, BasicLogin, BearerToken, Header, Lost, Secret
from reconciler.connectors.http import download, read
from reconciler.connectors.http.address import VARIABLE, shown, wrong_address
from reconciler.connectors.http.authorizing import auth_problems
from reconciler.connectors.http.checking import said_of
from reconciler.documents.addresses import ALLOW
from reconciler.model.tables import Source
from reconciler.model.wire import Response, Sleep
from reconciler.runtime.clock import Clock, WallClock
from reconciler.runtime.connection.body import LARGEST, BadBody, Bodies
from reconciler.runtime.connection.transport import DEADLINE, Network, NoAnswer, NotSent
from reconciler.runtime.errors import MarketplaceFailed

#: A file that is fetched whole, in bytes, and the seconds that it may take.
LARGEST_FILE, _FILE_DEADLINE = 256 * 1024 * 1024, 900.0
_ACCEPT = {"json": "application/json", "xml": "application/xml, text/xml", "bytes": "*/*"}
_LONGEST_SECRET = 16_000
#: A shorter secret may well be a word of a sentence.
_SHORTEST_MASKED = 4
#: What stands in a query is mostly no secret: `format=json`, `table=articles`.
_SHORTEST_KEY = 10
T = TypeVar("T")


def http_records(
    source: Source, environ: Mapping[str, str], clock: Clock, converse: Callable[[Source, str], Any] = read
) -> Records:
    """Yield the records of an http source as its pages come. Call it outside of an event loop: it has its own.

    `converse` is the connector's conversation. SourceFault where it cannot be read, or not to its end: what came
    before does not count then.
    """
    held = _Secrets(environ)
    with held.kept_out_of_faults():
        url = source.settings.get("url", "")
        address = held.address(url, plain=source.settings.get(ALLOW, False) is True)
        with _Exchange(held, clock, _records_network) as line:
            yield from line.found(converse(source, address))


def fetch(
    url: str,
    environ: Mapping[str, str],
    auth: Mapping[str, Any] | None = None,
    *,
    clock: Clock | None = None,
    allow_plain_http: bool = False,
) -> bytes:
    """Return a file at an address, or at the one that an environment variable of this name holds.

    SourceFault where it is not to be had; a short one where less came than was announced.
    """
    held = _Secrets(environ)
    with held.kept_out_of_faults():
        for problem in auth_problems(auth, plain=allow_plain_http) if auth else ():
            raise SourceFault(said_of(problem), problem[2])
        address = held.address(url, plain=allow_plain_http)
        where = url if VARIABLE.fullmatch(url) else shown(url)
        with _Exchange(held, clock or WallClock(), _file_network) as line:
            return line.reply(download(address, auth or {}, where)).body


def _records_network() -> Network:
    return Network(DEADLINE, Bodies(LARGEST))


def _file_network() -> Network:
    return Network(_FILE_DEADLINE, Bodies(LARGEST_FILE, values=None))


class _Secrets:
    """What environment variables hold, and a memory of all that was taken: none of it is told."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._taken: dict[str, str] = {}

    def address(self, url: str, *, plain: bool) -> str:
        """Return the address that a url is or names."""
        named = bool(VARIABLE.fullmatch(url))
        address = self._of(url) if named else url
        if named:  # a key in it may be told without the rest
            told = (said for _, said in parse_qsl(address.partition("?")[2]))
            self._taken |= {said: url for said in told if len(said) >= _SHORTEST_KEY}
        wrong, hint = wrong_address(address, plain=plain)
        if wrong:
            raise SourceFault(f"the address in {url} {wrong}" if named else f"`url` {wrong}", hint)
        return address

    def header(self, said: Header) -> str:
        """Return what is sent."""
        if isinstance(said, Secret):
            return said.lead + self._of(said.name)
        if isinstance(said, BasicLogin):
            return (
                "Basic " + base64.b64encode(f"{self._of(said.user)}:{self._of(said.password)}".encode()).decode()
            )
        if isinstance(said, BearerToken):
            self._taken[said.value] = "the token"
            return f"Bearer {said.value}"
        return said

    def field(self, said: str | Secret) -> str:
        """Return what stands in a form."""
        return self._of(said.name) if isinstance(said, Secret) else said

    def _of(self, name: str) -> str:
        held = self._environ.get(name, "").strip()
        if not held:
            raise SourceFault(f"the environment variable {name} is not set")
        if len(held) > _LONGEST_SECRET or not held.isascii() or not held.isprintable():
            raise SourceFault(f"the environment variable {name} holds no text of one line in ASCII")
        self._taken[held] = name
        return held

    @contextmanager
    def kept_out_of_faults(self) -> Iterator[None]:
        """Put names where a fault would tell what a variable holds: a source may say it in its own words."""
        try:
            yield
        except SourceFault as fault:
            summary, hint = self._masked(fault.summary), self._masked(fault.hint)
            raise SourceFault(summary, hint, short=fault.short) from None

    def _masked(self, text: str) -> str:
        for held in sorted(self._taken, key=len, reverse=True):
            if len(held) >= _SHORTEST_MASKED:
                text = text.replace(held, f"[{self._taken[held]}]")
        return text


class _Exchange:
    """One source's connection, with the event loop that it needs."""

    def __init__(self, held: _Secrets, clock: Clock, network: Any) -> None:
        self._held, self._clock, self._make = held, clock, network
        self._loop = asyncio.Runner()
        self._network: Network | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._network:
                self._loop.run(self._network.close())
        finally:
            self._loop.close()

    def found(self, conversation: Generator[Any, Any, None]) -> Iterator[Record]:
        """Yield the records that a conversation finds."""
        for effect in self._effects(conversation):
            if isinstance(effect, Found):
                yield from effect.records

    def reply(self, conversation: Generator[Any, Any, Response]) -> Response:
        """Return the answer that a conversation comes to."""
        effects = self._effects(conversation)
        while True:
            try:
                next(effects)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]

    def _effects(self, conversation: Generator[Any, Any, T]) -> Generator[Found, None, T]:
        lost: Lost | None = None
        answer: Response | None = None
        while True:
            try:
                effect = conversation.throw(lost) if lost else conversation.send(answer)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            lost = answer = None
            if isinstance(effect, Found):
                yield effect
            elif isinstance(effect, Sleep):
                self._loop.run(self._clock.sleep(effect.seconds))
            else:
                try:
                    answer = self._loop.run(self._answer(effect))
                except Lost as failure:
                    lost = failure

    async def _answer(self, ask: Ask) -> Response:
        try:
            self._network = self._network or self._make()
            base, target = _target(ask)
            headers, content = self._sent(ask)
            said = await self._network.exchange(ask.method, base, target, headers, content)
        except MarketplaceFailed as failed:  # the proxy that the environment names cannot be one
            raise SourceFault(failed.summary, failed.hint) from failed
        except NotSent as failure:
            raise Lost(str(failure)) from failure
        except NoAnswer as failure:
            if isinstance(failure.__cause__, BadBody):
                raise SourceFault(str(failure), short="cut off" in str(failure)) from failure
            raise Lost(str(failure), cut=_had_begun(failure)) from failure
        return Response(said.status, said.headers, said.body)

    def _sent(self, ask: Ask) -> tuple[Mapping[str, str], bytes | None]:
        headers = {"Accept": _ACCEPT[ask.expects], "User-Agent": "reconcile"}
        headers |= {name: self._held.header(said) for name, said in ask.headers.items()}
        if ask.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return headers, urlencode({key: self._held.field(said) for key, said in ask.form.items()}).encode()
        if ask.json is None:
            return headers, None
        headers["Content-Type"] = "application/json"
        return headers, orjson.dumps(ask.json, default=_exact)


def _target(ask: Ask) -> tuple[str, str]:
    """Return the host of a question, and what is asked there."""
    parts = urlsplit(ask.url)
    query = "&".join(each for each in (parts.query, urlencode(ask.query, quote_via=quote)) if each)
    return f"{parts.scheme}://{parts.netloc}", f"{parts.path or '/'}{'?' if query else ''}{query}"


def _had_begun(failure: NoAnswer) -> bool:
    """Tell whether an answer broke off in its middle."""
    import aiohttp

    return isinstance(failure.__cause__, aiohttp.ClientPayloadError)


def _exact(value: Any) -> Any:
    """Write a Decimal of a body with its own digits."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
