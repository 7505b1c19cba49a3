"""The stand-ins of the forges are as strict as their documents."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from tests.pipeline.asking import AGENT, ask, unpacked
from tests.pipeline.forges.github import COMMENT_LIMIT, GitHub
from tests.pipeline.forges.gitlab import NOTE_LIMIT, GitLab
from tests.pipeline.forges.server import serving
from tests.pipeline.forges.state import Review

HEAD, MERGED, BASE = "a" * 40, "b" * 40, "c" * 40
HUB = "/api/v3/repos/shop/offers"
LAB = "/api/v4/projects/4711"


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving(GitHub()) as forge:
        forge.pull(7, head_sha=HEAD, base_sha=BASE)
        yield forge


@pytest.fixture
def lab() -> Iterator[GitLab]:
    with serving(GitLab()) as forge:
        forge.pull(7, head_sha=HEAD, base_sha=BASE)
        yield forge


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "word"),
    [
        ("GET", f"{HUB}/nothing", None, {}, 404, b'"Not Found"'),
        ("GET", f"{HUB}/issues/7/comments/", None, {}, 404, b'"Not Found"'),
        ("GET", f"{HUB}/pulls/8", None, {}, 404, b'"Not Found"'),
        ("GET", f"{HUB}/pulls/7", None, {"Authorization": "Bearer token-that-writes"}, 403, b"User-Agent header"),
        ("GET", f"{HUB}/pulls/7", None, {"User-Agent": "x"}, 401, b"Requires authentication"),
        ("GET", f"{HUB}/pulls/7", None, {"User-Agent": "x", "Authorization": "Bearer no"}, 401, b"Bad credentials"),
        ("GET", f"{HUB}/commits/{'9' * 40}/pulls", None, {}, 422, b"No commit found"),
        ("POST", f"{HUB}/issues/7/comments", b"{", {}, 400, b"Problems parsing JSON"),
        ("POST", f"{HUB}/issues/7/comments", [], {}, 400, b"Body should be a JSON object"),
        ("POST", f"{HUB}/issues/7/comments", {"text": "x"}, {}, 422, b"Invalid request."),
        ("POST", f"{HUB}/issues/7/comments", {"body": 1}, {}, 422, b"is not a string"),
        ("POST", f"{HUB}/issues/7/comments", {"body": "ł" * (COMMENT_LIMIT + 1)}, {}, 422, b"maximum is 65536 characters"),
        ("POST", f"{HUB}/issues/7/comments", {"body": "x"},
         {"User-Agent": "x", "Authorization": "Bearer token-that-reads"}, 403, b"Resource not accessible"),
        ("PATCH", f"{HUB}/issues/comments/1", {"body": "x"}, {}, 404, b'"Not Found"'),
    ],
)  # fmt: skip
def test_github_refuses(
    hub: GitHub, method: str, path: str, body: Any, headers: Any, status: int, word: bytes
) -> None:
    got = ask(hub, method, path, body, **headers)
    assert (got.status, word in got.body) == (status, True), got.body
    assert not hub.comments(7)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "word"),
    [
        ("GET", f"{LAB}/nothing", None, {}, 404, b"404 Not Found"),
        ("GET", "/api/v4/projects/4712/merge_requests/7", None, {}, 404, b"404 Project Not Found"),
        ("GET", "/api/v4/projects/shop/offers/merge_requests/7", None, {}, 404, b"404 Not Found"),
        ("DELETE", f"{LAB}/merge_requests/7", None, {}, 405, b"405"),
        ("GET", f"{LAB}/merge_requests/7", None, {"Accept": "*/*"}, 401, b"401 Unauthorized"),
        ("GET", f"{LAB}/merge_requests/7", None, {"PRIVATE_TOKEN": "no"}, 401, b"401 Unauthorized"),
        ("GET", f"{LAB}/merge_requests/7", None, {"JOB_TOKEN": "token-of-a-job"}, 200, HEAD.encode()),
        ("GET", f"{LAB}/merge_requests/7/notes", None, {"JOB_TOKEN": "token-of-a-job"}, 200, b"[]"),
        ("POST", f"{LAB}/merge_requests/7/notes", {"body": "x"}, {"JOB_TOKEN": "token-of-a-job"}, 401, b"401"),
        ("GET", f"{LAB}/merge_requests/7/approvals", None, {"JOB_TOKEN": "token-of-a-job"}, 401, b"401"),
        ("GET", f"{LAB}/merge_requests/7/pipelines", None, {"JOB_TOKEN": "token-of-a-job"}, 401, b"401"),
        (
            "POST",
            f"{LAB}/merge_requests/7/notes",
            {"body": "x"},
            {"PRIVATE_TOKEN": "token-that-reads"},
            403,
            b"scope",
        ),
        ("POST", f"{LAB}/merge_requests/7/notes", b"{", {}, 400, b"declared format"),
        ("POST", f"{LAB}/merge_requests/7/notes", {"text": "x"}, {}, 400, b"not given"),
        (
            "POST",
            f"{LAB}/merge_requests/7/notes",
            {"body": "x" * (NOTE_LIMIT + 1)},
            {},
            400,
            b"maximum is 1000000",
        ),
        ("PUT", f"{LAB}/merge_requests/7/notes/1", {"body": "x"}, {}, 404, b"404 Note Not Found"),
        ("GET", f"{LAB}/repository/commits/{'9' * 40}/merge_requests", None, {}, 404, b"404 Commit Not Found"),
        ("GET", f"{LAB}/merge_requests/7/notes?page=x", None, {}, 400, b"page is invalid"),
    ],
)
def test_gitlab_refuses(
    lab: GitLab, method: str, path: str, body: Any, headers: Any, status: int, word: bytes
) -> None:
    got = ask(lab, method, path, body, **headers)
    assert (got.status, word in got.body) == (status, True), got.body
    assert not lab.comments(7)


def test_github_keeps_comments_and_gives_them_by_pages(hub: GitHub) -> None:
    for nth in range(101):
        hub.comment(7, f"said {nth}")
    made = ask(hub, "POST", f"{HUB}/issues/7/comments", {"body": "ł" * COMMENT_LIMIT})
    assert (made.status, made.json["user"]["type"], made.headers["Location"]) == (201, "Bot", made.json["url"])
    again = ask(hub, "PATCH", made.json["url"], {"body": "new"})
    assert (again.status, again.json["id"], hub.comments(7)[-1].body) == (200, made.json["id"], "new")
    assert again.json["updated_at"] > again.json["created_at"]
    assert len(ask(hub, "GET", f"{HUB}/issues/7/comments").json) == 30
    first = ask(hub, "GET", f"{HUB}/issues/7/comments?per_page=1000")
    assert len(first.json) == 100
    links = {rel: address for address, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', first.headers["Link"])}
    assert set(links) == {"next", "last"}
    last = ask(hub, "GET", links["next"])  # by the repository's number
    assert [c["body"] for c in last.json] == ["said 100", "new"]
    assert 'rel="next"' not in last.headers["Link"]
    assert ask(hub, "GET", f"{HUB}/issues/7/comments?page=9").json == []


def test_gitlab_keeps_notes_and_gives_the_newest_first(lab: GitLab) -> None:
    lab.comment(7, "changed the title", system=True)
    for nth in range(20):
        lab.comment(7, f"said {nth}")
    project = f"/api/v4/projects/{quote('shop/offers', safe='')}/merge_requests/7/notes"
    made = ask(lab, "POST", project, {"body": "mine"})
    assert (made.status, made.json["author"]["username"]) == (201, lab.bot)
    assert ask(lab, "PUT", f"{project}/{made.json['id']}", {"body": "new"}).json["body"] == "new"
    first = ask(lab, "GET", project)
    assert (first.json[0]["body"], len(first.json), first.headers["X-Next-Page"]) == ("new", 20, "2")
    assert 'rel="next"' in first.headers["Link"]
    second = ask(lab, "GET", f"{project}?page=2")
    assert 'rel="next"' not in second.headers["Link"]
    assert (second.json[-1]["system"], second.headers["X-Next-Page"], second.headers["X-Total"]) == (
        True,
        "",
        "22",
    )


def test_github_tells_of_pull_requests(hub: GitHub) -> None:
    opened = ask(hub, "GET", f"{HUB}/pulls/7").json
    assert (opened["state"], opened["merged"], opened["merge_commit_sha"] in (HEAD, BASE)) == (
        "open",
        False,
        False,
    )
    hub.pull(
        7, head_sha=HEAD, merged_as=MERGED, reviews=[Review("ewa"), Review("jan", "CHANGES_REQUESTED", "d" * 40)]
    )
    (short,) = ask(hub, "GET", f"{HUB}/commits/{MERGED}/pulls").json
    assert (short["number"], short["state"], "merged" in short, short["merge_commit_sha"]) == (
        7,
        "closed",
        False,
        MERGED,
    )
    assert ask(hub, "GET", f"{HUB}/pulls/7").json["merged_by"]["login"] == "ewa"
    said = ask(hub, "GET", f"{HUB}/pulls/7/reviews").json
    assert [(r["user"]["login"], r["state"], r["commit_id"][0]) for r in said] == [
        ("ewa", "APPROVED", "a"),
        ("jan", "CHANGES_REQUESTED", "d"),
    ]


def test_gitlab_tells_of_merge_requests(lab: GitLab) -> None:
    lab.pull(7, head_sha=HEAD, merged_as=MERGED, squash=True, reviews=[Review("ewa"), Review("jan", "COMMENTED")])
    (whole,) = ask(lab, "GET", f"{LAB}/repository/commits/{MERGED}/merge_requests", JOB_TOKEN=lab.job_token).json
    assert (whole["iid"], whole["state"], whole["sha"]) == (7, "merged", HEAD)
    assert (whole["merge_commit_sha"], whole["squash_commit_sha"]) == (None, MERGED)
    said = ask(lab, "GET", f"{LAB}/merge_requests/7/approvals").json
    assert ([a["user"]["username"] for a in said["approved_by"]], said["approvals_left"]) == (["ewa"], 0)


def test_an_artifact_of_github_comes_from_another_address_that_gets_no_token(hub: GitHub) -> None:
    old = hub.artifact("plan", {"plan.json": "{}"}, of=HEAD, expired=True)
    strange = hub.artifact("plan", {"plan.json": "bad"}, of=HEAD, fork=True)
    good = hub.artifact("plan", {"plan.json": "{}"}, of=HEAD)
    hub.artifact("planned", {}, of=HEAD)
    listed = ask(hub, "GET", f"{HUB}/actions/artifacts?name=plan").json
    assert (listed["total_count"], [a["id"] for a in listed["artifacts"]]) == (3, [good, strange, old])
    runs = {a["id"]: a["workflow_run"] for a in listed["artifacts"]}
    assert runs[strange]["head_repository_id"] != runs[good]["head_repository_id"] == runs[good]["repository_id"]
    assert ask(hub, "GET", f"{HUB}/actions/artifacts/{old}/zip").status == 410
    moved = ask(hub, "GET", listed["artifacts"][0]["archive_download_url"])
    assert (moved.status, moved.headers["Location"].startswith(hub.storage_url)) == (302, True)
    assert ask(hub, "GET", moved.headers["Location"]).status == 400  # it got the token
    assert unpacked(ask(hub, "GET", moved.headers["Location"], **AGENT).body) == {"plan.json": b"{}"}
    assert ask(hub, "GET", moved.headers["Location"].partition("?")[0], **AGENT).status == 403
    assert [a.storage for a in hub.asked[-3:]] == [True] * 3


def test_an_artifact_of_gitlab_is_found_by_its_pipeline(lab: GitLab) -> None:
    old = lab.artifact("plan", {"out/plan.json": "{}"}, of=HEAD, expired=True)
    strange = lab.artifact("plan", {"out/plan.json": "bad"}, of=HEAD, fork=True)
    good = lab.artifact("plan", {"out/plan.json": "{}"}, of=HEAD)
    newest, of_fork, _ = ask(lab, "GET", f"{LAB}/merge_requests/7/pipelines").json
    assert (newest["sha"], newest["project_id"], of_fork["project_id"]) == (HEAD, 4711, 4712)
    (job,) = ask(lab, "GET", f"{LAB}/pipelines/{newest['id']}/jobs?scope[]=success").json
    assert (job["id"], job["name"], job["artifacts_file"]["filename"]) == (good, "plan", "artifacts.zip")
    assert ask(lab, "GET", f"{LAB}/pipelines/{of_fork['id']}/jobs").status == 404
    path = f"{LAB}/jobs/{good}/artifacts/out/plan.json"
    assert ask(lab, "GET", path, JOB_TOKEN=lab.job_token).body == b"{}"
    gone = [f"{LAB}/jobs/{old}/artifacts/out/plan.json", f"{LAB}/jobs/{strange}/artifacts", path + "x"]
    assert [ask(lab, "GET", each).status for each in gone] == [404] * 3
    assert ask(lab, "GET", f"{LAB}/jobs/{good}/artifacts/../plan.json").status == 400
    lab.redirects = True
    moved = ask(lab, "GET", f"{LAB}/jobs/{good}/artifacts", JOB_TOKEN=lab.job_token)
    assert (moved.status, ask(lab, "GET", moved.headers["Location"]).status) == (302, 400)
    assert unpacked(ask(lab, "GET", moved.headers["Location"], **AGENT).body) == {"out/plan.json": b"{}"}


def test_faults_wait_in_a_queue(hub: GitHub, lab: GitLab) -> None:
    comments = f"{HUB}/issues/7/comments"
    hub.limited(3)
    hub.limited(1767600000, secondary=False, status=429)
    hub.fault(502, method="POST", late=True)
    hub.fault(0, method="POST", times=2)
    slow, spent, fine = (ask(hub, "GET", comments) for _ in range(3))
    assert (slow.status, slow.headers["retry-after"]) == (403, "3")
    assert (spent.status, spent.headers["x-ratelimit-remaining"], spent.headers["x-ratelimit-reset"]) == (
        429,
        "0",
        "1767600000",
    )
    assert (fine.status, fine.headers["x-ratelimit-remaining"]) == (200, "999")
    assert ask(hub, "POST", comments, {"body": "x"}).status == 502
    assert [c.body for c in hub.comments(7)] == ["x"]  # it had its effect
    for _ in range(2):
        with pytest.raises(http.client.RemoteDisconnected):
            ask(hub, "POST", comments, {"body": "y"})
    assert [a.json["body"] for a in hub.asked if a.method == "POST"] == ["x", "y", "y"]
    lab.limited(5, path="/notes")
    assert ask(lab, "GET", f"{LAB}/merge_requests/7").status == 200
    late = ask(lab, "GET", f"{LAB}/merge_requests/7/notes")
    assert (late.status, late.headers["Retry-After"], late.body) == (429, "5", b"Retry later\n")
    lab.limited(None)
    silent = ask(lab, "GET", f"{LAB}/merge_requests/7")
    assert (silent.status, silent.headers["Retry-After"]) == (429, None)


def test_the_variables_of_a_runner_lead_to_the_forge(hub: GitHub, lab: GitLab) -> None:
    told = hub.environment("pull_request", pull=7, action="synchronize")
    event = orjson.loads(Path(told["GITHUB_EVENT_PATH"]).read_bytes())
    assert (event["action"], event["number"], event["pull_request"]["head"]["sha"]) == ("synchronize", 7, HEAD)
    assert told["GITHUB_SHA"] == event["pull_request"]["merge_commit_sha"] != HEAD
    assert (told["GITHUB_REF"], told["GITHUB_BASE_REF"]) == ("refs/pull/7/merge", "main")
    assert ask(hub, "GET", f"{told['GITHUB_API_URL']}/repos/{told['GITHUB_REPOSITORY']}/pulls/7").status == 200
    assert Path(told["GITHUB_OUTPUT"]).read_bytes() == Path(told["GITHUB_STEP_SUMMARY"]).read_bytes() == b""
    assert not [value for value in told.values() if hub.token in value]
    assert orjson.loads(Path(hub.environment("schedule")["GITHUB_EVENT_PATH"]).read_bytes())["schedule"]
    hub.pull(7, head_sha=HEAD, base_sha=BASE, merged_as=MERGED)
    told = hub.environment("pull_request", pull=7, action="closed")
    assert (told["GITHUB_SHA"], told["GITHUB_REF"]) == (MERGED, "refs/heads/main")
    told = hub.environment("push", pull=7)
    event = orjson.loads(Path(told["GITHUB_EVENT_PATH"]).read_bytes())
    assert (told["GITHUB_SHA"], told["GITHUB_REF"], told["GITHUB_HEAD_REF"]) == (MERGED, "refs/heads/main", "")
    assert (event["before"], event["after"]) == (BASE, MERGED)
    lab.pull(7, head_sha=HEAD, base_sha=BASE)
    told = lab.environment(pull=7)
    assert (told["CI_COMMIT_SHA"], "CI_COMMIT_BRANCH" in told, told["CI_MERGE_REQUEST_IID"]) == (HEAD, False, "7")
    address = f"{told['CI_API_V4_URL']}/projects/{told['CI_PROJECT_ID']}/merge_requests/7"
    assert ask(lab, "GET", address, JOB_TOKEN=told["CI_JOB_TOKEN"]).status == 200
    lab.pull(7, head_sha=HEAD, base_sha=BASE, merged_as=MERGED)
    told = lab.environment("push", pull=7)
    assert (told["CI_COMMIT_SHA"], told["CI_COMMIT_BRANCH"], "CI_MERGE_REQUEST_IID" in told) == (
        MERGED,
        "main",
        False,
    )


def test_a_private_repository_is_not_there_for_strangers() -> None:
    with serving(GitHub(private=True)) as forge:
        forge.pull(7)
        assert ask(forge, "GET", f"{HUB}/pulls/7", **AGENT).status == 404
