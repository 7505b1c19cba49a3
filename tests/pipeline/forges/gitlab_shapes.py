"""The JSON of GitLab, as far as a pipeline reads it."""

from __future__ import annotations

from typing import Any

from tests.pipeline.forges.state import Comment, Forge, Pull, invented


class Shapes(Forge):
    """Each takes plain state and gives what the documents show."""

    def user_json(self, name: str) -> dict[str, Any]:
        """Somebody."""
        home = f"{self.url}/{name}"
        return {
            "id": int(invented(name)[:6], 16),
            "username": name,
            "name": name,
            "state": "active",
            "web_url": home,
        }

    def note_json(self, pull: Pull, note: Comment) -> dict[str, Any]:
        """A note of a merge request."""
        return {
            "id": note.id, "body": note.body, "attachment": None, "author": self.user_json(note.author),
            "created_at": note.created, "updated_at": note.updated, "system": note.system, "resolvable": False,
            "noteable_id": 10_000 + pull.number, "noteable_type": "MergeRequest", "noteable_iid": pull.number,
            "project_id": self.project_id, "confidential": False, "internal": False,
        }  # fmt: skip

    def merge_json(self, pull: Pull) -> dict[str, Any]:
        """A merge request. One that was squashed, or only moved the branch forward, has no `merge_commit_sha`."""
        merged = pull.merged_as
        by = self.user_json(pull.merged_by) if merged else None
        return {
            "id": 10_000 + pull.number, "iid": pull.number, "project_id": self.project_id, "title": pull.title,
            "description": "", "state": "opened" if pull.state == "open" else pull.state, "draft": pull.draft,
            "created_at": pull.created, "updated_at": pull.created, "merged_at": pull.created if merged else None,
            "author": self.user_json(pull.author), "merged_by": by, "merge_user": by, "squash": pull.squash,
            "source_branch": pull.head_ref, "target_branch": pull.base_ref, "target_project_id": self.project_id,
            "source_project_id": self.project_id + pull.fork, "sha": pull.head_sha, "merge_status": "can_be_merged",
            "merge_commit_sha": None if pull.squash or merged == pull.head_sha else merged,
            "squash_commit_sha": merged if pull.squash else None,
            "diff_refs": {"base_sha": pull.base_sha, "head_sha": pull.head_sha, "start_sha": pull.base_sha},
            "web_url": f"{self.url}/{self.owner}/{self.name}/-/merge_requests/{pull.number}",
        }  # fmt: skip
