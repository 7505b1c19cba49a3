"""What a job asks of its forge and writes there, against strict stand-ins of both."""

from __future__ import annotations

import pytest

from reconciler.runtime.forge import Forge, ForgeFailed, PullRequest, ReviewedPlan, forge_of
from tests.pipeline.forges.github import GitHub
from tests.pipeline.forges.gitlab import GitLab
from tests.pipeline.forges.server import serving
from tests.pipeline.forges.state import Review

HEAD, OLD, MERGED = "a" * 40, "b" * 40, "c" * 40
MARK = "<!-- reconcile:main -->"


@pytest.fixture(params=[GitHub, GitLab], ids=["github", "gitlab"])
def there(request):
    with serving(request.param()) as forge:
        yield forge


def in_a_job(there, event: str, pull=None, sha: str = "") -> Forge:
    """The client, in a job of this forge."""
    name = "GITHUB_TOKEN" if isinstance(there, GitHub) else "RECONCILE_GITLAB_TOKEN"
    if isinstance(there, GitLab) and event == "pull_request":
        event = "merge_request_event"
    return forge_of(
        {**there.environment(event, **({"pull": pull.number} if pull else {}), sha=sha), name: there.token}
    )


def kept(there, head: str, plan: bytes = b"{}", **more: bool) -> None:
    if isinstance(there, GitHub):
        there.artifact("reconcile-plan-7-main", {"plan.json": plan}, of=head, **more)
    else:
        there.artifact("plan: [main]", {"reconcile/main/plan.json": plan}, of=head, **more)


def test_an_open_pull_request_is_known(there) -> None:
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD)
    found = in_a_job(there, "pull_request", pull).pull_request()
    assert (found.number, found.head) == (7, HEAD)
    assert found.url.endswith("/7")


@pytest.mark.parametrize("squash", [False, True])
def test_after_a_merge_the_commit_tells_it(there, squash: bool) -> None:
    there.pull(6, head_sha=OLD, base_sha=OLD)
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD, merged_as=MERGED, squash=squash)
    assert in_a_job(there, "push", pull).pull_request().number == 7
    there.commits.add(OLD)
    assert in_a_job(there, "push", sha=OLD).pull_request() is None


def test_a_comment_is_written_once_and_updated_in_its_place(there) -> None:
    """Also behind more than a page of other people's, and never in the place of somebody else's."""
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD)
    for number in range(130):
        there.comment(7, f"remark {number}")
    there.comment(7, f"{MARK}\nforged", author="mallory")
    forge = in_a_job(there, "pull_request", pull)
    where = [forge.comment(forge.pull_request(), MARK, f"{MARK}\n{text}") for text in ("first", "second")]
    forge.comment(forge.pull_request(), "<!-- reconcile:outlet -->", "<!-- reconcile:outlet -->\nother")
    bodies = [each.body for each in there.comments(7)]
    assert bodies[130:] == [f"{MARK}\nforged", f"{MARK}\nsecond", "<!-- reconcile:outlet -->\nother"]
    assert where[0] == where[1]
    assert "7" in where[0]


@pytest.mark.parametrize("status", [502, 503, 429])
def test_a_busy_forge_is_asked_again(there, status: int, monkeypatch) -> None:
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD)
    forge = in_a_job(there, "pull_request", pull)
    there.fault(
        status,
        "busy",
        headers=(("Retry-After", "0"),),
        method="GET",
        path="comments" if isinstance(there, GitHub) else "notes",
    )
    forge.comment(forge.pull_request(), MARK, f"{MARK}\nfirst")
    assert len(there.comments(7)) == 1


def test_a_write_without_an_answer_is_not_sent_twice(there) -> None:
    """It may have been done: the comment is found again by the next run."""
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD)
    forge = in_a_job(there, "pull_request", pull)
    there.fault(0, "", method="POST", late=True)
    with pytest.raises(ForgeFailed, match="does not answer"):
        forge.comment(forge.pull_request(), MARK, f"{MARK}\nfirst")
    forge.comment(forge.pull_request(), MARK, f"{MARK}\nsecond")
    assert [each.body for each in there.comments(7)] == [f"{MARK}\nsecond"]


def test_the_plan_of_the_last_run_for_the_head(there) -> None:
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD, merged_as=MERGED)
    forge = in_a_job(there, "push", pull)
    merged = PullRequest(number=7, head=HEAD)
    assert forge.reviewed(merged, "main") is None
    kept(there, HEAD, b'{"id": 1}')
    kept(there, HEAD, b'{"id": 2}')
    found = forge.reviewed(merged, "main")
    assert isinstance(found, ReviewedPlan)
    assert found.plan == b'{"id": 2}'
    assert found.run.startswith(there.url)
    assert forge.reviewed(merged, "outlet") is None


def test_a_plan_of_an_older_push_a_fork_or_one_that_has_expired_is_none(there) -> None:
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD, merged_as=MERGED)
    merged, forge = PullRequest(number=7, head=HEAD), in_a_job(there, "push", pull)
    kept(there, OLD)
    kept(there, HEAD, expired=True)
    kept(there, HEAD, fork=True)
    assert forge.reviewed(merged, "main") is None


def test_who_approves_the_head(there) -> None:
    """On GitHub the last word of each, and one of this head; GitLab keeps no others."""
    reviews = [
        Review("zofia"),
        Review("anna"),
        Review("jan", of=OLD),
        Review("ewa"),
        Review("ewa", "CHANGES_REQUESTED"),
    ]
    there.pull(7, head_sha=HEAD, base_sha=OLD, reviews=reviews if isinstance(there, GitHub) else reviews[:2])
    forge = in_a_job(there, "push", sha=HEAD)
    assert forge.approvers(PullRequest(number=7, head=HEAD)) == ("anna", "zofia")


def test_a_wrong_token_is_one_sentence_without_it(there) -> None:
    pull = there.pull(7, head_sha=HEAD, base_sha=OLD)
    there.token = "another-one-by-now"
    variables = there.environment(
        "pull_request" if isinstance(there, GitHub) else "merge_request_event", pull=pull.number
    )
    forge = forge_of({**variables, "GITHUB_TOKEN": "s3cret-token", "RECONCILE_GITLAB_TOKEN": "s3cret-token"})
    with pytest.raises(ForgeFailed, match="401") as failed:
        forge.comment(PullRequest(number=7, head=HEAD), MARK, MARK)
    assert "s3cret" not in f"{failed.value} {failed.value.hint} {forge!r}"


def test_elsewhere_it_says_what_to_do() -> None:
    with pytest.raises(ForgeFailed, match="no job of GitHub or GitLab") as failed:
        forge_of({})
    assert "--format markdown" in failed.value.hint


def test_without_a_token_it_says_which(there) -> None:
    event = "push"
    with pytest.raises(ForgeFailed, match="_TOKEN is not set"):
        forge_of({**there.environment(event, sha=HEAD), "CI_JOB_TOKEN": "x"})
