"""What both stand-ins hold: pull requests, comments, faults, stored files; and how a request meets them.

A stand-in never looks at a client. State is plain data that a test fills and reads; `asked` is what came, in its order.
"""

from __future__ import annotations

import io
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

from tests.pipeline.forges.server import Answer, Asked, Refused

BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)  # the first moment of a stand-in; each thing made is a minute later


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


class Forge(ABC):
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

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """This forge's own word on a request."""

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
