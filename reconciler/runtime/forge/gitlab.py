"""GitLab, by its REST API v4 (docs.gitlab.com/api, read 2026-11-29).

The token is a project access token with the scope `api` (`RECONCILE_GITLAB_TOKEN`): the token of a job may write
no note, and reads no merge request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.bounds import PLAN
from reconciler.runtime.forge.api import Api
from reconciler.runtime.forge.port import PullRequest, ReviewedPlan

#: Where a job of our template keeps the plan of an account.
PLAN_FILE = "reconcile/{account}/plan.json"


def api_of(base: str, token: str) -> Api:
    """Return the door to a GitLab."""
    return Api(base.rstrip("/"), {"PRIVATE-TOKEN": token}, "GitLab")


@dataclass(frozen=True)
class GitLab:
    """A project on a GitLab; `iid` is the merge request of this pipeline, where there is one."""

    api: Api
    project: str
    commit: str
    iid: int | None

    def pull_request(self) -> PullRequest | None:
        """The variables tell it; after a merge the commit does."""
        if self.iid is not None:
            row = self.api.get(f"{self._project}/merge_requests/{self.iid}")
            return _pull(row) if isinstance(row, dict) else None
        for row in self.api.pages(f"{self._project}/repository/commits/{self.commit}/merge_requests"):
            landed = (row.get("merge_commit_sha"), row.get("squash_commit_sha"), row.get("sha"))
            if row.get("state") == "merged" and self.commit in landed:
                return _pull(row)
        return None

    def comment(self, pull: PullRequest, mark: str, body: str) -> str:
        """Update the note that this token's user wrote, else write a new one."""
        place = f"{self._project}/merge_requests/{pull.number}/notes"
        found = self.api.get("/user")
        author = found.get("id") if isinstance(found, dict) else None
        for row in self.api.pages(place, sort="asc", order_by="created_at"):
            if (row.get("author") or {}).get("id") == author and str(row.get("body") or "").lstrip().startswith(
                mark
            ):
                self.api.send("PUT", f"{place}/{row['id']}", {"body": body})
                return f"{pull.url}#note_{row['id']}"
        return f"{pull.url}#note_{self.api.send('POST', place, {'body': body})['id']}"

    def reviewed(self, pull: PullRequest, account: str) -> ReviewedPlan | None:
        """The plan that the newest pipeline of the merge request kept, and no older one's."""
        rows = self.api.pages(f"{self._project}/merge_requests/{pull.number}/pipelines")
        newest = next(rows, None)
        if (
            newest is None or str(newest.get("project_id", self.project)) != self.project
        ):  # a fork's is its author's
            return None
        file = PLAN_FILE.format(account=account)
        for job in self.api.pages(f"{self._project}/pipelines/{newest['id']}/jobs"):
            if job.get("artifacts_file"):
                plan = self.api.download(f"{self._project}/jobs/{job['id']}/artifacts/{file}", PLAN)
                if plan is not None:
                    return ReviewedPlan(plan=plan, run=str(job.get("web_url") or ""))
        return None

    def approvers(self, pull: PullRequest) -> tuple[str, ...]:
        """Who has approved; GitLab takes approvals back on a push where the project says so."""
        told = self.api.get(f"{self._project}/merge_requests/{pull.number}/approvals")
        rows: list[Mapping[str, Any]] = told.get("approved_by") or [] if isinstance(told, dict) else []
        names = {str((row.get("user") or {}).get("username") or "") for row in rows}
        return tuple(sorted(names - {""}))

    @property
    def _project(self) -> str:
        return f"/projects/{self.project}"


def _pull(row: Mapping[str, Any]) -> PullRequest:
    return PullRequest(number=int(row["iid"]), head=str(row.get("sha") or ""), url=str(row.get("web_url") or ""))
