"""A stand-in for GitHub: its REST API of version 2022-11-28, as far as a pipeline asks it.

Sources (docs.github.com, stored copies, read on 2026-11-29): "Getting started with the REST API" (User-Agent: 403),
"Troubleshooting the REST API" (400, 404, 422, tokens that may not), "Using pagination in the REST API", "Rate limits for
the REST API", and of the reference the sentences on pull requests of a commit, `merge_commit_sha`, the order of reviews
and the download of an artifact (302, for a minute). By name only, not read again on that day: the fields of each shape.
What no document says: 65,536 characters is GitHub's own refusal of a long comment, as many projects quote it.

The API lies below /api/v3, as on a server of one's own, so that nobody who drops that path goes unseen.
Stricter than github.com: without a token everything is 401 (with `private`, 404, as documented).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from tests.pipeline.forges.github_shapes import ROOT, Shapes
from tests.pipeline.forges.runners import github_environment
from tests.pipeline.forges.server import Answer, Asked, Refused, as_json, linked, match, page_of
from tests.pipeline.forges.state import Pull, zipped

DOCS = "https://docs.github.com/rest"
COMMENT_LIMIT = 65_536  # characters
VERSION = "2022-11-28"
NO_AGENT = (
    "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header "
    f"({DOCS}/overview/resources-in-the-rest-api#user-agent-required). "
    "Check https://developer.github.com for other possible causes.\r\n"
)


def refused(status: int, message: str, **more: Any) -> Refused:
    """A refusal in GitHub's form."""
    return Refused(as_json(status, {"message": message, **more, "documentation_url": DOCS, "status": str(status)}))


class GitHub(Shapes):
    """github.com, with one repository."""

    bot = "github-actions[bot]"

    def __init__(self, *, private: bool = False) -> None:
        super().__init__()
        self.private = private
        self.artifacts: list[dict[str, Any]] = []
        self._archives: dict[int, bytes] = {}
        self._spent = 0

    def artifact(
        self, name: str, files: Mapping[str, str | bytes], *, of: str, fork: bool = False, expired: bool = False
    ) -> int:
        """What a run on the commit `of` kept; its id. A name may be kept any number of times, by anybody's run."""
        made, data = self.next_id(), zipped(files)
        self._archives[made] = data
        home = f"{self.api_url}/repos/{self.owner}/{self.name}/actions/artifacts/{made}"
        now = self.moment()
        run = {
            "id": self.next_id(), "repository_id": self.project_id, "head_sha": of,
            "head_repository_id": self.project_id + 1 if fork else self.project_id,
            "head_branch": next((p.head_ref for p in self.of_commit(of)), self.default_branch),
        }  # fmt: skip
        self.artifacts.append(
            {
                "id": made, "node_id": f"A_{made}", "name": name, "size_in_bytes": len(data), "url": home,
                "archive_download_url": f"{home}/zip", "expired": expired, "created_at": now, "updated_at": now,
                "expires_at": now if expired else "2026-12-31T00:00:00Z", "workflow_run": run,
            }
        )  # fmt: skip
        return made

    def environment(
        self, event: str = "pull_request", *, pull: int | None = None, sha: str = "", action: str = "opened"
    ) -> dict[str, str]:
        """The variables of a runner, with the files that they name; no token, which a workflow has to pass on."""
        return github_environment(self, event, self.pulls[pull] if pull else None, sha=sha, action=action)

    def limited(self, wait: int = 1, *, secondary: bool = True, status: int = 403, **where: Any) -> None:
        """The next request meets the rate limit: the secondary one (`retry-after`), or the primary one (`…-reset`)."""
        what = (
            "You have exceeded a secondary rate limit."
            if secondary
            else "API rate limit exceeded for installation."
        )
        zero = (("x-ratelimit-limit", "1000"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", str(wait)))
        body = orjson.dumps({"message": what, "documentation_url": f"{DOCS}/using-the-rest-api/rate-limits"})
        self.fault(status, body, headers=(("retry-after", str(wait)),) if secondary else zero, **where)

    # -- answers

    def answer(self, asked: Asked) -> Answer:
        """Agent, token, version, then the path."""
        if not asked.headers.get("user-agent"):
            return Answer(403, NO_AGENT.encode(), (("Content-Type", "text/html; charset=utf-8"),))
        self._spent += 1
        writes = self._entitled(asked)
        if asked.headers.get("x-github-api-version", VERSION) != VERSION:
            raise refused(400, "The API version that you requested is not supported.")
        for method, pattern, call in self._routes():
            for repository in (f"/repos/{self.owner}/{self.name}", f"/repositories/{self.project_id}"):
                found = match(ROOT + repository + pattern, asked.path)
                if found is not None and method == asked.method:
                    if method != "GET" and not writes:
                        raise refused(403, "Resource not accessible by integration")
                    given = call(asked, *found)
                    return Answer(given.status, given.body, (*given.headers, *self._left()))
        raise refused(404, "Not Found")

    def _routes(self) -> Sequence[tuple[str, str, Callable[..., Answer]]]:
        return (
            ("GET", "/issues/{}/comments", self._list_comments),
            ("POST", "/issues/{}/comments", self._create_comment),
            ("PATCH", "/issues/comments/{}", self._update_comment),
            ("GET", "/commits/{}/pulls", self._pulls_of_commit),
            ("GET", "/pulls/{}", lambda _, number: as_json(200, self.pull_json(self._pull(number), whole=True))),
            ("GET", "/pulls/{}/reviews", self._reviews),
            ("GET", "/actions/artifacts", self._list_artifacts),
            ("GET", "/actions/artifacts/{}/zip", self._download),
        )

    def _entitled(self, asked: Asked) -> bool:
        """Whether the token may write."""
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if not token:
            raise refused(404, "Not Found") if self.private else refused(401, "Requires authentication")
        if kind.lower() not in ("bearer", "token") or token not in (self.token, self.read_token):
            raise refused(401, "Bad credentials")
        return token == self.token

    def _left(self) -> tuple[tuple[str, str], ...]:
        left = {"limit": 1000, "remaining": max(0, 1000 - self._spent), "used": self._spent, "resource": "core"}
        return tuple((f"x-ratelimit-{name}", str(value)) for name, value in left.items())

    def _paged(self, asked: Asked, items: Sequence[Any], whole: Callable[[list[Any]], Any] = list) -> Answer:
        """30 a page unless told, never more than 100; links go by the repository's number, as GitHub's do."""

        def number(name: str, usual: int) -> int:
            told = asked.query.get(name, "")
            return int(told) if told.isdigit() and int(told) else usual

        page, size = number("page", 1), min(100, number("per_page", 30))
        rows, last = page_of(items, page, size)
        path = asked.path.replace(f"/repos/{self.owner}/{self.name}", f"/repositories/{self.project_id}", 1)
        more = "".join(f"&{k}={v}" for k, v in asked.query.items() if k not in ("page", "per_page"))
        links = linked(lambda n: f"{self.url}{path}?per_page={size}&page={n}{more}", page, last, always=False)
        return as_json(200, whole(rows), *links)

    def _pull(self, number: str) -> Pull:
        found = self.pulls.get(int(number)) if number.isdigit() else None
        if not found:
            raise refused(404, "Not Found")
        return found

    def _body(self, asked: Asked) -> str:
        """The text of a comment, or GitHub's refusal."""
        try:
            told = asked.json
        except ValueError:
            raise refused(400, "Problems parsing JSON") from None
        if not isinstance(told, dict):
            raise refused(400, "Body should be a JSON object")
        if "body" not in told:
            raise refused(422, 'Invalid request.\n\n"body" wasn\'t supplied.')
        body = told["body"]
        if not isinstance(body, str):
            raise refused(
                422, f"Invalid request.\n\nFor 'properties/body', {orjson.dumps(body).decode()} is not a string."
            )
        if not body.strip() or len(body) > COMMENT_LIMIT:
            why = f"is too long (maximum is {COMMENT_LIMIT} characters)" if body.strip() else "cannot be blank"
            error = {
                "resource": "IssueComment",
                "code": "unprocessable",
                "field": "data",
                "message": f"Body {why}",
            }
            raise refused(422, "Validation Failed", errors=[error])
        return body

    def _list_comments(self, asked: Asked, number: str) -> Answer:
        pull = self._pull(number)
        return self._paged(asked, [self.comment_json(pull, c) for c in sorted(pull.comments, key=lambda c: c.id)])

    def _create_comment(self, asked: Asked, number: str) -> Answer:
        pull = self._pull(number)
        made = self.comment_json(pull, self.comment(pull.number, self._body(asked), author=self.bot))
        return as_json(201, made, ("Location", made["url"]))

    def _update_comment(self, asked: Asked, number: str) -> Answer:
        for pull in self.pulls.values():
            for comment in pull.comments:
                if str(comment.id) == number:
                    comment.body, comment.updated = self._body(asked), self.moment()
                    return as_json(200, self.comment_json(pull, comment))
        raise refused(404, "Not Found")

    def _pulls_of_commit(self, asked: Asked, sha: str) -> Answer:
        """The merged one that brought the commit, or else the ones that it is in."""
        if sha not in self.commits:
            raise refused(422, f"No commit found for SHA: {sha}")
        found = self.of_commit(sha)
        return self._paged(asked, [self.pull_json(p) for p in [p for p in found if p.merged_as] or found])

    def _reviews(self, asked: Asked, number: str) -> Answer:
        """In the order in which they were given: a later word of the same person counts."""
        pull = self._pull(number)
        rows = [
            {
                "id": nth, "user": self.user_json(review.user), "body": "", "state": review.state,
                "html_url": f"{self.html(pull)}#pullrequestreview-{nth}", "submitted_at": pull.created,
                "commit_id": review.of or pull.head_sha, "author_association": "COLLABORATOR",
            }
            for nth, review in enumerate(pull.reviews, 1)
        ]  # fmt: skip
        return self._paged(asked, rows)

    def _list_artifacts(self, asked: Asked) -> Answer:
        """Newest first; `name` filters by the whole name. Those of forks and expired ones are among them."""
        name = asked.query.get("name")
        rows = [a for a in reversed(self.artifacts) if name in (None, a["name"])]
        return self._paged(asked, rows, lambda page: {"total_count": len(rows), "artifacts": page})

    def _download(self, asked: Asked, number: str) -> Answer:
        """302 to the storage, for a minute; 410 where it has expired."""
        found = next((a for a in self.artifacts if str(a["id"]) == number), None)
        if not found:
            raise refused(404, "Not Found")
        if found["expired"]:
            raise refused(410, "Artifact has expired")
        return self.redirect(self._archives[found["id"]])
