"""GitHub, by its REST API of 2022-11-28 (docs.github.com/rest, read 2026-11-29).

The token is that of the job (`GITHUB_TOKEN`), with `pull-requests: write`, `actions: read` and `contents: read`.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.bounds import PLAN
from reconciler.runtime.forge.api import Api
from reconciler.runtime.forge.port import ForgeFailed, PullRequest, ReviewedPlan

VERSION = "2022-11-28"
#: Who writes with the token of a job. That token may not ask who it is.
_JOB = "github-actions[bot]"


def api_of(base: str, token: str) -> Api:
    """Return the door to GitHub, or to an Enterprise Server at another address."""
    accepted = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}
    return Api(base.rstrip("/"), {**accepted, "Authorization": f"Bearer {token}"}, "GitHub")


@dataclass(frozen=True)
class GitHub:
    """A repository on GitHub; `event` is what started this run, `server` where people look at it."""

    api: Api
    repository: str
    commit: str
    event: Mapping[str, Any]
    server: str

    def pull_request(self) -> PullRequest | None:
        """The event tells it; after a merge the commit does (merged, squashed or rebased)."""
        told = self.event.get("pull_request")
        if isinstance(told, dict):
            return _pull(told)
        for row in self.api.pages(f"{self._repo}/commits/{self.commit}/pulls"):
            if row.get("merged_at") and row.get("merge_commit_sha") == self.commit:
                return _pull(row)
        return None

    def comment(self, pull: PullRequest, mark: str, body: str) -> str:
        """Update the comment that this token's user wrote, else write a new one."""
        place = f"{self._repo}/issues/{pull.number}/comments"
        author = self._own_name()
        for row in self.api.pages(place):
            written_by = (row.get("user") or {}).get("login")
            if written_by == author and str(row.get("body") or "").lstrip().startswith(mark):
                done = self.api.send("PATCH", f"{self._repo}/issues/comments/{row['id']}", {"body": body})
                return str(done.get("html_url") or "")
        return str(self.api.send("POST", place, {"body": body}).get("html_url") or "")

    def reviewed(self, pull: PullRequest, account: str) -> ReviewedPlan | None:
        """The newest artifact of that name whose run had the head of the pull request, and was not of a fork.

        A fork's run is its author's: what it keeps under any name is no plan of ours.
        """
        name = artifact_name(pull.number, account)
        for row in self.api.pages(f"{self._repo}/actions/artifacts", "artifacts", name=name):
            run = row.get("workflow_run") or {}
            ours = run.get("repository_id") is not None and run.get("repository_id") == run.get(
                "head_repository_id"
            )
            if row.get("name") != name or row.get("expired") or not ours or run.get("head_sha") != pull.head:
                continue
            packed = self.api.download(f"{self._repo}/actions/artifacts/{row['id']}/zip", PLAN)
            if packed is not None:
                return ReviewedPlan(
                    plan=_plan_in(packed), run=f"{self.server}/{self.repository}/actions/runs/{run['id']}"
                )
        return None

    def approvers(self, pull: PullRequest) -> tuple[str, ...]:
        """Whose last word on the pull request is an approval, and one of its head."""
        last: dict[str, Mapping[str, Any]] = {}
        for row in self.api.pages(f"{self._repo}/pulls/{pull.number}/reviews"):
            if row.get("state") in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
                last[str((row.get("user") or {}).get("login") or "")] = row
        return tuple(
            sorted(
                name
                for name, row in last.items()
                if name and row["state"] == "APPROVED" and row.get("commit_id") == pull.head
            )
        )

    @property
    def _repo(self) -> str:
        return f"/repos/{self.repository}"

    def _own_name(self) -> str:
        try:
            found = self.api.get("/user")
        except ForgeFailed:
            return _JOB
        return str(found["login"]) if isinstance(found, dict) and found.get("login") else _JOB


def artifact_name(number: int, account: str) -> str:
    """Return what the plan of a pull request and an account is kept as."""
    return f"reconcile-plan-{number}-{account}"


def _pull(row: Mapping[str, Any]) -> PullRequest:
    head = row.get("head") or {}
    return PullRequest(
        number=int(row["number"]), head=str(head.get("sha") or ""), url=str(row.get("html_url") or "")
    )


def _plan_in(packed: bytes) -> bytes:
    """Return `plan.json` of an artifact, up to its bound."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive, archive.open("plan.json") as file:
            plan = file.read(PLAN + 1)
    except (zipfile.BadZipFile, KeyError, OSError) as wrong:
        raise ForgeFailed("the artifact of the pull request holds no plan.json") from wrong
    if len(plan) > PLAN:
        raise ForgeFailed(f"the plan of the pull request is larger than {PLAN:,} bytes")
    return plan
