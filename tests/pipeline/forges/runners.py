"""The variables that a runner of each forge sets before it starts a step.

Sources (stored copies, read on 2026-11-29): docs.github.com, "Events that trigger workflows" (SHA and ref by event, and
of a pull request that was merged); docs.gitlab.com, "Predefined CI/CD variables reference" (what only pipelines of an open
merge request have, what is empty in them, and what they do not have). By name only, not read again on that day:
docs.github.com, "Variables reference" (the names) and "Webhook events and payloads" (a part of pull_request and push).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tests.pipeline.forges.state import Pull, invented

if TYPE_CHECKING:
    from tests.pipeline.forges.github import GitHub
    from tests.pipeline.forges.gitlab import GitLab

NOWHERE = "0" * 40


def _place(forge: GitHub, event: str, pull: Pull | None, sha: str) -> tuple[str, str]:
    """SHA and ref of a run: an open pull request's are those of its trial merge, all others' those of a branch.

    `pull_request_target` runs on the default branch, whatever the base is.
    """
    if event == "pull_request" and pull and not pull.merged_as:
        return forge.pull_json(pull)["merge_commit_sha"], f"refs/pull/{pull.number}/merge"
    if event == "pull_request_target":
        return sha or invented("tip"), f"refs/heads/{forge.default_branch}"
    branch = f"refs/heads/{pull.base_ref if pull else forge.default_branch}"
    return sha or (pull and pull.merged_as) or invented("tip"), branch


def _payload(forge: GitHub, event: str, pull: Pull | None, at: tuple[str, str], action: str) -> dict[str, Any]:
    """What the file of the event holds."""
    sha, ref = at
    sender = forge.user_json(pull.author if pull else "ewa")
    common: dict[str, Any] = {"repository": forge.repository_json(), "sender": sender}
    if event in ("pull_request", "pull_request_target"):
        assert pull, "a pull request's event is of a pull request"
        return {
            "action": action,
            "number": pull.number,
            "pull_request": forge.pull_json(pull, whole=True),
            **common,
        }
    if event == "push":
        before = pull.base_sha if pull else invented("before", sha)
        commit = {"id": sha, "message": f"{pull.title} (#{pull.number})" if pull else "By hand", "distinct": True}
        pusher = {"name": pull.merged_by if pull else "ewa", "email": "ewa@example.com"}
        moved = {
            "created": False,
            "deleted": False,
            "forced": False,
            "base_ref": None,
            "compare": f"{forge.url}/compare",
        }
        return {"ref": ref, "before": before, "after": sha, **moved, "commits": [commit], "head_commit": commit,
                "pusher": pusher, **common}  # fmt: skip
    if event == "schedule":
        return {"schedule": "17 3 * * *", "workflow": ".github/workflows/reconcile.yml", **common}
    assert event == "workflow_dispatch", f"no such event here: {event}"
    return {"inputs": {}, "ref": ref, "workflow": ".github/workflows/reconcile.yml", **common}


def github_environment(forge: GitHub, event: str, pull: Pull | None, *, sha: str, action: str) -> dict[str, str]:
    """GitHub's, with a folder of its own for the files of the step."""
    at = _place(forge, event, pull, sha)
    run = forge.next_id()
    folder = forge.folder / f"run-{run}"
    folder.mkdir()
    files = {name: folder / name.lower() for name in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH")}
    for path in files.values():
        path.touch()
    told = folder / "event.json"
    told.write_bytes(orjson.dumps(_payload(forge, event, pull, at, action)))
    of_pull = pull if event.startswith("pull_request") else None
    actor = (pull.merged_by if event == "push" else pull.author) if pull else "ewa"
    return {
        "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_API_URL": forge.api_url, "GITHUB_SERVER_URL": forge.url,
        "GITHUB_GRAPHQL_URL": f"{forge.url}/api/graphql", "GITHUB_REPOSITORY": f"{forge.owner}/{forge.name}",
        "GITHUB_REPOSITORY_OWNER": forge.owner, "GITHUB_REPOSITORY_ID": str(forge.project_id),
        "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(told), "GITHUB_SHA": at[0], "GITHUB_REF": at[1],
        "GITHUB_REF_NAME": at[1].removeprefix("refs/heads/").removeprefix("refs/pull/"), "GITHUB_REF_TYPE": "branch",
        "GITHUB_HEAD_REF": of_pull.head_ref if of_pull else "", "GITHUB_BASE_REF": of_pull.base_ref if of_pull else "",
        "GITHUB_RUN_ID": str(run), "GITHUB_RUN_NUMBER": "7", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_JOB": "reconcile",
        "GITHUB_WORKFLOW": "reconcile", "GITHUB_ACTOR": actor, "GITHUB_TRIGGERING_ACTOR": actor,
        "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "RUNNER_TEMP": str(folder),
        **{f"GITHUB_{name}": str(path) for name, path in files.items()},
    }  # fmt: skip


def gitlab_environment(forge: GitLab, source: str, pull: Pull | None, *, sha: str) -> dict[str, str]:
    """GitLab's; `source` is what started the pipeline. The job's token is always there, a token of the project never."""
    home = f"{forge.url}/{forge.owner}/{forge.name}"
    pipeline, job = forge.next_id(), forge.next_id()
    merge = pull if source == "merge_request_event" else None
    assert merge is None or merge.state == "open", "GitLab: the merge request must be open"
    commit = merge.head_sha if merge else sha or (pull and pull.merged_as) or invented("tip")
    branch = merge.head_ref if merge else pull.base_ref if pull else forge.default_branch
    told = {
        "CI": "true", "GITLAB_CI": "true", "CI_SERVER": "yes", "CI_SERVER_URL": forge.url, "CI_API_V4_URL": forge.api_url,
        "CI_SERVER_HOST": "127.0.0.1", "CI_SERVER_PORT": forge.url.rpartition(":")[2], "CI_SERVER_PROTOCOL": "http",
        "CI_PROJECT_ID": str(forge.project_id), "CI_PROJECT_PATH": f"{forge.owner}/{forge.name}",
        "CI_PROJECT_NAME": forge.name, "CI_PROJECT_NAMESPACE": forge.owner, "CI_PROJECT_URL": home,
        "CI_DEFAULT_BRANCH": forge.default_branch, "CI_COMMIT_SHA": commit, "CI_COMMIT_SHORT_SHA": commit[:8],
        "CI_COMMIT_REF_NAME": branch, "CI_COMMIT_BEFORE_SHA": NOWHERE, "CI_PIPELINE_SOURCE": source,
        "CI_PIPELINE_ID": str(pipeline), "CI_PIPELINE_IID": "7", "CI_PIPELINE_URL": f"{home}/-/pipelines/{pipeline}",
        "CI_JOB_ID": str(job), "CI_JOB_NAME": "reconcile", "CI_JOB_STAGE": "test", "CI_JOB_URL": f"{home}/-/jobs/{job}",
        "CI_JOB_TOKEN": forge.job_token, "GITLAB_USER_LOGIN": pull.author if merge and pull else "ewa",
    }  # fmt: skip
    if not merge:
        before = pull.base_sha if pull and source == "push" else NOWHERE
        return {**told, "CI_COMMIT_BRANCH": branch, "CI_COMMIT_BEFORE_SHA": before}
    return {
        **told, "CI_MERGE_REQUEST_ID": str(10_000 + merge.number), "CI_MERGE_REQUEST_IID": str(merge.number),
        "CI_MERGE_REQUEST_PROJECT_ID": str(forge.project_id), "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
        "CI_MERGE_REQUEST_PROJECT_PATH": f"{forge.owner}/{forge.name}", "CI_MERGE_REQUEST_PROJECT_URL": home,
        "CI_MERGE_REQUEST_REF_PATH": f"refs/merge-requests/{merge.number}/head",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": merge.head_ref, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": str(forge.project_id + merge.fork),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": merge.base_ref, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": merge.base_sha, "CI_MERGE_REQUEST_TITLE": merge.title,
        "CI_OPEN_MERGE_REQUESTS": f"{forge.owner}/{forge.name}!{merge.number}",
    }  # fmt: skip
