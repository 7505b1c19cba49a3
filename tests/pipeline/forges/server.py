"""What both stand-ins share: a server in a thread, its storage at another address, faults, pages, pull requests.

A stand-in never looks at a client. State is plain data that a test fills and reads; `asked` is what came, in its order.
"""

from __future__ import annotations

import io
import re
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import orjson

T = TypeVar("T")
F = TypeVar("F", bound="Forge")
BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)  # the first moment of a stand-in; each thing made is a minute later


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


def invented(*parts: object) -> str:
    """A SHA that always follows from the same parts."""
    return sha1(repr(parts).encode(), usedforsecurity=False).hexdigest()


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """An archive of the files, by their paths."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()


@dataclass(frozen=True)
class Review:
    """One person's word on a pull request. `of` is the commit that was looked at; without it, the head."""

    user: str
    state: str = "APPROVED"
    of: str = ""


@dataclass
class Comment:
    """One comment. `system` ones are written by GitLab itself and stand among the others."""

    id: int
    body: str
    author: str
    created: str
    updated: str
    system: bool = False


@dataclass
class Pull:
    """A pull request, or a merge request. `merged_as` is the commit that it became on the target branch."""

    number: int
    head_sha: str
    base_sha: str
    head_ref: str
    base_ref: str
    title: str
    author: str
    merged_as: str | None
    merged_by: str
    squash: bool
    fork: bool
    closed: bool
    draft: bool
    reviews: list[Review]
    created: str
    comments: list[Comment] = field(default_factory=list)

    @property
    def state(self) -> str:
        """open, closed or merged."""
        return "merged" if self.merged_as else "closed" if self.closed else "open"


@dataclass
class Fault:
    """Answers in place of the forge's own, `times` times; where `late`, the request had its effect all the same."""

    answer: Answer
    method: str
    path: str
    times: int
    late: bool


class Forge:
    """The state and the door of both; `answer` is each one's own."""

    #: What this forge calls the author of comments that its token writes.
    bot = "bot"
    #: Headers that must never reach the storage.
    secret_headers: tuple[str, ...] = ("authorization",)

    def __init__(self) -> None:
        self.url = self.storage_url = ""
        self.folder = Path()
        self.owner, self.name, self.project_id, self.default_branch = "shop", "offers", 4711, "main"
        self.token, self.read_token = "token-that-writes", "token-that-reads"
        self.asked: list[Asked] = []
        self.pulls: dict[int, Pull] = {}
        self.commits: set[str] = set()
        self.faults: list[Fault] = []
        self.stored: dict[str, bytes] = {}
        self._made = 1000

    def pull(
        self,
        number: int,
        *,
        head_sha: str = "",
        base_sha: str = "",
        merged_as: str | None = None,
        reviews: Sequence[Review] = (),
        head_ref: str = "prices",
        base_ref: str = "",
        title: str = "New prices",
        author: str = "anna",
        merged_by: str = "ewa",
        squash: bool = False,
        fork: bool = False,
        closed: bool = False,
        draft: bool = False,
    ) -> Pull:
        """Open one, or replace the one of this number (its comments stay)."""
        before = self.pulls.get(number)
        made = Pull(
            number, head_sha or invented("head", number), base_sha or invented("base", number), head_ref,
            base_ref or self.default_branch, title, author, merged_as, merged_by, squash, fork, closed, draft,
            list(reviews), before.created if before else self.moment(), before.comments if before else [],
        )  # fmt: skip
        self.pulls[number] = made
        self.commits |= {made.head_sha, made.base_sha, *([merged_as] if merged_as else [])}
        return made

    def comments(self, number: int) -> list[Comment]:
        """The comments of a pull request, oldest first: the list itself, to read and to change."""
        return self.pulls[number].comments

    def comment(self, number: int, body: str, *, author: str = "anna", system: bool = False) -> Comment:
        """A comment by somebody."""
        now = self.moment()
        made = Comment(self.next_id(), body, author, now, now, system)
        self.pulls[number].comments.append(made)
        return made

    def fault(
        self,
        status: int,
        body: bytes | str = b"",
        *,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "",
        path: str = "",
        times: int = 1,
        late: bool = False,
    ) -> None:
        """The next requests of this method, with this in their path, are answered so. Status 0 cuts the connection."""
        raw = body.encode() if isinstance(body, str) else body
        self.faults.append(Fault(Answer(status, raw, tuple(headers)), method, path, times, late))

    def next_id(self) -> int:
        """A number that nothing else has."""
        self._made += 1
        return self._made

    def moment(self) -> str:
        """A time after all before it, as both forges write it."""
        return (BEGIN + timedelta(minutes=self.next_id() - 1000)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def of_commit(self, sha: str) -> list[Pull]:
        """The pull requests that brought this commit; newest first."""
        return [p for _, p in sorted(self.pulls.items(), reverse=True) if sha in (p.head_sha, p.merged_as)]

    def redirect(self, data: bytes) -> Answer:
        """To the storage, by an address that carries its own permission."""
        key = f"/{self.next_id()}-{invented(data)[:12]}"
        self.stored[key] = data
        return Answer(
            302, b"", (("Location", f"{self.storage_url}{key}?se=2026-01-05T08%3A01%3A00Z&sig=signed%2Bonce"),)
        )

    def answer(self, asked: Asked) -> Answer:
        """This forge's own word on a request."""
        raise NotImplementedError

    def _stored(self, asked: Asked) -> Answer:
        """The storage. It refuses two permissions at once, as Azure's and Amazon's do (400), and none (403).

        GitLab's own headers mean nothing to a real storage; they are refused here because there they would leak.
        """
        if any(name in asked.headers for name in self.secret_headers):
            return Answer(
                400, b"<Error><Code>InvalidArgument</Code></Error>", (("Content-Type", "application/xml"),)
            )
        if asked.query.get("sig") != "signed+once":
            return Answer(403, b"<Error><Code>AccessDenied</Code></Error>", (("Content-Type", "application/xml"),))
        data = self.stored.get(asked.path)
        return Answer(404) if data is None else Answer(200, data, (("Content-Type", "application/octet-stream"),))

    def handle(self, asked: Asked) -> Answer:
        """One request, from its fault or its answer."""
        self.asked.append(asked)
        fault = next((f for f in self.faults if f.method in ("", asked.method) and f.path in asked.path), None)
        if fault:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            if not fault.late:
                return fault.answer
        try:
            given = self._stored(asked) if asked.storage else self.answer(asked)
        except Refused as refused:
            given = refused.answer
        return fault.answer if fault else given


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


def _listening(forge: Forge, lock: threading.Lock, *, storage: bool) -> ThreadingHTTPServer:
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
