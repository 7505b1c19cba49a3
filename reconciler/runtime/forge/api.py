"""The door to a forge's API: JSON over HTTPS, page by page, asked again when the forge is busy.

httpx, synchronous: a pipeline sends a handful of requests. Redirects are followed by hand, once, and never with
the token: an artifact lies on another host.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from reconciler import __version__
from reconciler.documents.addresses import is_loopback
from reconciler.runtime.forge.port import ForgeFailed

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_TRIES, _LONGEST_WAIT = 4, 60
_PAGES, _PER_PAGE = 50, 100
#: No JSON answer that is asked for comes near it; an artifact says its own bound.
_LARGEST = 16 << 20
_SAID = 200
_BUSY = frozenset({429, 500, 502, 503, 504})
_NEXT = re.compile(r'<([^<>]+)>;[^<]*rel="next"')


@dataclass(frozen=True)
class Api:
    """One forge: its address, and the headers of every request; `wait` sleeps that many seconds."""

    base: str
    headers: Mapping[str, str] = field(repr=False)
    name: str
    wait: Callable[[float], None] = time.sleep

    def get(self, path: str, **query: str | int) -> Any:
        """Return what an address answers; None for 404. Raises `ForgeFailed`."""
        answer = self._asked("GET", f"{self.base}{path}", query=query)
        return None if answer.status_code == 404 else self._read(answer)

    def pages(self, path: str, key: str = "", **query: str | int) -> Iterator[dict[str, Any]]:
        """Yield the rows of a list, page by page; under `key` where the list lies in an object."""
        address, asked = f"{self.base}{path}", {"per_page": _PER_PAGE, **query}
        for _ in range(_PAGES):
            answer = self._asked("GET", address, query=asked)
            rows = self._read(answer)
            rows = rows.get(key) if key and isinstance(rows, dict) else rows
            if not isinstance(rows, list):
                raise ForgeFailed(f"{self.name} answers GET {path} with something that is no list")
            yield from (row for row in rows if isinstance(row, dict))
            following = _NEXT.search(answer.headers.get("link", ""))
            if not following:
                return
            if httpx.URL(following[1]).host != httpx.URL(self.base).host:
                raise ForgeFailed(f"{self.name} sends to another host for the next page of {path}")
            address, asked = following[1], {}

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Write, and return the answer. Raises `ForgeFailed`."""
        return self._read(self._asked(method, f"{self.base}{path}", body=orjson.dumps(body)))

    def download(self, path: str, largest: int) -> bytes | None:
        """Return a file of at most so many bytes; None for 404 and 410 (it has expired)."""
        answer = self._asked("GET", f"{self.base}{path}", largest=largest)
        if answer.status_code in (301, 302, 303, 307, 308):
            where = httpx.URL(str(answer.request.url)).join(answer.headers.get("location", ""))
            if where.scheme != "https" and not is_loopback(where.host):
                raise ForgeFailed(f"{self.name} sends to an address without encryption for {path}")
            answer = self._asked("GET", str(where), largest=largest, with_token=False)
        if answer.status_code in (404, 410):
            return None
        self._insist(answer)
        return answer.content

    def _asked(
        self,
        method: str,
        address: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
        largest: int = _LARGEST,
        with_token: bool = True,
    ) -> httpx.Response:
        headers = {"User-Agent": f"reconcile/{__version__}", **(self.headers if with_token else {})}
        if body is not None:
            headers["Content-Type"] = "application/json"
        for tries_left in reversed(range(_TRIES)):
            try:
                answer = _exchange(method, address, headers, query, body, largest)
            except httpx.HTTPError as wrong:
                # A write that had no answer may have been done: it is not sent twice.
                if not tries_left or (method == "POST" and not isinstance(wrong, httpx.ConnectError)):
                    raise ForgeFailed(f"{self.name} does not answer: {_said(str(wrong))}") from wrong
                self.wait(2.0)
                continue
            seconds = _delay(answer)
            if seconds is None or not tries_left or (method == "POST" and answer.status_code >= 500):
                return answer
            self.wait(seconds)
        raise AssertionError("unreachable")

    def _read(self, answer: httpx.Response) -> Any:
        self._insist(answer)
        try:
            return orjson.loads(answer.content)
        except orjson.JSONDecodeError as wrong:
            asked = f"{answer.request.method} {answer.request.url.path}"
            raise ForgeFailed(f"{self.name} answers {asked} with something that is no JSON") from wrong

    def _insist(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        asked = f"{answer.request.method} {answer.request.url.path}"
        hint = {
            401: "its token is wrong or has expired",
            403: "its token may not do this: see docs/pull-requests.md for the rights that it needs",
            404: "there is no such thing, or its token may not see it",
        }.get(answer.status_code, "")
        raise ForgeFailed(f"{self.name} answers {answer.status_code} to {asked}: {_told(answer)}", hint)


def _exchange(
    method: str,
    address: str,
    headers: Mapping[str, str],
    query: Mapping[str, str | int] | None,
    body: bytes | None,
    largest: int,
) -> httpx.Response:
    """Send one request and read its answer, up to a bound."""
    with (
        httpx.Client(timeout=_TIMEOUT, follow_redirects=False) as client,
        client.stream(method, address, params=query or None, headers=headers, content=body) as answer,
    ):
        parts, size = [], 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > largest:
                raise ForgeFailed(f"the answer of {answer.url.host} is larger than {largest:,} bytes")
            parts.append(part)
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() in ("link", "location", "retry-after")
        }
        return httpx.Response(answer.status_code, headers=kept, content=b"".join(parts), request=answer.request)


def _delay(answer: httpx.Response) -> float | None:
    """Return how long to wait before the same is asked again; None when the answer is one."""
    after = answer.headers.get("retry-after", "")
    if answer.status_code not in _BUSY and not (answer.status_code == 403 and after):
        return None
    return min(int(after), _LONGEST_WAIT) if after.isdigit() else 2.0


def _told(answer: httpx.Response) -> str:
    """Return what a refusal says of itself."""
    try:
        said = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return "no reason given"
    told = said.get("message") or said.get("error") if isinstance(said, dict) else ""
    return _said(str(told)) or "no reason given"


def _said(text: str) -> str:
    return " ".join(text.split())[:_SAID]
