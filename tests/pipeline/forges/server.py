"""The HTTP of both stand-ins: requests and answers, paths, pages, and a server in a thread with its storage beside it."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

import orjson

T = TypeVar("T")
F = TypeVar("F", bound="Served")


@dataclass(frozen=True)
class Asked:
    """One request, as it came. Names of headers are in small letters; `path` is as sent, with its escapes."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    storage: bool = False

    @property
    def json(self) -> Any:
        """The body; raises ValueError where it is no JSON."""
        return orjson.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What is sent. Status 0 closes the connection without a word."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):  # noqa: N818 - an answer, not a failure of ours
    """A request ends here, with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def as_json(status: int, value: Any, *headers: tuple[str, str]) -> Answer:
    """An answer in JSON."""
    return Answer(status, orjson.dumps(value), (("Content-Type", "application/json; charset=utf-8"), *headers))


class Served(Protocol):
    """What is served: it answers, and is told where it stands and which folder is its own."""

    url: str
    storage_url: str
    folder: Path

    def handle(self, asked: Asked) -> Answer:
        """The answer to one request, to the API or to the storage."""


def page_of(items: Sequence[T], page: int, size: int) -> tuple[list[T], int]:
    """The items of a page (from 1), and how many pages there are (at least 1)."""
    return list(items[(page - 1) * size : page * size]), max(1, -(-len(items) // size))


def linked(address: Callable[[int], str], page: int, last: int, *, always: bool) -> tuple[tuple[str, str], ...]:
    """The Link header; `always` also where there is one page only, and first and last on each."""
    pages = {"prev": page - 1, "next": page + 1 if page < last else 0, "first": 1, "last": last}
    if not always:  # GitHub: no first on the first page, no last on the last one
        pages |= {"first": 1 if page > 1 else 0, "last": last if page < last else 0}
    said = ", ".join(f'<{address(number)}>; rel="{rel}"' for rel, number in pages.items() if number > 0)
    return (("Link", said),) if said else ()


def match(pattern: str, path: str) -> list[str] | None:
    """The parts of a path that stand for `{}` (one segment) and `*` (the rest), as sent."""
    found = re.fullmatch(re.escape(pattern).replace(r"\{\}", "([^/]+)").replace(r"\*", "(.+)"), path)
    return list(found.groups()) if found else None


def _listening(forge: Served, lock: threading.Lock, *, storage: bool) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer leaves at once, not by parts that wait for each other

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                given = forge.handle(Asked(self.command, parts.path, query, headers, body, storage))
            if not given.status:
                self.close_connection = True
                return
            self.send_response(given.status)
            for name, value in (*given.headers, ("Content-Length", str(len(given.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the library calls them so

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


@contextmanager
def serving(forge: F) -> Iterator[F]:
    """Serve on this machine until the end of the block: the forge, and its storage on a port of its own."""
    lock = threading.Lock()
    with ExitStack() as stack:
        forge.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="forge-")))
        urls = []
        for storage in (False, True):
            server = _listening(forge, lock, storage=storage)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            for end in (server.server_close, thread.join, server.shutdown):  # called in reverse
                stack.callback(end)
            urls.append(f"http://127.0.0.1:{server.server_address[1]}")
        forge.url, forge.storage_url = urls
        yield forge
