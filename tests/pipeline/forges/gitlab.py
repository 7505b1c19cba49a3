"""A stand-in for GitLab: its API v4, as far as a pipeline asks it.

Sources (GitLab's own doc/ folder, read on 2026-11-29): api/notes.md (1,000,000 characters; 20 a page, newest first),
api/rest/_index.md (pages, escaped project paths, bodies as JSON, form or query), api/rest/troubleshooting.md (400, 401,
403, 404, 405), api/merge_request_approvals.md, api/job_artifacts.md (400, 404, "might redirect through a CDN"),
ci/jobs/ci_job_token.md (what a job's token may ask: it may not write notes, nor list pipelines, nor see approvals).
What no document says, and who tells it: a job's token is refused with 401 (gitlab-org/gitlab issue 37136); the words of the
refusal of a long note are those that runatlantis/atlantis pull request 1755 quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from tests.pipeline.forges.gitlab_shapes import Shapes
from tests.pipeline.forges.runners import gitlab_environment
from tests.pipeline.forges.server import Answer, Asked, Refused, as_json, linked, match, page_of
from tests.pipeline.forges.state import Pull, zipped

NOTE_LIMIT = 1_000_000  # characters
ROOT = "/api/v4"
MERGE = "/projects/{}/merge_requests/{}"


def refused(status: int, message: str) -> Refused:
    """A refusal in GitLab's form."""
    return Refused(as_json(status, {"message": message}))


class GitLab(Shapes):
    """A GitLab with one project. With `redirects`, artifacts come from the storage, as on gitlab.com."""

    bot = "project_4711_bot"
    secret_headers = ("authorization", "private-token", "job-token")

    def __init__(self, *, redirects: bool = False) -> None:
        super().__init__()
        self.redirects = redirects
        self.job_token = "token-of-a-job"
        self.jobs: list[dict[str, Any]] = []
        self._files: dict[int, Mapping[str, str | bytes]] = {}

    @property
    def api_url(self) -> str:
        """What CI_API_V4_URL says."""
        return self.url + ROOT

    def artifact(
        self,
        name: str,
        files: Mapping[str, str | bytes],
        *,
        of: str,
        fork: bool = False,
        expired: bool = False,
        status: str = "success",
    ) -> int:
        """What the job `name` of a pipeline on the commit `of` kept; the job's id. Each call is a pipeline of its own.

        A fork's pipeline runs in the fork: it stands in the merge request's list, with the fork's number, and its
        jobs are not this project's. Of an expired artifact nothing but the date is left.
        """
        job, pipeline, now = self.next_id(), self.next_id(), self.moment()
        pull = next(iter(self.of_commit(of)), None)
        merge = pull is not None and pull.head_sha == of
        ref = f"refs/merge-requests/{pull.number}/head" if merge and pull else self.default_branch
        home = f"{self.url}/{'stranger' if fork else self.owner}/{self.name}/-"
        kept = None if expired else {"filename": "artifacts.zip", "size": len(zipped(files))}
        whole = {
            "id": pipeline, "iid": pipeline - 1000, "project_id": self.project_id + fork, "sha": of, "ref": ref,
            "status": status, "source": "merge_request_event" if merge else "push", "created_at": now,
            "updated_at": now, "web_url": f"{home}/pipelines/{pipeline}",
        }  # fmt: skip
        self.jobs.append(
            {
                "id": job, "name": name, "stage": "test", "status": status, "ref": ref, "tag": False, "created_at": now,
                "started_at": now, "finished_at": now, "allow_failure": False, "commit": {"id": of, "short_id": of[:8]},
                "pipeline": whole, "web_url": f"{home}/jobs/{job}", "user": self.user_json("ewa"),
                "artifacts": [{"file_type": "archive", "file_format": "zip", **kept}] if kept else [],
                "artifacts_expire_at": now if expired else "2026-12-31T00:00:00.000Z",
                **({"artifacts_file": kept} if kept else {}),
            }
        )  # fmt: skip
        self._files[job] = {} if expired else dict(files)
        return job

    def environment(
        self, event: str = "merge_request_event", *, pull: int | None = None, sha: str = ""
    ) -> dict[str, str]:
        """The variables of a runner. `event` is the pipeline's source: also push, schedule, web."""
        return gitlab_environment(self, event, self.pulls[pull] if pull else None, sha=sha)

    def limited(self, wait: int | None = 1, **where: Any) -> None:
        """The next request meets the rate limit: the server's, or (None) an endpoint's, which does not say for how long.

        The second is what gitlab-org/gitlab issue 365728 and merge request 206603 show of gitlab.com.
        """
        if wait is None:
            what = b'{"message":"This endpoint has been requested too many times. Try again later."}'
            self.fault(429, what, headers=(("Content-Type", "application/json"),), **where)
            return
        told = (("Retry-After", str(wait)), ("RateLimit-Limit", "600"), ("RateLimit-Remaining", "0"))
        self.fault(429, "Retry later\n", headers=(("Content-Type", "text/plain"), *told), **where)

    # -- answers

    def answer(self, asked: Asked) -> Answer:
        """The path and its method, then the token, then the project: an unknown path is 404 for everybody."""
        found = [
            (method, call, parts, by_job)
            for method, pattern, call, by_job in self._routes()
            if (parts := match(ROOT + pattern, asked.path)) is not None
        ]
        if not found:
            raise Refused(as_json(404, {"error": "404 Not Found"}))
        for method, call, (project, *parts), by_job in found:
            if method == asked.method:
                self._entitled(asked, by_job=by_job)
                if unquote(project) not in (str(self.project_id), f"{self.owner}/{self.name}"):
                    raise refused(404, "404 Project Not Found")
                return call(asked, *map(unquote, parts))
        raise Refused(as_json(405, {"error": "405 Not Allowed"}))

    def _routes(self) -> Sequence[tuple[str, str, Callable[..., Answer], bool]]:
        """Method, path, answer, and whether a job's token may ask it."""
        return (
            ("GET", f"{MERGE}", lambda _, number: as_json(200, self.merge_json(self._merge(number))), True),
            ("GET", f"{MERGE}/notes", self._list_notes, True),
            ("POST", f"{MERGE}/notes", self._create_note, False),
            ("PUT", f"{MERGE}/notes/{{}}", self._update_note, False),
            ("GET", f"{MERGE}/approvals", self._approvals, False),
            ("GET", f"{MERGE}/pipelines", self._pipelines, False),
            ("GET", "/projects/{}/repository/commits/{}/merge_requests", self._merges_of_commit, True),
            ("GET", "/projects/{}/pipelines/{}/jobs", self._jobs, False),
            ("GET", "/projects/{}/jobs/{}/artifacts", self._archive, True),
            ("GET", "/projects/{}/jobs/{}/artifacts/*", self._file, True),
        )

    def _entitled(self, asked: Asked, *, by_job: bool) -> None:
        """401 without a token that is good for this; 403 where it is good for reading only."""
        job = asked.headers.get("job-token") or asked.query.get("job_token")
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        token = asked.headers.get("private-token") or bearer
        if not token and job == self.job_token and by_job:
            return
        if token not in (self.token, self.read_token):
            raise refused(401, "401 Unauthorized")
        if asked.method != "GET" and token == self.read_token:
            why = "The request requires higher privileges than provided by the access token."
            raise Refused(as_json(403, {"error": "insufficient_scope", "error_description": why, "scope": "api"}))

    def _paged(self, asked: Asked, items: Sequence[Any]) -> Answer:
        """20 a page unless told, never more than 100."""

        def number(name: str, usual: int) -> int:
            told = asked.query.get(name, str(usual))
            if not told.isdigit():
                raise Refused(as_json(400, {"error": f"{name} is invalid"}))
            if not int(told) and name == "per_page":
                raise Refused(as_json(400, {"error": f"{name} does not have a valid value"}))
            return max(1, int(told))

        page, size = number("page", 1), min(100, number("per_page", 20))
        rows, last = page_of(items, page, size)
        more = "".join(
            f"&{k}={quote(v)}" for k, v in asked.query.items() if k not in ("page", "per_page", "job_token")
        )
        links = linked(lambda n: f"{self.url}{asked.path}?page={n}&per_page={size}{more}", page, last, always=True)
        counts = {
            "X-Page": page, "X-Per-Page": size, "X-Next-Page": page + 1 if page < last else "",
            "X-Prev-Page": page - 1 if page > 1 else "", "X-Total": len(items), "X-Total-Pages": last,
        }  # fmt: skip
        return as_json(200, rows, *links, *((name, str(value)) for name, value in counts.items()))

    def _merge(self, number: str) -> Pull:
        found = self.pulls.get(int(number)) if number.isdigit() else None
        if not found:
            raise refused(404, "404 Not found")
        return found

    def _body(self, asked: Asked) -> str:
        """The text of a note, from JSON, a form or the query; or GitLab's refusal."""
        told: Any = dict(asked.query)
        kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
        if asked.body and kind == "application/json":
            try:
                sent = asked.json
            except ValueError:
                raise Refused(as_json(400, {"error": "message body does not match declared format"})) from None
            told |= sent if isinstance(sent, dict) else {}
        elif asked.body and kind == "application/x-www-form-urlencoded":
            told |= dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        elif asked.body:
            raise Refused(as_json(415, {"error": f"The provided content-type '{kind}' is not supported."}))
        body = told.get("body")
        if body is None:
            raise refused(400, '400 (Bad request) "body" not given')
        if not isinstance(body, str):
            raise Refused(as_json(400, {"error": "body is invalid"}))
        if not body.strip() or len(body) > NOTE_LIMIT:
            why = f"is too long (maximum is {NOTE_LIMIT} characters)" if body.strip() else "can't be blank"
            raise refused(400, f'400 (Bad request) "Note {{:note=>["{why}"]}}" not given')
        return body

    def _list_notes(self, asked: Asked, number: str) -> Answer:
        """Newest first, unless asked with `sort=asc`; GitLab's own notes are among them."""
        pull = self._merge(number)
        notes = sorted(pull.comments, key=lambda c: c.id, reverse=asked.query.get("sort", "desc") != "asc")
        return self._paged(asked, [self.note_json(pull, c) for c in notes])

    def _create_note(self, asked: Asked, number: str) -> Answer:
        pull = self._merge(number)
        made = self.comment(pull.number, self._body(asked), author=self.bot)
        return as_json(201, self.note_json(pull, made))

    def _update_note(self, asked: Asked, number: str, note: str) -> Answer:
        pull = self._merge(number)
        found = next((c for c in pull.comments if str(c.id) == note), None)
        if not found:
            raise refused(404, "404 Note Not Found")
        found.body, found.updated = self._body(asked), self.moment()
        return as_json(200, self.note_json(pull, found))

    def _approvals(self, asked: Asked, number: str) -> Answer:
        """Who approved. GitLab does not say which commit they saw."""
        pull = self._merge(number)
        by = [{"user": self.user_json(r.user)} for r in pull.reviews if r.state == "APPROVED"]
        whole = self.merge_json(pull)
        kept = (
            "id",
            "iid",
            "project_id",
            "title",
            "description",
            "state",
            "created_at",
            "updated_at",
            "merge_status",
        )
        counts = {"approvals_required": 1, "approvals_left": max(0, 1 - len(by)), "approved_by": by}
        return as_json(200, {name: whole[name] for name in kept} | counts)

    def _pipelines(self, asked: Asked, number: str) -> Answer:
        """Newest first, of every head that the merge request had; those of the fork among them."""
        ref = f"refs/merge-requests/{self._merge(number).number}/head"
        return self._paged(asked, [j["pipeline"] for j in reversed(self.jobs) if j["ref"] == ref])

    def _merges_of_commit(self, asked: Asked, sha: str) -> Answer:
        if sha not in self.commits:
            raise refused(404, "404 Commit Not Found")
        return self._paged(asked, [self.merge_json(p) for p in self.of_commit(sha)])

    def _own(self) -> list[dict[str, Any]]:
        return [j for j in reversed(self.jobs) if j["pipeline"]["project_id"] == self.project_id]

    def _jobs(self, asked: Asked, pipeline: str) -> Answer:
        """Those of a pipeline of this project; `scope` or `scope[]` filters by status."""
        found = [j for j in self._own() if str(j["pipeline"]["id"]) == pipeline]
        if not found:
            raise refused(404, "404 Not found")
        scope = asked.query.get("scope[]") or asked.query.get("scope")
        return self._paged(asked, [j for j in found if scope in (None, j["status"])])

    def _kept(self, job: str) -> Mapping[str, str | bytes]:
        found = next((j for j in self._own() if str(j["id"]) == job), None)
        if not found or not self._files[found["id"]]:
            raise refused(404, "404 Not Found")
        return self._files[found["id"]]

    def _sent(self, data: bytes, kind: str) -> Answer:
        return self.redirect(data) if self.redirects else Answer(200, data, (("Content-Type", kind),))

    def _archive(self, asked: Asked, job: str) -> Answer:
        return self._sent(zipped(self._kept(job)), "application/zip")

    def _file(self, asked: Asked, job: str, path: str) -> Answer:
        """One file of the archive: 400 for a path that leaves it."""
        if ".." in path.split("/") or path.startswith("/"):
            raise refused(400, "400 Bad request")
        files = self._kept(job)
        if path not in files:
            raise refused(404, "404 Not Found")
        data = files[path]
        return self._sent(data.encode() if isinstance(data, str) else data, "application/octet-stream")
