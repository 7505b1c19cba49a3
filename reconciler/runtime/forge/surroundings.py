"""Which forge this run belongs to: the variables that GitHub and GitLab give their jobs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from reconciler.runtime.forge import github, gitlab
from reconciler.runtime.forge.port import Forge, ForgeFailed
from reconciler.runtime.reading import TooLarge, read_file

#: GitHub's own limit for what starts a job is 25 MB.
_EVENT = 25_000_000
#: Where the token of the forge is looked for, first one first.
_GITHUB_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_GITLAB_TOKEN = "RECONCILE_GITLAB_TOKEN"  # noqa: S105 - its name


def forge_of(environment: Mapping[str, str]) -> Forge:
    """Return the forge of this run. Raises `ForgeFailed` where there is none, or no token for it."""
    if environment.get("GITHUB_ACTIONS") and environment.get("GITHUB_REPOSITORY"):
        return _github(environment)
    if environment.get("GITLAB_CI") and environment.get("CI_PROJECT_ID"):
        return _gitlab(environment)
    raise ForgeFailed(
        "this is no job of GitHub or GitLab",
        "`reconcile show PLAN.json --format markdown` prints the comment, for any other place",
    )


def of_fork(environment: Mapping[str, str]) -> bool:
    """Tell whether the pull request of this job comes from a fork: it has no secrets then, and writes nothing."""
    if environment.get("GITHUB_ACTIONS"):
        told = _event(environment.get("GITHUB_EVENT_PATH", "")).get("pull_request") or {}
        sides = ((told.get(side) or {}).get("repo") or {} for side in ("head", "base"))
        head, base = (each.get("full_name") for each in sides)
        return bool(told) and head != base  # of a fork that was deleted there is no repository
    ours = environment.get("CI_MERGE_REQUEST_PROJECT_ID")
    return bool(ours) and environment.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") != ours


def _github(environment: Mapping[str, str]) -> Forge:
    token = next((environment[name] for name in _GITHUB_TOKENS if environment.get(name)), "")
    if not token:
        raise ForgeFailed("GITHUB_TOKEN is not set", "give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`")
    return github.GitHub(
        api=github.api_of(environment.get("GITHUB_API_URL") or "https://api.github.com", token),
        repository=environment["GITHUB_REPOSITORY"],
        commit=environment.get("GITHUB_SHA", ""),
        event=_event(environment.get("GITHUB_EVENT_PATH", "")),
        server=environment.get("GITHUB_SERVER_URL") or "https://github.com",
    )


def _event(path: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(read_file(Path(path), _EVENT)) if path else {}
    except (OSError, TooLarge, orjson.JSONDecodeError) as wrong:
        raise ForgeFailed(f"the event of this job cannot be read: {path}") from wrong
    return found if isinstance(found, dict) else {}


def _gitlab(environment: Mapping[str, str]) -> Forge:
    token = environment.get(_GITLAB_TOKEN, "")
    if not token:
        raise ForgeFailed(
            f"{_GITLAB_TOKEN} is not set",
            "make a project access token with the scope `api`, and a masked variable of it",
        )
    iid = environment.get("CI_MERGE_REQUEST_IID", "")
    return gitlab.GitLab(
        api=gitlab.api_of(environment.get("CI_API_V4_URL") or "https://gitlab.com/api/v4", token),
        project=environment["CI_PROJECT_ID"],
        commit=environment.get("CI_COMMIT_SHA", ""),
        iid=int(iid) if iid.isdigit() else None,
    )
