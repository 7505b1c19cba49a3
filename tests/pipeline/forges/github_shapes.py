"""The JSON of GitHub, as far as a pipeline reads it: in answers, and in the events of a runner."""

from __future__ import annotations

from typing import Any

from tests.pipeline.forges.state import Comment, Forge, Pull, invented

ROOT = "/api/v3"


class Shapes(Forge):
    """Each takes plain state and gives what the documents show."""

    private = False

    @property
    def api_url(self) -> str:
        """What GITHUB_API_URL says."""
        return self.url + ROOT

    def html(self, pull: Pull) -> str:
        """Where a person reads it."""
        return f"{self.url}/{self.owner}/{self.name}/pull/{pull.number}"

    def user_json(self, login: str) -> dict[str, Any]:
        """Somebody; bots are of the type Bot."""
        return {
            "login": login,
            "id": int(invented(login)[:6], 16),
            "type": "Bot" if login.endswith("[bot]") else "User",
        }

    def repository_json(self, *, fork: bool = False) -> dict[str, Any]:
        """The repository, or the fork of it."""
        owner = "stranger" if fork else self.owner
        return {
            "id": self.project_id + fork, "name": self.name, "full_name": f"{owner}/{self.name}", "fork": fork,
            "private": self.private, "owner": self.user_json(owner), "default_branch": self.default_branch,
            "html_url": f"{self.url}/{owner}/{self.name}", "url": f"{self.api_url}/repos/{owner}/{self.name}",
        }  # fmt: skip

    def comment_json(self, pull: Pull, comment: Comment) -> dict[str, Any]:
        """An issue comment."""
        issue = f"{self.api_url}/repos/{self.owner}/{self.name}/issues"
        return {
            "id": comment.id, "node_id": f"IC_{comment.id}", "url": f"{issue}/comments/{comment.id}", "body": comment.body,
            "html_url": f"{self.html(pull)}#issuecomment-{comment.id}", "issue_url": f"{issue}/{pull.number}",
            "user": self.user_json(comment.author), "created_at": comment.created, "updated_at": comment.updated,
            "author_association": "CONTRIBUTOR",
        }  # fmt: skip

    def pull_json(self, pull: Pull, *, whole: bool = False) -> dict[str, Any]:
        """A pull request; the list of a commit has the short form, without `merged` and `merged_by`.

        `merge_commit_sha` of an open one is the commit of a trial, which no branch has.
        """
        merged = pull.merged_as is not None
        head = self.repository_json(fork=pull.fork)
        short: dict[str, Any] = {
            "id": 10_000 + pull.number, "number": pull.number, "state": "open" if pull.state == "open" else "closed",
            "title": pull.title, "user": self.user_json(pull.author), "draft": pull.draft, "body": None,
            "html_url": self.html(pull), "url": f"{self.api_url}/repos/{self.owner}/{self.name}/pulls/{pull.number}",
            "created_at": pull.created, "updated_at": pull.created, "merged_at": pull.created if merged else None,
            "closed_at": None if pull.state == "open" else pull.created, "labels": [], "locked": False,
            "merge_commit_sha": pull.merged_as or invented("trial", pull.head_sha, pull.base_sha),
            "head": {"label": f"{head['owner']['login']}:{pull.head_ref}", "ref": pull.head_ref, "sha": pull.head_sha,
                     "repo": head, "user": head["owner"]},
            "base": {"label": f"{self.owner}:{pull.base_ref}", "ref": pull.base_ref, "sha": pull.base_sha,
                     "repo": self.repository_json(), "user": self.user_json(self.owner)},
        }  # fmt: skip
        by = self.user_json(pull.merged_by) if merged else None
        more = {
            "merged": merged,
            "merged_by": by,
            "mergeable": None if merged else True,
            "comments": len(pull.comments),
        }
        return {**short, **more} if whole else short
